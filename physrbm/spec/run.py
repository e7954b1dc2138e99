"""A run of `anneal`."""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from physrbm.spec.values import Kind, Names, Seed, Shape, Threshold


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
    schedule: str = "once"
    dilute_at: int | None = Field(None, ge=0)
    dilute_until: int | None = Field(None, ge=0)
    rounds: int = Field(10, ge=1)
    rewind: str | None = None
    inherit: Literal["values", "signs", "mask"] = "values"
    keep_chains: bool = False
    protocol: Names = ()
    updates: int = 3000
    sampler: str = "pcd"
    sweeps: int = 10
    chains: int = 512
    batch: int = 512
    learning_rate: float = 0.2
    decay: float = 0.1
    rate_law: str = "exponential"
    cycles: int | None = None
    trains: str = "all"
    curriculum: float = 0.0
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
        if isinstance(value, bool) and info.field_name not in ("centred", "keep_chains"):
            raise ValueError("a number or a word is needed")
        return value

    @field_validator("rewind", mode="before")
    @classmethod
    def _rewind(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    @property
    def rewinds_to(self) -> int | None:
        """The update of this very run whose couplings `rewind` goes back to; None if those of another machine."""
        own = self.rewind is not None and self.rewind.isascii() and self.rewind.isdigit() and len(self.rewind) < 17
        return int(str(self.rewind)) if own else None

    @property
    def sets_back(self) -> bool:
        """Whether a dilution is followed by other couplings than those that are there."""
        return self.rewind is not None or self.inherit != "values"

    @property
    def says_how_to_dilute(self) -> bool:
        """Whether a setting is not its default that means nothing without a dilution."""
        names = ("rule", "gauge", "schedule", "dilute_at", "dilute_until", "rounds")
        return any(getattr(self, name) != RunSpec.model_fields[name].default for name in names)

    @model_validator(mode="after")
    def _fits_together(self) -> "RunSpec":
        for name in ("hidden", "scale"):
            own = name == "scale" and self.inherit == "mask"
            if self.origin is not None and getattr(self, name) != RunSpec.model_fields[name].default and not own:
                raise ValueError(f"{name} is for fresh machines; the machine of {self.origin} brings its own")
        if self.keep_chains and (self.origin is None or self.sampler == "cd"):
            raise ValueError("keep_chains needs a run that the machine comes from, and persistent chains")
        if self.schedule == "once" and (self.dilute_until is not None or self.rounds != 10):
            raise ValueError("dilute_until and rounds are for the schedules iterative and gradual")
        if self.rewind is not None and self.inherit == "mask":
            raise ValueError("inherit 'mask' takes nothing from another machine: leave rewind out")
        at_once = self.dilution is None or (self.schedule == "once" and not self.dilute_at)
        if self.rewinds_to is not None and at_once:
            raise ValueError(f"rewind {self.rewind} goes back from a later dilution: set dilute_at, or a schedule")
        if self.origin is None and self.sets_back and at_once:
            raise ValueError("rewind and inherit need a machine that brings the bonds, or a later dilution")
        return self
