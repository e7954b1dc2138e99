"""What a classifier of the data says of generated samples."""

from typing import NamedTuple

import numpy as np
from scipy.special import xlogy

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.model.rbm import check_states
from physrbm.scores.classifier import Classifier
from physrbm.statistics import jackknife

_BLOCKS = 20
_FEWEST = 2 * _BLOCKS


class ClassScores(NamedTuple):
    """Scores from p(y|v); the errors leave one of 20 blocks of samples out at a time, n is the number of samples."""

    confidence: Estimate
    """mean of max_y p(y|v): 1 for samples of which each is clearly of one class"""
    coverage: Estimate
    """entropy of the histogram of the likeliest labels / ln(number of classes): 1 for equal shares, 0 for one class"""
    inception: Estimate
    """exp mean_v KL(p(y|v) || mean_v p(y|v)), 1 ... number of classes (Salimans et al. 2016, their inception score)"""


def class_scores(classifier: Classifier, samples: np.ndarray) -> ClassScores:
    """Scores of `samples` (n, Nv) of {0,1}.

    The anchor is the same of held-out data of the same number: coverage is too low by (number of classes - 1)/(2 n ln
    (number of classes)) on average, and near 1, where it is quadratic in the noise, its error is too large. Blind to
    everything within a class: one clear prototype a class scores best of all; and a classifier may be sure of noise.
    Raises InvalidInput for less than 40 samples and for samples that do not fit the classifier.
    """
    samples = check_states(samples, len(classifier.network.hidden))
    n = len(samples)
    if n < _FEWEST:
        raise InvalidInput(f"classifier scores need at least {_FEWEST} samples, got {n}")
    p = classifier.network.probabilities(samples)
    label = np.eye(p.shape[1])[p.argmax(1)]
    values = (
        jackknife(float, p.max(1), blocks=_BLOCKS),
        jackknife(lambda share: _entropy(share) / np.log(share.size), label, blocks=_BLOCKS),
        jackknife(lambda share, spread: np.exp(_entropy(share) - spread), p, _entropy(p), blocks=_BLOCKS),
    )
    return ClassScores(*(x._replace(n=n) for x in values))


def _entropy(p: np.ndarray) -> np.ndarray:
    """-sum p ln p over the last axis, nats."""
    p = np.maximum(p, 0.0)  # a share without its only block is zero but for round-off
    entropy: np.ndarray = 0.0 - xlogy(p, p).sum(-1)
    return entropy
