"""The log-likelihood while a machine is trained: exact where given, withheld where it must be, not tried in vain."""

from dataclasses import replace

import numpy as np
import pytest

import physrbm as pr
from physrbm.experiment.measuring import on_the_way
from physrbm.experiment.running import settings
from physrbm.scores import Reference
from physrbm.spec import make_spec
from physrbm.training import start

LONG = {"hidden": 12, "dilution": 0.5, "updates": 40, "measurements": 1, "sweeps": 10, "chains": 640, "seed": 3,
        "ais_chains": 100, "samples": 40, "sample_sweeps": 5}  # fmt: skip


@pytest.fixture(scope="module")
def data():
    return pr.load_data("digits")


def values_of(rbm, data, **changes):
    spec = make_spec({**LONG, **changes})
    return on_the_way(spec, start(rbm, data.train, settings(spec), spec.seed), data)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_that_of_enumeration(data, seed):
    """4 standard errors of log Z, by the spread of the weights that the effective number tells: one of 16,000 fails."""
    rbm = pr.RBM.initialise(data.train, 12, 0.5, scale=0.5, seed=seed)
    found = values_of(rbm, data, seed=seed)
    held_out = Reference.of(data, 1000, seed).held_out
    exact = pr.log_likelihood(rbm, held_out, pr.log_z(rbm, "exact"))
    n, ess = 256, found["ais_ess"].value
    assert 64 <= ess <= n
    assert abs(found["log_likelihood"].value - exact.value) <= 4 * np.sqrt((n / ess - 1) / (n - 1))
    assert found["log_likelihood"].error == pytest.approx(exact.error, rel=0.2)  # that of the data, nearly all of it


def test_it_is_withheld_where_few_chains_carry_the_weight(data):
    rng = np.random.default_rng(0)
    found = values_of(pr.RBM.from_spins(5 * rng.normal(size=(64, 12)), np.zeros(64), np.zeros(12)), data)
    assert "log_likelihood" not in found
    assert found["ais_ess"].value < 64


def test_it_is_not_tried_where_a_tenth_of_the_training_is_too_little(data):
    rbm = pr.RBM.initialise(data.train, 12, 0.5, seed=1)
    assert not {"log_likelihood", "ais_ess"} & set(values_of(rbm, data, chains=512))
    assert not {"log_likelihood", "ais_ess"} & set(values_of(rbm, data, updates=0))


def test_the_order_of_the_samples_changes_little(data):
    """A file may begin with a thousand samples of one class: those are not the ones that the annealing begins with."""
    zeros = data.train[data.train_labels == 0]
    rows = np.concatenate([np.tile(zeros, (8, 1)), data.train])
    rbm = pr.RBM.initialise(data.train, 12, 0.5, scale=0.5, seed=1)
    orders = rows, rows[np.random.default_rng(0).permutation(len(rows))]
    a, b = (values_of(rbm, replace(data, train=order))["ais_ess"].value for order in orders)
    assert abs(a - b) < 0.1 * b  # 20 % less if they were
