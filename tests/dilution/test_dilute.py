import numpy as np
import pytest

from physrbm import exact
from physrbm.dilution import dilute
from physrbm.errors import InvalidInput
from physrbm.model import RBM


def machine(n_visible=20, n_hidden=15):
    rng = np.random.default_rng(1)
    return RBM.from_dense(rng.normal(size=(n_visible, n_hidden)), rng.normal(size=n_visible), rng.normal(size=n_hidden))


def test_magnitude_keeps_the_largest():
    diluted = dilute(machine(), 0.9, rule="magnitude")
    assert np.abs(diluted.bonds.weight).min() == np.sort(np.abs(machine().weights()).ravel())[-30]


def test_random_dilution_of_a_fresh_machine_is_the_fresh_diluted_machine():
    dense = dilute(RBM.initialise(30, 20, seed=7), 0.85, seed=7)
    sparse = RBM.initialise(30, 20, dilution=0.85, seed=7)
    assert all((a == b).all() for a, b in zip(dense.bonds, sparse.bonds, strict=True))


@pytest.mark.parametrize("gauge", ["binary", "ising", "centred"])
def test_gauge_removes_the_term_in_its_own_variables(gauge):
    """E_before - E_after is -sum of w (v - mu)(h - lambda) over the removed bonds, configuration by configuration."""
    rbm = machine(5, 4)
    rng = np.random.default_rng(2)
    means = {"visible_mean": rng.random(5), "hidden_mean": rng.random(4)}
    offset = {"binary": (0, 0), "ising": (0.5, 0.5), "centred": (means["visible_mean"], means["hidden_mean"])}
    diluted = dilute(rbm, 0.6, gauge=gauge, seed=1, **means)
    v, h = np.split(exact.configurations(9), [5], axis=1)
    mu, lam = offset[gauge]
    term = np.einsum("ci,ij,cj->c", v - mu, rbm.weights() - diluted.weights(), h - lam)
    np.testing.assert_allclose(rbm.energy(v, h) - diluted.energy(v, h), -term, atol=1e-12)


@pytest.mark.parametrize(
    "bad",
    [
        {"dilution": 1.0},
        {"dilution": -0.1},
        {"dilution": np.nan},
        {"dilution": 0.9999},
        {"dilution": 0.5, "rule": "magic"},
        {"dilution": 0.5, "gauge": "magic"},
        {"dilution": 0.5, "gauge": "centred"},
        {"dilution": 0.5, "gauge": "centred", "visible_mean": np.full(20, 2.0), "hidden_mean": np.zeros(15)},
    ],
)
def test_bad_input_is_one_line(bad):
    with pytest.raises(InvalidInput) as error:
        dilute(machine(), **bad)
    assert "\n" not in str(error.value)


def test_bonds_never_return():
    with pytest.raises(InvalidInput, match="only 150 are left"):
        dilute(dilute(machine(), 0.5), 0.2)
