import numpy as np
import pytest
from handmade import complete, empty, path, ring, square_and_pair, star

from physrbm.model import RBM
from physrbm.structure import core_numbers


def peeled(rbm):
    """Core numbers, one unit at a time."""
    bonds = {(int(i), rbm.n_visible + int(j)) for i, j in zip(rbm.bonds.i, rbm.bonds.j, strict=True)}
    left, core, k = set(range(rbm.n_visible + rbm.n_hidden)), {}, 0
    while left:
        degree = {u: sum(u in bond for bond in bonds) for u in left}
        least = min(left, key=degree.__getitem__)
        k = max(k, degree[least])
        core[least] = k
        left.remove(least)
        bonds = {bond for bond in bonds if least not in bond}
    return [core[u] for u in sorted(core)]


@pytest.mark.parametrize(
    ("rbm", "core"),
    [(path(20), 1), (star(9), 1), (ring(8), 2), (complete(5, 3), 3), (complete(4, 6), 4), (empty(), 0)],
    ids=["path", "star", "ring", "K53", "K46", "empty"],
)
def test_graphs_of_one_core(rbm, core):
    found = core_numbers(rbm)
    assert found.visible.tolist() == [core] * rbm.n_visible
    assert found.hidden.tolist() == [core] * rbm.n_hidden


def test_cores_by_hand():
    found = core_numbers(square_and_pair())
    assert found.visible.tolist() == [2, 2, 1, 0]
    assert found.hidden.tolist() == [2, 2, 1]


@pytest.mark.parametrize("dilution", [0.2, 0.7, 0.85, 0.95])
def test_against_peeling_one_by_one(dilution):
    for seed in range(4):
        rbm = RBM.initialise(25, 14, dilution, seed=seed)
        assert np.concatenate(core_numbers(rbm)).tolist() == peeled(rbm)
