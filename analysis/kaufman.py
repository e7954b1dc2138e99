"""Exact values of the two-dimensional Ising model on a torus."""

from collections.abc import Callable

import numpy as np

T_C = 2 / np.log(1 + np.sqrt(2))
"""Critical temperature in units of J (Onsager 1944), 2.269185..."""


def kaufman(L: int, T: float) -> tuple[float, float]:
    """Energy u and specific heat C per spin of the L x L torus, L even, J = 1, at temperature T.

    Z = (2 sinh 2K)^(N/2) (Z1 + Z2 + Z3 + Z4) / 2, K = 1/T: products over r < L of 2 cosh and 2 sinh of L gamma_l / 2,
    l = 2r+1 in Z1 and Z2, l = 2r in Z3 and Z4 (Kaufman 1949, eq. 68; Ferdinand & Fisher 1969, eq. 2.2). u = -(ln Z)'/N
    and C = K^2 (ln Z)''/N come from derivatives in K taken by hand; float64 leaves ten digits up to L = 64.
    """
    K, N = 1 / T, L * L
    odd, even, zero = _angles(K, np.arange(1, 2 * L, 2), L), _angles(K, np.arange(2, 2 * L, 2), L), _zero(K, L)
    terms = [_product(odd, _log_cosh), _product(odd, _log_sinh)]
    rest = (_product(even, _log_cosh), _product(even, _log_sinh))
    x, x1, x2 = zero  # its factors one by one: 2 sinh x vanishes at the critical point, where it has no logarithm
    size, fall = np.exp(abs(x)), np.exp(-2 * abs(x))
    cosh, sinh = 1 + fall, np.sign(x) * (1 - fall)  # over `size`
    terms += [_times(rest[0], size, cosh, sinh * x1, cosh * x1**2 + sinh * x2)]
    terms += [_times(rest[1], size, sinh, cosh * x1, sinh * x1**2 + cosh * x2)]
    log = np.array([term[0] for term in terms])
    weight = np.exp(log - log.max())
    Z, Z1, Z2 = (weight @ np.array([term[k] for term in terms]) for k in (1, 2, 3))
    first = Z1 / Z + N / np.tanh(2 * K)
    second = Z2 / Z - (Z1 / Z) ** 2 - 2 * N / np.sinh(2 * K) ** 2
    return float(-first / N), float(K * K * second / N)


Jet = tuple[np.ndarray, np.ndarray, np.ndarray]
"""A function of K and its first two derivatives"""


def _angles(K: float, index: np.ndarray, L: int) -> Jet:
    """L gamma_l / 2, cosh gamma_l = sinh 2K + 1 / sinh 2K - cos(pi l / L), gamma_l > 0."""
    s, c = np.sinh(2 * K), np.cosh(2 * K)
    gamma = 2 * np.arcsinh(np.sqrt((s - 1) ** 2 / (2 * s) + np.sin(np.pi * index / (2 * L)) ** 2))
    a1, a2 = 2 * c * (1 - s**-2), 4 * (s - 1 / s) + 8 * c**2 / s**3
    sinh = np.sinh(gamma)
    return L / 2 * gamma, L / 2 * a1 / sinh, L / 2 * (a2 / sinh - np.cosh(gamma) * a1**2 / sinh**3)


def _zero(K: float, L: int) -> tuple[float, float, float]:
    """The same of gamma_0 = 2K + ln tanh K, which changes its sign at the critical point."""
    s = np.sinh(2 * K)
    return L / 2 * (2 * K + np.log(np.tanh(K))), L / 2 * (2 + 2 / s), -2 * L * np.cosh(2 * K) / s**2


def _log_cosh(x: np.ndarray) -> Jet:
    """ln 2 cosh x and its derivatives in x."""
    return x + np.log1p(np.exp(-2 * x)), np.tanh(x), np.cosh(x) ** -2.0


def _log_sinh(x: np.ndarray) -> Jet:
    """ln 2 sinh x and its derivatives in x, for x > 0."""
    return x + np.log1p(-np.exp(-2 * x)), 1 / np.tanh(x), -(np.sinh(x) ** -2.0)


def _product(x: Jet, log: Callable[[np.ndarray], Jet]) -> tuple[float, float, float, float]:
    """Logarithm of a product P, then P, P' and P'' divided by it."""
    f, f1, f2 = log(x[0])
    d1, d2 = (f1 * x[1]).sum(), (f2 * x[1] ** 2 + f1 * x[2]).sum()
    return float(f.sum()), 1.0, float(d1), float(d1**2 + d2)


def _times(P: tuple[float, ...], size: float, f: float, f1: float, f2: float) -> tuple[float, float, float, float]:
    """P times size f, given f' and f'' over the same size."""
    return P[0] + np.log(size), f * P[1], f1 * P[1] + f * P[2], f2 * P[1] + 2 * f1 * P[2] + f * P[3]


def magnetisation(L: int, T: float, J: tuple[float, float] = (1.0, 1.0)) -> tuple[np.ndarray, np.ndarray]:
    """Magnetisations m a spin (N + 1,) of the L x L torus, L <= 8, and their exact probabilities (N + 1,).

    The transfer matrix of rows, with z^(spins up) beside it, gives Z(z) = tr V(z)^L; a Fourier transform over
    N + 1 roots of unity z gives the weights of every number of spins up. J along a row and from row to row.
    """
    row = 2 * ((np.arange(1 << L)[:, None] >> np.arange(L)) & 1) - 1.0
    within = np.exp(J[0] / T * (row * np.roll(row, 1, 1)).sum(1))
    V = np.exp(J[1] / T * (row @ row.T - L)) * within / within.max()
    N, up = L * L, (row > 0).sum(1)
    z = np.exp(-2j * np.pi * np.arange(N // 2 + 1) / (N + 1))
    half = (np.linalg.matrix_power(V * x**up, L // 2) for x in z)  # tr V^L from the root of it
    weight = np.fft.irfft([(root * root.T).sum() for root in half], N + 1)
    return 2 * np.arange(N + 1) / N - 1, weight / weight.sum()
