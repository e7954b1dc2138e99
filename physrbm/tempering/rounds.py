"""Replica exchange: sweeps, then deterministic even-odd swaps of neighbouring rungs (Okabe 2001; Syed et al. 2022)."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from physrbm.paths import Ladder, Walkers
from physrbm.streams import Stream, generator


class Round(NamedTuple):
    """What a round of sweeps has come to, and which swaps it then carried out."""

    number: int
    weights: np.ndarray
    """(rung, replica, 3): -log p* of a state at the rung below, its own, above; at the ends their own"""
    rejection: np.ndarray
    """(gap,) mean probability that a swap is rejected, of the gaps it is proposed at; NaN elsewhere"""
    accepted: np.ndarray
    """(gap, replica) bool: the swaps carried out"""

    @property
    def at_last(self) -> np.ndarray:
        """(replica,) -log p* at the last rung of the states that stand there after the swaps."""
        own: np.ndarray = self.weights[-1, :, 1]
        return np.where(self.accepted[-1], self.weights[-2, :, 2], own) if len(self.accepted) else own


def rounds(
    ladder: Ladder, walkers: Walkers, first: int, last: int, sweeps: int, seed: int, key: tuple[int, ...]
) -> Iterator[Round]:
    """Rounds number `first` ... `last` - 1 of `sweeps` sweeps each; `walkers` change in place.

    Round n proposes to swap the rungs k and k + 1 where k + n is even, each with the probability
    min(1, exp(w_k(x_k) + w_(k+1)(x_(k+1)) - w_k(x_(k+1)) - w_(k+1)(x_k))), w = -log p* of the joint state (v, h). Its
    random numbers are of the round's own stream.
    """
    for number in range(first, last):
        weights = ladder.advance(walkers, sweeps)
        gain = weights[:-1, :, 1] + weights[1:, :, 1] - weights[:-1, :, 2] - weights[1:, :, 0]
        u = generator(seed, Stream.SWAPS, *key, number).random(gain.shape)
        proposed = (np.arange(len(gain)) + number) % 2 == 0
        probability = np.exp(np.minimum(gain, 0.0))
        accepted = proposed[:, None] & (u < probability)
        ladder.exchange(walkers, accepted)
        yield Round(number, weights, np.where(proposed, 1 - probability.mean(1), np.nan), accepted)


class RoundTrips(NamedTuple):
    """How often walkers went from the first rung to the last and back."""

    last_end: np.ndarray
    """(walker,) int8: -1 if the first rung was visited last, +1 if the last one, 0 if neither yet"""
    trips: np.ndarray
    """(walker,) int64 round trips that ended at the first rung"""

    @classmethod
    def none(cls, walker: np.ndarray) -> "RoundTrips":
        """Before the first round."""
        return cls(np.zeros(walker.size, np.int8), np.zeros(walker.size, np.int64))

    def see(self, walker: np.ndarray) -> None:
        """Take in where the walkers (rung, replica) stand, in place."""
        back = walker[0][self.last_end[walker[0]] == 1]
        self.trips[back] += 1
        self.last_end[walker[0]] = -1
        top = walker[-1]
        self.last_end[top[self.last_end[top] == -1]] = 1
