"""A run of `sample` or `logz`."""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from physrbm.spec.values import Kind, Names, Seed, Shape, Threshold


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
