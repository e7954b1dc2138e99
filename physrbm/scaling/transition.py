"""What kind of change is it: none, a crossover, a continuous transition, one of first order?"""

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2
from scipy.stats import t as student

from physrbm.errors import InvalidInput
from physrbm.scaling.collapse import Collapse, collapse_curves
from physrbm.scaling.curves import Curves, Table, curves
from physrbm.scaling.modes import more_than_one_mode
from physrbm.scaling.quantities import Quantity

KINDS = ("none", "crossover", "unresolved", "continuous", "first order")
_POOR = 5.0  # S of a collapse that curves do not follow
_LEVEL = 0.01
_SHARPER = 3.0  # standard errors of 1/nu above 0
_INSTANCES = 20  # fewer than that show no two humps


class Transition(NamedTuple):
    """The answer, and what it rests on."""

    found: bool
    """whether the kind is continuous, or first order"""
    kind: str
    """none: y does not depend on x within errors; crossover: it does, and does not become sharper with size;
    unresolved: it does, and does not collapse"""
    x: float
    error: float
    reason: str
    p_constant: float
    """of curves that do not depend on x"""
    sharpening: float
    """1/nu over its error"""
    p_one_mode: float
    """of one hump of y over instances at the largest size, where they differ most; nan: not tested"""
    hysteresis: float
    """of `y` against `other` at the largest size: the largest difference over its error; nan without `other`"""
    collapse: Collapse | None


def transition(
    table: Table,
    *,
    x: str,
    size: str,
    y: str | Quantity,
    instance: str | None = None,
    other: str | None = None,
    exponent: float | None = None,
    x_range: tuple[float, float] | None = None,
    l_min: float | None = None,
    seed: int = 0,
) -> Transition:
    """Compare no change, crossover, continuous and first-order transition of the curves y(x) of several sizes.

    1. y must depend on x: chi2 against a constant of each size, at the 1 % level. 2. It must become sharper with size:
    1/nu of the Gaussian-process collapse at least 3 standard errors above 0 with x_c inside the range of x; a curve
    that is equally smooth at all sizes is a crossover, one that does not collapse (S above 5) is unresolved.
    3. A transition is of first order where, at the largest size, y has two humps over instances where
    these differ most (Silverman's test, 1 %, at least 20) or differs from `other`, the column of y from
    the other side (other starts, x driven backwards): Student's t at the 1 % level, which all points share. Otherwise
    it is continuous, as far as these instances can tell. Raises InvalidInput like `collapse`.
    """
    found = curves(table, x=x, size=size, y=y, instance=instance, x_range=x_range, l_min=l_min)
    humps = _humps(table, x, size, y, found, seed)
    gap, p_gap = (np.nan, 1.0) if other is None else _gap(table, x, size, y, other, instance, found, x_range)
    p = _constant(found)
    if p > _LEVEL:
        reason = f"curves that do not depend on {x} do as well (p = {p:.2g})"
        return Transition(False, "none", np.nan, np.nan, reason, p, np.nan, humps, gap, None)
    fit = collapse_curves(found, method="gaussian_process", exponent=exponent)
    sharper = fit.inverse_nu / fit.inverse_nu_error if fit.inverse_nu_error > 0 else 0.0
    inside = found.x.min() <= fit.x_c <= found.x.max()
    if not (sharper > _SHARPER and inside):
        reason = f"curves do not become sharper with {size}: 1/nu is {sharper:.1f} standard errors from 0"
        if sharper > _SHARPER:
            reason = f"curves become sharper with {size} only about {x} = {fit.x_c:.4g}, outside of what was measured"
        return Transition(False, "crossover", np.nan, np.nan, reason, p, sharper, humps, gap, fit)
    if fit.quality > _POOR:
        reason = f"curves become sharper with {size}, but do not collapse (S = {fit.quality:.1f})"
        return Transition(False, "unresolved", np.nan, np.nan, reason, p, sharper, humps, gap, fit)
    signs = []
    if humps < _LEVEL:
        signs.append(f"two humps over instances (p = {humps:.2g})")
    if p_gap < _LEVEL:
        signs.append(f"hysteresis of {gap:.1f} standard errors")
    kind = "first order" if signs else "continuous"
    reason = " and ".join(signs) if signs else f"1/nu is {sharper:.1f} standard errors above 0, no sign of first order"
    return Transition(True, kind, fit.x_c, fit.x_c_error, reason, p, sharper, humps, gap, fit)


def _constant(found: Curves) -> float:
    """p-value of no dependence on x, the least over sizes times their number.

    Errors of few instances are uncertain themselves: deviations are Student's t, and brought to normal ones.
    """
    least = 1.0
    for L in found.sizes:
        own = found.size == L
        weight = found.error[own] ** -2.0
        y = found.y[own]
        off = np.abs(y - weight @ y / weight.sum()) / found.error[own]
        tail = np.maximum(2 * student.sf(off, found.instances[own] - 1), 1e-300)
        least = min(least, float(chi2.sf(chi2.isf(tail, 1).sum(), max(1, own.sum() - 1))))
    return min(1.0, least * len(found.sizes))


def _humps(table: Table, x: str, size: str, y: str | Quantity, found: Curves, seed: int) -> float:
    if not isinstance(y, str):
        return float("nan")
    own = np.flatnonzero((found.size == found.sizes[-1]) & (found.instances >= _INSTANCES))
    if not len(own):
        return float("nan")
    k = own[(found.error[own] ** 2 * found.instances[own]).argmax()]
    here = (np.asarray(table[size]) == found.size[k]) & (np.asarray(table[x]) == found.x[k])
    samples = np.asarray(table[y], np.float64)[here]
    return more_than_one_mode(samples[np.isfinite(samples)], seed)


def _gap(
    table: Table, x: str, size: str, y: str | Quantity, other: str, instance: str | None, found: Curves,
    x_range: tuple[float, float] | None,
) -> tuple[float, float]:  # fmt: skip
    """Largest |[y - other]| over its error at the largest size, and the p-value of none at any point."""
    if not isinstance(y, str):
        raise InvalidInput("hysteresis compares two columns; y is a function of averages")
    if other not in table:
        raise InvalidInput(f"the table has no column {other!r}; it has {', '.join(map(str, table))}")
    both = {**table, "difference": np.asarray(table[y], np.float64) - np.asarray(table[other], np.float64)}
    if not np.any(both["difference"]):
        return 0.0, 1.0
    apart = curves(both, x=x, size=size, y="difference", instance=instance, x_range=x_range, l_min=found.sizes[-1])
    sigma = np.abs(apart.y) / apart.error
    p = 2 * student.sf(sigma, apart.instances - 1).min() * len(sigma)
    return float(sigma.max()), min(1.0, float(p))
