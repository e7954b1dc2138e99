"""Sampling a machine along a path, and what that says of log Z: the time loop of `sample` and `logz`."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path as Folder
from typing import NamedTuple

import numpy as np

from physrbm import partition, statistics, store, tempering
from physrbm.data import Dataset, load_data
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate, LogZ
from physrbm.experiment import ladders
from physrbm.model import RBM
from physrbm.observables import OBSERVABLES
from physrbm.paths import Ladder, Path
from physrbm.spec import TemperSpec
from physrbm.tempering import Look, State

UNITS = {
    "energy": "per unit, mean since the measurement before; error: scatter of the replicas",
    "acceptance": "of a swap since the measurement before, mean over the gaps; error: scatter of the gaps",
    "acceptance_worst": "of a swap since the measurement before, in the gap with the fewest; error: binomial",
    "round_trips": "of a walker so far; error: scatter of the replicas",
    "rhat": "of the energy in the second half of what there is; no error is known",
    "ess": "effective number of the energies in that half, bulk or tail; no error is known",
    "tau": "of the energy in that half, in sweeps; absent where it is not resolved",
}
_MEASUREMENTS = 40
_BYTES = 2**26  # of what is kept of all rounds together
_MOST, _FEWEST = 10_000, 100  # looks of a run
_SNAPSHOTS = 16
_RHAT_FROM = 8  # looks


class Block(NamedTuple):
    """What is kept of the rounds from one measurement to the next."""

    looks: Look
    """stacked"""
    visible: np.ndarray
    """(replica, Nv) uint8, states of the last rung at the end"""


class Past(NamedTuple):
    """All of a run so far; a value that is never changed."""

    path: Path
    ladder: Ladder
    state: State
    blocks: tuple[Block, ...]
    looks: tuple[Look, ...]
    """since the last block"""


class TemperedEnd(NamedTuple):
    """What a run comes to."""

    run: tempering.Tempered
    log_z: dict[str, LogZ]
    """by method, as asked for"""

    @property
    def samples(self) -> np.ndarray:
        """(sample, Nv) uint8 at equal distances after thermalisation."""
        return self.run.pool


class Tempered(NamedTuple):
    """What `tempered` yields after every round."""

    updates: int
    """rounds there will be"""
    past: Past
    values: dict[str, Estimate]
    """see UNITS; empty where nothing was due"""
    seconds: dict[str, float]
    data: Dataset | None
    final: TemperedEnd | None = None

    @property
    def update(self) -> int:
        """Rounds so far."""
        return self.past.state.rounds

    @property
    def rbm(self) -> RBM:
        """The machine."""
        return self.past.ladder.target

    @property
    def stage(self) -> str:
        """What the rounds do."""
        return "sampling"


def tempered(
    spec: TemperSpec,
    data_dir: str | Folder | None = None,
    past: Past | None = None,
    seconds: float = 0.0,
    extra: Callable[[], int] = lambda: 0,
) -> Iterator[Tempered]:
    """Steps of one run, one a round, the last with `final`. Raises InvalidInput.

    past, seconds: go on from there, after so many seconds of sampling; extra: rounds beyond those of the spec.
    """
    began = time.monotonic()
    data = load(spec, data_dir)
    past = _begin(spec, data) if past is None else past
    every, weights = look_every(spec, past.state), wants_weights(spec)
    loaded = time.monotonic()
    spent, final = {"loading": loaded - began, "sampling": seconds}, None
    last = Tempered(spec.updates + extra(), past, {}, spent, data)
    yield last
    while final is None or last.update < spec.updates + extra():  # more may be asked for while the end is measured
        how = spec.swap_every, spec.seed, spec.observables, every, weights
        for state, look in tempering.go_on(past.ladder, past.state, lambda: spec.updates + extra(), *how):
            past = past._replace(state=state, looks=past.looks if look is None else (*past.looks, look))
            total = spec.updates + extra()
            due = past.looks and _is_due(spec, state.rounds, total, every)
            values = _values(past, spec.swap_every * every) if due else {}
            spent = {**spent, "sampling": seconds + time.monotonic() - loaded}
            last = Tempered(total, past, values, spent, data)
            yield last
            if values:
                past = past._replace(blocks=(*past.blocks, block(past)), looks=())
        sampled = time.monotonic()
        final = _end(spec, past, data, every)
    spent = {**spent, "measuring": time.monotonic() - sampled}
    yield last._replace(past=past, values={}, final=final, seconds=spent)


def load(spec: TemperSpec, data_dir: str | Folder | None) -> Dataset | None:
    """The data of the spec, if it names some."""
    if spec.data is None:
        return None
    return load_data(spec.data, binarise=spec.binarise, shape=spec.shape, data_dir=data_dir)


def look_every(spec: TemperSpec, state: State) -> int:
    """Rounds from one look to the next: all looks of the spec together are bounded in number and in memory."""
    n_rungs, n_replicas = state.walkers.walker.shape
    bytes_a_look = 8 * n_replicas * (2 + len(spec.observables) + 3 * n_rungs * wants_weights(spec)) + 16 * n_rungs
    most = min(_MOST, max(_FEWEST, _BYTES // int(bytes_a_look)))
    return -(-spec.updates // most)


def wants_weights(spec: TemperSpec) -> bool:
    """Whether an estimate of log Z reads the weights of all rungs."""
    return bool(set(spec.methods) & {*partition.TEMPERED, "all"})


def block(past: Past) -> Block:
    """What was kept since the last block."""
    return Block(tempering.stack(past.looks), past.ladder.states(past.state.walkers, -1).visible)


def check_names(spec: TemperSpec) -> None:
    """Raise InvalidInput for an observable, a method or a ladder that is none."""
    for name in spec.observables:
        if name not in OBSERVABLES:
            raise InvalidInput(f"unknown observable {name!r}; allowed: {', '.join(OBSERVABLES)}")
    for name in spec.methods:
        if name not in (*partition.METHODS, "all"):
            raise InvalidInput(f"unknown method {name!r}; allowed: {', '.join(partition.METHODS)}, all")
    ladders.wanted(spec.ladder)


def _begin(spec: TemperSpec, data: Dataset | None) -> Past:
    check_names(spec)
    rbm = store.read_machine(spec.source)
    train = None if data is None else data.train
    if train is not None and train.shape[1] != rbm.n_visible:
        raise InvalidInput(f"the machine has {rbm.n_visible} visible units, {spec.data} has {train.shape[1]} pixels")
    path = ladders.build(spec, rbm, train)
    partition.chosen(spec.methods, rbm, path, spec.beta)  # what cannot be had is refused before the work
    ladder = path.bind(rbm, train)
    given = train if spec.start == "data" else None
    return Past(path, ladder, tempering.begin(ladder, spec.replicas, given, spec.seed), (), ())


def _is_due(spec: TemperSpec, update: int, total: int, every: int) -> bool:
    """Whether a measurement is taken: in equal steps of some looks, and at the end."""
    return update == total or update % (every * max(1, spec.updates // every // _MEASUREMENTS)) == 0


def _values(past: Past, sweeps_between: int) -> dict[str, Estimate]:
    looks, n_rungs = tempering.stack(past.looks), past.ladder.n_rungs
    n_units = past.ladder.target.n_visible + past.ladder.target.n_hidden
    found = {"energy": Estimate.of(looks.series["energy"].mean(0) / n_units)}
    if n_rungs > 1:
        before = past.blocks[-1].looks.rejection[-1] if past.blocks else np.zeros((n_rungs - 1, 2))
        found |= _acceptance(*(looks.rejection[-1] - before).T)
        found["round_trips"] = Estimate.of(looks.round_trips[-1] / n_rungs)
    energy = np.concatenate([*(b.looks.series["energy"] for b in past.blocks), looks.series["energy"]])
    energy = energy[len(energy) // 2 :]
    if len(energy) >= _RHAT_FROM and energy.shape[1] > 1:
        found |= _mixing(energy, sweeps_between)
    return found


def _acceptance(rejected: np.ndarray, proposed: np.ndarray) -> dict[str, Estimate]:
    """Mean over the gaps (gap,) that had proposals, and the worst of them."""
    rejected, proposed = rejected[proposed > 0], proposed[proposed > 0]
    accepted = 1 - rejected / proposed
    if not accepted.size:
        return {}
    k = int(np.argmin(accepted))
    x, n = float(accepted[k]), int(proposed[k])
    worst = Estimate(x, float(np.sqrt(x * (1 - x) / n)), n)
    return {"acceptance": Estimate.of(accepted), "acceptance_worst": worst}


def _mixing(energy: np.ndarray, sweeps_between: int) -> dict[str, Estimate]:
    """What (look, replica) says of equilibration; the verdict of the end looks at more."""
    n, nothing = energy.shape[1], float("nan")
    ess = min(statistics.ess_bulk(energy), statistics.ess_tail(energy))
    tau = statistics.integrated_time(energy)
    found = {"rhat": Estimate(statistics.rhat(energy), nothing, n), "ess": Estimate(ess, nothing, energy.size)}
    if tau.resolved:
        found["tau"] = Estimate(sweeps_between * tau.tau, sweeps_between * tau.error, energy.size)
    return found


def _end(spec: TemperSpec, past: Past, data: Dataset | None, every: int) -> TemperedEnd:
    """The first half thermalises: its last look says how far the counts were."""
    half = past.state.rounds // 2
    looks = tempering.join([b.looks for b in past.blocks])
    first = max(0, int(np.searchsorted(looks.number, half, "right")) - 1)
    late = [b.visible for b in past.blocks if b.looks.number[-1] > half]
    chosen = np.unique(np.linspace(0, len(late) - 1, _SNAPSHOTS).round().astype(int))
    pool = np.concatenate([late[k] for k in chosen])
    looks = tempering.part(looks, slice(first, None))
    run = tempering.conclude(past.path, past.ladder, past.state, looks, pool, spec.swap_every * every)
    train = None if data is None else data.train
    return TemperedEnd(run, partition.estimates(run, spec.methods, spec.beta, train, spec.seed))
