"""Kinds of values that specs share."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

Kind = Literal["anneal", "temper"]


def _threshold(value: Any) -> Any:
    if isinstance(value, str):
        if value.lower() == "none":
            return None
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _rows_by_columns(value: Any) -> Any:
    if isinstance(value, str):
        parts = value.lower().split("x")
        if len(parts) != 2 or not all(part.strip().isdigit() for part in parts):
            raise ValueError("must be ROWSxCOLUMNS, like 14x14")
        return tuple(int(part) for part in parts)
    return value


def as_names(value: Any) -> Any:
    """Names with commas as a tuple of them; anything else as it is."""
    return tuple(filter(None, (name.strip() for name in value.split(",")))) if isinstance(value, str) else value


Threshold = Annotated[float | str | None, BeforeValidator(_threshold)]
Shape = Annotated[tuple[int, int] | None, BeforeValidator(_rows_by_columns)]
Names = Annotated[tuple[str, ...], BeforeValidator(as_names)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
