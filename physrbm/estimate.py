"""Values with errors."""

from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np


class Estimate(NamedTuple):
    """A value with its standard error, from `n` independent samples."""

    value: float
    error: float
    n: int

    @classmethod
    def of(cls, samples: "np.ndarray") -> "Estimate":
        """Mean of independent `samples` (n,), error = standard deviation / sqrt(n)."""
        n = len(samples)
        return cls(float(samples.mean()), float(samples.std(ddof=1) / n**0.5) if n > 1 else float("nan"), n)

    def __str__(self) -> str:
        """Value and error as in -18.85(24)."""
        return compact(self.value, self.error)


_TEMPERED = ("bar", "integration", "mbar")  # methods that read one run of parallel tempering


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
    """effective number of independent weights, (sum w)^2 / sum w^2; of a tempering, round trips of all its walkers"""
    method: str
    estimated: bool
    reason: str
    n_chains: int = 0
    n_rungs: int = 0

    def __str__(self) -> str:
        """One line: the value with its error, or that it is withheld and why."""
        if not self.estimated:
            return f"log Z not estimated ({self.reason})"
        if self.error == 0:
            return f"log Z = {self.value:.10g} ({self.method})"
        lower, upper = rounded(self.lower, self.error), rounded(self.upper, self.error)
        what = "replicas ({:.0f} round trips)" if self.method in _TEMPERED else "chains (effective {:.0f})"
        how = f"{self.method}, {self.n_chains} {what.format(self.ess)}, {self.n_rungs} rungs"
        return f"log Z = {compact(self.value, self.error)}  95 % interval {lower} ... {upper}  ({how})"


class LogLikelihood(NamedTuple):
    """Mean log-likelihood of data in nats per sample; as good as the log Z it was made with."""

    value: float
    error_data: float
    """standard error of the mean over the samples"""
    error_log_z: float
    lower: float
    """lower end of the 95 % interval: both errors, combined in quadrature on either side"""
    upper: float
    estimated: bool
    reason: str

    @property
    def error(self) -> float:
        """Both errors in quadrature."""
        return float((self.error_data**2 + self.error_log_z**2) ** 0.5)

    def __str__(self) -> str:
        """Value and error, or that it is withheld."""
        return compact(self.value, self.error) if self.estimated else "not estimated"


def plain(x: Any) -> Any:
    """Nested dicts with None for NaN and infinity, which JSON does not have."""
    if isinstance(x, dict):
        return {name: plain(value) for name, value in x.items()}
    return None if isinstance(x, float) and not isfinite(x) else x


def rounded(value: float, error: float) -> str:
    """`value` with the digits that two significant digits of `error` allow."""
    return f"{value:.{_digits(error)}f}" if isfinite(error) and error > 0 else f"{value:.10g}"


def compact(value: float, error: float) -> str:
    """Value and error in one: -18.85(24) is -18.85 with the standard error 0.24; an unknown error is (?)."""
    if not isfinite(value) or not isfinite(error):
        return f"{value:.4g}(?)"
    if error <= 1e-13 * abs(value):  # round-off, or none
        return f"{value:.6g}"
    largest = max(abs(value), error)
    if largest < 1e-300:
        return f"{value:.3g}({error:.1g})"
    if not 1e-2 <= largest < 1e15:
        exponent = floor(log10(largest))
        return f"{compact(value / 10**exponent, error / 10**exponent)}e{exponent:+03d}"
    digits = _digits(error)
    return f"{value:.{digits}f}({error * 10**digits:.0f})"


def _digits(error: float) -> int:
    return max(0, 1 - floor(log10(float(f"{error:.1e}"))))
