"""What a run is, in full: a frozen value that travels as JSON."""

import difflib
from typing import Annotated, Any, ClassVar, Literal, overload

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from physrbm.errors import InvalidInput

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


def _names(value: Any) -> Any:
    return tuple(filter(None, (name.strip() for name in value.split(",")))) if isinstance(value, str) else value


Threshold = Annotated[float | str | None, BeforeValidator(_threshold)]
Shape = Annotated[tuple[int, int] | None, BeforeValidator(_rows_by_columns)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]


class RunSpec(BaseModel):
    """One run of `anneal`. The defaults are ours; none is a published setting.

    Ranges are checked where the values are used; here only that they are of the right kind.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    kind: ClassVar[Kind] = "anneal"
    command: ClassVar[str] = "anneal"

    data: str = "digits"
    binarise: Threshold = 0.5
    shape: Shape = None
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
    seed: Seed = 0

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


class TemperSpec(BaseModel):
    """One run of `sample` or `logz` on a machine that is there: chains on a path of rungs, or on none."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    kind: ClassVar[Kind] = "temper"

    source: str
    path: Literal["independent", "temperature", "dilution", "trajectory", "none"] = "independent"
    ladder: str = "auto"
    beta: float = Field(1.0, gt=0)
    sweeps: int = Field(10_000, ge=2, lt=2**53)
    swap_every: int = Field(1, ge=1)
    replicas: int = Field(64, ge=1, le=2**20)
    start: Literal["random", "data"] = "random"
    data: str | None = None
    binarise: Threshold = 0.5
    shape: Shape = None
    observables: Names = ()
    methods: Names = ()
    seed: Seed = 0

    @property
    def command(self) -> str:
        """Of `physrbm`, that goes on with it."""
        return "logz" if self.methods else "sample"

    @property
    def updates(self) -> int:
        """Rounds: what is counted on the way."""
        return self.sweeps // self.swap_every

    @field_validator("*", mode="before")
    @classmethod
    def _no_boolean_numbers(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("a number or a word is needed")
        return value

    @field_validator("ladder", mode="before")
    @classmethod
    def _ladder(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int | float) else value

    @model_validator(mode="after")
    def _fits_together(self) -> "TemperSpec":
        if self.updates < 2:
            raise ValueError(f"at least 2 rounds are needed, got {self.sweeps} sweeps / {self.swap_every}")
        if self.start == "data" and self.data is None:
            raise ValueError("start 'data' needs data")
        if self.path in ("dilution", "trajectory") and self.beta != 1:
            raise ValueError(f"beta must be 1 on the path {self.path!r}, got {self.beta}")
        return self


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
    try:
        return model(**values)
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise InvalidInput(message) from error
        raise InvalidInput(f"{first['loc'][0]}: {message}, got {first['input']!r}") from error
