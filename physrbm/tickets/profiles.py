"""Degrees of two machines compared: unit by unit in the visible layer, as distributions in the hidden one."""

from typing import NamedTuple

import numpy as np

from physrbm.estimate import Estimate
from physrbm.model import RBM
from physrbm.streams import Stream, generator
from physrbm.tickets.graphs import check_sizes
from physrbm.tickets.masks import DEGREES
from physrbm.tickets.null import AgainstNull

_DRAWS = 200


class Profiles(NamedTuple):
    """Likeness of the degrees of two machines."""

    visible_correlation: Estimate
    """Pearson correlation r of the degrees of the visible units, error (1 - r^2) / sqrt(Nv - 3) (Fisher 1921, in r)"""
    lower: float
    """lower end of the 95 % interval, tanh(artanh r - 1.96 / sqrt(Nv - 3))"""
    upper: float
    """upper end"""
    hidden_distance: AgainstNull
    """Wasserstein distance of the distributions of hidden degrees, in mean degrees of both machines

    The null deals the degrees of both machines out to them at random: one distribution, with differences by chance.
    """


def profiles(a: RBM, b: RBM, seed: int = 0) -> Profiles:
    """Degrees of `a` against those of `b`; the distance is (1/Nh) sum |sorted degrees - sorted degrees| / mean degree.

    Fisher's error and interval hold for independent units; those of neighbouring pixels are not, and it is then too
    small. The correlation is NaN when all units of a machine have the same degree, the distance without bonds.
    Raises InvalidInput for machines of different sizes.
    """
    check_sizes(a, b)
    visible = [np.bincount(x.bonds.i, minlength=x.n_visible) for x in (a, b)]
    hidden = np.concatenate([np.bincount(x.bonds.j, minlength=x.n_hidden) for x in (a, b)])
    r = _correlation(*visible)
    width = 1 / (a.n_visible - 3) ** 0.5 if a.n_visible > 3 else float("nan")
    lower, upper = (float(np.tanh(_artanh(r) + side * 1.959964 * width)) for side in (-1, 1))
    rng = generator(seed, Stream.TICKETS, DEGREES)
    draws = np.array([_distance(rng.permutation(hidden)) for _ in range(_DRAWS)])
    estimate = Estimate(r, (1 - r**2) * width, a.n_visible)
    return Profiles(estimate, lower, upper, AgainstNull.of(_distance(hidden), draws))


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))


def _artanh(r: float) -> float:
    return float(np.arctanh(r)) if abs(r) < 1 else r * float("inf")


def _distance(both: np.ndarray) -> float:
    """Wasserstein distance of the two halves, of equal sizes: the mean distance of their sorted values."""
    first, second = np.sort(both.reshape(2, -1), axis=1)
    return float(np.abs(first - second).mean() / both.mean()) if both.any() else float("nan")
