"""What a series is: one number a measurement and chain, checked once."""

import numpy as np

from physrbm.errors import InvalidInput

_ROUND_OFF = 1e-12  # a number computed twice in another order is still the same number


def checked(x: np.ndarray, least: int) -> np.ndarray:
    """`x` as float64 (measurement, chain); (measurement,) is one chain.

    Raises InvalidInput for another shape, fewer than `least` measurements, no chain, or values that are not finite.
    """
    series = np.asarray(x)
    if series.ndim not in (1, 2) or series.dtype.kind not in "biuf":
        raise InvalidInput(f"a series is real numbers (measurement, chain), got {series.dtype} of shape {series.shape}")
    series = series.reshape(len(series), -1).astype(np.float64) if series.size else series.reshape(0, 1)
    if len(series) < least:
        raise InvalidInput(f"the series has {len(series)} measurements; at least {least} are needed")
    if not np.isfinite(series).all():
        raise InvalidInput(f"{np.count_nonzero(~np.isfinite(series))} values of the series are not finite")
    return series


def is_constant(series: np.ndarray) -> np.ndarray:
    """Which columns of `series` (measurement, chain) do not change beyond round-off, (chain,) bool."""
    constant: np.ndarray = np.ptp(series, axis=0) <= _ROUND_OFF * np.abs(series).max(0)
    return constant
