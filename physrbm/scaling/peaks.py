"""Where a curve of every size has its maximum, and how high it is."""

from typing import NamedTuple

import numpy as np

from physrbm.scaling.curves import Curves, Table, curves
from physrbm.scaling.polynomials import fitting, real_roots
from physrbm.scaling.quantities import Quantity

_HALF = 0.5  # points above this fraction of the maximum are fitted
_LEAST = 5


class Peak(NamedTuple):
    """The maximum of a curve."""

    size: float
    found: bool
    x: float
    x_error: float
    height: float
    height_error: float
    reason: str
    """why there is none"""


def peaks(
    table: Table,
    *,
    x: str,
    size: str,
    y: str | Quantity,
    instance: str | None = None,
    x_range: tuple[float, float] | None = None,
    l_min: float | None = None,
) -> tuple[Peak, ...]:
    """The maximum of `y` (a susceptibility, say) of every size, by a weighted polynomial through the points about it.

    Errors by jackknife over instances. There is none where the highest point is an end of the curve, where the fit has
    no maximum, or where its height is not 2 standard errors above both ends. Raises InvalidInput like `curves`.
    """
    found = curves(table, x=x, size=size, y=y, instance=instance, x_range=x_range, l_min=l_min)
    return tuple(_peak(found, L) for L in found.sizes)


def _peak(found: Curves, L: float) -> Peak:
    own = np.flatnonzero(found.size == L)
    none = (float(L), False, np.nan, np.nan, np.nan, np.nan)
    top = int(found.y[own].argmax())
    if top in (0, len(own) - 1):
        return Peak(*none, f"the highest point is the end {found.x[own[top]]:g}")
    near = _about(found.y[own], top)
    k = own[near]
    middle, half = (found.x[k[0]] + found.x[k[-1]]) / 2, (found.x[k[-1]] - found.x[k[0]]) / 2
    u = (found.x[k] - middle) / half

    through = fitting(u, found.y[k], found.error[k])

    def maximum(y: np.ndarray, error: np.ndarray) -> tuple[float, float]:
        curve = through(y, error)
        at = real_roots(curve.deriv())
        at = at[curve.deriv(2)(at) < 0]
        if not len(at):
            return np.nan, np.nan
        best = at[curve(at).argmax()]
        return float(middle + half * best), float(curve(best))

    where, height = maximum(found.y[k], found.error[k])
    if np.isnan(where):
        return Peak(*none, "the points about the highest one have no maximum")
    both = np.array([maximum(y[k], e[k]) for y, e in zip(found.replicates, found.replicate_errors, strict=True)])
    lost = np.isnan(both[:, 0])
    if lost[found.group == np.searchsorted(found.sizes, L)].mean() > 0.1:
        return Peak(*none, "the maximum is lost in the noise")
    both[lost] = where, height
    x_error, height_error = found.error_of(both)
    ends = own[[0, -1]]
    if ((height - found.y[ends]) < 2 * np.hypot(height_error, found.error[ends])).any():
        return Peak(*none, "no higher than the ends within 2 standard errors")
    return Peak(float(L), True, float(where), float(x_error), float(height), float(height_error), "")


def _about(y: np.ndarray, top: int) -> slice:
    """Neighbours of the highest point that are above half of it, at least `_LEAST` in all."""
    first = last = top
    while first > 0 and y[first - 1] > _HALF * y[top]:
        first -= 1
    while last < len(y) - 1 and y[last + 1] > _HALF * y[top]:
        last += 1
    while last - first + 1 < min(_LEAST, len(y)):
        first, last = max(0, first - 1), min(len(y) - 1, last + 1)
    return slice(first, last + 1)
