"""The experiment: dilute, anneal the couplings on data, measure. `run` is the only time loop above training."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from physrbm import scores, store, training
from physrbm.data import Dataset, load_data
from physrbm.dilution import dilute
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate, LogLikelihood, LogZ, plain
from physrbm.model import RBM
from physrbm.partition import log_likelihood, log_z
from physrbm.sampling import sample
from physrbm.spec import RunSpec
from physrbm.streams import Stream, generator

_LOOK = 1000  # test samples of the cheap scores on the way


class Final(NamedTuple):
    """What is measured once, at the end."""

    log_z: LogZ
    log_likelihood: dict[str, LogLikelihood]
    """of the parts train and test, nats per sample"""
    independent_pixels: dict[str, Estimate]
    """the same for independent pixels with the means of train"""
    scores: dict[str, Estimate]
    anchors: dict[str, Estimate]
    """data against held-out data, of the sizes of the score of that name"""
    absent: dict[str, str]
    """scores that these data do not support, with the reason"""
    samples: np.ndarray
    """(chain, Nv) uint8, generated from random starts"""


class Measurement(NamedTuple):
    """What `run` yields after every update."""

    update: int
    updates: int
    rbm: RBM
    values: dict[str, Estimate]
    """cheap scores on held-out data; empty where none were due"""
    seconds: dict[str, float]
    """wall time by stage"""
    data: Dataset
    final: Final | None = None


def run(spec: RunSpec, data_dir: str | Path | None = None) -> Iterator[Measurement]:
    """Measurements of one run, one an update, the last with `final`. Raises InvalidInput, Diverged."""
    began = time.monotonic()
    data = load_data(spec.data, binarise=spec.binarise, shape=spec.shape, data_dir=data_dir)
    due = set(np.linspace(0, spec.updates, spec.measurements + 1).round().astype(int).tolist())
    states = training.train(_machine(spec, data), data.train, spec.seed, **_settings(spec))
    loaded = time.monotonic()
    for state in states:
        values = _cheap(state.rbm, data, spec.seed) if state.update in due else {}
        seconds = {"loading": loaded - began, "annealing": time.monotonic() - loaded}
        last = Measurement(state.update, spec.updates, state.rbm, values, seconds, data)
        yield last
    annealed = time.monotonic()
    final = measure(spec, last.rbm, data)
    yield last._replace(values={}, final=final, seconds={**seconds, "measuring": time.monotonic() - annealed})


def measure(spec: RunSpec, rbm: RBM, data: Dataset) -> Final:
    """Everything that is measured at the end."""
    z = log_z(rbm, n_chains=spec.ais_chains, data=data.train, seed=spec.seed)
    generated = sample(rbm, spec.samples, spec.sample_sweeps, seed=spec.seed).visible
    parts = {"train": data.train, "test": data.test}
    values, anchors, absent = _cheap(rbm, data, spec.seed), {}, {}
    n = min(len(data.test), len(data.train), len(generated))
    test, train = _some(data.test, n), _some(data.train, n)
    try:
        values["eps2"] = scores.second_moments(test, generated[:n])
        anchors["eps2"] = scores.second_moments(test, train)
    except InvalidInput as reason:
        absent["eps2"] = str(reason)
    return Final(
        z,
        {name: log_likelihood(rbm, part, z) for name, part in parts.items()},
        {name: scores.independent_pixels(data.train, part) for name, part in parts.items()},
        values,
        anchors,
        absent,
        generated,
    )


def report(spec: RunSpec, last: Measurement) -> dict[str, Any]:
    """The end of a run as one JSON-able object."""
    if last.final is None:
        raise InvalidInput("the report needs the last measurement of a run")
    rbm, final = last.rbm, last.final
    tables = ("independent_pixels", "scores", "anchors")
    content = {
        "schema": 1,
        "data": spec.data,
        "n_visible": rbm.n_visible,
        "n_hidden": rbm.n_hidden,
        "n_possible": rbm.n_possible,
        "n_bonds": rbm.n_bonds,
        "dilution": rbm.dilution,
        "seed": spec.seed,
        "updates": spec.updates,
        "log_z": final.log_z._asdict(),
        "log_likelihood": {k: {**x._asdict(), "error": x.error} for k, x in final.log_likelihood.items()},
        **{name: {k: x._asdict() for k, x in getattr(final, name).items()} for name in tables},
        "absent": final.absent,
        "seconds": last.seconds,
    }
    return cast(dict[str, Any], plain(content))


def _machine(spec: RunSpec, data: Dataset) -> RBM:
    if spec.dilution is None and (spec.rule, spec.gauge) != ("random", "binary"):
        raise InvalidInput(f"rule {spec.rule!r} and gauge {spec.gauge!r} say how bonds go; give a dilution too")
    if spec.origin is None and spec.rule == "random" and spec.gauge == "binary":
        return RBM.initialise(data.train, spec.hidden, spec.dilution or 0.0, scale=spec.scale, seed=spec.seed)
    if spec.origin is None:
        rbm = RBM.initialise(data.train, spec.hidden, scale=spec.scale, seed=spec.seed)
    else:
        rbm = store.read_machine(spec.origin)
    if rbm.n_visible != data.n_visible:
        raise InvalidInput(f"the machine has {rbm.n_visible} visible units, {spec.data} has {data.n_visible} pixels")
    if spec.dilution is None:
        return rbm
    return dilute(rbm, spec.dilution, spec.rule, spec.gauge, data.train, seed=spec.seed)


def _settings(spec: RunSpec) -> dict[str, Any]:
    names = {"n_chains": "chains", "batch_size": "batch"}
    return {name: getattr(spec, names.get(name, name)) for name in training.Settings.__slots__}


def _cheap(rbm: RBM, data: Dataset, seed: int) -> dict[str, Estimate]:
    look = _some(data.test, _LOOK)
    return {
        "pseudo_likelihood": scores.pseudo_likelihood(rbm, look, seed),
        "reconstruction": scores.reconstruction(rbm, look),
    }


def _some(samples: np.ndarray, n: int) -> np.ndarray:
    """The same `n` samples at every call: files are ordered by writer, so the first n are no fair sample."""
    some: np.ndarray = samples[generator(0, Stream.SUBSAMPLE).permutation(len(samples))[:n]]
    return some
