"""Scores of a machine or of samples, with what they are for data and for independent pixels, and in time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from physrbm.data import Dataset
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate, plain
from physrbm.experiment.measuring import best_log_z
from physrbm.model import RBM, check_states
from physrbm.partition import log_likelihood
from physrbm.sampling import new_chains, pack_machine, random_states, states, sweep
from physrbm.scores import OF_MACHINES, OF_MACHINES_ALONE, OF_SAMPLES, Reference, independent_pixels, sample_values
from physrbm.streams import Stream, Use, generator

SCORES = ("log_likelihood", *OF_MACHINES_ALONE, *OF_MACHINES, *OF_SAMPLES)
STARTS = ("random", "data")
_MOST = 2000  # samples that are scored
_NONE = Estimate(float("nan"), float("nan"), 0)


class Score(NamedTuple):
    """A value with its error and two anchors of the same sizes; `absent` says why there is none."""

    value: float
    error: float
    n: int
    anchor_data: Estimate
    """training samples in the place of generated ones; NaN where the score needs no samples"""
    anchor_independent: Estimate
    """independent pixels with the means of the training part in their place"""
    absent: str = ""

    def plain(self) -> dict[str, Any]:
        """What JSON can hold."""
        anchors = {name: plain(getattr(self, name)._asdict()) for name in ("anchor_data", "anchor_independent")}
        found: dict[str, Any] = plain({**self._asdict(), **anchors})
        return found


class Moment(NamedTuple):
    """Scores at one time of the chains."""

    start: str
    sweeps: int
    scores: dict[str, Score]


def score(
    source: RBM | np.ndarray,
    data: Dataset,
    scores: Iterable[str] | None = None,
    sweeps: int = 1000,
    start: str = "random",
    n: int = _MOST,
    seed: int = 0,
) -> dict[str, Score]:
    """Scores of a machine, after `sweeps` sweeps of `n` chains, or of samples (n, Nv) of {0,1}.

    scores: some of SCORES; None: all that `source` can have. start: "random" states, or training "data". Against
    held-out data, as many as there are samples at most. Raises InvalidInput.
    """
    if isinstance(source, RBM):
        (found,) = score_in_time(source, data, scores, (sweeps,), (start,), n, seed)
        return found.scores
    names = _chosen(scores, OF_SAMPLES)
    samples = check_states(source, data.n_visible).astype(np.uint8)
    to = Reference.of(data, min(n, len(samples)), seed)
    # rows may be sorted, by class or in time: the first ones are no fair sample
    some = generator(0, Stream.SUBSAMPLE).permutation(len(samples))[: len(to.held_out)]
    return _beside_anchors(names, to, samples[some], None, None)


def score_in_time(
    rbm: RBM,
    data: Dataset,
    scores: Iterable[str] | None = None,
    sweeps: Sequence[int] = (1, 10, 100, 1000),
    starts: Sequence[str] = STARTS,
    n: int = _MOST,
    seed: int = 0,
) -> Iterator[Moment]:
    """Scores of the same chains after ever more sweeps, from each start: what one fixed time would hide.

    A machine trained with few sweeps can be good at that time and bad in equilibrium (Decelle, Furtlehner & Seoane
    2021). Arguments as in `score`; those of `sweeps` ascend. Raises InvalidInput.
    """
    names = _chosen(scores, SCORES)
    if not sweeps or min(sweeps) < 1 or any(b <= a for a, b in pairwise(sweeps)):
        raise InvalidInput(f"sweeps must be ascending numbers from 1 on, got {', '.join(map(str, sweeps))}")
    if not starts or any(start not in STARTS for start in starts):
        raise InvalidInput(f"starts are {', '.join(STARTS)}, got {', '.join(starts)}")
    if rbm.n_visible != data.n_visible:
        raise InvalidInput(f"the machine has {rbm.n_visible} visible units, {data.name} has {data.n_visible} pixels")
    to = Reference.of(data, n, seed)
    alone = _alone([name for name in names if name not in OF_SAMPLES and name not in OF_MACHINES], to, rbm)
    moving = [name for name in names if name in OF_SAMPLES or name in OF_MACHINES]
    anchors = _anchors(moving, to, rbm)
    for start in starts:
        for t, v in chains_in_time(rbm, data, sweeps, start, len(to.held_out), seed):
            yield Moment(start, t, alone | _beside_anchors(moving, to, v, rbm, anchors))


def chains_in_time(
    rbm: RBM, data: Dataset, sweeps: Sequence[int], start: str, n: int, seed: int
) -> Iterator[tuple[int, np.ndarray]]:
    """Visible states (n, Nv) of the same chains after each number of `sweeps`."""
    key = (Use.SCORES, STARTS.index(start))
    if start == "data":
        rows = generator(seed, Stream.INITIAL, *key).permutation(len(data.train))  # without replacement
        first = data.train[rows[np.arange(n) % rows.size]]
    else:
        first = random_states(n, rbm.n_visible, seed, key)
    machine, chains, done = pack_machine(rbm), new_chains(first, rbm.n_hidden, seed, key), 0
    for t in sweeps:
        sweep(machine, chains, t - done)
        done = t
        yield t, states(chains).visible


def hysteresis(moments: Iterable[Moment]) -> dict[str, Estimate]:
    """Score from random minus score from data starts at the last time that both have, errors in quadrature.

    Zero in equilibrium; the chains of the starts are independent, the data they are held against are the same.
    """
    by = {(m.start, m.sweeps): m.scores for m in moments}
    both = [t for start, t in by if start == STARTS[0] and (STARTS[1], t) in by]
    if not both:
        return {}
    a, b = (by[start, max(both)] for start in STARTS)
    return {
        name: Estimate(a[name].value - b[name].value, float(np.hypot(a[name].error, b[name].error)), a[name].n)
        for name in a
        if not a[name].absent and np.isfinite(a[name].anchor_data.value)
    }


def _chosen(scores: Iterable[str] | None, allowed: Iterable[str]) -> list[str]:
    names = list(allowed) if scores is None else list(dict.fromkeys(scores))
    unknown = [name for name in names if name not in allowed]
    if unknown:
        raise InvalidInput(f"unknown score {unknown[0]!r}; allowed: {', '.join(allowed)}")
    return names


Pair = tuple[dict[str, Estimate], dict[str, str]]


def _values(names: Sequence[str], to: Reference, v: np.ndarray, rbm: RBM | None) -> Pair:
    values, absent = sample_values([name for name in names if name in OF_SAMPLES], to, v)
    if rbm is not None:
        for name in names:
            values |= OF_MACHINES[name](to, rbm, v) if name in OF_MACHINES else {}
    return values, absent


def _anchors(names: Sequence[str], to: Reference, rbm: RBM | None) -> tuple[Pair, Pair]:
    n = len(to.held_out)
    return _values(names, to, to.other, rbm), _values(names, to, to.independent(n), rbm)


def _beside_anchors(
    names: Sequence[str], to: Reference, v: np.ndarray, rbm: RBM | None, anchors: tuple[Pair, Pair] | None
) -> dict[str, Score]:
    values, absent = _values(names, to, v, rbm)
    (data, _), (independent, _) = _anchors(names, to, rbm) if anchors is None else anchors
    found = {name: Score(*x, data[name], independent[name]) for name, x in values.items()}
    return found | {name: Score(*_NONE, _NONE, _NONE, reason) for name, reason in absent.items()}


def _alone(names: Sequence[str], to: Reference, rbm: RBM) -> dict[str, Score]:
    """Scores that take no samples: the anchor of the likelihoods are independent pixels."""
    found: dict[str, Score] = {}
    pixels = independent_pixels(to.data.train, to.held_out)
    for name in names:
        if name == "log_likelihood":
            z = best_log_z(rbm, to.data, 1024, to.seed)
            x = log_likelihood(rbm, to.held_out, z)
            value = Estimate(x.value, x.error, len(to.held_out))
            found[name] = Score(*(value if x.estimated else _NONE), _NONE, pixels, "" if x.estimated else x.reason)
            continue
        (value,) = OF_MACHINES_ALONE[name](to, rbm).values()
        per_pixel = Estimate(pixels.value / rbm.n_visible, pixels.error / rbm.n_visible, pixels.n)
        to_mean = Estimate.of(((to.held_out - to.data.train.mean(0)) ** 2).mean(1))
        anchor = per_pixel if name == "pseudo_likelihood" else to_mean
        found[name] = Score(*value, _NONE, anchor)
    return found
