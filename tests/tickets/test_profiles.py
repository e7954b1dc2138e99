import json

import numpy as np
import pytest
from scipy.stats import pearsonr, wasserstein_distance

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.tickets import compare, profiles


def random(visible, hidden, seed):
    """Machine whose pair (i, j) is a bond with probability visible[i] hidden[j]."""
    there = np.random.default_rng(seed).random((len(visible), len(hidden))) < np.outer(visible, hidden)
    return RBM.from_dense(np.ones(there.shape), np.zeros(len(visible)), np.zeros(len(hidden)), there)


def test_profiles_against_scipy():
    rng = np.random.default_rng(1)
    shape = rng.random(50)
    a, b = random(shape, rng.random(30), 2), random(shape, rng.random(30), 3)
    found = profiles(a, b)
    visible = [np.bincount(x.bonds.i, minlength=50) for x in (a, b)]
    hidden = [np.bincount(x.bonds.j, minlength=30) for x in (a, b)]
    reference = pearsonr(*visible)
    r, error, n = found.visible_correlation
    assert r == pytest.approx(reference.statistic, rel=1e-12)
    assert error == pytest.approx((1 - r**2) / 47**0.5)
    assert n == 50
    np.testing.assert_allclose((found.lower, found.upper), reference.confidence_interval(0.95), rtol=1e-6)
    distance = wasserstein_distance(*hidden) / np.mean(hidden)
    assert found.hidden_distance.value == pytest.approx(distance, rel=1e-12)


def test_intervals_hold_the_truth_and_equal_distributions_are_not_told_apart():
    """200 unrelated pairs: 95 % of the intervals hold 0, mean square z of the distance is 1; 4 standard errors."""
    inside, z = 0, []
    for k in range(200):
        a, b = (random(np.full(40, 0.5), np.full(30, 0.8), 2 * k + side) for side in (0, 1))
        found = profiles(a, b, seed=k)
        inside += found.lower <= 0 <= found.upper
        z.append(found.hidden_distance.z)
    assert abs(inside - 190) < 4 * (200 * 0.95 * 0.05) ** 0.5
    z = np.array(z)
    assert abs(z.mean()) < 4 * z.std() / 200**0.5
    assert abs((z**2).mean() - 1) < 4 * (z**2).std() / 200**0.5


def test_unequal_distributions_are_told_apart():
    a, b = (random(np.full(40, 0.5), hidden, 4) for hidden in (np.full(200, 0.6), np.linspace(0.2, 1, 200)))
    assert profiles(a, b).hidden_distance.z > 5
    assert profiles(a, a).hidden_distance.value == 0
    assert profiles(a, a).visible_correlation.value == pytest.approx(1)
    assert profiles(a, a).upper == pytest.approx(1)


def test_equal_degrees_have_no_correlation():
    found = profiles(RBM.initialise(10, 5), RBM.initialise(10, 5))
    assert np.isnan([*found.visible_correlation[:2], found.lower, found.upper]).all()
    assert found.hidden_distance.value == 0
    assert np.isnan(profiles(RBM.initialise(3, 5, dilution=0.4, seed=1), RBM.initialise(3, 5)).lower)


@pytest.mark.parametrize("dilution", [0.0, 0.7])
def test_comparison_is_json(dilution):
    a, b = (RBM.initialise(20, 15, dilution=dilution, seed=seed) for seed in (6, 7))
    found = compare(a, b)
    tree = json.loads(json.dumps(found.plain(), allow_nan=False))
    assert list(tree) == ["masks", "profiles", "matching"]
    assert tree["masks"]["common"] == found.masks.common
    assert tree["masks"]["fixed_degrees"]["expected"]["error"] == found.masks.fixed_degrees.expected.error
    assert tree["matching"]["cosine"] == found.matching.cosine.tolist()
    if dilution == 0:
        assert tree["masks"]["z"] is None
        assert tree["profiles"]["visible_correlation"]["value"] is None
    assert compare(a, b).plain() == found.plain()


@pytest.mark.parametrize("call", [compare, profiles])
def test_machines_of_different_sizes_are_refused_in_one_line(call):
    with pytest.raises(InvalidInput, match="4 x 3 and 4 x 5") as error:
        call(RBM.initialise(4, 3), RBM.initialise(4, 5))
    assert "\n" not in str(error.value)
