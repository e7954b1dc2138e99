from itertools import permutations

import numpy as np
import pytest
from scipy.stats import t as student

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.tickets import matched


def reordered(rbm, order):
    there = rbm.weights() != 0
    return RBM.from_dense(rbm.weights()[:, order], rbm.visible_bias, rbm.hidden_bias[order], there[:, order])


def test_permuted_units_are_found_again():
    rbm = RBM.initialise(60, 40, dilution=0.8, seed=1)
    order = np.random.default_rng(2).permutation(40)
    found = matched(rbm, reordered(rbm, order))
    assert (order[found.order] == np.arange(40)).all()
    np.testing.assert_allclose(found.cosine, 1, rtol=1e-14)
    assert found.mean_cosine.value == pytest.approx(1, rel=1e-14)
    assert found.weight_overlap.value == pytest.approx(1, rel=1e-14)
    assert found.mask_overlap.value == 1
    assert min(x.z for x in found[2:]) > 10


def test_assignment_is_the_best_of_all():
    a, b = (RBM.initialise(8, 5, scale=1.0, seed=seed) for seed in (3, 4))
    w, x = (m.weights() / np.linalg.norm(m.weights(), axis=0) for m in (a, b))
    best = max(sum(w[:, j] @ x[:, k] for j, k in enumerate(order)) for order in permutations(range(5)))
    found = matched(a, b)
    assert found.cosine.sum() == pytest.approx(best, rel=1e-13)
    np.testing.assert_allclose(found.cosine, (w * x[:, found.order]).sum(0), rtol=1e-13)
    w, x = a.weights(), b.weights()[:, found.order]
    assert found.weight_overlap.value == pytest.approx((w * x).sum() / ((w**2).sum() * (x**2).sum()) ** 0.5, rel=1e-13)


def test_masks_are_counted_after_the_matching():
    a = RBM.from_dense(
        np.array([[1.0, 0], [1, 0], [0, 2]]), np.zeros(3), np.zeros(2), np.array([[1, 0], [1, 0], [0, 1]])
    )
    b = RBM.from_dense(
        np.array([[0.0, 1], [0, 0], [3, 0]]), np.zeros(3), np.zeros(2), np.array([[0, 1], [0, 0], [1, 0]])
    )
    found = matched(a, b)
    assert found.order.tolist() == [1, 0]
    np.testing.assert_allclose(found.cosine, [0.5**0.5, 1])
    assert found.mask_overlap.value == 1
    assert found.weight_overlap.value == pytest.approx((1 + 6) / (6 * 10) ** 0.5)


def test_unrelated_machines_are_matched_as_the_null_says():
    """z of 40 unrelated pairs, t of 9 degrees of freedom: mean within 4 standard errors, none beyond 1e-4 a pair."""
    z = []
    for k in range(40):
        a, b = (RBM.initialise(40, 25, dilution=0.6, seed=seed) for seed in (2 * k, 2 * k + 1))
        z.append([x.z for x in matched(a, b, seed=k)[2:]])
    z = np.array(z)
    deviation = (9 / 7) ** 0.5
    assert (abs(z.mean(0)) < 4 * deviation / 40**0.5).all()
    assert (abs(z) < student.isf(0.5e-4, 9)).all()


def test_opposite_units_are_not_the_same():
    rbm = RBM.initialise(60, 40, dilution=0.8, seed=5)
    opposite = RBM.from_bonds(*rbm.bonds[:2], -rbm.bonds.weight, rbm.visible_bias, rbm.hidden_bias)
    assert matched(rbm, opposite).mean_cosine.value < 0.5


def test_machines_without_couplings_have_no_overlap():
    empty = RBM.from_bonds(*np.zeros((2, 0), int), np.zeros(0), np.zeros(4), np.zeros(3))
    found = matched(empty, RBM.initialise(4, 3))
    assert (found.cosine == 0).all()
    assert np.isnan(found.weight_overlap.value)
    assert np.isnan(found.mask_overlap.value)


def test_equal_seeds_give_equal_nulls():
    a, b = (RBM.initialise(20, 10, seed=seed) for seed in (6, 7))
    assert matched(a, b, seed=8).mean_cosine == matched(a, b, seed=8).mean_cosine
    assert matched(a, b, seed=8).mean_cosine.expected != matched(a, b, seed=9).mean_cosine.expected


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: matched(RBM.initialise(4, 3), RBM.initialise(3, 4)), "4 x 3 and 3 x 4"),
        (lambda: matched(RBM.initialise(4, 3), RBM.initialise(4, 3), n_null=1), "n_null"),
    ],
)
def test_bad_input_is_one_line(call, words):
    with pytest.raises(InvalidInput, match=words) as error:
        call()
    assert "\n" not in str(error.value)
