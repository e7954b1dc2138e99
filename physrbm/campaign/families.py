"""A grid as families of runs: what every one varies, and which other family its runs start from."""

import difflib
import re
from collections.abc import Mapping
from math import prod
from typing import Any, NamedTuple

from physrbm.campaign.axes import MOST, Axis, axis
from physrbm.campaign.protocols import from_one_table
from physrbm.errors import InvalidInput
from physrbm.spec import RunSpec, TemperSpec

SHARED = ("data", "binarise", "shape", "seed")  # settings of either kind, which a run has from the one it starts from
_FIELDS = {"anneal": RunSpec.model_fields, "temper": TemperSpec.model_fields}
_OWN = ("name", "from", "kind", "seeds")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+.-]{0,63}")


class Family(NamedTuple):
    """Runs of one kind that differ in the values of some axes."""

    name: str
    parent: str | None
    """family whose runs they start from, every one of them in turn"""
    kind: str
    common: dict[str, Any]
    """settings of the whole grid"""
    axes: tuple[Axis, ...]
    """those of the family; a single value is an axis too"""


def families(grid: Mapping[str, Any], most: int = MOST) -> list[Family]:
    """The families of a grid, parents before children; at most `most` runs.

    grid: `settings`, and `grid` (one table) or `family` (several). Raises InvalidInput naming what is wrong.
    """
    _known("", grid, ("settings", "grid", "family"))
    common = _table("settings", grid.get("settings", {}))
    found = [_family(table, common, most) for table in _tables(grid, common)]
    names = [family.name for family in found]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(f"two families are called {name!r}")
    _check_common(common, found)
    ordered = _parents_first(found)
    _count(ordered, most)
    return ordered


def sizes(found: list[Family]) -> dict[str, int]:
    """Runs of every family, of `families`."""
    count: dict[str, int] = {}
    for family in found:
        count[family.name] = prod(len(a.values) for a in family.axes) * (count[family.parent] if family.parent else 1)
    return count


def _tables(grid: Mapping[str, Any], common: dict[str, Any]) -> list[dict[str, Any]]:
    if ("grid" in grid) == ("family" in grid):
        raise InvalidInput("a grid has either one table [grid] or tables [[family]]")
    if "grid" in grid:
        return from_one_table(_table("grid", grid["grid"]), common)
    tables = grid["family"]
    if not isinstance(tables, list) or not tables:
        raise InvalidInput("[[family]]: at least one table is needed")
    return [_table("family", table) for table in tables]


def _family(table: dict[str, Any], common: dict[str, Any], most: int) -> Family:
    name, kind, parent = table.get("name"), table.get("kind", "anneal"), table.get("from")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidInput(f"a family needs a name of letters, digits and - _ + . (at most 64), got {name!r}")
    where = f"family {name!r}: "
    if kind not in _FIELDS:
        raise InvalidInput(f"{where}unknown kind {kind!r}; allowed: {', '.join(_FIELDS)}")
    _known(where, table, (*_OWN, *_FIELDS[kind]))
    if "seeds" in table and "seed" in table:
        raise InvalidInput(f"{where}seeds (how many) and seed (which) exclude each other")
    if parent is not None and (taken := {"origin", "source"} & set(table)):
        raise InvalidInput(f"{where}{taken.pop()} is what `from` gives; leave one out")
    try:
        axes = [axis(key, value, kind, most) for key, value in table.items() if key not in _OWN or key == "seeds"]
    except InvalidInput as error:
        raise InvalidInput(f"{where}{error}") from error
    return Family(name, parent, kind, common, tuple(axes))


def _check_common(common: dict[str, Any], found: list[Family]) -> None:
    """Settings of the whole grid are those of `anneal`, and what tempering shares with it; they do not vary."""
    _known("[settings]: ", common, tuple(RunSpec.model_fields) if any(f.kind == "anneal" for f in found) else SHARED)
    for name, value in common.items():
        if len(axis(name, value).values) > 1 or isinstance(value, list):
            raise InvalidInput(f"[settings]: {name} must be one value; what varies stands in [grid] or a [[family]]")


def _parents_first(found: list[Family]) -> list[Family]:
    known, ordered = {family.name: family for family in found}, dict[str, Family]()
    for family in found:
        line: list[Family] = []
        at: Family | None = family
        while at is not None and at.name not in ordered:
            if at in line:
                raise InvalidInput(f"families start from each other in a circle: {' <- '.join(f.name for f in line)}")
            line.append(at)
            if at.parent is not None and at.parent not in known:
                raise InvalidInput(f"family {at.name!r}: there is no family {at.parent!r}{_hint(at.parent, known)}")
            at = None if at.parent is None else known[at.parent]
        ordered |= {f.name: f for f in reversed(line)}
    return list(ordered.values())


def _count(found: list[Family], most: int) -> None:
    count = sizes(found)
    total = sum(count.values())
    if total > most:
        each = ", ".join(f"{name} {n}" for name, n in count.items())
        raise InvalidInput(f"this grid has {total} runs ({each}); more than {most} need --most {total}")


def _known(where: str, table: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for key in table:
        if key not in allowed:
            raise InvalidInput(f"{where}unknown {key!r}{_hint(key, allowed)}")


def _hint(name: Any, allowed: Any) -> str:
    close = difflib.get_close_matches(str(name), list(allowed), 1)
    return f"; did you mean {close[0]!r}?" if close else f"; allowed: {', '.join(allowed)}"


def _table(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput(f"{name}: a table is needed, got {value!r}")
    return dict(value)
