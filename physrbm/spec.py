"""What a run is, in full: a frozen value that travels as JSON."""

import hashlib
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from physrbm.errors import InvalidInput


class RunSpec(BaseModel):
    """One run of `anneal`: data, machine, dilution, training, measurement. Values are checked where they are used."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    data: str = "digits"
    binarise: float | str | None = 0.5
    hidden: int = 500
    dilution: float = 0.0
    rule: str = "random"
    gauge: str = "binary"
    scale: float = 0.1
    updates: int = 3000
    sampler: str = "pcd"
    sweeps: int = 10
    chains: int = 512
    batch: int = 512
    learning_rate: float = 0.5
    final_learning_rate: float | None = 0.05
    centred: bool = True
    l1: float = 0.0
    l2: float = 0.0
    measurements: int = 20
    ais_chains: int = 1024
    sample_sweeps: int = 1000
    seed: int = 0

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that name this spec."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=6).hexdigest()


def make_spec(**values: Any) -> RunSpec:
    """RunSpec of `values`. Raises InvalidInput naming the first value that is not allowed."""
    try:
        return RunSpec(**values)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"{'.'.join(map(str, first['loc']))}: {first['msg']}, got {first['input']!r}") from error
