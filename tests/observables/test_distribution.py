from math import comb

import numpy as np
import pytest

from physrbm.errors import InvalidInput
from physrbm.exact import configurations
from physrbm.observables import overlap_distribution


def test_overlaps_of_free_spins_are_binomial():
    """All 256 states of 8 spins against any one: 9 values, one a bin, the same for every block."""
    s = 2 * configurations(8) - 1
    q = s @ s[:5].T / 8
    found = overlap_distribution(q, np.arange(-9, 10, 2) / 8)
    np.testing.assert_allclose(found.centre, np.arange(-8, 9, 2) / 8)
    np.testing.assert_allclose(found.density * 2 / 8, [comb(8, k) / 256 for k in range(9)])
    np.testing.assert_allclose(found.error, 0, atol=1e-15)


def test_errors_are_those_of_leaving_a_block_out():
    q = np.random.default_rng(1).uniform(-1, 1, (200, 12)) ** 3
    found = overlap_distribution(q, 10)
    left_out = [np.histogram(np.delete(q, b, 1), 10, (-1, 1), density=True)[0] for b in range(12)]
    np.testing.assert_allclose(found.error, np.sqrt(11 * np.var(left_out, 0)), rtol=1e-10)
    np.testing.assert_allclose(found.density, np.histogram(q, 10, (-1, 1), density=True)[0])


def test_errors_cover_instances_that_differ():
    """q of an instance is near its own value: 6 of 8 bins within 2 errors fails once in 200, from 64 instances."""
    rng = np.random.default_rng(2)
    own = rng.uniform(-0.8, 0.8, 64)
    q = own + rng.uniform(-0.2, 0.2, (500, 64))
    found = overlap_distribution(q, 8)
    points = np.linspace(-1, 1, 80_001)
    exact = np.clip(np.minimum(points + 0.2, 0.8) - np.maximum(points - 0.2, -0.8), 0, None) / (0.4 * 1.6)
    in_bin = exact[:-1].reshape(8, -1).mean(1)
    assert (np.abs(found.density - in_bin) < 2 * found.error).sum() >= 6
    assert (found.error > 5 * np.sqrt(found.density / 0.25 / q.size)).all()  # the samples are not independent


@pytest.mark.parametrize("bins", [1, 7, np.array([-1.0, 0.1, 1.0])])
def test_it_is_normalised(bins):
    q = np.random.default_rng(3).choice([-1.0, -0.5, 0.0, 0.5, 1.0], (50, 3))
    found = overlap_distribution(q, bins)
    edges = np.linspace(-1, 1, bins + 1) if np.ndim(bins) == 0 else bins
    assert found.density @ np.diff(edges) == pytest.approx(1)
    assert found.centre.shape == found.density.shape == found.error.shape == (len(edges) - 1,)


@pytest.mark.parametrize(
    ("q", "bins"),
    [
        (np.zeros(5), 3),
        (np.zeros((5, 1)), 3),
        (np.zeros((0, 4)), 3),
        (np.full((5, 4), 1.1), 3),
        (np.full((5, 4), np.nan), 3),
        (np.zeros((5, 4)), 0),
        (np.zeros((5, 4)), 2.5),
        (np.zeros((5, 4)), np.array([0.0])),
        (np.zeros((5, 4)), np.array([-1.0, 1.0, 0.5])),
        (np.zeros((5, 4)), np.array([-1.0, np.nan, 1.0])),
        (np.zeros((5, 4)), np.array([0.1, 1.0])),
    ],
)
def test_bad_input_is_one_line(q, bins):
    with pytest.raises(InvalidInput) as error:
        overlap_distribution(q, bins)
    assert "\n" not in str(error.value)
