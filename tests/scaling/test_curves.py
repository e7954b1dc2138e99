import numpy as np
import pytest
from planted import planted

import physrbm as pr
from physrbm.errors import InvalidInput

NAMES = {"x": "x", "size": "L", "y": "y"}


def table(seed=0, instances=7):
    """Two sizes, three x, y of instances that hang together."""
    random = np.random.default_rng(seed)
    own = random.standard_normal((2, instances, 1)) + 0.3 * random.standard_normal((2, instances, 3)) + 5
    L, k, x = np.meshgrid([4, 8], np.arange(instances), [0.1, 0.2, 0.3], indexing="ij")
    return {"L": L.ravel(), "instance": k.ravel(), "x": x.ravel(), "y": own.ravel()}


def test_averages_and_errors_are_those_of_independent_instances():
    found = pr.scaling.curves(table(), instance="instance", **NAMES)
    y = table()["y"].reshape(2, 7, 3)
    assert found.y == pytest.approx(y.mean(1).ravel(), rel=1e-14)
    assert found.error == pytest.approx((y.std(1, ddof=1) / 7**0.5).ravel(), rel=1e-10)
    assert found.instances.tolist() == [7] * 6


def test_covariance_of_points_with_the_same_instances():
    """Replicates know that an instance is the same at all x: their covariance is that of the mean of the instances."""
    found = pr.scaling.curves(table(), instance="instance", **NAMES)
    y = table()["y"].reshape(2, 7, 3)
    covariance = found.covariance_of(found.replicates)
    for k in range(2):
        own = slice(3 * k, 3 * k + 3)
        assert covariance[own, own] == pytest.approx(np.cov(y[k].T) / 7, rel=1e-10)
    assert covariance[:3, 3:] == pytest.approx(0, abs=1e-20)


def test_replicates_have_errors_of_the_instances_that_are_left():
    found = pr.scaling.curves(table(), instance="instance", **NAMES)
    y = table()["y"].reshape(2, 7, 3)
    for k in range(7):
        left = found.without(7 + k)
        assert left.y == pytest.approx(np.r_[y[0].mean(0), np.delete(y[1], k, 0).mean(0)], rel=1e-14)
        assert left.error[3:] == pytest.approx(np.delete(y[1], k, 0).std(0, ddof=1) / 6**0.5, rel=1e-10)
        assert (left.error[:3] == found.error[:3]).all()


def test_replicates_with_too_few_instances_for_an_error_keep_that_of_all():
    two = pr.scaling.curves(table(instances=2), instance="instance", **NAMES)
    assert (two.replicate_errors == two.error).all()
    three = pr.scaling.curves(table(instances=3), x="x", size="L", y=pr.scaling.susceptibility("y"))
    assert (three.replicate_errors == three.error).all()


def test_order_of_rows_does_not_matter():
    given = table()
    order = np.random.default_rng(1).permutation(len(given["x"]))
    mixed = {name: column[order] for name, column in given.items()}
    one, two = (pr.scaling.curves(t, instance="instance", **NAMES) for t in (given, mixed))
    for a, b in zip(one, two, strict=True):
        assert a == pytest.approx(b, rel=1e-12)


@pytest.mark.parametrize("names", [None, "of its own in every row"])
def test_blocks_of_instances_that_have_nothing_in_common(names):
    """Over 40 points of 10 instances, the mean of error^2 over its true value is 1 within 4 standard errors."""
    x, y = np.repeat(np.linspace(0, 1, 40), 10), np.random.default_rng(8).standard_normal(400)
    given = {"x": x, "L": np.full(400, 8), "y": y, "own": np.arange(400)}
    found = pr.scaling.curves(given, instance=names and "own", **NAMES)
    assert (found.error**2).mean() * 10 == pytest.approx(1, abs=4 * (2 / 9 / 40) ** 0.5)
    assert found.error.min() > 0.05


def test_rows_without_an_instance_are_left_out():
    given = table()
    kept = given["instance"] != 3
    without = pr.scaling.curves({k: v[kept] for k, v in given.items()}, instance="instance", **NAMES)
    for missing in (np.where(kept, given["instance"], np.nan), np.where(kept, given["instance"].astype(str), "")):
        found = pr.scaling.curves({**given, "instance": missing}, instance="instance", **NAMES)
        assert found.error == pytest.approx(without.error, rel=1e-12)
        assert found.instances.tolist() == [6] * 6


@pytest.mark.parametrize("unit", [1e170, 1e-170])
def test_numbers_whose_weights_cannot_be_computed_are_refused(unit):
    given = table()
    with pytest.raises(InvalidInput, match="rescale them"):
        pr.scaling.curves({**given, "y": given["y"] * unit}, instance="instance", **NAMES)


def test_blocks_of_instances():
    found = pr.scaling.curves(table(instances=60), instance="instance", blocks=10, **NAMES)
    assert len(found.replicates) == 20
    y = table(instances=60)["y"].reshape(2, 10, 6, 3).mean(2)
    assert found.error == pytest.approx((y.std(1, ddof=1) / 10**0.5).ravel(), rel=1e-10)


def test_functions_of_averages_not_averages_of_functions():
    given = table()
    given["m2"], given["m4"] = given["y"] ** 2, given["y"] ** 4
    U = pr.scaling.curves(given, x="x", size="L", y=pr.scaling.binder_cumulant("m2", "m4"), instance="instance")
    again = pr.scaling.curves(given, x="x", size="L", y=pr.scaling.binder_of_instances("y"), instance="instance")
    y = given["y"].reshape(2, 7, 3)
    known = 1 - (y**4).mean(1) / (3 * (y**2).mean(1) ** 2)
    assert U.y == pytest.approx(known.ravel(), rel=1e-12)
    assert again.y == pytest.approx(known.ravel(), rel=1e-12)
    for k in range(2):
        for i in range(3):
            exact = pr.statistics.jackknife(pr.statistics.binder_cumulant, y[k, :, i] ** 2, y[k, :, i] ** 4)
            assert U.error[3 * k + i] == pytest.approx(exact.error, rel=1e-9)


def test_susceptibility_is_n_times_the_unbiased_variance():
    found = pr.scaling.curves(table(), x="x", size="L", y=pr.scaling.susceptibility("y"), instance="instance")
    y = table()["y"].reshape(2, 7, 3)
    assert found.y == pytest.approx((np.array([[4], [8]]) * y.var(1, ddof=1)).ravel(), rel=1e-10)


def test_missing_values_and_ranges():
    given = table()
    given["y"][3] = np.nan  # instance 1 of the first point
    found = pr.scaling.curves(given, instance="instance", **NAMES)
    assert found.instances.tolist() == [6, 7, 7, 7, 7, 7]
    narrow = pr.scaling.curves(given, instance="instance", x_range=(0.15, 0.25), l_min=5, **NAMES)
    assert (narrow.size.tolist(), narrow.x.tolist()) == ([8], [0.2])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": "z"}, "no column 'z'; it has L, instance, x, y"),
        ({"instance": "who"}, "no column 'who'"),
        ({"x_range": (3, 4)}, "no row of the table has x, L, y within 3 ... 4"),
        ({"l_min": 100}, "within sizes from 100"),
    ],
)
def test_what_is_not_there_is_named(change, said):
    with pytest.raises(InvalidInput, match=said.replace(".", r"\.")):
        pr.scaling.curves(table(), **{**NAMES, **change})


def test_words_lengths_single_instances_and_constants_are_refused():
    given = table()
    with pytest.raises(InvalidInput, match="column 'y' must be numbers"):
        pr.scaling.curves({**given, "y": np.array(["a"] * 42)}, **NAMES)
    with pytest.raises(InvalidInput, match="column 'y' has 41 rows, others 42"):
        pr.scaling.curves({**given, "y": given["y"][1:]}, **NAMES)
    with pytest.raises(InvalidInput, match=r"instances at L 4, x 0\.1: 1; at least 2 are needed"):
        pr.scaling.curves({name: column[:3] for name, column in given.items()}, **NAMES)
    two = {name: column[given["instance"] < 2] for name, column in given.items()}
    with pytest.raises(InvalidInput, match=r"instances at L 4, x 0\.1: 2; at least 3 are needed"):
        pr.scaling.curves(two, **{**NAMES, "y": pr.scaling.susceptibility("y")})
    with pytest.raises(InvalidInput, match="all instances are equal"):
        pr.scaling.curves({**given, "y": np.ones(42)}, **NAMES)


def test_instances_that_shift_a_whole_curve_enter_the_error_of_x_c():
    """Left out together, instances that shift a whole curve make the error of x_c larger than loose rows would."""
    given = planted(3, sizes=(16, 32), noise=0.001)
    together = pr.scaling.collapse(given, **NAMES, instance="instance", exponent=-0.25, nu=1.5)
    loose = {**given, "instance": np.random.default_rng(0).permutation(len(given["x"]))}
    apart = pr.scaling.collapse(loose, **NAMES, exponent=-0.25, nu=1.5, instance="instance")
    assert together.x_c_error > 1.5 * apart.x_c_error
