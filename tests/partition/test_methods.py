"""Every way to log Z against enumeration."""

import numpy as np
import pytest

import physrbm as pr
from physrbm import exact, partition, paths
from physrbm.errors import InvalidInput
from physrbm.model import RBM

SCALES = (0.1, 0.4, 0.8, 1.2)


def machine(seed):
    rng = np.random.default_rng(seed)
    fresh = RBM.initialise(14, 10, (0.0, 0.5)[seed % 2], scale=SCALES[seed % 4], seed=seed)
    return RBM.from_bonds(*fresh.bonds, rng.normal(0, 0.5, 14), rng.normal(0, 0.5, 10), constant=0.7)


@pytest.fixture(scope="module")
def found():
    """All methods on eight machines, weak to strong, half of them diluted."""
    return [(exact.log_z(machine(seed)), pr.log_z(machine(seed), "all", seed=seed, n_sweeps=2000)) for seed in range(8)]


@pytest.mark.parametrize("method", ["ais", "ais_reverse", "bar", "integration", "mbar", "exact"])
def test_method_agrees_with_enumeration(found, method):
    """4 standard errors each; with t-distributed errors of 31 degrees the false alarm of eight is 0.3 %."""
    for truth, values in found:
        z = values[method]
        assert z.method == method
        assert z.estimated, z.reason
        assert abs(z.value - truth) <= 4 * z.error + 1e-9
        assert z.upper - z.lower < 0.4


def test_forward_and_reverse_err_to_their_sides_with_few_rungs():
    """Few rungs and many machines: the mean of log mean weights is below log Z going up, above coming down."""
    errors = []
    for seed in (3, 7, 11, 15):
        rbm = machine(seed)
        run = pr.temper(rbm, n_sweeps=1000, n_replicas=64, seed=seed)
        truth = exact.log_z(rbm)
        up = [partition.ais.estimate(rbm, 1.0, 100, 2, None, s).value - truth for s in range(10)]
        down = [partition.ais.reverse(rbm, run.pool[s::10], 2, None, s).value - truth for s in range(10)]
        errors.append((np.mean(up), np.mean(down)))
    up, down = np.array(errors).T
    assert up.mean() < 0 < down.mean()


def test_log_z_along_a_dilution_and_without_a_known_start():
    rbm = machine(6)
    path = paths.dilution(rbm, [0.8, 0.6, 0.4, 0.2])
    z = pr.log_z(rbm, "bar", path=path, n_sweeps=4000, seed=1)
    assert abs(z.value - exact.log_z(rbm)) < 4 * z.error
    with pytest.raises(InvalidInput, match="straight"):
        pr.log_z(rbm, "integration", path=path, n_sweeps=100)


def test_log_z_along_a_training_is_that_of_its_machines():
    """Every machine on the way, enumerated: 4 standard errors each."""
    data = pr.load_data("digits").train
    rbm = RBM.initialise(data, 10, dilution=0.5, scale=0.1, seed=1)
    kept = [s.rbm for s in pr.train(rbm, data, seed=2, updates=300, n_chains=128) if s.update % 60 == 0]
    for rbm, z in zip(kept, partition.along(paths.MachinePath(tuple(kept)), data, seed=3), strict=True):
        assert z.estimated
        assert abs(z.value - exact.log_z(rbm)) < 4 * z.error


@pytest.mark.parametrize(
    "bad",
    [
        {"method": "guess"},
        {"method": "bar", "beta": 2.0},
        {"method": "bar", "path": paths.LinearPath((0.5, 0.5), (1.0, 0.0), np.linspace(0, 1, 4)), "n_sweeps": 50},
    ],
)
def test_bad_input_is_one_line(bad):
    with pytest.raises(InvalidInput) as error:
        pr.log_z(machine(0), **bad)
    assert "\n" not in str(error.value)
