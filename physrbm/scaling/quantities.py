"""What is averaged over the instances of a table before anything is scaled: a column, or a function of averages."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from physrbm import statistics


class Quantity(NamedTuple):
    """A function of averages over instances."""

    columns: tuple[tuple[str, int], ...]
    """columns of the table and the power in which each is averaged"""
    function: Callable[..., Any]
    """of size, number of instances and the averages (..., point), in this order"""
    least: int = 2
    """instances at every point, for a value with an error"""


def mean(y: str) -> Quantity:
    """[y]"""
    return Quantity(((y, 1),), lambda size, count, average: average)


def susceptibility(y: str) -> Quantity:
    """chi = N ([y^2] - [y]^2) n / (n - 1): N times the variance of y over n instances; N is the size."""

    def function(size: np.ndarray, count: np.ndarray, first: np.ndarray, second: np.ndarray) -> Any:
        return statistics.susceptibility(second, first, 1) * size * (count / (count - 1))

    return Quantity(((y, 1), (y, 2)), function, least=3)  # one left out of two has no variance


def binder_cumulant(m2: str, m4: str) -> Quantity:
    """U = 1 - [m^4] / (3 [m^2]^2) of columns with the thermal averages <m^2>, <m^4> of every instance.

    For quantities of ensembles with the spin-flip symmetry; in a trained machine fields make it trivially 2/3.
    """
    return Quantity(((m2, 1), (m4, 1)), lambda size, count, a, b: statistics.binder_cumulant(a, b))


def binder_of_instances(y: str) -> Quantity:
    """U = 1 - [y^4] / (3 [y^2]^2) of a column that is one configuration (a magnetisation) in every row."""
    return Quantity(((y, 2), (y, 4)), lambda size, count, a, b: statistics.binder_cumulant(a, b))
