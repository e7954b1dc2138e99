"""Projections of the visible layer on few directions: those of the couplings, and those of data."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, check_states
from physrbm.observables.states import bits, spins

_DENSE = 1024  # units of the smaller layer up to which all singular vectors are faster than a few
_TIE = 1e-6
_RANK = 1e-7  # of the largest singular value: the sparse solver squares J and leaves 1e-8 of a zero one


def modes(rbm: RBM, v: np.ndarray, n: int) -> np.ndarray:
    """m_a = (1/sqrt(Nv)) sum_i u_ia s_i of v (chain, Nv) on the `n` leading `singular_vectors` u: (chain, n) float64.

    Spins along a vector of +-1/sqrt(Nv) have m = +-1 (Decelle, Fissore and Furtlehner 2018). Series should compute the
    vectors once and `project`. Raises InvalidInput.
    """
    return project(singular_vectors(rbm, n), v)


def data_modes(data: np.ndarray, v: np.ndarray, n: int) -> np.ndarray:
    """m_a = (1/sqrt(Nv)) sum_i c_ia (s_i - mean of data) on the `n` leading `principal_components`: (chain, n).

    Of data (sample, Nv) and v (chain, Nv) in {0,1}; over the data themselves m_a has mean 0. Raises InvalidInput.
    """
    components = principal_components(data, n)
    centre = spins(np.asarray(data).mean(0, dtype=np.float64)) @ components / np.sqrt(len(components))
    m: np.ndarray = project(components, v) - centre
    return m


def project(vectors: np.ndarray, v: np.ndarray) -> np.ndarray:
    """(1/sqrt(Nv)) sum_i u_ia s_i of v (chain, Nv) on `vectors` (Nv, n): (chain, n). Raises InvalidInput."""
    v = np.asarray(v)
    if v.ndim != 2 or v.shape[1] != len(vectors):
        raise InvalidInput(f"visible states must be (chain, {len(vectors)}), got the shape {v.shape}")
    m: np.ndarray = spins(bits(v)) @ vectors / np.sqrt(len(vectors))
    return m


def singular_vectors(rbm: RBM, n: int) -> np.ndarray:
    """Left singular vectors u (Nv, n) of the `n` largest singular values of the couplings J, as columns of norm 1.

    The largest component of a vector is positive (the first of equal ones). Vectors of equal singular values are any
    basis of theirs. Raises InvalidInput for less than 1 or more than the rank of J.
    """
    from scipy.linalg import svd
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import svds

    smaller = min(rbm.n_visible, rbm.n_hidden)
    _check_number(n, smaller)
    if smaller <= max(_DENSE, n):
        u, value, _ = svd(rbm.weights(), full_matrices=False)
        u, value = u[:, :n], value[:n]
    else:
        J = csr_array((rbm.bonds.weight, (rbm.bonds.i, rbm.bonds.j)), shape=(rbm.n_visible, rbm.n_hidden))
        # a fixed start in no special direction: ARPACK would draw one, and equal machines must give equal modes
        u, value, _ = svds(J, n, v0=np.sin(np.arange(1.0, smaller + 1) ** 2))
        order = np.argsort(-value)
        u, value = u[:, order], value[order]
    _check_number(n, int((value > _RANK * value[0]).sum()))
    return _signed(u)


def principal_components(data: np.ndarray, n: int) -> np.ndarray:
    """Principal components c (Nv, n) of data (sample, Nv) of {0,1}, as columns of norm 1, the largest variance first.

    Eigenvectors of the covariance matrix, signs as in `singular_vectors`. Raises InvalidInput for less than 1 or more
    than there are directions in which the data vary.
    """
    from scipy.linalg import eigh

    x = check_states(data).astype(np.float32)  # products count samples: exact below 2^24
    n_samples, n_visible = x.shape
    _check_number(n, n_visible)
    mean = x.mean(0, dtype=np.float64)
    covariance = (x.T @ x).astype(np.float64) / n_samples - np.outer(mean, mean)
    value, vector = eigh(covariance, subset_by_index=[n_visible - n, n_visible - 1])
    _check_number(n, int((value > n_visible * np.finfo(np.float64).eps * max(value[-1], 1 / n_samples)).sum()))
    return _signed(vector[:, ::-1])


def _check_number(n: int, most: int) -> None:
    if not isinstance(n, int | np.integer) or not 1 <= n <= most:
        raise InvalidInput(f"the number of modes must be a whole number from 1 to the rank, at most {most}, got {n}")


def _signed(vectors: np.ndarray) -> np.ndarray:
    """`vectors` (unit, n) with the largest component positive; the first of those that only round-off tells apart."""
    size = np.abs(vectors)
    first = np.argmax(size >= (1 - _TIE) * size.max(0), axis=0)
    signed: np.ndarray = vectors * np.sign(vectors[first, np.arange(vectors.shape[1])])
    return signed
