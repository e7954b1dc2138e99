"""The named random streams. A new use of randomness gets a new number; a number is never used again.

Because every use has its own stream, changing the dilution rule does not change the couplings, and adding a
measurement does not change the chains.
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
