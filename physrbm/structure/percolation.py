"""Percolation of bipartite random graphs with given degrees, otherwise random.

A layer is described by its degree distribution P(k), k = 0, 1, ...: the fraction of its units with k bonds. With
G0(x) = sum_k P(k) x^k for a unit and G1(x) = G0'(x) / G0'(1) for the other bonds of a unit at the end of a bond, a bond
does not lead on to the giant component with the probabilities

    u = G1_hidden(w) from a visible unit, w = G1_visible(u) from a hidden one, the smallest solution in [0, 1],

and 1 - G0_visible(u), 1 - G0_hidden(w) of the units are in it: for N -> infinity, where random graphs are trees
(Newman, Strogatz & Watts 2001, section IV; Molloy & Reed 1995).
"""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.structure.degrees import Layers, checked

_ROUND_OFF = 1e-9  # of a sum of probabilities
_RESIDUE = 1e-14  # of the fixed point, above the round-off of the series


class Giant(NamedTuple):
    """Fractions of units in the giant component."""

    visible: float
    hidden: float
    units: float
    """of both layers together"""


def degree_distribution(degree: np.ndarray) -> np.ndarray:
    """P(k) = fraction of the units with k bonds, (largest degree + 1,), of degrees (unit,). Raises InvalidInput."""
    k = checked(degree)
    p: np.ndarray = np.bincount(k) / k.size
    return p


def binomial_degrees(n_visible: int, n_hidden: int, dilution: float) -> Layers:
    """P(k) of the visible units, (Nh + 1,), and of the hidden ones, (Nv + 1,), after random dilution p of all pairs.

    Binomial: Nh and Nv pairs, kept with 1 - p each. `RBM.initialise` keeps a fixed number of bonds instead, which
    changes the moments of the degrees by relative O(1/bonds). Raises InvalidInput.
    """
    from scipy.stats import binom

    if n_visible < 1 or n_hidden < 1:
        raise InvalidInput(f"a machine needs at least one unit a layer, got {n_visible} x {n_hidden}")
    if not 0.0 <= dilution <= 1.0:
        raise InvalidInput(f"dilution must be in [0, 1], got {dilution}")
    visible, hidden = (binom.pmf(np.arange(n + 1), n, 1.0 - dilution) for n in (n_hidden, n_visible))
    return Layers(visible, hidden)


def molloy_reed(visible: np.ndarray, hidden: np.ndarray) -> float:
    """<k(k-1)>_visible <k(k-1)>_hidden / (<k>_visible <k>_hidden) of two degree distributions; 0 without bonds.

    The mean number of bonds that a bond leads to, two steps on: there is a giant component if and only if it is above 1
    (Molloy & Reed 1995; Newman, Strogatz & Watts 2001, section IV). Raises InvalidInput.
    """
    return _branching(_checked(visible, "visible")) * _branching(_checked(hidden, "hidden"))


def expected_giant(visible: np.ndarray, hidden: np.ndarray) -> Giant:
    """Giant component of the random graph with these degree distributions, N -> infinity; all 0 up to the threshold.

    Both layers have as many bonds, so the numbers of units are as 1/<k>_visible to 1/<k>_hidden. Raises InvalidInput.
    """
    visible, hidden = _checked(visible, "visible"), _checked(hidden, "hidden")
    if _branching(visible) * _branching(hidden) <= 1:
        return Giant(0.0, 0.0, 0.0)
    onward_visible, onward_hidden = _onward(visible), _onward(hidden)
    # G1_hidden(G1_visible(u)) - u is convex, positive and falling up to its smallest zero: Newton climbs to it from 0
    u, step = 0.0, 0.0
    while True:
        u += step
        w, slope_visible = _power_series(onward_visible, u)
        onward, slope_hidden = _power_series(onward_hidden, w)
        if onward - u < _RESIDUE:
            break
        step = (onward - u) / (1.0 - slope_hidden * slope_visible)
    in_visible = 1.0 - _power_series(visible, u)[0]
    in_hidden = 1.0 - _power_series(hidden, w)[0]
    k_visible, k_hidden = _mean(visible), _mean(hidden)
    return Giant(in_visible, in_hidden, (in_visible * k_hidden + in_hidden * k_visible) / (k_visible + k_hidden))


def threshold_dilution(n_visible: int, n_hidden: int) -> float:
    """p_c of random dilution: (1 - p_c)^2 (Nv - 1)(Nh - 1) = 1, below which there is a giant component.

    Binomial degrees have <k(k-1)> = n (n-1) (1-p)^2 and <k> = n (1-p), so that `molloy_reed` is
    (1-p)^2 (Nh - 1)(Nv - 1), exactly. With Poisson degrees of the means c_visible = (1-p) Nh and c_hidden = (1-p) Nv
    it is c_visible c_hidden: the limit of large layers, (1 - p_c)^2 Nv Nh = 1. Raises InvalidInput for less than two
    units a layer, which never percolate.
    """
    if n_visible < 2 or n_hidden < 2:
        raise InvalidInput(f"a threshold needs at least two units a layer, got {n_visible} x {n_hidden}")
    return float(1.0 - ((n_visible - 1.0) * (n_hidden - 1.0)) ** -0.5)


def _mean(p: np.ndarray) -> float:
    return float(np.arange(p.size) @ p)


def _onward(p: np.ndarray) -> np.ndarray:
    """Distribution of the other bonds of the unit at the end of a bond, (k+1) P(k+1) / <k>."""
    ends = (np.arange(p.size) * p)[1:]
    onward: np.ndarray = ends / ends.sum()
    return onward


def _branching(p: np.ndarray) -> float:
    """<k(k-1)> / <k>, the mean number of other bonds of the unit at the end of a bond."""
    return _mean(_onward(p)) if _mean(p) > 0 else 0.0


def _power_series(p: np.ndarray, x: float) -> tuple[float, float]:
    """sum_k p_k x^k and its derivative."""
    power = float(x) ** np.arange(p.size)
    return float(p @ power), float((np.arange(1, p.size) * p[1:]) @ power[:-1])


def _checked(p: np.ndarray, layer: str) -> np.ndarray:
    p = np.asarray(p, dtype=np.float64)
    if p.ndim != 1 or p.size == 0:
        raise InvalidInput(f"the {layer} degree distribution must be (degree,) and not empty, got the shape {p.shape}")
    if not (p >= 0).all() or not abs(p.sum() - 1) < _ROUND_OFF:
        raise InvalidInput(f"the {layer} degree distribution must be >= 0 and sum to 1, got the sum {p.sum():.10g}")
    exact: np.ndarray = p / p.sum()
    return exact
