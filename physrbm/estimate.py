"""Values with errors."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np


class Estimate(NamedTuple):
    """A mean over independent samples with its standard error."""

    value: float
    error: float
    n: int

    @classmethod
    def of(cls, samples: "np.ndarray") -> "Estimate":
        """Mean of independent `samples` (n,), error = standard deviation / sqrt(n)."""
        n = len(samples)
        return cls(float(samples.mean()), float(samples.std(ddof=1) / n**0.5) if n > 1 else float("nan"), n)

    def __str__(self) -> str:
        """Value +- error."""
        return f"{self.value:.4g} +- {self.error:.2g}"


class LogZ(NamedTuple):
    """An estimate of log Z; printing withholds the value when the statistics do not support it."""

    value: float
    error: float
    """standard error of `value` (delta method on independent chains)"""
    lower: float
    """lower end of the 95 % interval"""
    upper: float
    """upper end of the 95 % interval"""
    ess: float
    """effective number of independent weights, (sum w)^2 / sum w^2"""
    method: str
    estimated: bool
    reason: str

    def __str__(self) -> str:
        """One line: the value with its error, or that it is withheld and why."""
        if not self.estimated:
            return f"log Z not estimated ({self.reason})"
        return (
            f"log Z = {self.value:.4f} +- {self.error:.4f} (95 %: {self.lower:.4f} ... {self.upper:.4f}, {self.method})"
        )
