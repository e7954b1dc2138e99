"""Do several chains tell the same story: rank-normalised split R-hat and effective sample sizes.

All after Vehtari, Gelman, Simpson, Carpenter and Buerkner 2021 (Bayesian Analysis 16, 667), in the form of ArviZ.
Unlike there, one chain is allowed (its halves are compared) and a constant series gives nan: it says nothing.
"""

from math import inf, log10, nan, sqrt

import numpy as np

from physrbm.statistics.series import checked, is_constant

TAILS = (0.05, 0.95)
_LEAST = 4
_BLOM = 3 / 8


def rhat(x: np.ndarray) -> float:
    """Split R-hat of x (measurement, chain): the larger of that of the ranks and that of the folded ranks.

    R-hat^2 = 1 + (variance of the means of half chains / mean variance within them) - 1/n, n the length of a half;
    of ranks turned into normal scores, and of those of |x - median|, which see chains of different width.
    1 for chains that mix, about 1 + g/n for short ones; inf where nothing moves within the halves; nan for a constant
    series. Raises InvalidInput for less than 4 measurements or values that are not finite.
    """
    halves = _split(checked(x, _LEAST))
    if _is_flat(halves):
        return nan
    folded = np.abs(halves - np.median(halves))
    return max(_rhat(_scores(halves)), 1.0 if _is_flat(folded) else _rhat(_scores(folded)))


def ess_bulk(x: np.ndarray) -> float:
    """Effective number of samples of x (measurement, chain) for its mean: that of the normal scores of its ranks."""
    halves = _split(checked(x, _LEAST))
    return nan if _is_flat(halves) else _ess(_scores(halves))


def ess_tail(x: np.ndarray) -> float:
    """Effective number of samples of x (measurement, chain) for its tails: the smaller at the 5 % and 95 % quantiles.

    A quantile below or above which nothing lies (few discrete values) does not count.
    """
    series = checked(x, _LEAST)
    if _is_flat(series):
        return nan
    below = [_split((series <= quantile).astype(np.float64)) for quantile in np.quantile(series, TAILS)]
    return min(float(part.size) if _is_flat(part) else _ess(part) for part in below)


def _split(series: np.ndarray) -> np.ndarray:
    half = len(series) // 2
    return np.hstack((series[:half], series[-half:]))


def _is_flat(series: np.ndarray) -> bool:
    return bool(is_constant(series.reshape(-1, 1))[0])


def _scores(series: np.ndarray) -> np.ndarray:
    """Ranks over all chains, ties averaged, as quantiles of the normal distribution (Blom 1958)."""
    from scipy.special import ndtri

    _, place, count = np.unique(series, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2
    scores: np.ndarray = ndtri((rank - _BLOM) / (series.size - 2 * _BLOM + 1))[place].reshape(series.shape)
    return scores


def _rhat(series: np.ndarray) -> float:
    if is_constant(series).all():
        return inf
    within, between = series.var(0, ddof=1).mean(), series.mean(0).var(ddof=1)
    return sqrt(1 - 1 / len(series) + between / within)


def _ess(series: np.ndarray) -> float:
    """Values in `series` over tau_hat, at most N log10 N.

    tau_hat = -1 + 2 (sum of rho over Geyer's initial monotone sequence of pairs of lags), rho from the covariances
    within the chains and the variance of their means.
    """
    n = len(series)
    size = 1 << (2 * n - 1).bit_length()
    power = np.abs(np.fft.rfft(series - series.mean(0), size, axis=0)) ** 2
    covariance = np.fft.irfft(power.mean(1), size)[:n] / n
    within = covariance[0] * n / (n - 1)
    rho = 1 - (within - covariance) / (covariance[0] + series.mean(0).var(ddof=1))
    rho[0] = 1
    lags = 2 * max(1, (n - 1) // 2)
    pairs = rho[:lags].reshape(-1, 2).sum(1)
    last = int(np.argmax(pairs <= 0)) if (pairs <= 0).any() else pairs.size - 1
    # the pair in which the sequence ends still counts with half of its even lag: less variance for short memories
    tau_hat = -1 + 2 * np.minimum.accumulate(pairs)[:last].sum() + max(rho[2 * last], 0.0)
    return series.size / float(max(tau_hat, 1 / log10(series.size)))
