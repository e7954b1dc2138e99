import numpy as np
import pytest
from planted import crossover, planted

import physrbm as pr
from physrbm.errors import InvalidInput

NAMES = {"x": "x", "size": "L", "y": "y", "instance": "instance"}


def test_crossings_of_a_ratio_of_moments_lie_at_x_c():
    """Two crossings and their mean within 3.5 errors: a false alarm of 0.15 %; the seed is fixed."""
    found = pr.scaling.crossing(planted(1, exponent=0.0), **NAMES)
    assert [(pair.small, pair.large) for pair in found.pairs] == [(16, 32), (32, 64), (64, 128)]
    for pair in found.pairs:
        assert pair.found
        assert abs(pair.x - 0.8) < 3.5 * pair.error
        assert pair.slope < 0  # the larger size falls faster
    assert abs(found.limit.value - 0.8) < 3.5 * found.limit.error
    assert found.limit.error < min(pair.error for pair in found.pairs)


def test_an_exponent_is_divided_out():
    found = pr.scaling.crossing(planted(1), exponent_over_nu=-0.25 / 1.5, **NAMES)
    assert abs(found.limit.value - 0.8) < 3.5 * found.limit.error


def test_crossings_that_drift_are_extrapolated():
    """y = f(X) + a L^-1 f'(X) is f shifted in X by a / L: crossings lie off by L^-(1 + 1/nu), but for a^2 / L^2."""
    given = planted(2, sizes=(8, 16, 32, 64, 128), exponent=0.0, instances=40)
    X = (given["x"] - 0.8) * given["L"] ** (1 / 1.5)
    moved = {**given, "y": given["y"] + 2 / given["L"] * (1 - np.tanh(X / 2) ** 2)}
    plain = pr.scaling.crossing(moved, **NAMES)
    limit = pr.scaling.crossing(moved, drift=1 + 1 / 1.5, **NAMES)
    assert abs(plain.pairs[0].x - 0.8) > 5 * plain.pairs[0].error
    assert abs(limit.limit.value - 0.8) < 3.5 * limit.limit.error
    assert limit.dof == 2


def test_curves_that_do_not_cross_say_so():
    given = crossover(1, sizes=(16, 32, 64), trend=1.0)
    found = pr.scaling.crossing(given, **NAMES)
    assert not any(pair.found for pair in found.pairs)
    assert np.isnan(found.limit.value)
    assert found.reason == "no pair of sizes crosses"
    with pytest.raises(InvalidInput, match="no two of the sizes 16, 32, 64 have the ratio 3"):
        pr.scaling.crossing(given, ratio=3, **NAMES)


def test_neighbours():
    found = pr.scaling.crossing(planted(1, sizes=(16, 25, 40), exponent=0.0), ratio=None, **NAMES)
    assert [(pair.small, pair.large) for pair in found.pairs] == [(16, 25), (25, 40)]


def test_peak_of_a_hump():
    """Three sizes, two numbers each within 3.5 errors; 1/cosh has its maximum 1 at x_c."""
    found = pr.scaling.peaks(planted(3, exponent=0.75, hump=True, sizes=(16, 32, 64), instances=30), **NAMES)
    for peak in found:
        assert peak.found
        assert abs(peak.x - 0.8) < 3.5 * peak.x_error
        assert abs(peak.height - peak.size**0.5) < 3.5 * peak.height_error


def test_no_peak_at_an_end_or_in_noise():
    ends = pr.scaling.peaks(planted(1), **NAMES)
    assert {peak.found for peak in ends} == {False}
    assert "the end" in ends[0].reason
    flat = pr.scaling.peaks(crossover(4, steepness=0), **NAMES)
    assert not any(peak.found for peak in flat)


def test_peak_of_the_susceptibility_over_instances():
    """Instances change at X of their own: the variance is that of f, (0.1 f')^2, with its peak at x_c."""
    given = planted(5, exponent=0.0, noise=0.0, instances=200, sizes=(16, 32))
    for peak in pr.scaling.peaks(given, **{**NAMES, "y": pr.scaling.susceptibility("y")}):
        assert peak.found
        assert abs(peak.x - 0.8) < 3.5 * peak.x_error
        assert peak.height == pytest.approx(peak.size * (0.1 / 2) ** 2, abs=3.5 * peak.height_error)
