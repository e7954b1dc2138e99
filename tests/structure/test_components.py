import numpy as np
import pytest
from handmade import complete, empty, path, square_and_pair, star

from physrbm.model import RBM
from physrbm.structure import components


def union_find(rbm):
    """Component of every unit, as the least unit in it."""
    parent = list(range(rbm.n_visible + rbm.n_hidden))

    def root(u):
        while parent[u] != u:
            u = parent[u]
        return u

    for i, j in zip(rbm.bonds.i, rbm.bonds.j, strict=True):
        a, b = root(int(i)), root(rbm.n_visible + int(j))
        parent[max(a, b)] = min(a, b)
    return np.array([root(u) for u in range(len(parent))])


def test_components_by_hand():
    found = components(square_and_pair())
    assert found.sizes.tolist() == [4, 2, 1]
    assert found.labels.visible.tolist() == [0, 0, 1, 2]
    assert found.labels.hidden.tolist() == [0, 0, 1]
    assert found.giant_fraction == 4 / 7
    assert found.mean_cluster_size == (2**2 + 1**2) / (2 + 1)


@pytest.mark.parametrize("rbm", [path(50), star(30), complete(5, 7), complete(2, 2, weight=0.0)])
def test_connected_graphs(rbm):
    found = components(rbm)
    assert found.sizes.tolist() == [rbm.n_visible + rbm.n_hidden]
    assert found.giant_fraction == 1
    assert found.mean_cluster_size == 0


def test_without_bonds_every_unit_is_alone():
    found = components(empty(3, 2))
    assert found.sizes.tolist() == [1] * 5
    assert found.giant_fraction == 0.2
    assert found.mean_cluster_size == 1


@pytest.mark.parametrize("bonds", [10, 60, 120, 300])
def test_against_union_find(bonds):
    for seed in range(5):
        rbm = RBM.initialise(80, 50, 1 - bonds / 4000, seed=seed)
        found, root = components(rbm), union_find(rbm)
        label = np.concatenate(found.labels)
        assert len(set(zip(label, root, strict=True))) == found.sizes.size == np.unique(root).size
        assert (np.bincount(label) == found.sizes).all()
        assert (np.diff(found.sizes) <= 0).all()


def test_mean_size_of_trees_below_the_threshold():
    """A unit of a layer reaches (1 + c) / (1 - c_v c_h) units, c its mean degree: every walk is a tree for large N."""
    n_visible, n_hidden, bonds = 4096, 1024, 1024
    squares = []
    for seed in range(200):
        sizes = components(RBM.initialise(n_visible, n_hidden, 1 - bonds / (n_visible * n_hidden), seed=seed)).sizes
        squares.append((sizes.astype(float) ** 2).sum() / sizes.sum())
    c_v, c_h = bonds / n_visible, bonds / n_hidden
    reach = n_visible * (1 + c_v) + n_hidden * (1 + c_h)
    known = reach / ((n_visible + n_hidden) * (1 - c_v * c_h))
    error = np.std(squares) / 200**0.5
    assert error < 0.01
    assert abs(np.mean(squares) - known) < 4 * error + 4 / n_hidden  # 4 errors: one alarm in 16,000; loops are O(1/N)


def test_a_large_graph_stays_sparse():
    """65,536 x 65,536 dense would be 4 GiB of booleans: more than a test may take."""
    rbm = RBM.initialise(65536, 65536, 1 - 2**17 / 65536**2, seed=1)  # c = 2
    assert components(rbm).giant_fraction == pytest.approx(0.7968121300200202, abs=0.01)  # S = 1 - exp(-2 S)
