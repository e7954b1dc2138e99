import numpy as np
import pytest

from physrbm import exact, sampling
from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.partition import log_z


def machine(seed, scale, dilution, n_visible=14, n_hidden=10):
    rng = np.random.default_rng(seed)
    fresh = RBM.initialise(n_visible, n_hidden, dilution=dilution, scale=scale, seed=seed)
    return RBM.from_bonds(*fresh.bonds, rng.normal(0, 1, n_visible), rng.normal(0, 1, n_hidden), constant=0.3)


def test_intervals_hold_on_200_random_machines():
    """Weak to strong, dense to diluted. 95 % intervals hold in 182..196 of 200: false alarms 2 % for a fresh seed."""
    held = []
    for k in range(200):
        scale, dilution = (0.3, 1.0, 3.0)[k % 3], (0.0, 0.5, 0.85)[k // 3 % 3]
        rbm = machine(k, scale, dilution)
        estimate = log_z(rbm, seed=k)
        assert estimate.estimated
        if scale <= 1:
            assert estimate.upper - estimate.lower <= 0.2
        held.append(estimate.lower <= exact.log_z(rbm) <= estimate.upper)
    assert 0.91 <= np.mean(held) <= 0.98


@pytest.mark.parametrize("beta", [0.0, 0.5, 2.0])
def test_temperature(beta):
    rbm = machine(1, 0.7, 0.3)
    estimate = log_z(rbm, beta=beta, seed=2)
    assert abs(estimate.value - exact.log_z(rbm, beta)) < 4 * estimate.error + 1e-5


@pytest.mark.parametrize("scale", [1.0, 60.0])
def test_two_rungs_are_plain_importance_sampling(scale):
    """With one step the log-weight is that of the start states: computed here in float64 from the formula."""
    rbm = machine(3, scale, 0.4, 14, 600)
    base = np.linspace(-1, 1, 14)
    v = sampling.random_states(300, 14, 1, ())
    chains = sampling.new_chains(v, 600, 1, ())
    work = sampling.anneal(sampling.pack_machine(rbm, base), chains, np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    expected = -rbm.free_energy(v) + rbm.constant - v @ base - rbm.n_hidden * np.log(2)
    np.testing.assert_allclose(work, expected, rtol=2e-7, atol=2e-4)


def test_too_few_effective_samples_are_refused():
    estimate = log_z(machine(4, 6.0, 0.0, 40, 30), n_chains=128, n_rungs=2, seed=1)
    assert np.isfinite(estimate.value)
    assert not estimate.estimated
    assert f"{estimate.value:.2f}" not in str(estimate)


def test_exact_method_is_the_enumeration():
    rbm = machine(5, 1.0, 0.0)
    assert log_z(rbm, method="exact").value == exact.log_z(rbm)


@pytest.mark.parametrize(
    "bad",
    [
        {"method": "magic"},
        {"beta": -1.0},
        {"beta": np.nan},
        {"n_chains": 1},
        {"n_rungs": 1},
        {"data": np.zeros((5, 3))},
        {"data": np.full((5, 14), np.nan)},
    ],
)
def test_bad_input_is_one_line(bad):
    with pytest.raises(InvalidInput) as error:
        log_z(machine(0, 1.0, 0.0), **bad)
    assert "\n" not in str(error.value)
