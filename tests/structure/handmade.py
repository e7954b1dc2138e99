"""Graphs whose structure is known by hand."""

import numpy as np

from physrbm.model import RBM


def graph(n_visible, n_hidden, pairs, weight=1.0):
    i, j = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return RBM.from_bonds(i, j, np.full(i.size, float(weight)), np.zeros(n_visible), np.zeros(n_hidden))


def complete(m, n, weight=1.0):
    return graph(m, n, [(i, j) for i in range(m) for j in range(n)], weight)


def star(leaves, weight=1.0):
    """One hidden unit in the middle."""
    return graph(leaves, 1, [(i, 0) for i in range(leaves)], weight)


def path(n):
    """2n units in a row: v0 h0 v1 h1 ..."""
    return graph(n, n, [(i, i) for i in range(n)] + [(i + 1, i) for i in range(n - 1)])


def ring(n):
    """2n units in a circle."""
    return graph(n, n, [(i, i) for i in range(n)] + [((i + 1) % n, i) for i in range(n)])


def square_and_pair():
    """K_{2,2} of v0 v1 h0 h1, a bond v2 h2, v3 alone."""
    return graph(4, 3, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)])


def empty(n_visible=3, n_hidden=2):
    return graph(n_visible, n_hidden, [])
