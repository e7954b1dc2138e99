"""What is measured on the way and at the end of a run."""

from typing import Any, NamedTuple, cast

import numpy as np

from physrbm import scores
from physrbm.data import Dataset
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate, LogLikelihood, LogZ, plain
from physrbm.model import RBM
from physrbm.partition import log_likelihood, log_z
from physrbm.sampling import sample
from physrbm.spec import RunSpec
from physrbm.streams import Stream, generator

TEMPERING = 12_000  # sweeps of it
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


def measure(spec: RunSpec, rbm: RBM, data: Dataset) -> Final:
    """Everything that is measured at the end."""
    z = _log_z(spec, rbm, data)
    generated = sample(rbm, spec.samples, spec.sample_sweeps, seed=spec.seed).visible
    parts = {"train": data.train, "test": data.test}
    values, anchors, absent = cheap(rbm, data, spec.seed), {}, {}
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


def _log_z(spec: RunSpec, rbm: RBM, data: Dataset) -> LogZ:
    """By AIS; where few chains carry the weight, by parallel tempering, if that equilibrates."""
    z = log_z(rbm, n_chains=spec.ais_chains, data=data.train, seed=spec.seed)
    if z.estimated:
        return z
    second = log_z(rbm, "bar", data=data.train, seed=spec.seed, n_sweeps=TEMPERING)
    return second if second.estimated else z._replace(reason=f"{z.reason}; by tempering: {second.reason}")


def report(spec: RunSpec, update: int, rbm: RBM, final: Final, seconds: dict[str, float]) -> dict[str, Any]:
    """The end of a run as one JSON-able object."""
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
        "updates": update,
        "log_z": final.log_z._asdict(),
        "log_likelihood": {k: {**x._asdict(), "error": x.error} for k, x in final.log_likelihood.items()},
        **{name: {k: x._asdict() for k, x in getattr(final, name).items()} for name in tables},
        "absent": final.absent,
        "seconds": seconds,
    }
    return cast(dict[str, Any], plain(content))


def cheap(rbm: RBM, data: Dataset, seed: int) -> dict[str, Estimate]:
    """Scores on held-out data that are taken on the way too."""
    look = _some(data.test, _LOOK)
    return {
        "pseudo_likelihood": scores.pseudo_likelihood(rbm, look, seed),
        "reconstruction": scores.reconstruction(rbm, look),
    }


def _some(samples: np.ndarray, n: int) -> np.ndarray:
    """The same `n` samples at every call: files are ordered by writer, so the first n are no fair sample."""
    some: np.ndarray = samples[generator(0, Stream.SUBSAMPLE).permutation(len(samples))[:n]]
    return some
