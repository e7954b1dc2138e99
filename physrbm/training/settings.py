"""What a training is."""

from dataclasses import dataclass, fields

from physrbm.errors import InvalidInput

SAMPLERS = ("pcd", "cd")
STATISTICS = ("means", "counts")


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
    """learning rate of the last update over that of the first, geometrically in between; 1: constant"""
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
        if self.statistics not in STATISTICS:
            raise InvalidInput(f"unknown statistics {self.statistics!r}; allowed: {', '.join(STATISTICS)}")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type is int and not isinstance(value, int):
                raise InvalidInput(f"{field.name} must be a whole number, got {value}")
            if field.name in ("sweeps", "n_chains", "batch_size") and value < 1:
                raise InvalidInput(f"{field.name} must be at least 1, got {value}")
            if field.name in ("updates", "l1", "l2") and not 0 <= value < float("inf"):
                raise InvalidInput(f"{field.name} must be finite and not negative, got {value}")
            if field.name in ("learning_rate", "decay") and not 0 < value < float("inf"):
                raise InvalidInput(f"{field.name} must be finite and positive, got {value}")

    def rate(self, update: int) -> float:
        """Learning rate of update 0, 1, ...; beyond the last one planned it stays what it came to."""
        last = max(1, self.updates - 1)
        return float(self.learning_rate * self.decay ** (min(update, last) / last))
