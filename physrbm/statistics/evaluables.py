"""Quantities that are functions of averages; their errors come from `jackknife`.

All take numbers or arrays and give nan where noise leaves no value (a second moment of 0, chi(0) < chi(k)). An average
over disorder is [...], a thermal one <...>; moments are averaged over both before the function is applied.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Values = float | np.ndarray


def binder_cumulant(m2: Values, m4: Values) -> Any:
    """U = 1 - <m^4> / (3 <m^2>^2): 2/3 for |m| of one value, 0 for normal m (Binder 1981)."""
    return 1 - binder_ratio(m2, m4) / 3


def binder_ratio(m2: Values, m4: Values) -> Any:
    """R = <m^4> / <m^2>^2: 1 for |m| of one value, 3 for normal m."""
    return _ratio(_ratio(m4, m2), m2)


def susceptibility(m2: Values, m_abs: Values, n: float) -> Any:
    """N (<m^2> - <|m|>^2) of a magnetisation m per spin; with m_abs = 0, N <m^2>, that of a phase without order.

    Over disorder this is N ([<m^2>] - [<|m|>]^2), which has the scatter of |m| over instances in it; for
    N [<m^2> - <|m|>^2] give sqrt of [<|m|>^2] for `m_abs`, or m2 - m_abs^2 of each instance and 0.
    """
    return n * (np.asarray(m2) - np.square(m_abs))


def specific_heat(e: Values, e2: Values, beta: float, n: float) -> Any:
    """C = beta^2 (<E^2> - <E>^2) / N a spin, of the energy E of all N spins measured from any reference.

    E^2 - <E>^2 loses all digits of a large E: give the moments of E minus a number close to <E>. Over disorder that
    number must be each instance's own <E>, so that e = 0 and e2 is its variance, because C = [<E^2> - <E>^2]; the
    scatter of [E] over instances is no heat.
    """
    return beta**2 * (np.asarray(e2) - np.square(e)) / n


def correlation_length(chi_0: Values, chi_k: Values, k: float) -> Any:
    """Second-moment correlation length on a lattice, sqrt(chi(0)/chi(k) - 1) / (2 sin(k/2)), k = 2 pi/L (Cooper 1982).

    chi(k) = N <|sum_r m_r exp(i k r) / N|^2>, averaged over the directions of k.
    """
    with np.errstate(invalid="ignore"):
        return np.sqrt(_ratio(chi_0, chi_k) - 1) / (2 * np.sin(k / 2))


EVALUABLES: dict[str, Callable[..., Any]] = {
    "binder_cumulant": binder_cumulant,
    "binder_ratio": binder_ratio,
    "susceptibility": susceptibility,
    "specific_heat": specific_heat,
    "correlation_length": correlation_length,
}


def _ratio(a: Values, b: Values) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.equal(b, 0), np.nan, np.divide(a, b))[()]
