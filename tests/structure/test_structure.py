import pytest
from handmade import complete, empty, square_and_pair

import physrbm as pr
from physrbm.structure import Structure, structure


def test_summary_by_hand():
    found = structure(square_and_pair())
    # P(k): visible 1/4, 1/4, 1/2, hidden 0, 1/3, 2/3: <k(k-1)>/<k> = 4/5 of both
    expected = Structure(5, 5 / 4, 5 / 3, 1, 0, 4 / 7, 0.0, 0.64, 2, 4, 2.0, (5 / 12) ** 0.5 * (2 + 3**0.5))
    assert found == pytest.approx(expected, rel=1e-13)


def test_complete_and_empty():
    found = structure(complete(4, 9, weight=0.5))
    assert found == pytest.approx((36, 9, 4, 0, 0, 1, 1, 24, 4, 13, 3, 2.5), rel=1e-13)
    assert structure(empty(3, 2)) == (0, 0, 0, 3, 2, 0.2, 0, 0, 0, 5, 0, 0)


def test_units_and_rooms_of_a_machine_as_large_as_one_of_mnist():
    found = pr.structure.structure(pr.RBM.initialise(784, 500, 0.99, seed=1))
    assert found.n_bonds == 3920
    assert found.mean_degree_visible == 5
    assert found.giant_fraction == pytest.approx(found.expected_giant_fraction, abs=0.003)
    assert found.molloy_reed == pytest.approx(0.01**2 * 783 * 499, rel=0.05)
    assert 4 <= found.core_order <= 5
    assert found.spectral_norm > found.random_matrix_edge  # five bonds a unit: the strongest unit sticks out
