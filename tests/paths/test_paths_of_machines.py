"""Both ladders: weights, exchanges, and what they refuse."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import physrbm as pr
from physrbm import exact, partition, paths, store
from physrbm.errors import InvalidInput
from physrbm.model import RBM

SCHEMA = Path(__file__).parents[1] / "store" / "schema-1"


def machine(seed=0, n_visible=9, n_hidden=7, dilution=0.0):
    rng = np.random.default_rng(seed)
    fresh = RBM.initialise(n_visible, n_hidden, dilution, scale=0.8, seed=seed)
    return RBM.from_bonds(*fresh.bonds, rng.normal(size=n_visible), rng.normal(size=n_hidden), constant=0.4)


def ladders():
    rbm, data = machine(), np.random.default_rng(1).integers(0, 2, (50, 9))
    yield paths.from_independent(5).bind(rbm, data)
    yield paths.temperature([0.0, 0.4, 1.0, 1.3]).bind(rbm)
    yield paths.dilution(rbm, [0.8, 0.4, 0.1]).bind(rbm)


def weight(ladder, rung, v, h):
    """-log p* of states under one rung, from the energies of whole machines."""
    if isinstance(ladder, paths.MachineLadder):
        return ladder.machines[rung].energy(v, h)
    s, r = ladder.scales[rung]
    return s * ladder.rbm.energy(v, h) - r * (v @ ladder.base)


@pytest.mark.parametrize("ladder", list(ladders()), ids=["independent", "temperature", "dilution"])
def test_weights_are_those_of_the_rungs(ladder):
    walkers = ladder.start(40, None, 3, (0,))
    rng = np.random.default_rng(4)
    for _ in range(4):
        weights = ladder.advance(walkers, 2)
        for rung in range(ladder.n_rungs):
            v, h = (x.astype(float) for x in ladder.states(walkers, rung))
            for column, at in enumerate((max(rung - 1, 0), rung, min(rung + 1, ladder.n_rungs - 1))):
                np.testing.assert_allclose(weights[rung, :, column], weight(ladder, at, v, h), atol=2e-5)
        accepted = rng.random((ladder.n_rungs - 1, weights.shape[1])) < 0.5
        accepted[rng.integers(0, 2) :: 2] = False
        before = [ladder.states(walkers, k) for k in range(ladder.n_rungs)]
        labels = walkers.walker.copy()
        ladder.exchange(walkers, accepted)
        for k, replica in np.argwhere(accepted):
            after = [ladder.states(walkers, at) for at in (k, k + 1)]
            assert all((after[0][n][replica] == before[k + 1][n][replica]).all() for n in (0, 1))
            assert all((after[1][n][replica] == before[k][n][replica]).all() for n in (0, 1))
            assert walkers.walker[k, replica] == labels[k + 1, replica]
        still = ~(np.pad(accepted, ((1, 0), (0, 0))) | np.pad(accepted, ((0, 1), (0, 0))))
        for k, replica in np.argwhere(still):
            assert (ladder.states(walkers, k).visible[replica] == before[k].visible[replica]).all()


def test_dilution_path_loses_bonds_rung_by_rung():
    rbm = machine(dilution=0.2)
    path = paths.dilution(rbm, [0.9, 0.5, 0.3])
    pairs = [set(zip(m.bonds.i.tolist(), m.bonds.j.tolist(), strict=True)) for m in path.machines]
    assert all(a < b for a, b in pairwise(pairs))
    assert path.machines[-1] is rbm


@pytest.mark.parametrize(
    "make",
    [
        lambda: paths.temperature([1.0]),
        lambda: paths.temperature([0.5, 0.5]),
        lambda: paths.temperature([-1.0, 1.0]),
        lambda: paths.from_independent(1),
        lambda: paths.from_independent(5, beta=0.0),
        lambda: paths.dilution(machine(), []),
        lambda: paths.dilution(machine(), [0.3, 0.5]),
        lambda: paths.dilution(machine(dilution=0.5), [0.4]),
        lambda: paths.dilution(machine(), [0.5]).bind(machine(1)),
        lambda: paths.MachinePath((machine(), machine(n_visible=8))).bind(machine()),
    ],
)
def test_bad_input_is_one_line(make):
    with pytest.raises(InvalidInput) as error:
        make()
    assert "\n" not in str(error.value)


def test_trajectory_of_a_stored_run():
    """The fixture of a run that keeps two machines; log Z of the second from that of the first, both enumerated."""
    run = store.open_run(SCHEMA)
    path = paths.trajectory(run)
    rbm = run.rbm()
    assert len(path.machines) == len(run.steps) >= 2
    tempered = pr.temper(rbm, path, n_sweeps=400, seed=1)
    z = partition.bridge.bar(tempered)
    assert abs(z.value - exact.log_z(rbm)) < 4 * z.error
    with pytest.raises(InvalidInput, match="two machines"):
        paths.trajectory(run, 1)
