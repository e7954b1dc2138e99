import numpy as np
import pytest
from processes import ar1, tau_of

from physrbm.errors import InvalidInput
from physrbm.statistics import log2_windows, rhat_limit, verdict
from physrbm.statistics.equilibration import ESS, RHAT

# phi, n and chains: 78 to 330 g a chain
ENOUGH = [(0.5, 1000, 4), (0.5, 400, 8), (0.8, 700, 12)]


def passed(make, repetitions):
    return np.mean([verdict(make()).equilibrated for _ in range(repetitions)])


def test_windows_double():
    x = np.arange(1.0, 21.0)[:, None] + np.zeros(3)
    windows = log2_windows(x)
    np.testing.assert_array_equal(windows.start, [10, 5, 2, 1])
    np.testing.assert_array_equal(windows.stop, [20, 10, 5, 2])
    np.testing.assert_array_equal(windows.mean, [15.5, 8, 4, 2])
    np.testing.assert_array_equal(windows.difference, 15.5 - windows.mean)
    assert not windows.agree


def test_windows_of_instances_are_paired():
    """The scatter of instances is 100 times that in time: paired errors are those of time, and see the drift."""
    rng = np.random.default_rng(41)
    x = ar1(rng, 0.0, 64, 100)
    apart = 100 * rng.standard_normal(100)
    still, moving = log2_windows(x + apart), log2_windows(x + apart + np.linspace(0, 1, 64)[:, None])
    assert still.error[0] > 5
    np.testing.assert_allclose(still.difference_error, log2_windows(x).difference_error, atol=1e-10)
    assert still.agree
    assert not moving.agree


def test_windows_of_equilibrated_chains_agree():
    """alarm = 5 % over 2000 sets of 6 chains: Bonferroni gives at most 5 %, at least 2.5 %; 4 binomial errors."""
    rng = np.random.default_rng(42)
    x = ar1(rng, 0.8, 200, 12_000).reshape(200, 2000, 6)
    apart = 1 - np.mean([log2_windows(x[:, k], alarm=0.05).agree for k in range(2000)])
    assert 0.025 - 0.014 < apart < 0.05 + 0.02


def test_one_chain_cannot_tell():
    windows = log2_windows(np.random.default_rng(43).standard_normal(100))
    assert np.isnan(windows.error).all()
    assert not windows.agree
    with pytest.raises(InvalidInput, match="at least 8"):
        log2_windows(np.zeros((7, 4)))


@pytest.mark.parametrize(("phi", "n", "chains"), ENOUGH)
def test_equilibrated_chains_pass(phi, n, chains):
    """At most 5 % false alarms: 200 repetitions, expected 1 %, beyond 10 of them for one seed in 10^5."""
    rng = np.random.default_rng(44)
    assert passed(lambda: {"energy": ar1(rng, phi, n, chains)}, 200) >= 0.95


def test_several_series_pass_together():
    rng = np.random.default_rng(45)
    assert passed(lambda: {name: ar1(rng, 0.5, 500, 8) for name in ("energy", "m", "q")}, 100) >= 0.95


def drift(x):
    return x + np.linspace(0, 1, len(x))[:, None]


def thermalising(x):
    return x + 5 * np.exp(-4 * np.arange(len(x)) / len(x))[:, None]


def stuck(x):
    return x + 0.5 * (np.arange(x.shape[1]) % 2)


def one_astray(x):
    return x + 2 * (np.arange(x.shape[1]) == 0)


def widths(x):
    return x * np.where(np.arange(x.shape[1]) % 2, 1.5, 1)


def freezing(x):
    y = x.copy()
    y[len(y) // 3 :, 0] = y[len(y) // 3, 0]
    return y


@pytest.mark.parametrize("disease", [drift, thermalising, stuck, one_astray, widths, freezing])
@pytest.mark.parametrize(("n", "chains"), [(2000, 4), (600, 16)])
def test_chains_that_are_not_equilibrated_do_not_pass(disease, n, chains):
    """Power at least 95 % for changes of half to one standard deviation: none of 40 may pass."""
    rng = np.random.default_rng(46)
    assert passed(lambda: {"m": ar1(rng, 0.3, n, chains), "energy": disease(ar1(rng, 0.5, n, chains))}, 40) == 0


@pytest.mark.parametrize("x", [np.ones((1000, 8)), np.ones((1000, 8)) * np.arange(8), np.full((1000, 8), 0.1 + 0.2)])
def test_frozen_chains_never_pass(x):
    v = verdict({"energy": x})
    assert str(v) == "not equilibrated: 8 of 8 chains of energy frozen; no telling how much longer"
    assert v.missing is None


def test_a_slow_mode_hidden_behind_a_fast_one():
    """A mode slower than the run with a fifth of the variance, in 64 chains: none of 20 may pass."""
    rng = np.random.default_rng(47)
    assert passed(lambda: {"energy": ar1(rng, 0.0, 1000, 64) + 0.5 * ar1(rng, 0.999, 1000, 64)}, 20) == 0


def test_hot_against_cold():
    rng = np.random.default_rng(48)

    def both(shift):
        starts = [{"energy": ar1(rng, 0.5, 1000, 8)}, {"energy": shift + ar1(rng, 0.5, 600, 5)}]
        return verdict(*starts)

    assert np.mean([both(0.0).equilibrated for _ in range(100)]) >= 0.95
    apart = [both(0.5) for _ in range(40)]
    assert np.mean([v.equilibrated for v in apart]) <= 0.05
    assert "between hot and cold starts" in str(apart[0])
    frozen = verdict({"energy": ar1(rng, 0.5, 1000, 8)}, {"energy": np.zeros((1000, 8))})
    assert not frozen.equilibrated


def test_what_is_missing_is_what_it_takes():
    """Too short by a known factor: the median of 40 estimates is between 0.7 and 2.5 times that, in sweeps."""
    rng = np.random.default_rng(49)
    g, chains = 1 + 2 * tau_of(0.9), 4
    n = 800
    missing = [verdict({"e": ar1(rng, 0.9, n, chains)}, sweeps_between=10).missing for _ in range(40)]
    needed = 10 * (ESS * g / chains - n)
    assert needed / 1.5 < np.median([m for m in missing if m is not None]) < 2.5 * needed


def test_the_limit_of_rhat():
    """1.01 for long chains; for short ones white noise exceeds it as often as said, within 4 binomial errors."""
    assert rhat_limit(1.0, 10**6, 4) == RHAT
    rng = np.random.default_rng(50)
    n, chains, repetitions = 60, 16, 4000
    means = rng.standard_normal((repetitions, 2 * chains)) / np.sqrt(n / 2)
    above = np.sqrt(1 + means.var(1, ddof=1)) > rhat_limit(1.0, n, chains, alarm=0.05)
    assert np.mean(above) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / repetitions))


def test_what_it_says():
    rng = np.random.default_rng(51)
    good = str(verdict({"energy": ar1(rng, 0.9, 10_000, 8)}))
    assert good.startswith("equilibrated (R-hat 1.0")
    assert "effective 3,99" in good
    assert "tau " in good
    bad = str(verdict({"energy": drift(ar1(rng, 0.5, 2000, 8)), "m": ar1(rng, 0.5, 2000, 8)}))
    assert "of energy above 1.01" in bad
    assert "energy still drifts" in bad
    assert " m " not in bad
    assert "more sweeps" in bad
    assert "\n" not in good + bad


def test_few_measurements_and_few_chains():
    rng = np.random.default_rng(52)
    assert "7 measurements, 8 are the least" in str(verdict({"energy": np.zeros((7, 4))}))
    assert "0 measurements" in str(verdict({"energy": np.zeros((0, 4))}))
    assert not verdict({"energy": ar1(rng, 0.5, 8, 4)}).equilibrated
    for chains in (1, 3):
        assert f"{chains} chains, 4 are the least" in str(verdict({"energy": ar1(rng, 0.5, 5000, chains)}))


@pytest.mark.parametrize(
    ("series", "cold", "sweeps", "told"),
    [
        ({}, None, 1, "no|needed"),
        ({"a": np.zeros(9)}, {"b": np.zeros(9)}, 1, r"\['a'\] and \['b'\]"),
        ({"a": np.zeros(9)}, None, 0, "sweeps_between is 0"),
        ({"a": np.full(9, np.nan)}, None, 1, "9 values"),
    ],
)
def test_what_it_refuses(series, cold, sweeps, told):
    with pytest.raises(InvalidInput, match=told):
        verdict(series, cold, sweeps_between=sweeps)
