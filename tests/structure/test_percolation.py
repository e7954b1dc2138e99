import numpy as np
import pytest
from handmade import complete, empty, ring, star
from scipy.special import lambertw
from scipy.stats import poisson

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.structure import (
    binomial_degrees,
    components,
    degree_distribution,
    degrees,
    expected_giant,
    molloy_reed,
    threshold_dilution,
)


def of(rbm):
    return [degree_distribution(k) for k in degrees(rbm)]


def test_degree_distributions():
    assert degree_distribution(np.array([0, 2, 2, 3])).tolist() == [0.25, 0, 0.5, 0.25]
    visible, hidden = binomial_degrees(3, 2, 0.25)
    np.testing.assert_allclose(visible, [1 / 16, 6 / 16, 9 / 16], rtol=1e-14)
    np.testing.assert_allclose(hidden, [1 / 64, 9 / 64, 27 / 64, 27 / 64], rtol=1e-14)


def test_molloy_reed_by_hand():
    assert molloy_reed(*of(complete(5, 7))) == pytest.approx(4 * 6, rel=1e-14)
    assert molloy_reed(*of(ring(6))) == 1
    assert molloy_reed(*of(star(6))) == 0  # nothing goes on from a leaf
    assert molloy_reed(*of(empty())) == 0
    # degrees 1, 3 and 2, 2: <k(k-1)>/<k> = 3/2 and 1
    assert molloy_reed(np.array([0, 0.5, 0, 0.5]), np.array([0, 0, 1.0])) == pytest.approx(1.5, rel=1e-14)


def test_giant_component_of_cubic_units_is_a_root_of_a_polynomial():
    """Visible degrees 1 or 3 evenly, hidden 3: u = w^2, w = (1 + 3 u^2) / 4, so that 3w^3 + 3w^2 + 3w = 1 or w = 1."""
    visible, hidden = np.array([0, 0.5, 0, 0.5]), np.array([0, 0, 0, 1.0])
    roots = np.roots([3, 3, 3, -1])
    w = roots[np.abs(roots.imag) < 1e-12].real[0]
    found = expected_giant(visible, hidden)
    assert found.visible == pytest.approx(1 - (w**2 + w**6) / 2, abs=1e-13)
    assert found.hidden == pytest.approx(1 - w**3, abs=1e-13)
    assert found.units == pytest.approx((3 * found.visible + 2 * found.hidden) / 5, abs=1e-13)  # <k> = 2 and 3


@pytest.mark.parametrize("c", [1.001, 1.1, 1.5, 2.0, 5.0, 20.0])
def test_giant_component_of_poisson_degrees(c):
    """Equal layers: S = 1 - exp(-c S), S = 1 + W(-c exp(-c)) / c with Lambert's W."""
    p = poisson.pmf(np.arange(120), c)
    known = 1 + lambertw(-c * np.exp(-c)).real / c
    assert np.allclose(expected_giant(p, p), known, rtol=0, atol=1e-11)


def test_giant_component_of_unequal_poisson_layers_solves_its_equations():
    visible, hidden = (poisson.pmf(np.arange(120), c) for c in (1.0, 4.0))
    found = expected_giant(visible, hidden)
    assert found.visible == pytest.approx(1 - np.exp(-1.0 * found.hidden), abs=1e-13)
    assert found.hidden == pytest.approx(1 - np.exp(-4.0 * found.visible), abs=1e-13)
    assert found.units == pytest.approx((4 * found.visible + found.hidden) / 5, abs=1e-13)


def test_giant_component_just_above_the_threshold_and_none_below():
    assert expected_giant(*(poisson.pmf(np.arange(60), 0.999),) * 2) == (0, 0, 0)
    assert expected_giant(*of(ring(6))) == (0, 0, 0)
    assert expected_giant(*of(empty())) == (0, 0, 0)
    assert expected_giant(*of(complete(4, 3))) == (1, 1, 1)
    c = 1 + 1e-6  # S = 2 (c - 1) to first order
    assert expected_giant(*(poisson.pmf(np.arange(60), c),) * 2).units == pytest.approx(2e-6, rel=0.01)


def test_threshold_is_where_binomial_degrees_have_molloy_reed_one():
    assert threshold_dilution(2, 2) == 0
    for n_visible, n_hidden in ((3, 2), (20, 7), (784, 500)):
        p = threshold_dilution(n_visible, n_hidden)
        assert molloy_reed(*binomial_degrees(n_visible, n_hidden, p)) == pytest.approx(1, rel=1e-10)
    assert (1 - threshold_dilution(10**6, 10**5)) * 10**5.5 == pytest.approx(1, abs=1e-5)  # the Poisson limit


@pytest.mark.parametrize(("n_visible", "n_hidden", "c"), [(4096, 4096, 1.5), (4096, 1024, 1.5), (4096, 1024, 3.0)])
def test_random_dilution_has_the_expected_giant_component(n_visible, n_hidden, c):
    """Within 4 standard errors of 400 instances (one alarm in 1,800 for all nine), and 2 / N for finite N."""
    p = 1 - c / (n_visible * n_hidden) ** 0.5
    fractions = []
    for seed in range(400):
        visible, hidden = components(RBM.initialise(n_visible, n_hidden, p, seed=seed)).labels
        fractions.append([(visible == 0).mean(), (hidden == 0).mean(), (np.concatenate([visible, hidden]) == 0).mean()])
    error = np.std(fractions, axis=0) / 20
    known = np.array(expected_giant(*binomial_degrees(n_visible, n_hidden, p)))
    assert (error < 0.001).all()
    assert (np.abs(np.mean(fractions, axis=0) - known) < 4 * error + 2 / (n_visible + n_hidden)).all()


@pytest.mark.parametrize(("n_visible", "n_hidden"), [(320, 320), (640, 160)])
def test_sizes_of_the_largest_component_cross_at_the_threshold(n_visible, n_hidden):
    """ln(S_1 / N^(2/3)) of N and 16 N units cross at c = (1 - p) sqrt(Nv Nh) = 1, for equal and for unequal layers.

    Within 3 standard errors (one alarm in 370) and a drift (N 16 N)^(-1/3) = 0.005: corrections of relative order
    N^(-1/3) move the crossing by that, times a factor of order 1 (analysis/percolation.py: -1.2, -0.2 and -0.5).
    """
    c = 1 + np.array([-24, -12, 0, 12, 24]) / 320  # whole numbers of bonds in either size
    y, variance, N = [], 0.0, n_visible + n_hidden
    for factor, n in ((1, 1600), (16, 400)):
        shape = factor * n_visible, factor * n_hidden
        largest = np.empty((c.size, n))
        for k, at in enumerate(c):
            p = 1 - at / (shape[0] * shape[1]) ** 0.5
            largest[k] = [components(RBM.initialise(*shape, p, seed=10**4 * k + s)).sizes[0] for s in range(n)]
        y.append(np.log(largest.mean(1) / (factor * N) ** (2 / 3)))
        variance = variance + (largest.std(1) / largest.mean(1)) ** 2 / n
    (_, slope, rise), covariance = np.polyfit(c - 1, y[1] - y[0], 2, w=variance**-0.5, cov="unscaled")
    crossing, error = -rise / slope, covariance[2, 2] ** 0.5 / slope
    assert 0 < error < 0.005
    assert abs(crossing) < 3 * error + (16 * N**2) ** (-1 / 3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: degree_distribution(np.array([0.5, 1])),
        lambda: binomial_degrees(0, 3, 0.5),
        lambda: binomial_degrees(3, 3, 1.5),
        lambda: molloy_reed(np.array([0.5, 0.4]), np.array([0, 1.0])),
        lambda: molloy_reed(np.array([0, 1.0]), np.array([1.5, -0.5])),
        lambda: expected_giant(np.zeros((0,)), np.array([0, 1.0])),
        lambda: expected_giant(np.array([0, np.nan]), np.array([0, 1.0])),
        lambda: threshold_dilution(1, 9),
    ],
)
def test_bad_input_is_one_line(call):
    with pytest.raises(InvalidInput) as error:
        call()
    assert "\n" not in str(error.value)
