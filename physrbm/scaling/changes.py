"""Is there a jump or a kink in a curve, or is it smooth?"""

from typing import NamedTuple

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from physrbm.errors import InvalidInput
from physrbm.scaling.curves import Curves, Table, curves
from physrbm.scaling.quantities import Quantity
from physrbm.streams import Stream, generator

_LENGTHS = np.geomspace(0.1, 3.0, 10)  # of the smooth curve, in units of the range of x
_AMPLITUDES = np.geomspace(0.05, 20.0, 9)  # in units of the spread of y
_DRAWS = 399
_LEAST = 8


class ChangePoint(NamedTuple):
    """The answer to where a curve changes, if it does."""

    found: bool
    x: float
    """nan where none was found"""
    error: float
    """spread of the likelihood over positions, and a spacing over sqrt(12)"""
    kind: str
    """jump, kink, or none"""
    size: float
    """of the jump, or of the change of slope"""
    size_error: float
    """at this place and for this kernel"""
    p_value: float
    """how often a smooth curve with this noise looks as much as if it changed"""
    reason: str


class _Model(NamedTuple):
    """A kernel that was tried: residual operators of the smooth curve and of every one with a change."""

    white: np.ndarray
    """(point, point) y to independent unit noise"""
    log_det: float
    smooth: np.ndarray
    """(point, k) orthonormal basis of constant and slope, whitened"""
    changes: np.ndarray
    """(change, point) what a change adds to that basis, orthonormal"""
    mean: np.ndarray
    """(point, point) y to the smooth curve through it"""


def change_point(
    table: Table,
    *,
    x: str,
    y: str | Quantity,
    size: str | None = None,
    at: float | None = None,
    instance: str | None = None,
    x_range: tuple[float, float] | None = None,
    level: float = 0.01,
    seed: int = 0,
) -> ChangePoint:
    """Whether the curve y(x) of one size jumps or bends at a point, or is smooth.

    Smooth: constant + slope + a Gaussian process with a squared-exponential kernel, whose length (not below a tenth of
    the range) and amplitude are those of the largest likelihood, plus the known noise. Change: the same and a step, or
    a change of slope, at one of the places between points. The gain in log-likelihood is held against that of
    399 draws of the smooth curve with new noise (Student's t of the instances); a change is found where at
    most a fraction `level` of them gains as much. A crossover that is narrower than the distance of the points cannot
    be told from a jump, and where points are few a smooth curve follows any: with errors of a sixtieth of a step, about
    20 points find it, and about 30 a kink. size, at: which one of several sizes. Raises InvalidInput for less than 8
    points, and like `curves`.
    """
    if not 1 / (_DRAWS + 1) <= level < 1:
        raise InvalidInput(f"level is {level:g}; {1 / (_DRAWS + 1):g} to 1 is allowed")
    found = _one_size(table, x, y, size, at, instance, x_range)
    u = (found.x - found.x[0]) / np.ptp(found.x)
    spread = found.y.std()
    if spread == 0:
        return ChangePoint(False, np.nan, np.nan, "none", np.nan, np.nan, 1.0, "the curve is constant")
    noise = found.error / spread
    places, basis, kinds = _candidates(u)
    models = [_model(u, noise, a, length, basis) for a in _AMPLITUDES for length in _LENGTHS]
    level_y = (found.y - found.y.mean()) / spread
    gain, best, smooth = _gains(models, level_y[:, None])
    curve = models[smooth[0]].mean @ level_y
    dof = np.maximum(found.instances[:, None] - 1, 2)  # errors of few instances are uncertain themselves: t, not normal
    draws = curve[:, None] + noise[:, None] * generator(seed, Stream.SCALING, 0).standard_t(dof, (len(u), _DRAWS))
    p = float((1 + (_gains(models, draws)[0] >= gain[0]).sum()) / (_DRAWS + 1))
    if p > level:
        return ChangePoint(
            False, np.nan, np.nan, "none", np.nan, np.nan, p, f"a smooth curve does as well (p = {p:.2g})"
        )
    model, change = best[0]
    where, error = _where(models[model], level_y, places, kinds == kinds[change], u)
    unit = float(spread) if kinds[change] == "jump" else float(spread / np.ptp(found.x))
    height, height_error = _height(u, models[model], level_y, basis[change])
    return ChangePoint(
        True, float(found.x[0] + where * np.ptp(found.x)), float(error * np.ptp(found.x)), str(kinds[change]),
        height * unit, height_error * unit, p, "",
    )  # fmt: skip


def _one_size(
    table: Table,
    x: str,
    y: str | Quantity,
    size: str | None,
    at: float | None,
    instance: str | None,
    x_range: tuple[float, float] | None,
) -> Curves:
    columns = dict(table)
    if size is None:
        size = "size"
        columns[size] = np.ones(len(columns[x]) if x in columns else 0)
    found = curves(columns, x=x, size=size, y=y, instance=instance, x_range=x_range)
    if at is None and len(found.sizes) > 1:
        raise InvalidInput(f"the table has the sizes {', '.join(f'{L:g}' for L in found.sizes)}: say which one by at")
    kept = found.size == (found.sizes[0] if at is None else at)
    if kept.sum() < _LEAST:
        raise InvalidInput(
            f"{kept.sum()} points{'' if at is None else f' at {size} {at:g}'}; a change point needs at least {_LEAST}"
        )
    return found._replace(x=found.x[kept], y=found.y[kept], error=found.error[kept], instances=found.instances[kept])


def _candidates(u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places, what a change there adds (change, point), and its kind; two points at least stay on either side."""
    between = (u[1:-2] + u[2:-1]) / 2
    jumps = (u > between[:, None]).astype(float)
    kinks = np.maximum(u - u[2:-2, None], 0)
    kinds = np.array(["jump"] * len(jumps) + ["kink"] * len(kinks))
    return np.concatenate([between, u[2:-2]]), np.concatenate([jumps, kinks]), kinds


def _model(u: np.ndarray, noise: np.ndarray, a: float, length: float, basis: np.ndarray) -> _Model:
    kernel = a * a * np.exp(-0.5 * ((u[:, None] - u) / length) ** 2)
    covariance = kernel + np.diag(noise**2 + 1e-10 * a * a)
    root = cholesky(covariance, lower=True)
    white = solve_triangular(root, np.eye(len(u)), lower=True)
    flat = np.stack([np.ones_like(u), u], 1)
    smooth = np.linalg.qr(white @ flat)[0]
    added = basis @ white.T
    added = added - added @ smooth @ smooth.T
    added /= np.linalg.norm(added, axis=1, keepdims=True)
    weight = white.T @ white
    trend = flat @ np.linalg.solve(flat.T @ weight @ flat, flat.T @ weight)
    mean = trend + kernel @ weight @ (np.eye(len(u)) - trend)
    return _Model(white, float(np.log(np.diag(root)).sum()), smooth, added, mean)


def _likelihoods(model: _Model, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ln P of y (point, n) for the smooth curve (n,), and what every change gains (change, n)."""
    w = model.white @ y
    w = w - model.smooth @ (model.smooth.T @ w)
    return -model.log_det - 0.5 * (w * w).sum(0), 0.5 * (model.changes @ w) ** 2


def _gains(models: list[_Model], y: np.ndarray) -> tuple[np.ndarray, list[tuple[int, int]], np.ndarray]:
    """Gain of ln P by a change (n,), the best (model, change) of each, and the best smooth model (n,)."""
    both = [_likelihoods(model, y) for model in models]
    plain = np.stack([smooth for smooth, _ in both])
    changed = np.stack([smooth + gains.max(0) for smooth, gains in both])
    which = changed.argmax(0)
    best = [(int(m), int(both[m][1][:, k].argmax())) for k, m in enumerate(which)]
    return changed.max(0) - plain.max(0), best, plain.argmax(0)


def _where(model: _Model, y: np.ndarray, places: np.ndarray, same: np.ndarray, u: np.ndarray) -> tuple[float, float]:
    """Mean and spread of the place over the likelihood of all places of a kind."""
    gains = _likelihoods(model, y[:, None])[1][same, 0]
    weight = np.exp(gains - gains.max())
    weight /= weight.sum()
    mean = float(weight @ places[same])
    spacing = float(np.diff(u)[np.clip(np.searchsorted(u, mean) - 1, 0, len(u) - 2)])
    return mean, float((weight @ (places[same] - mean) ** 2 + spacing**2 / 12) ** 0.5)


def _height(u: np.ndarray, model: _Model, y: np.ndarray, change: np.ndarray) -> tuple[float, float]:
    """Of the change, and its error, by generalised least squares of constant, slope and the change."""
    flat = model.white @ np.stack([np.ones_like(u), u, change], 1)
    covariance = np.linalg.inv(flat.T @ flat)
    return float((covariance @ flat.T @ model.white @ y)[2]), float(covariance[2, 2] ** 0.5)
