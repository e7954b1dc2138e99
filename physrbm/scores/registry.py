"""Every score by name: what samples, or a machine, are like beside data."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from physrbm.data import Dataset
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.model import RBM, independent_fields
from physrbm.scores.classes import class_scores
from physrbm.scores.classifier import Classifier, trained_classifier
from physrbm.scores.compression import compression_entropy
from physrbm.scores.discriminator import discriminator_error
from physrbm.scores.keys import Key
from physrbm.scores.machine import energy, pseudo_likelihood, reconstruction
from physrbm.scores.moments import first_moments, second_moments, third_moments
from physrbm.scores.neighbours import aai, diversity
from physrbm.scores.spectrum import power_spectrum, spectrum
from physrbm.streams import Stream, generator

_TRAIN = 10_000
Values = dict[str, Estimate]
_classifiers: dict[str, Classifier] = {}  # of the last data set, by its digest


class Reference(NamedTuple):
    """What samples are held against: the same rows at every call, in an order that mixes writers."""

    data: Dataset
    held_out: np.ndarray
    """(n, Nv) of the test part"""
    other: np.ndarray
    """(n, Nv) of the training part, which stand in the place of generated samples as an anchor"""
    train: np.ndarray
    """(m, Nv) others of the training part, at most _TRAIN, among which nearest ones are looked for"""
    seed: int

    @classmethod
    def of(cls, data: Dataset, n: int, seed: int = 0) -> "Reference":
        """At most `n` held-out samples, and no more than half the training ones. Raises InvalidInput."""
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
            raise InvalidInput(f"the number of samples must be a whole number of at least 1, got {n}")
        n = min(n, len(data.test), len(data.train) // 2)
        held_out = data.test[generator(0, Stream.SUBSAMPLE).permutation(len(data.test))[:n]]
        rows = generator(0, Stream.SUBSAMPLE, Key.TRAIN).permutation(len(data.train))
        return cls(data, held_out, data.train[rows[:n]], data.train[rows[n : n + _TRAIN]], seed)

    def independent(self, n: int) -> np.ndarray:
        """`n` samples (n, Nv) of independent pixels with the means of the training part."""
        p = 1 / (1 + np.exp(-independent_fields(self.data.train)))
        rng = generator(self.seed, Stream.SCORES, Key.INDEPENDENT)
        drawn: np.ndarray = rng.random((n, p.size)) < p
        return drawn.astype(np.uint8)


# name -> values of samples (n, Nv) beside the reference
OF_SAMPLES: dict[str, Callable[[Reference, np.ndarray], Values]] = {
    "eps1": lambda to, v: {"eps1": first_moments(to.held_out, v)},
    "eps2": lambda to, v: {"eps2": second_moments(to.held_out, v)},
    "eps3": lambda to, v: {"eps3": third_moments(to.held_out, v, to.seed)},
    "spectrum": lambda to, v: {"spectrum": spectrum(to.held_out, v)},
    "power_spectrum": lambda to, v: {"power_spectrum": power_spectrum(to.held_out, v, to.data.shape)},
    "compression_entropy": lambda to, v: {"compression_entropy": compression_entropy(to.held_out, v, to.seed)},
    "aai": lambda to, v: _named("aai", aai(to.held_out, v)),
    "diversity": lambda to, v: _named("diversity", diversity(to.train, to.held_out, v)),
    "classifier": lambda to, v: _named("classifier", class_scores(_classifier(to.data), v)),
    "discriminator": lambda to, v: {"discriminator": discriminator_error(to.held_out, v, to.seed)},
}
# name -> values of a machine and of samples (n, Nv) under it
OF_MACHINES: dict[str, Callable[[Reference, RBM, np.ndarray], Values]] = {
    "energy": lambda to, rbm, v: {"energy": energy(rbm, to.held_out, v)},
}
# name -> values of a machine alone
OF_MACHINES_ALONE: dict[str, Callable[[Reference, RBM], Values]] = {
    "pseudo_likelihood": lambda to, rbm: {"pseudo_likelihood": pseudo_likelihood(rbm, to.held_out, to.seed)},
    "reconstruction": lambda to, rbm: {"reconstruction": reconstruction(rbm, to.held_out)},
}

_OF_CHAINS = ("eps1", "eps2", "aai_truth", "aai_synthetic", "aai_eps")
UNITS = {
    "pseudo_likelihood": "nats per pixel",
    "reconstruction": "squared difference per pixel",
    "log_likelihood": "nats per sample",
    "ais_ess": "effective number of AIS chains; no error is known",
    "energy": "free energy per pixel, generated minus held-out",
    "eps1": "squared pixel mean",
    "eps2": "squared covariance",
    "eps3": "squared third moment",
    "spectrum": "fraction of the variance of the data",
    "power_spectrum": "squared nats",
    "compression_entropy": "fraction of the compressed length of data",
    "aai_truth": "fraction of samples",
    "aai_synthetic": "fraction of samples",
    "aai_eps": "squared fraction of samples",
    "diversity_memorising": "pixels",
    "diversity_spread": "pixels",
    "diversity_coverage": "fraction of samples",
    "classifier_confidence": "probability",
    "classifier_coverage": "fraction of ln(classes)",
    "classifier_inception": "classes",
    "discriminator": "error rate",
}
UNITS |= {f"chains_{name}": f"{UNITS[name]}, of the persistent chains" for name in _OF_CHAINS}


def _classifier(data: Dataset) -> Classifier:
    """Trained, or read from the cache, once for a data set: it is asked for at every time and anchor."""
    if data.digest not in _classifiers:
        _classifiers.clear()
        _classifiers[data.digest] = trained_classifier(data)
    return _classifiers[data.digest]


def sample_values(names: Iterable[str], to: Reference, v: np.ndarray) -> tuple[Values, dict[str, str]]:
    """Values of samples v (n, Nv), and why some are absent. Raises InvalidInput for a name that is not there."""
    values: Values = {}
    absent: dict[str, str] = {}
    for name in names:
        if name not in OF_SAMPLES:
            raise InvalidInput(f"unknown score {name!r}; allowed: {', '.join(OF_SAMPLES)}")
        try:
            values |= OF_SAMPLES[name](to, v)
        except InvalidInput as reason:
            absent[name] = str(reason)
    return values, absent


def _named(prefix: str, values: NamedTuple) -> Values:
    return {f"{prefix}_{name}": value for name, value in values._asdict().items()}
