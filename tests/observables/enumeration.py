"""Small machines whose every state is known with its probability."""

import numpy as np

from physrbm.exact import configurations
from physrbm.model import RBM


def machine(n_visible, n_hidden, seed=0, fields=0.5):
    """Spin machine with normal couplings on about 3/4 of the pairs, and normal fields of the width `fields`."""
    rng = np.random.default_rng(seed)
    i, j = np.nonzero(rng.random((n_visible, n_hidden)) < 0.75)
    a, b = rng.normal(0, fields, n_visible), rng.normal(0, fields, n_hidden)
    return RBM.from_bonds(i, j, rng.normal(0, 3, i.size), a, b, constant=1.5)


def all_states(rbm, beta=1.0):
    """v, h (state, .) uint8 and the probabilities exp(-beta E)/Z (state,) of all 2^N states."""
    x = configurations(rbm.n_visible + rbm.n_hidden).astype(np.uint8)
    v, h = x[:, : rbm.n_visible], x[:, rbm.n_visible :]
    weight = np.exp(-beta * (rbm.energy(v, h) - rbm.energy(v, h).min()))
    return v, h, weight / weight.sum()


def moments(rbm):
    """<s_i> (N,) and <s_i s_j> (N, N) of both layers, exact."""
    v, h, p = all_states(rbm)
    s = 2.0 * np.hstack([v, h]) - 1
    return p @ s, (s.T * p) @ s


def draw(rbm, n, rng):
    """`n` independent states of the exact distribution."""
    v, h, p = all_states(rbm)
    k = rng.choice(len(p), n, p=p)
    return v[k], h[k]


def random_states(rbm, n, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, (n, rbm.n_visible), np.uint8), rng.integers(0, 2, (n, rbm.n_hidden), np.uint8)
