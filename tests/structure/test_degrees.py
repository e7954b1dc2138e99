import numpy as np
import pytest
from handmade import complete, empty, square_and_pair, star

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.structure import Profile, degrees, isolated, profile


def test_degrees_by_hand():
    k = degrees(square_and_pair())
    assert k.visible.tolist() == [2, 2, 1, 0]
    assert k.hidden.tolist() == [2, 2, 1]
    k = degrees(star(5))
    assert k.visible.tolist() == [1] * 5
    assert k.hidden.tolist() == [5]
    k = degrees(complete(3, 4))
    assert k.visible.tolist() == [4] * 3
    assert k.hidden.tolist() == [3] * 4


def test_isolated_units_are_named():
    alone = isolated(square_and_pair())
    assert alone.visible.tolist() == [3]
    assert alone.hidden.tolist() == []
    assert isolated(empty(3, 2)).hidden.tolist() == [0, 1]


def test_a_bond_whose_coupling_is_zero_counts():
    assert degrees(complete(2, 2, weight=0.0)).visible.tolist() == [2, 2]


def test_degrees_against_the_dense_mask():
    rbm = RBM.initialise(37, 23, 0.8, seed=1)
    mask = rbm.weights() != 0
    assert (degrees(rbm).visible == mask.sum(1)).all()
    assert (degrees(rbm).hidden == mask.sum(0)).all()


def test_profile():
    assert profile(np.array([1, 1, 4])) == Profile(2.0, 2.0, 1, 4)
    for bad in (np.zeros(0, int), np.zeros((2, 2), int), np.array([0.5]), np.array([-1])):
        with pytest.raises(InvalidInput, match="degrees must be"):
            profile(bad)
