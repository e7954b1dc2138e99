import numpy as np
import pytest
from processes import REPETITIONS, ar1, is_95_percent, tau_of

from physrbm.errors import InvalidInput
from physrbm.statistics import autocorrelation, integrated_time


def naive(x):
    """rho(t) by the definition, one pair at a time."""
    n, chains = x.shape
    d = x - x.mean()
    c = [np.mean([d[s, k] * d[s + t, k] for k in range(chains) for s in range(n - t)]) for t in range(n)]
    return np.array(c) / c[0]


@pytest.mark.parametrize("shape", [(4, 1), (17, 3), (32, 2)])
def test_the_fourier_sum_is_the_definition(shape):
    x = 1e3 + np.random.default_rng(1).standard_normal(shape).cumsum(0)
    np.testing.assert_allclose(autocorrelation(x), naive(x), atol=1e-12)


def test_one_chain_needs_no_second_axis():
    x = ar1(np.random.default_rng(2), 0.5, 1000, 1)
    np.testing.assert_array_equal(autocorrelation(x[:, 0]), autocorrelation(x))
    assert integrated_time(x[:, 0]) == integrated_time(x)


def test_rho_of_many_short_chains_is_phi_to_the_t():
    """Mean of 300 estimates within 4 standard errors at 5 lags: false alarm 3e-4."""
    rng = np.random.default_rng(3)
    rho = np.array([autocorrelation(ar1(rng, 0.7, 50, 40))[:6] for _ in range(REPETITIONS)])
    error = rho.std(0, ddof=1) / np.sqrt(REPETITIONS)
    g = 1 + 2 * tau_of(0.7)
    exact = 0.7 ** np.arange(6) - (1 - 0.7 ** np.arange(6)) * g / 2000  # the documented bias, to first order
    assert (np.abs(rho.mean(0) - exact)[1:] < 4 * error[1:]).all()


@pytest.mark.parametrize(
    ("phi", "n", "chains"), [(0.0, 1000, 4), (0.5, 500, 4), (0.9, 1000, 4), (0.9, 4000, 1), (0.9, 500, 16)]
)
def test_the_error_of_tau_covers(phi, n, chains):
    """600 repetitions; the errors are 10 % too large, which makes 96 to 97 %."""
    rng = np.random.default_rng(4)
    times = [integrated_time(ar1(rng, phi, n, chains)) for _ in range(600)]
    assert all(t.resolved for t in times)
    assert is_95_percent([abs(t.tau - tau_of(phi)) < 1.96 * t.error for t in times])


def test_white_noise_has_g_of_one_and_anticorrelation_less():
    rng = np.random.default_rng(5)
    white = integrated_time(ar1(rng, 0.0, 10_000, 4))
    assert white.inefficiency == pytest.approx(1, abs=4 * 2 * white.error)
    below = [integrated_time(ar1(rng, phi, 10_000, 4)).inefficiency for phi in (-0.5, -0.9)]
    exact = [1 + 2 * tau_of(phi) for phi in (-0.5, -0.9)]
    assert all(e < g < 1 for e, g in zip(exact, below, strict=True))  # on the safe side
    assert below[0] == pytest.approx(exact[0], rel=0.25)


@pytest.mark.parametrize("g_per_chain", [2, 5, 20])
def test_a_series_too_short_says_so(g_per_chain):
    rng = np.random.default_rng(6)
    g = 1 + 2 * tau_of(0.99)
    times = [integrated_time(ar1(rng, 0.99, int(g_per_chain * g), 1)) for _ in range(100)]
    assert np.mean([t.resolved for t in times]) <= 0.05
    assert all(np.isnan(t.error) and "(?)" in str(t) for t in times if not t.resolved)


def test_chains_stuck_apart_have_no_end_of_memory():
    rng = np.random.default_rng(7)
    stuck = ar1(rng, 0.5, 5000, 8) + 3 * (np.arange(8) % 2)
    time = integrated_time(stuck)
    assert (time.tau, time.resolved) == (np.inf, False)
    assert integrated_time(stuck[:, :1]).resolved  # one chain alone cannot know


def test_a_constant_series_says_nothing():
    for x in (np.full((100, 2), 0.1), np.full(100, 0.1) * (1 + 1e-15 * np.arange(100))):
        time = integrated_time(x)
        assert np.isnan(time.tau)
        assert not time.resolved
        assert np.isnan(autocorrelation(x)).all()


@pytest.mark.parametrize(
    ("x", "told"),
    [
        (np.zeros(3), "3 measurements"),
        (np.zeros((5, 0)), "0 measurements"),
        (np.zeros((5, 2, 2)), r"\(5, 2, 2\)"),
        (np.array([0, 1, np.nan, np.inf]), "2 values"),
        (np.zeros(8, complex), "complex"),
    ],
)
def test_what_is_no_series_is_refused(x, told):
    with pytest.raises(InvalidInput, match=told):
        integrated_time(x)
