import numpy as np
import pytest

import physrbm as pr
from physrbm import exact, scores
from physrbm.errors import InvalidInput
from physrbm.model import RBM


def machine(n_visible=7, n_hidden=4):
    rng = np.random.default_rng(0)
    return RBM.from_dense(rng.normal(size=(n_visible, n_hidden)), rng.normal(size=n_visible), rng.normal(size=n_hidden))


def test_independent_pixels_is_the_bernoulli_likelihood():
    data = pr.load_data("digits")
    p = (data.train.sum(0) + 0.5) / (len(data.train) + 1)
    by_hand = np.log(np.where(data.test == 1, p, 1 - p)).sum(1)
    found = scores.independent_pixels(data.train, data.test)
    assert found.value == pytest.approx(by_hand.mean(), abs=1e-10)
    assert found.error == pytest.approx(by_hand.std(ddof=1) / np.sqrt(len(by_hand)))


def test_pseudo_likelihood_is_the_mean_conditional():
    """Random pixels against all pixels of 400 samples, enumerated; 4 standard errors."""
    rbm = machine()
    data = pr.sample(rbm, 400, 50, seed=1).visible
    log_p = -rbm.free_energy(exact.configurations(7)) - exact.log_z(rbm)
    code = data @ (1 << np.arange(7))
    full = np.stack([log_p[code] - np.logaddexp(log_p[code], log_p[code ^ (1 << i)]) for i in range(7)])
    found = scores.pseudo_likelihood(rbm, data, seed=2)
    assert abs(found.value - full.mean()) < 4 * found.error


def test_reconstruction_is_the_round_trip_by_hand():
    rbm, data = machine(), np.random.default_rng(1).integers(0, 2, (5, 7))
    h = 1 / (1 + np.exp(-(rbm.hidden_bias + data @ rbm.weights())))
    v = 1 / (1 + np.exp(-(rbm.visible_bias + h @ rbm.weights().T)))
    assert scores.reconstruction(rbm, data).value == pytest.approx(((data - v) ** 2).mean(), abs=1e-12)


def test_second_moments_are_those_of_numpy():
    data = pr.load_data("digits")
    a, b = data.train[:290], data.test[:290]
    upper = np.triu_indices(64, 1)
    expected = ((np.cov(a.T, ddof=0) - np.cov(b.T, ddof=0))[upper] ** 2).mean()
    assert scores.second_moments(a, b).value == pytest.approx(expected, rel=1e-10)


def test_second_moments_error_is_the_scatter_over_repeats():
    """200 repeats from one source: the jackknife error matches the scatter within a factor of 1.5."""
    rng = np.random.default_rng(3)
    p = rng.uniform(0.2, 0.8, 12)
    found = [scores.second_moments(*(rng.random((2, 200, 12)) < p).astype(np.uint8)) for _ in range(200)]
    scatter = np.std([x.value for x in found], ddof=1)
    assert 1 / 1.5 < np.mean([x.error for x in found]) / scatter < 1.5


def test_too_few_samples_for_second_moments():
    with pytest.raises(InvalidInput, match="at least 40 samples"):
        scores.second_moments(np.zeros((30, 4)), np.zeros((100, 4)))


def test_log_likelihood_agrees_with_enumeration_and_carries_both_errors():
    rbm = machine()
    data = np.random.default_rng(4).integers(0, 2, (50, 7))
    found = pr.log_likelihood(rbm, data, seed=1)
    expected = (-rbm.free_energy(data) - exact.log_z(rbm)).mean()
    assert abs(found.value - expected) < 4 * found.error_log_z + 1e-6
    assert found.lower < found.value < found.upper
    assert found.error == pytest.approx(np.hypot(found.error_data, found.error_log_z))
    assert found.upper - found.lower == pytest.approx(2 * 1.96 * found.error, rel=0.02)
