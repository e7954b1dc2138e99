"""Polynomials through noisy points, of no higher degree than the points call for."""

from collections.abc import Callable

import numpy as np

_MOST = 9

Curve = np.polynomial.Polynomial


def fitting(u: np.ndarray, y: np.ndarray, error: np.ndarray) -> Callable[[np.ndarray, np.ndarray], Curve]:
    """The fit (y, error) -> weighted polynomial in u, |u| <= 1, two degrees above the best for these y (point,).

    Best is the least corrected Akaike criterion chi2 + 2k + 2k(k+1)/(n-k-1) of k coefficients (Hurvich & Tsai 1989).
    It balances bias and scatter; an error that covers needs less bias, hence two degrees more. Replicates are fitted
    with the same degree.
    """
    n = len(u)

    def fit(values: np.ndarray, errors: np.ndarray, degree: int) -> Curve:
        return Curve(np.polynomial.polynomial.polyfit(u, values, degree, w=1 / errors))

    def criterion(degree: int) -> float:
        k = degree + 1
        chi2 = float((((y - fit(y, error, degree)(u)) / error) ** 2).sum())
        return chi2 + 2 * k + 2 * k * (k + 1) / (n - k - 1)

    best = min(range(1, min(_MOST, n - 3) + 1), key=criterion, default=min(2, n - 1))
    return lambda values, errors: fit(values, errors, min(best + 2, n - 1))


def real_roots(curve: Curve) -> np.ndarray:
    """Real roots within [-1, 1]."""
    every = curve.roots()
    real = every.real[np.abs(every.imag) < 1e-9]
    inside: np.ndarray = real[np.abs(real) <= 1]
    return inside
