"""A value beside what it is for unrelated machines."""

from typing import NamedTuple

import numpy as np

from physrbm.estimate import Estimate


class AgainstNull(NamedTuple):
    """A value, and its distribution where only the null hypothesis holds."""

    value: float
    expected: Estimate
    """mean of independent draws of the null, with its standard error"""
    sd: float
    """standard deviation of one draw"""
    z: float
    """(value - mean) / (sd sqrt(1 + 1/n)): Student t of n - 1 degrees of freedom under a Gaussian null; sd = 0: NaN"""

    @classmethod
    def of(cls, value: float, draws: np.ndarray) -> "AgainstNull":
        """`value` against independent `draws` (n,) of the null."""
        expected = Estimate.of(draws)
        sd = expected.error * expected.n**0.5
        z = (value - expected.value) / (sd * (1 + 1 / expected.n) ** 0.5) if sd > 0 else float("nan")
        return cls(value, expected, sd, z)
