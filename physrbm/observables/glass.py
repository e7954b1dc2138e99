"""Spin-glass order and response of one instance, without bias: every average of a product has a replica of its own.

Replicas are independent copies with the same disorder: other seeds, all equilibrated.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.observables.states import States, checked, checked_replicas, mean_overlap, spins

MAX_SPINS = 8192  # of the covariance matrices: half a gigabyte each


def edwards_anderson_q(first: States, second: States) -> Estimate:
    """q_EA = (1/N) sum_i <s_i>^2 from two independent sets of independent chains of one instance.

    The product of both means, m.m'/N, has no bias; the square of one would have (1 - q_EA)/chains. Its error is that
    of the projections x_c = s_c.m'/N and y_c = m.s'_c/N, error^2 = var(x)/n + var(y)/n': right to order 1/n, and up to
    sqrt 2 too large where q_EA is 0. `n` counts the chains of both. Raises InvalidInput below 2 chains in a set.
    """
    s, t = _sets(first, second)
    x, y = s @ t.mean(0) / s.shape[1], t @ s.mean(0) / s.shape[1]
    error = np.sqrt(x.var(ddof=1) / len(x) + y.var(ddof=1) / len(y))
    return Estimate(float(x.mean()), float(error), len(x) + len(y))


def chi_sg(replicas: Sequence[States]) -> np.ndarray:
    """Connected chi_SG = (1/N) sum_ij (<s_i s_j> - <s_i><s_j>)^2 from four replicas (measurement, ...): (measurement,).

    Its mean over equilibrated measurements has no bias, with fields or without; i = j is in the sum, free spins have 1.
    With d_i = s_i^a - s_i^b the covariance is C_ij = <d_i d_j>/2, and for the independent e_i = s_i^c - s_i^d too:
    sum_ij C_ij^2 = <(sum_i d_i e_i)^2>/4, where sum_i d_i e_i = N (q_ac - q_ad - q_bc + q_bd). The three ways to make
    two pairs, averaged, give with A = q_ab + q_cd, B = q_ac + q_bd, C = q_ad + q_bc
        (N/12) ((A-B)^2 + (B-C)^2 + (C-A)^2) = (N/2) x sample variance of A, B, C,
    which is N ([q_ab^2] - 2 [q_ab q_ac] + [q_ab q_cd]) with [...] over all choices of different replicas.
    Raises InvalidInput for other than four replicas of one shape.
    """
    if len(replicas) != 4:
        raise InvalidInput(f"chi_SG takes four independent replicas, got {len(replicas)}")
    states = checked_replicas(replicas, *_widths(replicas[0]))
    q = {pair: mean_overlap(states[pair[0]], states[pair[1]]) for pair in combinations(range(4), 2)}
    sums = np.stack([q[0, 1] + q[2, 3], q[0, 2] + q[1, 3], q[0, 3] + q[1, 2]])
    chi: np.ndarray = sum(_widths(replicas[0])) / 2 * sums.var(0, ddof=1)
    return chi


def chi_sg_of_sets(first: States, second: States) -> Estimate:
    """Connected chi_SG of one instance from two independent sets of independent chains: (1/N) sum_ij C_ij C'_ij.

    C, C' are the unbiased covariance matrices of either set, so their product has no bias; it uses all pairs of chains
    where `chi_sg` uses each chain once, but holds N x N numbers and costs chains x N^2. The error is the delete-one
    jackknife over the chains of both sets, which `n` counts. Raises InvalidInput: over MAX_SPINS spins, below 3 chains.
    """
    s, t = (x - x.mean(0) for x in _sets(first, second, least=3))
    n_spins = s.shape[1]
    if n_spins > MAX_SPINS:
        raise InvalidInput(f"covariance matrices are for at most {MAX_SPINS} spins, got {n_spins}; take chi_sg")
    C, D = s.T @ s / (len(s) - 1), t.T @ t / (len(t) - 1)
    chi = float(np.vdot(C, D)) / n_spins
    variance = _jackknife_variance(chi, s, D) + _jackknife_variance(chi, t, C)
    return Estimate(chi, float(np.sqrt(variance)), len(s) + len(t))


def _jackknife_variance(chi: float, x: np.ndarray, D: np.ndarray) -> float:
    """Of chi = sum_ij C_ij D_ij / N over the centred chains x (n, N) of the covariance C.

    Without chain c, C becomes ((n-1) C - n/(n-1) x_c x_c^T) / (n-2), so that chi needs x_c.D x_c alone.
    """
    n, n_spins = x.shape
    quadratic = np.einsum("ci,ci->c", x @ D, x) / n_spins
    left_out = ((n - 1) * chi - n / (n - 1) * quadratic) / (n - 2)
    return float((n - 1) * left_out.var())


def _sets(first: States, second: States, least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Spins (chain, N) of both layers, of two sets that need not have as many chains."""
    s, t = (np.hstack([spins(x) for x in checked(states, *_widths(first))]) for states in (first, second))
    if min(len(s), len(t)) < least:
        raise InvalidInput(f"at least {least} chains are needed in either set, got {len(s)} and {len(t)}")
    return s, t


def _widths(states: States) -> tuple[int, int]:
    """Nv and Nh."""
    shapes = [np.shape(x) for x in states]
    if len(shapes) != 2 or any(len(shape) != 2 for shape in shapes):
        raise InvalidInput(f"states must be (chain, Nv) and (chain, Nh), got the shapes {shapes[:3]}")
    return shapes[0][1], shapes[1][1]
