"""What a setting of a grid may be: one value, a list of them, or a range "first:last:step"."""

from collections.abc import Sequence
from math import floor, isfinite
from typing import Any, NamedTuple

from physrbm.errors import InvalidInput
from physrbm.spec import RunSpec, TemperSpec

MOST = 100_000  # runs of a sweep, unless more are asked for
_DIGITS = 10  # decimals of the values of a range: 0:0.95:0.05 has the very numbers that one writes


class Axis(NamedTuple):
    """A setting and the values that it takes in turn."""

    name: str
    values: Sequence[Any]


def axis(name: str, given: Any, kind: str = "anneal", most: int = MOST) -> Axis:
    """The axis that a grid means by `name = given`; `seeds = n` is the seeds 1 ... n.

    A range has at most `most` values. Raises InvalidInput for one that is empty, too long or none.
    """
    if name == "seeds":
        return Axis("seed", _seeds(given, most))
    if given is None or isinstance(given, dict):
        raise InvalidInput(f"{name}: a value, a list of values or a range first:last:step is needed, got {given!r}")
    if not isinstance(given, list):
        return Axis(name, _values(name, given, kind, most))
    values = [value for part in given for value in _values(name, part, kind, most)]
    if not values:
        raise InvalidInput(f"{name}: the list is empty, at least one value is needed")
    return Axis(name, values)


def _values(name: str, given: Any, kind: str, most: int) -> list[Any]:
    if isinstance(given, str) and ":" in given and _is_number(name, kind):
        return _span(name, given, most)
    return [given]


def _is_number(name: str, kind: str) -> bool:
    field = (RunSpec if kind == "anneal" else TemperSpec).model_fields.get(name)
    return field is not None and field.annotation in (int, float, int | None, float | None)


def _span(name: str, text: str, most: int) -> list[Any]:
    """First, first + step, ... up to the last one, that included."""
    try:
        first, last, step = (float(part) for part in text.split(":"))
    except ValueError as error:
        raise InvalidInput(f"{name}: a range is first:last:step, three numbers, got {text!r}") from error
    if not all(isfinite(x) for x in (first, last, step)) or step < 10.0**-_DIGITS:
        raise InvalidInput(f"{name}: a range needs finite ends and a step of at least 1e-{_DIGITS}, got {text!r}")
    if first > last:
        raise InvalidInput(f"{name}: the range {text!r} is empty, its first value is beyond the last one")
    steps = (last - first) / step + 1e-9
    if steps >= most:
        raise InvalidInput(f"{name}: the range {text!r} has {steps + 1:.3g} values; at most {most} runs are planned")
    found = [round(first + k * step, _DIGITS) for k in range(floor(steps) + 1)]
    whole = all(x.is_integer() for x in found) and "." not in text
    return [int(x) for x in found] if whole else list(found)


def _seeds(given: Any, most: int) -> Sequence[int]:
    """1 ... n; nothing of that length is made, it may be a mistake."""
    n = int(given) if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 17 else given
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise InvalidInput(f"seeds: how many is needed, at least 1, got {given!r}; which ones is said by seed")
    if n > most:
        raise InvalidInput(f"seeds: {n} are more than the {most} runs that are planned at most")
    return range(1, n + 1)
