"""Thresholds and axes of analysis/dilution_transition.py on planted curves."""

import dilution_transition as script
import numpy as np
import pytest

P = np.array([0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99])


@pytest.fixture
def planted():
    """`retained` is a function of the bonds a unit alone: a half at 10 of them."""
    rng = np.random.default_rng(1)
    N, p, seed = (x.ravel() for x in np.meshgrid((80.0, 320.0, 640.0), P, np.arange(10), indexing="ij"))
    c = 2 * (1 - p) * N * (500 / 784) / (1 + 500 / 784) ** 2
    return {"N": N, "p": p, "seed": seed, "retained": c / (c + 10) + 0.001 * rng.standard_normal(c.size)}


def test_sizes_are_apart_on_the_wrong_axis_only(planted):
    for row in script.apart(planted):
        assert row["bonds"] < 0.03 < 0.15 < row["p"]  # straight lines between points


@pytest.mark.parametrize("N", [80, 320, 640])
def test_the_threshold_is_where_half_is_retained(planted, N):
    found = script.threshold(planted, N, 0.5)
    dense = script._degree(N, 0)
    c = 10 / (1 + 2 * 10 / dense)  # half of what the dense machine retains: c / (c + 10) = 1/2 dense / (dense + 10)
    assert script._degree(N, found.value) == pytest.approx(c, rel=0.06)
    assert 0 < found.error < 0.01
