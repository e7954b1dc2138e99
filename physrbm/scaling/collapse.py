"""Data collapse: y = L^(exponent/nu) f((x - x_c) L^(1/nu)) for curves of all sizes L."""

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from physrbm.errors import InvalidInput
from physrbm.scaling import gaussian
from physrbm.scaling.curves import Curves, Table, curves
from physrbm.scaling.houdayer import FAR, quality
from physrbm.scaling.quantities import Quantity

_KERNEL = np.log([1.0, 0.3, 0.01])  # amplitude, length, misfit of the process, where its fit begins
_BOUNDS = [(-3.0, 5.0), (-4.0, 2.0), (-12.0, 1.0)]
_SLOPES = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5)  # 1/nu where fits begin
_POWERS = (-1.0, -0.5, -0.125, 0.0, 0.5, 1.0, 1.75)  # exponent/nu
LEAST = 8  # points
_BEST = 3  # beginnings that are followed


class Collapse(NamedTuple):
    """A collapse; errors by refits to delete-one-block replicates over instances, all sizes in turn."""

    x_c: float
    x_c_error: float
    nu: float
    """inf or negative where curves do not become steeper with size"""
    nu_error: float
    exponent: float
    """-beta of an order parameter, gamma of a susceptibility, 0 of a ratio of moments"""
    exponent_error: float
    inverse_nu: float
    inverse_nu_error: float
    covariance: np.ndarray
    """(3, 3) of x_c, 1/nu, exponent/nu"""
    quality: float
    """S of Houdayer & Hartmann at the solution, for both methods: about 1 where curves agree within errors"""
    method: str
    sizes: tuple[float, ...]
    n_points: int


def scaled(found: Curves, x_c: float, slope: float, power: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X = (x - x_c) L^slope, Y = y L^-power and its error, L over its geometric mean so that units stay."""
    return _stretched(_relative(found), np.array([x_c, slope, power]))


def _relative(found: Curves) -> Curves:
    """With sizes over their geometric mean."""
    return found._replace(size=found.size / np.exp(np.log(found.sizes).mean()))


def _stretched(found: Curves, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`scaled` of relative sizes by x_c, slope, power."""
    x_c, slope, power = at
    factor = found.size**-power
    return (found.x - x_c) * found.size**slope, found.y * factor, found.error * factor


def collapse(
    table: Table,
    *,
    x: str,
    size: str,
    y: str | Quantity,
    instance: str | None = None,
    method: str = "houdayer_hartmann",
    x_c: float | None = None,
    nu: float | None = None,
    exponent: float | None = None,
    x_range: tuple[float, float] | None = None,
    l_min: float | None = None,
) -> Collapse:
    """Collapse the curves of all sizes; x_c, nu, exponent are held where given, and fitted where not.

    `size` may be a length L or a number of units N; nu is that of this size (d nu, if N = L^d). Arguments as in
    `curves`. houdayer_hartmann minimises S, gaussian_process the likelihood of a Gaussian process with the scaled
    points; the kernel of the latter is kept in the refits. Raises InvalidInput for less than 2 sizes or 8 points.
    """
    found = curves(table, x=x, size=size, y=y, instance=instance, x_range=x_range, l_min=l_min)
    return collapse_curves(found, method=method, x_c=x_c, nu=nu, exponent=exponent)


def collapse_curves(
    found: Curves,
    *,
    method: str = "houdayer_hartmann",
    x_c: float | None = None,
    nu: float | None = None,
    exponent: float | None = None,
) -> Collapse:
    """`collapse` of curves that are there."""
    _check(found, method, nu, exponent)
    hold = _Held(x_c, None if nu is None else 1 / nu, exponent)
    cost, sizes, found = _METHODS[method], found.sizes, _relative(found)
    fits = (_descend(cost, found, hold, start, _KERNEL) for start in _starts(cost, found, hold))
    _, at, kernel = min(fits, key=lambda fit: fit[0])
    left_out = (found.without(k) for k in range(len(found.replicates)))
    refits = np.array([_descend(cost, left, hold, at, kernel, again=True)[1] for left in left_out])
    covariance = found.covariance_of(refits)
    with np.errstate(divide="ignore", invalid="ignore"):
        derived = found.error_of(np.stack([1 / refits[:, 1], refits[:, 2] / refits[:, 1]], 1))
        value, slope, power = at
        return Collapse(
            float(value), float(covariance[0, 0] ** 0.5), float(np.divide(1, slope)), float(derived[0]),
            float(np.divide(power, slope)), float(derived[1]), float(slope), float(covariance[1, 1] ** 0.5), covariance,
            quality(found.size, *_stretched(found, at)), method, tuple(map(float, sizes)), len(found.x),
        )  # fmt: skip


class _Held(NamedTuple):
    x_c: float | None
    slope: float | None
    exponent: float | None

    def full(self, free: np.ndarray) -> np.ndarray:
        """x_c, slope, power from the free ones."""
        rest = iter(free)
        x_c = next(rest) if self.x_c is None else self.x_c
        slope = next(rest) if self.slope is None else self.slope
        power = next(rest) if self.exponent is None else self.exponent * slope
        return np.array([x_c, slope, power])

    def free(self, at: np.ndarray) -> np.ndarray:
        return np.array([v for v, held in zip(at, self, strict=True) if held is None])


Cost = Callable[[Curves, np.ndarray, np.ndarray], float]


def _houdayer(found: Curves, at: np.ndarray, kernel: np.ndarray) -> float:
    return quality(found.size, *_stretched(found, at))


def _gaussian(found: Curves, at: np.ndarray, kernel: np.ndarray) -> float:
    X, Y, error = _stretched(found, at)
    apart = quality(found.size, X, Y, error)
    if apart >= FAR:  # curves that do not overlap are no collapse, however smooth each is
        return apart
    return gaussian.cost(X, Y, error, kernel) + float(at[2] * np.log(found.size).sum())  # the density of y, not of Y


_METHODS: dict[str, Cost] = {"houdayer_hartmann": _houdayer, "gaussian_process": _gaussian}
METHODS = tuple(_METHODS)


def _starts(cost: Cost, found: Curves, hold: _Held) -> list[np.ndarray]:
    own = [found.x[found.size == L] for L in found.sizes]
    low, high = max(x.min() for x in own), min(x.max() for x in own)  # large sizes are measured close to x_c
    if not low < high:
        low, high = found.x.min(), found.x.max()
    axes: list[Any] = [low + (high - low) * np.linspace(0.1, 0.9, 17), _SLOPES, _POWERS]
    free = product(*(axis for axis, held in zip(axes, hold, strict=True) if held is None))
    points = [hold.full(np.array(values)) for values in free]
    order = np.argsort([cost(found, at, _KERNEL) for at in points])
    return [points[k] for k in order[:_BEST]]


def _descend(
    cost: Cost, found: Curves, hold: _Held, start: np.ndarray, kernel: np.ndarray, again: bool = False
) -> tuple[float, np.ndarray, np.ndarray]:
    """From `start` to the least cost: its value, x_c, slope, power, and the kernel (kept where `again`)."""
    first, unit = hold.free(start), _unit(found, hold)
    if not first.size:
        return cost(found, start, kernel), start, kernel
    n = len(first)

    def of(u: np.ndarray) -> float:
        return cost(found, hold.full(first + u[:n] * unit), u[n:] if len(u) > n else kernel)

    u = np.zeros(n)
    if cost is _gaussian:
        bounds = [(-20.0, 20.0)] * n
        if not again:
            u, bounds = np.concatenate([u, kernel]), bounds + _BOUNDS
        done = minimize(of, u, method="L-BFGS-B", bounds=bounds)
    else:
        simplex = np.concatenate([u[None], np.eye(n) * (0.3 if again else 1.0)])
        done = minimize(of, u, method="Nelder-Mead", options={"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-6})
    return float(done.fun), hold.full(first + done.x[:n] * unit), done.x[n:] if len(done.x) > n else kernel


def _unit(found: Curves, hold: _Held) -> np.ndarray:
    """Steps in which free parameters are counted."""
    return hold.free(np.array([np.ptp(found.x) / 20, 0.1, 0.1]))


def _check(found: Curves, method: str, nu: float | None, exponent: float | None) -> None:
    if method not in METHODS:
        raise InvalidInput(f"method {method!r} is unknown; there are {', '.join(METHODS)}")
    if len(found.sizes) < 2 or len(found.x) < LEAST or np.ptp(found.x) == 0:
        there = f"{len(found.sizes)} and {len(found.x)}"
        raise InvalidInput(f"a collapse needs at least 2 sizes and {LEAST} points at different x, got {there}")
    if (found.sizes <= 0).any():
        raise InvalidInput(f"sizes must be positive, got {found.sizes[0]:g}")
    if nu is not None and not nu > 0:
        raise InvalidInput(f"nu must be positive, got {nu:g}")
    if exponent is not None and not np.isfinite(exponent):
        raise InvalidInput(f"exponent must be a number, got {exponent}")
