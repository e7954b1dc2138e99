"""The Ising model that the hidden layer induces on the visible units.

With sigma = 2v - 1, w = W/4, eta and theta the fields of `RBM.to_spins` on the visible and the hidden units,

    log p(sigma) = constant + sum_i eta_i sigma_i + sum_a ln cosh(theta_a + sum_i w_ia sigma_i),

and its expansion in products of spins has the coefficients (E_X: the mean over independent random signs)

    H_i  = eta_i + sum_a 1/2 E_X ln [cosh(theta + w_i + X) / cosh(theta - w_i + X)],
    J_ij = sum_a 1/4 E_X ln [cosh(theta + (w_i + w_j) + X) cosh(theta - (w_i + w_j) + X)
                             / (cosh(theta + (w_i - w_j) + X) cosh(theta - (w_i - w_j) + X))],

X = sum_k +-w_ka over the other bonds of a (Decelle, Furtlehner, Navas Gomez, Seoane, arXiv:2309.02292). The usual next
step takes X as Gaussian, which fails for few strong bonds: for w = 0.3, 0.3, 3 it is wrong by a factor of 23. It is not
needed: with u, v uniform in [-w_i, w_i] and [-w_j, w_j] the terms are w_i E tanh(theta + u + X) and
w_i w_j E sech^2(theta + u + v + X), and by

    tanh(x) = int_0^oo sin(omega x) / sinh(pi omega/2) d omega

the mean over all signs and over u, v factorises into E cos(omega X) = prod_k cos(omega w_k) and sin(omega w)/omega:

    H_i - eta_i = sum_a int_0^oo d omega sin(omega theta) / (omega sinh(pi omega/2)) P tan(omega w_i)
    J_ij        = sum_a int_0^oo d omega cos(omega theta) / (omega sinh(pi omega/2)) P tan(omega w_i) tan(omega w_j)

with P = prod_k cos(omega w_k) over all bonds of a: one matrix product a hidden unit, for any number of bonds. The
Gaussian step would be P tan tan -> sin sin exp(-omega^2 (sum_k w_k^2 - w_i^2 - w_j^2)/2).
"""

from typing import NamedTuple

import numpy as np

from physrbm.model import RBM
from physrbm.model.bonds import hidden_rows

_CUT = 28.0  # omega/sinh(pi omega/2) = 4e-18 there
_TAIL = 20.0  # 4 exp(-2 TAIL) = 2e-17 is left of sech^2 there
_SPREAD = 8.9  # P(|X| > SPREAD sd) < 2 exp(-SPREAD^2/2) = 1e-17 for a sum of signs (Hoeffding 1963)
_BLOCK = 1024  # frequencies held at once


class Ising(NamedTuple):
    """log p(sigma) = sum_i H_i sigma_i + sum_(i<j) J_ij sigma_i sigma_j + ...: the terms of one and two spins +-1.

    Terms of three and more spins are left out, not folded in.
    """

    couplings: np.ndarray
    """(Nv, Nv) float64, symmetric, zero diagonal"""
    fields: np.ndarray
    """(Nv,) float64"""


def effective_ising(rbm: RBM) -> Ising:
    """Fields and pair couplings of log p(sigma) of `rbm` at beta = 1, exact to the round-off of float64.

    H_i = 2^-Nv sum_sigma sigma_i log p(sigma), J_ij = 2^-Nv sum_sigma sigma_i sigma_j log p(sigma). The share of one
    hidden unit is off by no more than about 1e-14 |w_i w_j| (fields: 1e-14 |w_i|), w = W/4, however many bonds it has;
    the last digits may depend on the threads of the matrix product. Work: sum_a (number of frequencies) x (bonds of
    a)^2, with at most 28/(2 pi) (|theta| + 8.9 |w| + 20) frequencies, |w| the norm over the bonds of a.
    """
    spins = rbm.to_spins()
    rows = hidden_rows(spins.J, rbm.n_hidden)
    couplings, fields = np.zeros((rbm.n_visible, rbm.n_visible)), spins.H_visible.copy()
    for a in range(rbm.n_hidden):
        bonds = slice(rows.start[a], rows.start[a + 1])
        i = rows.neighbour[bonds]
        pair, single = _induced(spins.J.weight[rows.order[bonds]], spins.H_hidden[a])
        couplings[i[:, None], i] += pair
        fields[i] += single
    couplings = (couplings + couplings.T) / 2
    np.fill_diagonal(couplings, 0.0)
    return Ising(couplings, fields)


def _induced(w: np.ndarray, theta: float) -> tuple[np.ndarray, np.ndarray]:
    """What a hidden unit with bonds w (n,) adds to the couplings (n, n), diagonal meaningless, and the fields (n,)."""
    pair, single = np.zeros((w.size, w.size)), np.zeros(w.size)
    # the midpoint rule of step h adds the terms at theta +- 2 pi m/h with alternating signs: send them to the tails
    reach = abs(theta) + min(np.abs(w).sum(), _SPREAD * np.sqrt((w**2).sum())) + _TAIL
    step = 2 * np.pi / reach
    n = int(np.ceil(_CUT / step))
    for start in range(0, n, _BLOCK):
        omega = step * (np.arange(start, min(start + _BLOCK, n)) + 0.5)
        phase = omega[:, None] * w
        tangent = np.tan(phase)  # cos and tan of one float64 are consistent to round-off, near the poles as well
        weight = step * np.cos(phase).prod(1) / (omega * np.sinh(np.pi / 2 * omega))
        pair += tangent.T @ ((weight * np.cos(omega * theta))[:, None] * tangent)
        single += (weight * np.sin(omega * theta)) @ tangent
    return pair, single
