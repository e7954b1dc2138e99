"""What a run is, in full: a frozen value that travels as JSON."""

import difflib
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from physrbm.errors import InvalidInput


class RunSpec(BaseModel):
    """One run of `anneal`. The defaults are ours; none is a published setting.

    Ranges are checked where the values are used; here only that they are of the right kind.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    data: str = "digits"
    binarise: float | str | None = 0.5
    shape: tuple[int, int] | None = None
    origin: str | None = None
    hidden: int = 500
    scale: float = 0.1
    dilution: float | None = None
    rule: str = "random"
    gauge: str = "binary"
    updates: int = 3000
    sampler: str = "pcd"
    sweeps: int = 10
    chains: int = 512
    batch: int = 512
    learning_rate: float = 0.2
    decay: float = 0.1
    centred: bool = True
    statistics: str = "means"
    l1: float = 0.0
    l2: float = 0.0
    measurements: int = Field(20, ge=1)
    ais_chains: int = Field(1024, ge=100)
    samples: int = Field(1024, ge=1)
    sample_sweeps: int = Field(1000, ge=1)
    seed: int = Field(0, ge=0, lt=2**63)

    @field_validator("*", mode="before")
    @classmethod
    def _no_boolean_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, bool) and info.field_name != "centred":
            raise ValueError("a number or a word is needed")
        return value

    @model_validator(mode="after")
    def _own_size(self) -> "RunSpec":
        for name in ("hidden", "scale"):
            if self.origin is not None and getattr(self, name) != RunSpec.model_fields[name].default:
                raise ValueError(f"{name} is for fresh machines; the machine of {self.origin} brings its own")
        return self

    @field_validator("binarise", mode="before")
    @classmethod
    def _binarise(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value.lower() == "none":
                return None
            try:
                return float(value)
            except ValueError:
                return value
        return value

    @field_validator("shape", mode="before")
    @classmethod
    def _shape(cls, value: Any) -> Any:
        if isinstance(value, str):
            parts = value.lower().split("x")
            if len(parts) != 2 or not all(part.strip().isdigit() for part in parts):
                raise ValueError("must be ROWSxCOLUMNS, like 14x14")
            return tuple(int(part) for part in parts)
        return value


def make_spec(values: dict[str, Any]) -> RunSpec:
    """RunSpec of `values`. Raises InvalidInput naming the first value that is not allowed."""
    for name in values:
        if name not in RunSpec.model_fields:
            close = difflib.get_close_matches(str(name), RunSpec.model_fields, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"allowed: {', '.join(RunSpec.model_fields)}"
            raise InvalidInput(f"unknown setting {name!r}; {hint}")
    try:
        return RunSpec(**values)
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise InvalidInput(message) from error
        raise InvalidInput(f"{first['loc'][0]}: {message}, got {first['input']!r}") from error
