import numpy as np
import pytest
from planted import crossover, planted
from scipy.stats import multivariate_normal

import physrbm as pr
from physrbm.errors import InvalidInput
from physrbm.scaling import gaussian, houdayer

NAMES = {"x": "x", "size": "L", "y": "y", "instance": "instance"}


def naive_quality(size, x, y, error):
    """Houdayer & Hartmann (2004), eq. B1, with a parabola through two neighbours on either side, point by point."""
    terms = []
    for i in range(len(x)):
        near, fading = [], []
        for L in set(size) - {size[i]}:
            own = [k for k in range(len(x)) if size[k] == L]
            left = sorted((k for k in own if x[k] < x[i]), key=lambda k: x[k])[-2:]
            right = sorted((k for k in own if x[k] >= x[i]), key=lambda k: x[k])[:2]
            if left and right:
                part = (x[i] - x[left[-1]]) / (x[right[0]] - x[left[-1]])
                near += left + right
                fading += [1 - part, 1][-len(left) :] + [1, part][: len(right)]
        if len(near) < 3:
            continue
        A, variance = np.stack([x[near] ** k for k in range(3)], 1), error[near] ** 2
        weight = np.array(fading) / variance
        share = x[i] ** np.arange(3) @ np.linalg.inv(A.T @ (A * weight[:, None])) @ (A.T * weight)
        terms.append((y[i] - share @ y[near]) ** 2 / (error[i] ** 2 + share**2 @ variance))
    return np.mean(terms)


def test_quality_is_that_of_parabolas_point_by_point():
    random = np.random.default_rng(5)
    size, x = np.repeat([8, 16, 32], 9), random.uniform(-1, 1, 27)
    y, error = np.tanh(x) + 0.1 * random.standard_normal(27), random.uniform(0.05, 0.2, 27)
    assert houdayer.quality(size, x, y, error) == pytest.approx(naive_quality(size, x, y, error), rel=1e-7)


def test_quality_is_about_one_where_errors_are_right_and_huge_where_curves_do_not_overlap():
    random = np.random.default_rng(6)
    size, x, error = np.repeat([8, 16, 32, 64], 100), random.uniform(-1, 1, 400), np.full(400, 0.1)
    y = x + 0.1 * random.standard_normal(400)
    quality = houdayer.quality(size, x, y, error)  # 400 terms of variance about 2, correlated among neighbours
    assert quality == pytest.approx(1, abs=4 * (2 * 3 / 400) ** 0.5)
    assert houdayer.quality(size, x + size, y, error) >= 1e6


def test_gaussian_process_cost_is_the_density_of_a_normal_vector():
    random = np.random.default_rng(7)
    x, y, error = random.uniform(0, 1, 12), random.standard_normal(12), random.uniform(0.1, 0.3, 12)
    a, length, rest = y.std() * 1.3, np.ptp(x) * 0.4, y.std() * 0.2
    off = y - y.mean()
    covariance = a**2 * np.exp(-((x[:, None] - x) ** 2) / 2 / length**2) + (off**2).max()
    covariance += np.diag(error**2 + rest**2 + 1e-10 * a**2)
    known = -multivariate_normal(np.zeros(12), covariance).logpdf(off)
    assert gaussian.cost(x, y, error, np.log([1.3, 0.4, 0.2])) == pytest.approx(known, rel=1e-9)


@pytest.mark.parametrize("method", pr.scaling.METHODS)
def test_planted_values_are_recovered(method):
    """Six deviations of one standard error each: above 3.5 with probability 0.3 %; the seed is fixed."""
    found = pr.scaling.collapse(planted(1), method=method, **NAMES)
    for name, truth in (("x_c", 0.8), ("nu", 1.5), ("exponent", -0.25)):
        value, error = getattr(found, name), getattr(found, f"{name}_error")
        assert 0 < error < 0.1
        assert abs(value - truth) < 3.5 * error
    assert found.inverse_nu == pytest.approx(1 / found.nu)
    assert found.covariance[0, 0] ** 0.5 == pytest.approx(found.x_c_error)
    assert (found.sizes, found.n_points) == ((16, 32, 64, 128), 44)


@pytest.mark.parametrize("method", pr.scaling.METHODS)
def test_what_is_held_stays(method):
    found = pr.scaling.collapse(planted(1), method=method, nu=1.5, exponent=-0.25, **NAMES)
    assert (found.nu, found.exponent) == (pytest.approx(1.5), pytest.approx(-0.25))
    assert found.nu_error == pytest.approx(0, abs=1e-12)
    assert abs(found.x_c - 0.8) < 3.5 * found.x_c_error
    whole = pr.scaling.collapse(planted(1), method=method, x_c=0.8, nu=1.5, exponent=-0.25, **NAMES)
    assert whole.x_c == pytest.approx(0.8)
    assert [whole.x_c_error, whole.nu_error] == pytest.approx([0, 0], abs=1e-12)
    assert whole.quality < 5


def test_units_of_size_and_of_y_do_not_matter():
    """L in other units multiplies y L^(...) by a constant only."""
    given = planted(2, sizes=(16, 32, 64))
    one = pr.scaling.collapse(given, method="gaussian_process", **NAMES)
    two = pr.scaling.collapse({**given, "L": 7 * given["L"], "y": 100 * given["y"]}, method="gaussian_process", **NAMES)
    for name in ("x_c", "nu", "exponent"):
        assert getattr(one, name) == pytest.approx(getattr(two, name), abs=0.2 * getattr(one, f"{name}_error"))


def test_l_min_dependence_shows_corrections():
    given = planted(4, sizes=(16, 32, 64, 128))
    given["y"] = given["y"] * (1 + 8 / given["L"])  # the exponent of small sizes is off
    rows = pr.scaling.l_min_dependence(given, method="gaussian_process", **NAMES)
    assert [L for L, _ in rows] == [16, 32, 64]
    off = [fit.exponent + 0.25 for _, fit in rows]
    assert off[0] < 5 * -rows[0][1].exponent_error
    assert abs(off[2]) < abs(off[0])
    few = {name: column[(given["L"] < 100) | (given["x"] > 0.8)] for name, column in given.items()}
    assert [L for L, _ in pr.scaling.l_min_dependence(few, method="gaussian_process", **NAMES)] == [16, 32, 64]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"method": "eye"}, "method 'eye' is unknown; there are houdayer_hartmann, gaussian_process"),
        ({"nu": -1}, "nu must be positive, got -1"),
        ({"exponent": np.inf}, "exponent must be a number, got inf"),
        ({"l_min": 100}, "at least 2 sizes and 8 points at different x, got 1 and 11"),
    ],
)
def test_bad_input(change, said):
    with pytest.raises(InvalidInput, match=said):
        pr.scaling.collapse(planted(1), **{**NAMES, **change})


def test_a_covariance_that_is_none_costs_more_than_any():
    x, y = np.zeros(4), np.arange(4.0)
    assert gaussian.cost(x, y, np.ones(4), np.zeros(3)) >= 1e9


def test_equal_grids_do_not_hold_a_collapse_where_points_coincide():
    """A curve that is the same for all sizes on one grid: 1/nu is 0 within errors, and has one."""
    given = crossover(4, sizes=(16, 32, 64), noise=0.02)
    fit = pr.scaling.collapse(given, x_c=0.5, exponent=0.0, **NAMES)
    assert 0 < fit.inverse_nu_error < 0.1
    assert abs(fit.inverse_nu) < 4 * fit.inverse_nu_error
    assert fit.quality < 2


@pytest.mark.parametrize("method", pr.scaling.METHODS)
def test_a_constant_added_to_y_changes_nothing(method):
    given = planted(5, sizes=(16, 32, 64), instances=10, exponent=0.0)
    one, two = (
        pr.scaling.collapse({**given, "y": given["y"] + off}, method=method, exponent=0.0, **NAMES) for off in (0, 1e5)
    )
    assert (two.x_c, two.nu) == pytest.approx((one.x_c, one.nu), rel=1e-3)
    assert (two.x_c_error, two.nu_error) == pytest.approx((one.x_c_error, one.nu_error), rel=0.05)


def test_sizes_that_leave_one_x_are_no_l_min():
    given = planted(5, sizes=(16, 32), instances=6)
    random = np.random.default_rng(5)
    for L in (64, 128, 256, 512, 1024, 2048, 4096, 8192):
        one = {"x": np.full(6, 0.8), "L": np.full(6, L), "y": random.random(6), "instance": np.arange(6)}
        given = {name: np.concatenate([column, one[name]]) for name, column in given.items()}
    assert [L for L, _ in pr.scaling.l_min_dependence(given, x_c=0.8, nu=1.5, exponent=0.0, **NAMES)] == [16, 32]
