"""The named random streams. A new use of randomness gets a new number; a number is never used again.

Because every use has its own stream, changing the dilution rule does not change the couplings, and adding a
measurement does not change the chains.

The contract of chains, which `sampling.RNG` names and versions (a checkpoint of another version is refused):

* xoshiro128++ (Blackman & Vigna 2021), 32 streams of 128 bits a block of chains, seeded by numpy's SeedSequence with
  (seed; DYNAMICS, use, ..., block). A block is 32, 64 or 128 chains wide, as the number of chains says, nothing else.
* Stream l serves bit l of every word of the block, words in order, units in order, the hidden layer before the visible
  one: one 32-bit number a unit and chain. In multi-spin coding stream w serves the 32 lanes of word w, one bit a lane.
* So the numbers do not depend on threads, on the path of the kernels, on the processor, or on how a job is cut.

tests/kernels/battery-report.txt: what a battery of tests says of them.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

from physrbm.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np


class Stream(IntEnum):
    """What a random stream is used for; the integer is part of every stored result."""

    COUPLINGS = 0
    DILUTION = 1
    INITIAL = 2
    DYNAMICS = 3
    BATCHES = 5
    BINARISATION = 7
    SPLIT = 8
    SCORES = 9
    SUBSAMPLE = 10
    SWAPS = 11
    TICKETS = 12
    EFFECTIVE = 13
    SCALING = 14


class Use(IntEnum):
    """What chains are for: the first key of their INITIAL and DYNAMICS streams; never reused either."""

    SAMPLE = 0
    PERSISTENT = 1
    CONTRASTIVE = 2
    PILOT_MEANS = 3
    PILOT_LADDER = 4
    PILOT_COUNT = 5
    AIS = 6
    TEMPERING = 7
    PILOT_TEMPERING = 8
    TRAJECTORY = 9
    REVERSE = 10
    GLASS = 11
    PILOT_TRAJECTORY = 12
    DILUTION = 13
    SCORES = 14


def sequence(seed: int, stream: Stream, *key: int) -> "np.random.SeedSequence":
    """Seed sequence of one use of `seed`; `key` tells repeated uses apart (a stage, a block of chains).

    Raises InvalidInput for a seed that is not a whole number >= 0.
    """
    import numpy as np

    if not isinstance(seed, int | np.integer) or seed < 0:
        raise InvalidInput(f"seed must be a whole number >= 0, got {seed}")

    return np.random.SeedSequence(seed, spawn_key=(int(stream), *key))


def generator(seed: int, stream: Stream, *key: int) -> "np.random.Generator":
    """numpy generator (PCG64) on `sequence(seed, stream, *key)`."""
    import numpy as np

    return np.random.Generator(np.random.PCG64(sequence(seed, stream, *key)))
