"""How long a series remembers: autocorrelation function and integrated autocorrelation time.

Convention of the whole project: tau = sum_(t>=1) rho(t) and the inefficiency is g = 1 + 2 tau, so that white noise has
tau = 0 and g = 1. Sokal and Wolff write tau_int = 1/2 + tau = g/2.
"""

from math import exp, inf, log10, nan, sqrt
from typing import NamedTuple

import numpy as np

from physrbm.estimate import compact
from physrbm.statistics.series import checked, is_constant

WINDOW = 5.0  # in units of tau_int: leaves out exp(-5) = 0.7 % of one exponential (Sokal 1997)
RESOLVED = 50  # shortest length of all chains together in units of g; below it tau comes out too small
RESOLVED_CHAIN = 10  # and of each chain: four windows
_LEAST = 4


class IntegratedTime(NamedTuple):
    """Integrated autocorrelation time in measurements."""

    tau: float
    """sum_(t>=1) rho(t): inf where no window fits into the chains, nan for a constant series"""
    error: float
    """standard error of `tau`; nan where `resolved` is False"""
    window: int
    """the largest lag in the sum; 0 where there is none"""
    n: int
    """measurements in all chains together"""
    resolved: bool
    """the chains are long enough to trust `tau`; otherwise it is a lower bound at best"""

    @property
    def inefficiency(self) -> float:
        """g = 1 + 2 tau: this many measurements are worth one independent sample."""
        return 1 + 2 * self.tau

    def __str__(self) -> str:
        """Value and error as in 12.1(4); (?) where it is not resolved."""
        return compact(self.tau, self.error)


def autocorrelation(x: np.ndarray) -> np.ndarray:
    """Normalised autocorrelation function rho (lag,) of x (measurement, chain), averaged over the chains.

    rho(t) = c(t)/c(0), c(t) = mean over chains and over the n - t pairs of (x_s - m)(x_(s+t) - m), where m is the mean
    over all times of ALL chains: chains stuck at different values show as correlation that does not decay, which the
    mean of each chain would hide. Knowing m only from the data makes every rho(t) too small by about g / (n chains);
    `integrated_time` corrects its sum for that. A constant series gives nan.
    Raises InvalidInput for less than 4 measurements or values that are not finite.
    """
    series = checked(x, _LEAST)
    n = len(series)
    if is_constant(series.reshape(-1, 1))[0]:
        return np.full(n, nan)
    size = 1 << (2 * n - 1).bit_length()  # zeros behind the series, so that its end does not meet its beginning
    power = np.abs(np.fft.rfft(series - series.mean(), size, axis=0)) ** 2
    covariance = np.fft.irfft(power.sum(1), size)[:n] / np.arange(n, 0, -1)
    rho: np.ndarray = covariance / covariance[0]
    return rho


def integrated_time(x: np.ndarray) -> IntegratedTime:
    """Integrated autocorrelation time of x (measurement, chain), summed up to Sokal's self-consistent window.

    The window is the smallest W >= 5 tau_int(W) (Sokal 1997), the sum is corrected for the mean by the factor
    1 + (2W+1)/N on g (Wolff 2004, eq. 49), and the error is that of Madras and Sokal 1988,
    (error of tau)^2 = 4 tau_int^2 (W + 1/2 - tau_int) / N, plus what the window leaves out, in quadrature.
    Below g = 1 the sum alternates: the mean over the last two windows is taken, and g is at least 1/log10 N, so that
    the g of anticorrelated series is too large rather than too small (12 % for rho = (-1/2)^t).
    `resolved` asks for 50 g measurements in all chains together and 10 g in each of them. From 200 g on, intervals of
    1.96 errors hold the tau of AR(1) series 96 to 97 times out of 100, at 50 g 89 times.
    """
    series = checked(x, _LEAST)
    total, rho = series.size, autocorrelation(series)
    if np.isnan(rho[0]):
        return IntegratedTime(nan, nan, 0, total, False)
    window, raw = _window(rho)
    if window == 0:
        return IntegratedTime(inf, nan, 0, total, False)
    g = max(raw * (1 + (2 * window + 1) / total), 1 / log10(total))
    resolved = total >= RESOLVED * g and len(series) >= RESOLVED_CHAIN * g
    half = g / 2
    error = half * sqrt(4 * (window + 0.5 - half) / total + exp(-2 * window / half)) if resolved else nan
    return IntegratedTime((g - 1) / 2, error, window, total, bool(resolved))


def _window(rho: np.ndarray) -> tuple[int, float]:
    """Sokal's window and g there; (0, inf) where the lags end before it."""
    g = 2 * np.cumsum(rho) - 1
    fits = np.arange(rho.size) >= WINDOW / 2 * np.maximum(g, 1)
    window = int(np.argmax(fits))
    if not fits[window]:
        return 0, inf
    return window, float(g[window] if g[window] >= 1 else g[window - 1 : window + 1].mean())
