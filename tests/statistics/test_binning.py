import numpy as np
import pytest
from processes import REPETITIONS, ar1, is_95_percent, tau_of

from physrbm.errors import InvalidInput
from physrbm.statistics import binning, mean


@pytest.mark.parametrize(("phi", "n", "chains"), [(0.0, 1000, 4), (0.5, 2000, 4), (0.9, 5000, 4), (0.9, 500, 16)])
def test_the_error_of_the_mean_covers(phi, n, chains):
    rng = np.random.default_rng(11)
    means = [mean(3 + ar1(rng, phi, n, chains)) for _ in range(REPETITIONS)]
    assert is_95_percent([abs(m.value - 3) < 1.96 * m.error for m in means])


def test_the_effective_number_of_the_mean():
    m = mean(ar1(np.random.default_rng(12), 0.8, 20_000, 4))
    assert m.n == pytest.approx(80_000 / (1 + 2 * tau_of(0.8)), rel=0.15)
    assert m.error == pytest.approx(np.sqrt(1 / m.n), rel=0.05)


@pytest.mark.parametrize("x", [np.full((500, 4), 2.0), ar1(np.random.default_rng(13), 0.999, 500, 1)])
def test_no_error_where_there_is_no_telling(x):
    m = mean(x)
    assert np.isfinite(m.value)
    assert np.isnan(m.error)
    assert m.n == 0


def test_errors_of_blocks_rise_to_the_true_error():
    """Levels with blocks > 20 g within 4 of their own errors, the first at the naive value: false alarm 3e-4."""
    phi, n, chains = 0.8, 2**15, 4
    x = ar1(np.random.default_rng(14), phi, n, chains)
    bins = binning(x)
    np.testing.assert_array_equal(bins.size, 2 ** np.arange(len(bins.size)))
    np.testing.assert_array_equal(bins.n_blocks, chains * n // bins.size)
    assert bins.error[0] == pytest.approx(x.std(ddof=1) / np.sqrt(x.size), rel=1e-12)
    g = 1 + 2 * tau_of(phi)
    flat = bins.size > 20 * g
    exact = np.sqrt(g / x.size)
    assert (np.abs(bins.error - exact)[flat] < 4 * bins.uncertainty[flat] + 0.03 * exact).all()


def test_blocks_stay_within_a_chain():
    """Two chains far apart: blocks across their border would scatter less."""
    x = np.array([[0.0, 10.0]] * 21)
    bins = binning(x)
    np.testing.assert_array_equal(bins.n_blocks, [42, 20])
    np.testing.assert_allclose(bins.error, [5 / np.sqrt(41), 5 / np.sqrt(19)])


def test_too_few_values():
    with pytest.raises(InvalidInput, match="15 values"):
        binning(np.zeros((5, 3)))
