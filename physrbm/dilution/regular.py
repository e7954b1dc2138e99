"""Random dilution with equal degrees."""

import numpy as np

from physrbm.dilution.choosing import equal_quotas, largest_of_each
from physrbm.dilution.controls import shuffled
from physrbm.dilution.view import View
from physrbm.errors import InvalidInput
from physrbm.model import RBM

_LOTS = 20


def regular_hidden(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Every hidden unit keeps equally many bonds, chosen at random."""
    quota = equal_quotas(np.bincount(rbm.bonds.j, minlength=rbm.n_hidden), n_keep, rng)
    return largest_of_each(rng.random(rbm.n_bonds), rbm.bonds.j, quota)


def regular_visible(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Every visible unit keeps equally many bonds, chosen at random."""
    quota = equal_quotas(np.bincount(rbm.bonds.i, minlength=rbm.n_visible), n_keep, rng)
    return largest_of_each(rng.random(rbm.n_bonds), rbm.bonds.i, quota)


def biregular(rbm: RBM, n_keep: int, rng: np.random.Generator, view: View) -> np.ndarray:
    """Units of either layer keep equally many bonds: a graph with these degrees by maximum flow, then shuffled.

    Raises InvalidInput where the bonds there are do not allow it.
    """
    i, j, _ = rbm.bonds
    of_all = np.bincount(i, minlength=rbm.n_visible), np.bincount(j, minlength=rbm.n_hidden)
    for _ in range(_LOTS):  # lots decide which units have one bond more, and not all can be drawn
        keep = _flow(i, j, *(equal_quotas(degree, n_keep, rng) for degree in of_all))
        if keep.sum() == n_keep:
            return shuffled(rbm, keep, rng)
    raise InvalidInput(f"the {rbm.n_bonds} bonds there are do not allow equal degrees in both layers with {n_keep}")


def _flow(i: np.ndarray, j: np.ndarray, visible: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Keep (bond,) of most bonds with at most so many of every unit: source -> visible -> hidden -> sink."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    n_visible, n = visible.size, visible.size + hidden.size
    tail = np.concatenate([np.full(n_visible, n), i, n_visible + np.arange(hidden.size)])
    head = np.concatenate([np.arange(n_visible), n_visible + j, np.full(hidden.size, n + 1)])
    capacity = np.concatenate([visible, np.ones(i.size, np.int64), hidden]).astype(np.int32)
    flow = maximum_flow(csr_array((capacity, (tail, head)), shape=(n + 2, n + 2)), n, n + 1).flow
    keep: np.ndarray = np.asarray(flow[i, n_visible + j]).ravel() > 0
    return keep
