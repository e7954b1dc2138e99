from itertools import combinations

import numpy as np
import pytest
from scipy.stats import hypergeom
from scipy.stats import t as student

from physrbm.dilution import dilute
from physrbm.ensembles import edwards_anderson
from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.tickets import AgainstNull, mask_overlap, shuffled
from physrbm.tickets.masks import hypergeometric


def of(there):
    there = np.array(there, bool)
    return RBM.from_dense(np.ones(there.shape), *(np.zeros(n) for n in there.shape), there)


@pytest.mark.parametrize(("a", "b", "n"), [(2, 3, 6), (3, 3, 7), (1, 5, 6), (4, 4, 4), (1, 1, 1), (0, 2, 5)])
def test_mean_and_deviation_by_enumeration(a, b, n):
    overlap = np.array([len(set(range(a)) & set(x)) for x in combinations(range(n), b)])
    np.testing.assert_allclose(hypergeometric(a, b, n), (overlap.mean(), overlap.std()), atol=1e-14)


def test_mean_and_deviation_of_large_masks():
    mean, variance = hypergeom(392000, 58800, 39200).stats("mv")
    np.testing.assert_allclose(hypergeometric(58800, 39200, 392000), (mean, variance**0.5))


def test_common_bonds_of_small_masks():
    overlap = mask_overlap(of([[1, 1, 0], [0, 1, 1]]), of([[1, 0, 0], [0, 1, 0]]))
    assert (overlap.common, overlap.fraction) == (2, 1.0)
    assert overlap.expected == pytest.approx(4 * 2 / 6)
    assert overlap.sd == pytest.approx((4 * 2 * 2 * 4 / (36 * 5)) ** 0.5)
    assert overlap.z == pytest.approx((2 - overlap.expected) / overlap.sd)


def test_random_masks_overlap_by_chance():
    """z of 60 independent pairs: mean 0 and mean square 1 within 4 standard errors."""
    z = []
    for k in range(60):
        a, b = RBM.initialise(30, 20, dilution=0.8, seed=2 * k), RBM.initialise(30, 20, dilution=0.7, seed=2 * k + 1)
        z.append(mask_overlap(a, b, n_shuffles=2).z)
    z = np.array(z)
    assert abs(z.mean()) < 4 / 60**0.5
    assert abs((z**2).mean() - 1) < 4 * (2 / 60) ** 0.5


def test_mean_at_fixed_degrees_by_enumeration():
    """Shuffles of row sums 1, 1, 2 and column sums 2, 1, 1 over their 5 graphs; 4 standard errors of 400 shuffles."""
    first, second = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 1]]), np.array([[1, 0, 0], [0, 1, 0], [1, 0, 1]])
    graphs = []
    for cells in combinations(range(9), 4):
        there = np.zeros(9, int)
        there[list(cells)] = 1
        there = there.reshape(3, 3)
        if (there.sum(0) == [2, 1, 1]).all() and (there.sum(1) == [1, 1, 2]).all():
            graphs.append(there)
    assert len(graphs) == 5
    common = np.array([(first & there).sum() for there in graphs])
    found = mask_overlap(of(first), of(second), n_shuffles=400, seed=1).fixed_degrees
    assert abs(found.expected.value - common.mean()) < 4 * common.std() / 400**0.5
    assert found.sd == pytest.approx(common.std(), rel=0.15)  # 4 standard errors, kurtosis below that of a Gaussian


def test_unequal_degrees_alone_make_masks_overlap():
    """Masks that share their degrees only: far above hypergeometric chance, at fixed degrees as expected.

    False alarm of the latter: 1e-3.
    """
    rng = np.random.default_rng(2)
    there = rng.random((60, 40)) < np.outer(rng.random(60), rng.random(40))
    overlap = mask_overlap(of(there), shuffled(of(there), rng), seed=3)
    assert overlap.z > 10
    assert abs(overlap.fixed_degrees.z) < student.isf(0.5e-3, 19)
    same = mask_overlap(of(there), of(there), seed=3)
    assert same.fraction == 1
    assert same.fixed_degrees.z > 10


def test_masks_chosen_from_a_diluted_machine_are_judged_among_its_bonds():
    """Two choices of 150 of the same 300 bonds: 75 in common, not 150^2 / 600."""
    parent = dilute(RBM.initialise(30, 20, seed=4), 0.5)
    a, b = (dilute(parent, 0.75, seed=seed) for seed in (5, 6))
    overlap = mask_overlap(a, b, parent, seed=7)
    assert overlap.expected == 75
    assert abs(overlap.z) < 3.3
    assert abs(overlap.fixed_degrees.z) < student.isf(0.5e-3, 19)
    assert mask_overlap(a, b).z > 5


def test_lattices_are_shuffled_among_their_bonds():
    lattice = edwards_anderson((6, 6))
    a, b = (dilute(lattice, 0.5, seed=seed) for seed in (1, 2))
    assert mask_overlap(a, b, lattice).expected == 18


def test_z_has_the_error_of_the_mean_in_it():
    draws = np.array([1.0, 3.0])
    found = AgainstNull.of(5.0, draws)
    assert found.expected.value == 2
    assert found.sd == pytest.approx(2**0.5)
    assert found.expected.error == pytest.approx(1)
    assert found.z == pytest.approx(3 / 3**0.5)
    assert np.isnan(AgainstNull.of(1.0, np.ones(3)).z)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mask_overlap(of(np.eye(3)), of(np.eye(4))), "3 x 3 and 4 x 4"),
        (lambda: mask_overlap(of(np.eye(3)), of(np.eye(3)), n_shuffles=1), "n_shuffles"),
        (lambda: mask_overlap(of(np.eye(3)), of(np.ones((3, 3))), of(np.eye(3))), "6 of 9 bonds are not among"),
        (lambda: mask_overlap(of(np.eye(3)), of(np.eye(3)), of(np.eye(4))), "same numbers of units"),
        (lambda: mask_overlap(edwards_anderson((4, 4)), of(np.eye(8))), "n_possible, got 32 and 64"),
        (lambda: mask_overlap(edwards_anderson((4, 4)), edwards_anderson((4, 4))), "say which with allowed"),
    ],
)
def test_bad_input_is_one_line(call, words):
    with pytest.raises(InvalidInput, match=words) as error:
        call()
    assert "\n" not in str(error.value)
