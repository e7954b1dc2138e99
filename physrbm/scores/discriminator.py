"""A discriminator: how often a classifier mistakes generated samples for real ones, or the other way round."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.model.rbm import check_states
from physrbm.scores.keys import Key
from physrbm.scores.network import trained
from physrbm.streams import Stream, generator, sequence

_UNITS, _STEPS, _DECAY = 128, 300, 1e-2
_FOLDS = 5
_FEWEST = 10 * _FOLDS


def discriminator_error(real: np.ndarray, generated: np.ndarray, seed: int = 0) -> Estimate:
    """Error rate of a classifier of `real` (n, Nv) against `generated` (m, Nv): 1/2 is perfect, 0 is told at sight.

    `scores.network`, cross-validated five-fold; as many of either set (drawn by `seed` from the larger) in every fold,
    which makes the expectation 1/2 for two sets of independent samples from one source. The error is binomial over the
    2 min(n, m) test samples (half a count added) times sqrt(1 + 5/4) = 1.5, because the folds train on each other
    (Nadeau and Bengio 2003); the scatter of data against data, sets of 300, was 0.8(1) of it on digits and 1.1(2) on
    MNIST.
    The rate falls with more samples: compare equal numbers. The anchor is real against held-out data in the place of
    `generated`, of the same number and drawn at random: test parts are not always shuffled, MNIST's is not.

    Blind to learning by heart: copies of real samples are perfect (copies of the very samples given as `real` are
    worse than that: each is known from another fold by the wrong name, a rate above 1/2). Blind to what so few samples
    cannot teach it; a missing class of share s lowers the rate by s/2 at most. Neighbours in one chain fall into
    different folds and are known by each other, which lowers the rate: give independent samples.
    Raises InvalidInput for arrays that are not {0,1}, less than 50 samples on either side, or without scikit-learn.
    """
    real = check_states(real)
    generated = check_states(generated, real.shape[1])
    n = min(len(real), len(generated))
    if n < _FEWEST:
        raise InvalidInput(f"a discriminator needs at least {_FEWEST} samples on both sides, got {n}")
    rng = generator(seed, Stream.SCORES, Key.DISCRIMINATOR)
    v = np.concatenate([x[rng.permutation(len(x))[:n]] for x in (real, generated)])
    y, fold = np.repeat([0, 1], n), np.tile(np.arange(n) % _FOLDS, 2)
    wrong = 0
    for k in range(_FOLDS):
        train, test = fold != k, fold == k
        network = trained(
            v[train], y[train], _UNITS, _STEPS, _DECAY, sequence(seed, Stream.SCORES, Key.DISCRIMINATOR, k)
        )
        wrong += int((network.probabilities(v[test]).argmax(1) != y[test]).sum())
    p = (wrong + 0.5) / (2 * n + 1)
    shared = 1 + _FOLDS / (_FOLDS - 1)
    return Estimate(wrong / (2 * n), float(np.sqrt(shared * p * (1 - p) / (2 * n))), 2 * n)
