"""Where the curves of two sizes cross, and where the crossings go with growing size."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.stats import f as fisher

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.scaling.curves import Curves, Table, curves
from physrbm.scaling.polynomials import Curve, fitting, real_roots
from physrbm.scaling.quantities import Quantity

_LEVEL = 0.01


class Crossing(NamedTuple):
    """Where the curves of two sizes meet."""

    small: float
    large: float
    found: bool
    x: float
    """nan where there is none"""
    error: float
    """jackknife over the instances of both sizes"""
    slope: float
    """of the larger curve minus that of the smaller one, there"""
    reason: str
    """why there is none"""


class Crossings(NamedTuple):
    """Crossings of pairs of sizes, and their limit."""

    pairs: tuple[Crossing, ...]
    limit: Estimate
    """x_c: x = x_c + a L^-drift with the sizes' geometric mean L; nan where it cannot be told"""
    drift: float
    chi2: float
    dof: int
    reason: str


def crossing(
    table: Table,
    *,
    x: str,
    size: str,
    y: str | Quantity,
    instance: str | None = None,
    exponent_over_nu: float = 0.0,
    ratio: float | None = 2.0,
    drift: float | None = None,
    x_range: tuple[float, float] | None = None,
    l_min: float | None = None,
) -> Crossings:
    """Cross y L^(-exponent/nu) of sizes L and ratio L (None: neighbours), and extrapolate.

    Each curve is a weighted polynomial through its points; the root of the difference is followed through the jackknife
    replicates over instances, and so is its limit. drift = omega + 1/nu where it is known; otherwise the limit is the
    weighted mean of the crossings of the largest sizes that agree (Fisher's F, 1 %). A pair does not cross
    where its difference has no root, more than one, or one that is lost in a tenth of the replicates. Raises
    InvalidInput like `curves`.
    """
    found = curves(table, x=x, size=size, y=y, instance=instance, x_range=x_range, l_min=l_min)
    sizes = found.sizes
    if ratio is None:
        pairs = list(pairwise(sizes))
    else:
        pairs = [(L, M) for L in sizes for M in sizes if abs(M / L / ratio - 1) < 0.02]
    if not pairs:
        raise InvalidInput(f"no two of the sizes {', '.join(f'{L:g}' for L in sizes)} have the ratio {ratio}")
    met = [_meet(found, L, M, exponent_over_nu) for L, M in pairs]
    return _limit(found, [one for one, _ in met], [roots for _, roots in met], drift)


def _meet(found: Curves, L: float, M: float, power: float) -> tuple[Crossing, np.ndarray]:
    """The crossing, and that of every replicate (nan where it has none)."""
    factor = found.size**-power
    y, error = found.y * factor, found.error * factor
    own = [np.flatnonzero(found.size == size) for size in (L, M)]
    low, high = (max(found.x[k].min() for k in own), min(found.x[k].max() for k in own))
    nothing = np.full(len(found.replicates), np.nan)
    if not low < high or min(len(k) for k in own) < 3:
        return Crossing(float(L), float(M), False, np.nan, np.nan, np.nan, "curves do not overlap"), nothing
    middle, half = (low + high) / 2, (high - low) / 2

    fits = [fitting((found.x[k] - middle) / half, y[k], error[k]) for k in own]

    def difference(values: np.ndarray, errors: np.ndarray) -> Curve:
        smaller, larger = (fit(values[k], errors[k]) for fit, k in zip(fits, own, strict=True))
        return larger - smaller

    at = real_roots(difference(y, error))
    if len(at) != 1:
        reason = "curves do not cross" if not len(at) else f"curves cross {len(at)} times"
        return Crossing(float(L), float(M), False, np.nan, np.nan, np.nan, reason), nothing
    both = zip(found.replicates * factor, found.replicate_errors * factor, strict=True)
    all_of = [real_roots(difference(values, errors)) for values, errors in both]
    near = np.array([r[np.abs(r - at[0]).argmin()] if len(r) else np.nan for r in all_of])
    lost = np.isnan(near)
    if lost[np.isin(found.group, np.searchsorted(found.sizes, [L, M]))].mean() > 0.1:
        return Crossing(float(L), float(M), False, np.nan, np.nan, np.nan, "the crossing is lost in the noise"), nothing
    near[lost] = at[0]
    where = middle + half * near
    slope = float(difference(y, error).deriv()(at[0]) / half)
    error_of_x = float(found.error_of(where))
    return Crossing(float(L), float(M), True, float(middle + half * at[0]), error_of_x, slope, ""), where


def _limit(found: Curves, pairs: list[Crossing], roots: list[np.ndarray], drift: float | None) -> Crossings:
    kept = [k for k, pair in enumerate(pairs) if pair.found and pair.error > 0]
    none = Estimate(np.nan, np.nan, len(kept))
    if not kept:
        return Crossings(tuple(pairs), none, np.nan, np.nan, 0, "no pair of sizes crosses")
    if drift is not None and len(kept) < 2:
        return Crossings(tuple(pairs), none, drift, np.nan, 0, "an extrapolation needs at least 2 crossings")
    L = np.array([(pair.small * pair.large) ** 0.5 for pair in pairs])
    instances = int(found.instances.min())
    for first in range(len(kept)):
        own = kept[first:]
        basis = np.ones((len(own), 1)) if drift is None else np.stack([np.ones(len(own)), L[own] ** -drift], 1)
        x, samples = np.array([pairs[k].x for k in own]), np.stack([roots[k] for k in own], 1)
        covariance = found.covariance_of(samples)
        weight = np.diag(1 / np.diag(covariance))  # covariances of few replicates would make weights of their noise
        solve = np.linalg.pinv(basis.T @ weight @ basis) @ basis.T @ weight
        best = solve @ x
        off, apart = x - basis @ best, np.eye(len(own)) - basis @ solve
        chi2 = float(off @ np.linalg.pinv(apart @ covariance @ apart.T, rcond=1e-8, hermitian=True) @ off)
        dof = len(own) - basis.shape[1]
        if drift is not None or dof == 0 or fisher.sf(chi2 / dof, dof, instances - 1) > _LEVEL:
            break
    error = float(found.error_of(samples @ solve[0]))
    reason = f"pairs from {pairs[own[0]].small:g}"
    return Crossings(
        tuple(pairs), Estimate(float(best[0]), error, len(own)), np.nan if drift is None else drift, chi2, dof, reason
    )
