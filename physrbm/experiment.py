"""The only time loop: dilute, anneal the couplings on data, measure."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from physrbm import scores, training
from physrbm.data import Dataset, load_data
from physrbm.dilution import dilute
from physrbm.estimate import Estimate, LogZ
from physrbm.model import RBM
from physrbm.partition import log_z
from physrbm.sampling import sample
from physrbm.spec import RunSpec

_LOOK = 1000  # test samples of the cheap scores seen during training


class Measurement(NamedTuple):
    """What `run` yields: cheap scores along the way, everything with the last."""

    update: int
    updates: int
    rbm: RBM
    values: dict[str, Estimate]
    log_z: LogZ | None = None
    samples: np.ndarray | None = None
    """(chain, Nv) uint8, from random starts"""


def run(spec: RunSpec, data_dir: str | None = None, origin: RBM | None = None) -> Iterator[Measurement]:
    """Measurements of one run, from `origin` if given, else from a fresh machine. Raises InvalidInput, Diverged."""
    data = load_data(spec.data, binarise=spec.binarise, data_dir=data_dir, seed=spec.seed)
    rbm = _machine(spec, data, origin)
    settings = training.Settings(
        spec.updates, spec.sampler, spec.sweeps, spec.chains, spec.batch, spec.learning_rate,
        spec.final_learning_rate, spec.centred, spec.l1, spec.l2,
    )  # fmt: skip
    state = training.start(rbm, data.train, settings, spec.seed)
    due = set(np.linspace(0, spec.updates, spec.measurements + 1).round().astype(int).tolist())
    while True:
        if state.update in due:
            yield Measurement(state.update, spec.updates, state.rbm, _cheap(state.rbm, data, spec.seed))
        if state.update >= spec.updates:
            break
        state = training.step(state, data.train, settings, spec.seed)
    yield _final(spec, state.rbm, data)


def _machine(spec: RunSpec, data: Dataset, origin: RBM | None) -> RBM:
    if origin is None and spec.rule == "random" and spec.gauge == "binary":
        return RBM.initialise(data.train, spec.hidden, spec.dilution, scale=spec.scale, seed=spec.seed)
    if origin is None:
        origin = RBM.initialise(data.train, spec.hidden, scale=spec.scale, seed=spec.seed)
    hidden = (1 / (1 + np.exp(-origin.hidden_fields(data.train)))).mean(0)
    return dilute(origin, spec.dilution, spec.rule, spec.gauge, data.train.mean(0), hidden, spec.seed)


def _cheap(rbm: RBM, data: Dataset, seed: int) -> dict[str, Estimate]:
    look = data.test[:_LOOK]
    return {
        "pseudo_likelihood": scores.pseudo_likelihood(rbm, look, seed),
        "reconstruction": scores.reconstruction(rbm, look),
    }


def _final(spec: RunSpec, rbm: RBM, data: Dataset) -> Measurement:
    z = log_z(rbm, n_chains=spec.ais_chains, visible_mean=data.train.mean(0), seed=spec.seed)
    generated = sample(rbm, spec.ais_chains, spec.sample_sweeps, seed=spec.seed).visible
    n = min(len(data.test), len(generated))
    values = _cheap(rbm, data, spec.seed)
    for part, x in (("train", data.train), ("test", data.test)):
        bare = scores.minus_free_energy(rbm, x)
        values[f"log_likelihood_{part}"] = Estimate(bare.value - z.value, float(np.hypot(bare.error, z.error)), bare.n)
        values[f"independent_pixels_{part}"] = scores.independent_pixels(data.train, x)
    values["eps2"] = scores.second_moments(data.test[:n], generated[:n])
    values["eps2_data"] = scores.second_moments(data.test[:n], data.train[:n])
    return Measurement(spec.updates, spec.updates, rbm, values, z, generated)
