"""Keys of the random streams of the scores."""

from enum import IntEnum


class Key(IntEnum):
    """What a stream of `Stream.SCORES` is for: its first key, never reused. `pseudo_likelihood` has the one without."""

    TRIPLES = 1
    COMPRESSION = 2
    SPLIT_HALVES = 3
    CLASSIFIER = 4
    DISCRIMINATOR = 5
    INDEPENDENT = 6
    TRAIN = 7
