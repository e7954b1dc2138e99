"""What a training is."""

from dataclasses import dataclass, fields

from physrbm.errors import InvalidInput

SAMPLERS = ("pcd", "cd")


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
    final_learning_rate: float | None = 0.02
    """reached geometrically at the last update; None: constant"""
    centred: bool = True
    """the centred gradient of Melchior, Fischer & Wiskott (2016)"""
    l1: float = 0.0
    l2: float = 0.0

    def check(self) -> None:
        """Raise InvalidInput naming the first value that is not allowed."""
        if self.sampler not in SAMPLERS:
            raise InvalidInput(f"unknown sampler {self.sampler!r}; allowed: {', '.join(SAMPLERS)}")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("sweeps", "n_chains", "batch_size") and value < 1:
                raise InvalidInput(f"{field.name} must be at least 1, got {value}")
            if field.name in ("updates", "l1", "l2") and not 0 <= value < float("inf"):
                raise InvalidInput(f"{field.name} must be finite and not negative, got {value}")
            if field.name.endswith("learning_rate") and value is not None and not 0 < value < float("inf"):
                raise InvalidInput(f"{field.name} must be finite and positive, got {value}")

    def rate(self, update: int) -> float:
        """Learning rate of update 0, 1, ..."""
        if self.final_learning_rate is None or self.updates < 2:
            return self.learning_rate
        return float(
            self.learning_rate * (self.final_learning_rate / self.learning_rate) ** (update / (self.updates - 1))
        )
