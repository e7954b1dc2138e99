"""What a run is, in full: a frozen value that travels as JSON."""

import difflib
from typing import Any, Literal, overload

from pydantic import ValidationError

from physrbm.errors import InvalidInput
from physrbm.spec.files import read_settings
from physrbm.spec.protocols import PROTOCOLS, combined
from physrbm.spec.run import RunSpec
from physrbm.spec.temper import TemperSpec
from physrbm.spec.values import as_names

__all__ = ["PROTOCOLS", "RunSpec", "Spec", "TemperSpec", "make_spec", "read_settings"]

Spec = RunSpec | TemperSpec
_KINDS: dict[str, type[RunSpec] | type[TemperSpec]] = {"anneal": RunSpec, "temper": TemperSpec}


@overload
def make_spec(values: dict[str, Any], kind: Literal["anneal"] = ...) -> RunSpec: ...
@overload
def make_spec(values: dict[str, Any], kind: Literal["temper"]) -> TemperSpec: ...
@overload
def make_spec(values: dict[str, Any], kind: str) -> Spec: ...
def make_spec(values: dict[str, Any], kind: str = "anneal") -> Spec:
    """Spec of `values`. Raises InvalidInput naming the first value that is not allowed."""
    model = _KINDS.get(kind)
    if model is None:
        raise InvalidInput(f"unknown kind of run {kind!r}; allowed: {', '.join(_KINDS)}")
    for name in values:
        if name not in model.model_fields:
            close = difflib.get_close_matches(str(name), model.model_fields, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"allowed: {', '.join(model.model_fields)}"
            raise InvalidInput(f"unknown setting {name!r}; {hint}")
    names = as_names(values.get("protocol"))
    if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
        values = combined(names, values)
    try:
        return model(**values)
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise InvalidInput(message) from error
        raise InvalidInput(f"{first['loc'][0]}: {message}, got {first['input']!r}") from error
