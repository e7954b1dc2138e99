"""The experiment: dilute, anneal the couplings on data, measure. `run` is the only time loop above training."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from physrbm import training
from physrbm.data import Dataset, load_data
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.experiment.changes import changes, cycle_starts
from physrbm.experiment.measuring import Final, measure, on_the_way
from physrbm.experiment.starting import first_state
from physrbm.model import RBM
from physrbm.spec import RunSpec


class Measurement(NamedTuple):
    """What `run` yields after every update."""

    updates: int
    """how many there will be"""
    state: training.State
    values: dict[str, Estimate]
    """scores on the way; empty where none were due"""
    seconds: dict[str, float]
    """wall time by stage"""
    data: Dataset
    final: Final | None = None

    @property
    def update(self) -> int:
        """Updates so far."""
        return self.state.update

    @property
    def stage(self) -> str:
        """What the updates do."""
        return "annealing"

    @property
    def rbm(self) -> RBM:
        """The machine."""
        return self.state.rbm


def run(
    spec: RunSpec,
    data_dir: str | Path | None = None,
    state: training.State | None = None,
    seconds: float = 0.0,
    extra: Callable[[], int] = lambda: 0,
) -> Iterator[Measurement]:
    """Measurements of one run, one an update, the last with `final`. Raises InvalidInput, Diverged.

    state, seconds: go on from there, after so many seconds of annealing; extra: updates beyond those of the spec.
    """
    began = time.monotonic()
    data = load_data(spec.data, binarise=spec.binarise, shape=spec.shape, data_dir=data_dir)
    plan = settings(spec)
    if state is None:
        state = first_state(spec, data, plan)
    elif state.rbm.n_visible != data.n_visible:
        raise InvalidInput(f"the state has {state.rbm.n_visible} visible units, {spec.data} {data.n_visible} pixels")
    loaded = time.monotonic()
    spent, final = {"loading": loaded - began, "annealing": seconds}, None
    last = Measurement(spec.updates, state, {}, spent, data)
    while final is None or last.update < spec.updates + extra():  # more may be asked for while the end is measured
        for now in training.go_on(last.state, data.train, plan, spec.seed, extra, changes(spec, data)):
            total = spec.updates + extra()
            values = on_the_way(spec, now, data) if is_due(spec, now.update, total) else {}
            spent = {**spent, "annealing": seconds + time.monotonic() - loaded}
            last = Measurement(total, now, values, spent, data)
            yield last
        annealed = time.monotonic()
        final = measure(spec, last.rbm, data)
    yield last._replace(values={}, final=final, seconds={**spent, "measuring": time.monotonic() - annealed})


def settings(spec: RunSpec) -> training.Settings:
    """What the spec says of training."""
    names = {"n_chains": "chains", "batch_size": "batch"}
    values: dict[str, Any] = {"cycle_starts": cycle_starts(spec), "set_back": 0.0}
    for name in set(training.Settings.__slots__) - set(values):
        values[name] = getattr(spec, names.get(name, name))
    if spec.rewinds_to is not None:  # the rate goes back with the couplings
        values["set_back"] = spec.rewinds_to / values["cycle_starts"][1]
    return training.Settings(**values)


def is_due(spec: RunSpec, update: int, total: int) -> bool:
    """Whether the cheap scores are taken, and the machine stays: `measurements` times in equal steps, and so beyond."""
    if update > spec.updates:
        return update == total or (update - spec.updates) % max(1, spec.updates // spec.measurements) == 0
    return update in kept(spec)


def kept(spec: RunSpec) -> list[int]:
    """Updates at which that is so, and whose machine stays in the folder of the run."""
    return [int(update) for update in np.unique(np.linspace(0, spec.updates, spec.measurements + 1).round())]
