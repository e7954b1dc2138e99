"""The largest singular value of W, and where it would be if the entries were independent."""

import numpy as np

from physrbm.model import RBM

_DENSE = 32  # units of the smaller layer: Lanczos needs room; above, it is no slower than LAPACK with cores to spare


def spectral_norm(rbm: RBM) -> float:
    """Largest singular value of the couplings W (Nv, Nh), in {0,1} units, zero where there is no bond.

    The couplings between spins s = 2v - 1 are J = W / 4. By Lanczos iterations on the surviving bonds
    (above 32 units in the smaller layer): seconds for millions of bonds of a random graph, minutes for a chain of
    10,000 units in a row, whose largest values differ by 1e-8.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import svds

    if not rbm.bonds.weight.any():
        return 0.0
    smaller = min(rbm.n_visible, rbm.n_hidden)
    if smaller <= _DENSE:
        return float(np.linalg.norm(rbm.weights(), 2))
    w = csr_array((rbm.bonds.weight, (rbm.bonds.i, rbm.bonds.j)), shape=(rbm.n_visible, rbm.n_hidden))
    # a fixed start in no special direction: ARPACK would draw one, and equal machines must give equal norms
    start = np.sin(np.arange(1.0, smaller + 1) ** 2)
    return float(svds(w, 1, v0=start, return_singular_vectors=False)[0])


def random_matrix_edge(rbm: RBM, centred: bool = False) -> float:
    """sqrt(<w^2>) (sqrt(Nv) + sqrt(Nh)), <.> over all Nv Nh pairs, zeros included: in {0,1} units, like W.

    The `spectral_norm` for N -> infinity of independent entries with mean 0 and this variance (Marchenko & Pastur 1967;
    Yin, Bai & Krishnaiah 1988), up to fluctuations of relative order N^(-2/3). A mean m of the entries adds at most one
    singular value, near m sqrt(Nv Nh) where that is far above the edge, and leaves the others where they were:
    `centred` takes <(w - m)^2>, the edge of W - m.

    In a diluted machine the edge means something where the mean degrees are much larger than log N. In sparser graphs
    the units with the most bonds stick out: the norm is then about the root of their degree times the rms coupling of a
    bond, and above the edge without any order in the couplings.
    """
    w, pairs = rbm.bonds.weight, rbm.n_visible * rbm.n_hidden
    mean = w.sum() / pairs if centred else 0.0
    variance = (((w - mean) ** 2).sum() + (pairs - w.size) * mean**2) / pairs
    return float(variance**0.5 * (rbm.n_visible**0.5 + rbm.n_hidden**0.5))
