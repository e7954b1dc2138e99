"""What a training is."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import pairwise
from math import cos, pi

from physrbm.errors import InvalidInput

SAMPLERS = ("pcd", "cd")
STATISTICS = ("means", "counts")
TRAINS = ("all", "fields")
# law(x, decay) -> learning rate over the largest one, at the place x in [0, 1] of a cycle
RATE_LAWS: dict[str, Callable[[float, float], float]] = {
    "exponential": lambda x, decay: decay**x,
    "cosine": lambda x, decay: decay + (1 - decay) * (1 + cos(pi * x)) / 2,  # Loshchilov & Hutter 2017
    "triangular": lambda x, decay: decay + (1 - decay) * (1 - abs(2 * x - 1)),  # Smith 2017
}
_FIRST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Settings:
    """Stochastic maximum likelihood; every value is ours, none is a published setting."""

    updates: int = 3000
    sampler: str = "pcd"
    """"pcd": persistent chains; "cd": chains start at the batch at every update"""
    sweeps: int = 10
    """Gibbs sweeps an update, k"""
    n_chains: int = 512
    """persistent chains ("cd" runs one a sample of the batch)"""
    batch_size: int = 512
    learning_rate: float = 0.2
    decay: float = 0.1
    """smallest learning rate over the largest, see `rate_law`; 1: constant"""
    rate_law: str = "exponential"
    """"exponential" and "cosine" fall from the largest rate to the smallest, "triangular" rises and falls"""
    cycle_starts: tuple[int, ...] = (0,)
    """first updates of the cycles of the learning rate, ascending from 0; more than one are warm restarts"""
    set_back: float = 0.0
    """place in a cycle, in [0, 1), at which all but the first one begin"""
    trains: str = "all"
    """"fields": the couplings stay as they are"""
    curriculum: float = 0.0
    """fraction of the updates until which samples far from the mean image are held back (Bengio et al. 2009)"""
    centred: bool = True
    """the centred gradient of Melchior, Fischer & Wiskott (2016)"""
    statistics: str = "means"
    """of the chains: "means" of hidden units given the visible ones, or "counts" of the states as drawn, several times
    cheaper and with more noise"""
    l1: float = 0.0
    l2: float = 0.0

    def check(self) -> None:
        """Raise InvalidInput naming the first value that is not allowed."""
        if self.sampler not in SAMPLERS:
            raise InvalidInput(f"unknown sampler {self.sampler!r}; allowed: {', '.join(SAMPLERS)}")
        for name, allowed in (("statistics", STATISTICS), ("trains", TRAINS), ("rate_law", tuple(RATE_LAWS))):
            if getattr(self, name) not in allowed:
                raise InvalidInput(f"unknown {name} {getattr(self, name)!r}; allowed: {', '.join(allowed)}")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type is int and not isinstance(value, int):
                raise InvalidInput(f"{field.name} must be a whole number, got {value}")
            if field.name in ("sweeps", "n_chains", "batch_size") and value < 1:
                raise InvalidInput(f"{field.name} must be at least 1, got {value}")
            if field.name in ("updates", "l1", "l2", "curriculum") and not 0 <= value < float("inf"):
                raise InvalidInput(f"{field.name} must be finite and not negative, got {value}")
            if field.name in ("learning_rate", "decay") and not 0 < value < float("inf"):
                raise InvalidInput(f"{field.name} must be finite and positive, got {value}")

        starts = self.cycle_starts
        if not starts or starts[0] != 0 or any(b <= a for a, b in pairwise((*starts, max(1, self.updates)))):
            raise InvalidInput(f"cycle_starts must ascend from 0 and end before update {self.updates}, got {starts}")
        if not 0 <= self.set_back < 1:
            raise InvalidInput(f"set_back must be in [0, 1), got {self.set_back}")
        if self.trains == "fields" and (self.l1 or self.l2):
            raise InvalidInput("l1 and l2 are penalties on the couplings, which the training of fields leaves alone")
        if not self.curriculum <= 1:
            raise InvalidInput(f"curriculum must be in [0, 1], got {self.curriculum}")

    def rate(self, update: int) -> float:
        """Learning rate of update 0, 1, ...; beyond the last one planned it stays what it came to."""
        update = min(update, max(0, self.updates - 1))
        cycle = bisect_right(self.cycle_starts, update) - 1
        first, after = (*self.cycle_starts, self.updates)[cycle : cycle + 2]
        x = (update - first) / max(1, after - first - 1)
        if cycle:
            x = self.set_back + (1 - self.set_back) * x
        return float(self.learning_rate * RATE_LAWS[self.rate_law](x, self.decay))

    def share(self, update: int) -> float:
        """Fraction of the training samples that are in use: from _FIRST_SHARE on, linearly."""
        if not self.curriculum:
            return 1.0
        return min(1.0, _FIRST_SHARE + (1 - _FIRST_SHARE) * update / (self.curriculum * max(1, self.updates)))


def equal_cycles(cycles: int, updates: int) -> tuple[int, ...]:
    """First updates of `cycles` equal parts of `updates`."""
    return tuple(-(-k * updates // cycles) for k in range(cycles))
