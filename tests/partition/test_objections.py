"""When tempering is enough for log Z: objections are raised where they should be, and intervals hold without any."""

import numpy as np
import pytest

import physrbm as pr
from physrbm import exact, paths
from physrbm.model import RBM
from physrbm.partition import bridge


def slow() -> tuple[RBM, pr.Dataset]:
    """Trained at a high learning rate: rare states of very different energies."""
    data = pr.load_data("digits")
    rbm = RBM.initialise(data.train, 12, scale=0.1, seed=3)
    for state in pr.train(rbm, data.train, seed=3, updates=300, learning_rate=12.8, n_chains=128):
        rbm = state.rbm
    return rbm, data


def enough(run: pr.tempering.Tempered) -> bool:
    return not bridge.objection(run)


def test_intervals_hold_long_before_the_energies_are_known_well():
    """Eight seeds; an interval of Student's t that holds in 95 % misses three of eight times or more in 0.6 %."""
    rbm, data = slow()
    truth, held, passed = exact.log_z(rbm), 0, 0
    for seed in range(8):
        run = pr.temper(rbm, None, 250, 8, data=data.train, seed=seed, most_sweeps=16_000, enough=enough)
        z = bridge.bar(run)
        assert z.estimated
        assert z.ess == run.round_trips.sum() >= 80
        held += z.lower <= truth <= z.upper
        passed += run.verdict.equilibrated
    assert held >= 6
    assert passed <= 4


@pytest.fixture(scope="module")
def run():
    """A run without fault."""
    rng = np.random.default_rng(2)
    rbm = RBM.from_spins(rng.normal(0, 0.3, (20, 15)), np.zeros(20), np.zeros(15))
    return pr.temper(rbm, paths.from_independent(6), 500, 8, seed=2)


def test_no_objection(run):
    assert bridge.objection(run) == ""


def test_too_few_replicas(run):
    few = run._replace(weights=run.weights[:, :, :7])
    assert bridge.objection(few) == "7 independent replicas, 8 are the least"


def test_one_replica_that_did_not_travel(run):
    trips = run.round_trips.copy()
    trips[3] = 9
    assert bridge.objection(run._replace(round_trips=trips)).startswith("9 round trips of the walkers of a replica")


def test_rungs_that_do_not_overlap(run):
    acceptance = run.acceptance.copy()
    acceptance[2] = 0.04
    assert "a swap is accepted with probability 0.04" in bridge.objection(run._replace(acceptance=acceptance))


def test_a_drift_of_log_z(run):
    """Works of all replicas shifted by 0.5 in the second half: what the machine has gained of log Z meanwhile."""
    weights = run.weights.copy()
    later = weights[len(weights) // 2 :]
    later[:, 2, :, 2] -= 0.5
    later[:, 3, :, 0] += 0.5
    assert bridge.objection(run._replace(weights=weights)).startswith(
        "log Z drifts: the second half of the run has +0."
    )


def test_false_alarms_of_the_drift():
    """One in a hundred: of 2000, more than 35 or fewer than 8 in 0.1 %."""
    rng = np.random.default_rng(5)
    alarms = sum(bool(bridge._drift(rng.normal(size=8))) for _ in range(2000))
    assert 8 <= alarms <= 35
    assert bridge._drift(np.zeros(8)) == ""
