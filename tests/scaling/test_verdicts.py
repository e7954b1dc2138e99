import numpy as np
import pytest
from planted import crossover, nothing, planted
from scipy.stats import binom

import physrbm as pr
from physrbm.errors import InvalidInput
from physrbm.scaling.transition import _constant as independence

NAMES = {"x": "x", "size": "L", "y": "y", "instance": "instance"}
SIZES = (16, 32, 64)


def test_curves_that_sharpen_and_do_not_collapse_are_unresolved():
    given = planted(1, exponent=0.0, sizes=SIZES)
    given["y"] = given["y"] + 0.3 * np.sin(5 * np.log(given["L"])) * np.tanh(
        (given["x"] - 0.8) * given["L"] ** (1 / 1.5)
    )
    found = pr.scaling.transition(given, exponent=0.0, **NAMES)
    assert (found.found, found.kind) == (False, "unresolved")
    assert "do not collapse" in found.reason


def test_noise_depends_on_nothing_as_often_as_it_should():
    """1 % of 100: 5 or more with probability 0.3 %."""
    found = [pr.scaling.curves(nothing(seed, sizes=SIZES), **NAMES) for seed in range(100)]
    assert sum(independence(one) < 0.01 for one in found) < 5


def first_order(seed, instances=40):
    """At the middle half of the instances are on either branch; both branches overlap in x."""
    random = np.random.default_rng(seed)
    given = planted(seed, sizes=SIZES, nu=1.0, exponent=0.0, instances=instances)
    X = (given["x"] - 0.8) * given["L"]
    up = random.random(len(X)) < 1 / (1 + np.exp(2 * X))
    given["y"] = np.where(up, 2.0, 0.2) + 0.1 * random.standard_normal(len(X))
    return given


def test_a_planted_transition_is_found():
    found = pr.scaling.transition(planted(1), **NAMES)
    assert (found.found, found.kind) == (True, "continuous")
    assert abs(found.x - 0.8) < 3.5 * found.error
    assert found.sharpening > 10


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda seed: crossover(seed, sizes=SIZES), "crossover"),
        (lambda seed: crossover(seed, sizes=SIZES, trend=0.3), "crossover"),
        (lambda seed: nothing(seed, sizes=SIZES), "none"),
    ],
    ids=["crossover", "crossover with size", "noise"],
)
def test_nothing_is_found_where_nothing_is(make, kind):
    """A false one is 1 in 100 at most (analysis/scaling_coverage.py); of 20, 3 or more with probability 0.1 %."""
    found = [pr.scaling.transition(make(seed), **NAMES) for seed in range(20)]
    assert sum(one.found for one in found) < 3
    assert sum(one.kind == kind for one in found) > 17
    assert all(np.isnan(one.x) and one.reason for one in found if not one.found)


def test_two_humps_are_first_order_and_few_instances_show_none():
    found = pr.scaling.transition(first_order(1), **NAMES)
    assert (found.kind, found.p_one_mode < 0.01) == ("first order", True)
    assert "two humps over instances" in found.reason
    assert np.isnan(pr.scaling.transition(first_order(1, instances=10), **NAMES).p_one_mode)


def test_hysteresis_is_first_order():
    given = planted(1, exponent=0.0)
    X = (given["x"] - 0.8) * given["L"] ** (1 / 1.5)
    given["back"] = given["y"] + 0.3 * np.exp(-(X**2))
    found = pr.scaling.transition(given, other="back", **NAMES)
    assert found.kind == "first order"
    assert found.hysteresis > 4
    given["back"] = given["y"] + 0.02 * np.random.default_rng(0).standard_normal(len(X))
    assert pr.scaling.transition(given, other="back", **NAMES).kind == "continuous"
    with pytest.raises(InvalidInput, match="no column 'forth'"):
        pr.scaling.transition(given, other="forth", **NAMES)


def jump(seed, height):
    given = crossover(seed, sizes=(32,), noise=0.2, points=20, steepness=3)
    return {**given, "y": given["y"] - height * (given["x"] > 0.42)}


def test_a_jump_is_found_where_it_is():
    for seed in range(5):
        found = pr.scaling.change_point(jump(seed, 2.0), x="x", y="y", instance="instance")
        assert found.found
        assert found.kind == "jump"
        assert abs(found.x - 0.42) < 1.5 / 19
        assert abs(found.size + 2) < 4 * found.size_error < 1
        assert found.p_value <= 0.01


def test_a_smooth_curve_has_no_change_point():
    """A false-alarm rate of 1 %: 4 or more of 60 happen with probability 0.3 %."""
    alarms = 0
    for seed in range(20):
        for steepness in (0, 6, 16):
            given = crossover(seed, sizes=(32,), steepness=steepness, noise=0.1, points=20)
            alarms += pr.scaling.change_point(given, x="x", y="y", instance="instance", seed=seed).found
    assert alarms < 4
    assert binom.sf(3, 60, 0.01) < 0.004


def test_change_point_wants_one_size_and_enough_points():
    with pytest.raises(InvalidInput, match="say which one by at"):
        pr.scaling.change_point(planted(1), x="x", y="y", size="L")
    with pytest.raises(InvalidInput, match="5 points at L 16; a change point needs at least 8"):
        pr.scaling.change_point(planted(1, points=5), x="x", y="y", size="L", at=16)
    with pytest.raises(InvalidInput, match=r"level is 0; 0\.0025 to 1 is allowed"):
        pr.scaling.change_point(planted(1), x="x", y="y", size="L", at=16, level=0)


def test_silverman_tells_one_hump_from_two():
    """One hump at the 5 % level: the test is conservative, 6 or more of 40 with probability below 1.4 %."""
    random = np.random.default_rng(0)
    one = [pr.scaling.more_than_one_mode(random.standard_normal(30), seed) for seed in range(40)]
    assert sum(p < 0.05 for p in one) < 6
    two = [pr.scaling.more_than_one_mode(random.standard_normal(40) + 6 * (np.arange(40) % 2), s) for s in range(5)]
    assert max(two) < 0.01


def test_two_starts_of_few_instances_that_differ_by_noise_show_no_hysteresis():
    """1 % of the tables may; of 20 with three instances at most two do (false alarm 0.1 %)."""
    found = 0
    for seed in range(20):
        given = planted(seed, sizes=(16, 32), instances=3)
        given["other"] = given["y"] + 0.02 * np.random.default_rng(seed + 99).standard_normal(len(given["y"]))
        found += pr.scaling.transition(given, other="other", **NAMES).kind == "first order"
    assert found <= 2


def test_a_constant_sample_has_one_mode():
    assert pr.scaling.more_than_one_mode(np.ones(20)) == 1
