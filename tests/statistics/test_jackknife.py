import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from processes import REPETITIONS, ar1, is_95_percent

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.statistics import binder_ratio, jackknife, jackknife_error, replicates


def identity(a):
    return a


def ratio(a, b):
    return a / b


def test_of_a_mean_it_is_the_standard_error():
    x = np.random.default_rng(31).standard_normal(57)
    assert jackknife(identity, x) == pytest.approx(Estimate.of(x), rel=1e-12)


@given(st.integers(2, 30), st.data())
def test_replicates_are_averages_without_a_block(n, data):
    blocks = data.draw(st.integers(2, n))
    x = np.random.default_rng(n).standard_normal((n, 3))
    parts = np.array_split(np.arange(n), blocks)
    left_out = replicates(identity, x, blocks=blocks)
    assert left_out.shape == (blocks, 3)
    # blocks of unequal length may stand in another order than numpy's, their lengths may not
    lengths = sorted(len(part) for part in parts)
    edges = np.arange(blocks + 1) * n // blocks
    assert sorted(np.diff(edges)) == lengths
    for b in range(blocks):
        kept = np.r_[0 : edges[b], edges[b + 1] : n]
        np.testing.assert_allclose(left_out[b], x[kept].mean(0), atol=1e-14)


def test_digits_survive_a_large_offset():
    x = np.random.default_rng(32).standard_normal(1000)
    assert jackknife(identity, x + 1e9).error == pytest.approx(jackknife(identity, x).error, rel=1e-6)


@pytest.mark.parametrize("blocks", [None, 64, 20])
def test_the_error_of_a_ratio_covers(blocks):
    """<a>/<b> of correlated a, b over 200 instances: error by the delta method, coverage in 300 repetitions."""
    rng = np.random.default_rng(33)
    hits, errors = [], []
    for _ in range(REPETITIONS):
        b = 2 + rng.standard_normal(200)
        a = 3 * b + rng.standard_normal(200)
        found = jackknife(ratio, a, b, blocks=blocks)
        assert found.value == pytest.approx(a.mean() / b.mean(), rel=1e-12)
        assert found.n == (blocks or 200)
        hits.append(abs(found.value - 3) < 1.96 * found.error)
        errors.append(found.error)
    assert is_95_percent(hits)
    # a - 3b is white with variance 1: error = 1/(2 sqrt(200)); relative scatter of the errors about 1/sqrt(2 blocks)
    assert np.mean(errors) == pytest.approx(1 / (2 * np.sqrt(200)), rel=0.05)


def test_the_binder_ratio_over_disorder_covers():
    """q normal in each of 400 instances with a width of its own: R = 3 [s^4]/[s^2]^2 with [s^2]=1.25, [s^4]=2.125."""
    rng = np.random.default_rng(34)
    exact, hits = 3 * 2.125 / 1.25**2, []
    for _ in range(REPETITIONS):
        width2 = rng.choice([0.5, 2.0], 400)
        q = np.sqrt(width2) * rng.standard_normal((20, 400))
        found = jackknife(binder_ratio, (q**2).mean(0), (q**4).mean(0), blocks=64)
        hits.append(abs(found.value - exact) < 1.96 * found.error)
    assert is_95_percent(hits)


def test_blocks_in_time_must_be_longer_than_the_memory():
    """Blocks of 25 g give the error of the mean, 64 repetitions within 4 standard errors; single samples do not."""
    rng, phi, n = np.random.default_rng(35), 0.8, 9 * 25 * 40
    series = [ar1(rng, phi, n, 1)[:, 0] for _ in range(64)]
    exact = np.sqrt((1 + phi) / (1 - phi) / n)
    blocked = [jackknife(identity, x, blocks=40).error for x in series]
    assert np.mean(blocked) == pytest.approx(exact, rel=4 / np.sqrt(2 * 40 * 64) + 0.02)
    assert np.mean([jackknife(identity, x, blocks=n).error for x in series[:2]]) < exact / 2


def test_one_set_of_blocks_through_a_crossing():
    """Two lines with a common slope noise: the crossing of straight lines, error against 300 repetitions."""
    rng, beta = np.random.default_rng(36), np.array([0.0, 1.0])

    def crossing(small, large):
        gap = small - large
        return beta[0] - gap[0] * (beta[1] - beta[0]) / (gap[1] - gap[0])

    roots, errors = [], []
    for _ in range(REPETITIONS):
        shared = rng.standard_normal((128, 1))
        small = np.array([0.0, 1.0]) + shared + 0.5 * rng.standard_normal((128, 2))
        large = np.array([-1.0, 2.0]) + shared + 0.5 * rng.standard_normal((128, 2))
        left_out = replicates(crossing, small, large, blocks=64)
        roots.append(crossing(small.mean(0), large.mean(0)))
        errors.append(jackknife_error(left_out))
    assert np.mean(roots) == pytest.approx(0.5, abs=4 * np.std(roots) / np.sqrt(REPETITIONS))
    assert np.mean(errors) == pytest.approx(np.std(roots), rel=4 / np.sqrt(2 * REPETITIONS))


@pytest.mark.parametrize(
    ("function", "arrays", "blocks", "told"),
    [
        (identity, (np.zeros(5),), 1, "blocks is 1"),
        (identity, (np.zeros(5),), 6, "2 to 5"),
        (identity, (np.zeros(1),), None, "blocks is 1"),
        (ratio, (np.zeros(5), np.zeros(6)), None, r"\[5, 6\]"),
        (identity, (), None, r"\[\]"),
        (identity, (np.zeros((5, 2)),), None, "one number"),
    ],
)
def test_what_it_refuses(function, arrays, blocks, told):
    with pytest.raises(InvalidInput, match=told):
        jackknife(function, *arrays, blocks=blocks)
