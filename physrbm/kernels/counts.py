"""How often both ends of a bond are on: AND and popcount of the packed states, 1024 chains a step."""

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.simd import at, count_of, load_int

STEP = 32  # words


@kernel
def by_unit(states, words):  # type: ignore[no-untyped-def]
    """States (block, unit, W) uint32 to words (unit, word), the chains of a unit in order."""
    width = states.shape[2]
    for block in range(states.shape[0]):
        for unit in range(states.shape[1]):
            for w in range(width):
                words[unit, block * width + w] = states[block, unit, w]


@kernel(parallel=True)
def count_pairs(visible, hidden, start, neighbour, pairs):  # type: ignore[no-untyped-def]
    """pairs (bond,) int64 in hidden-row order, from the words (unit, word) of both layers, whole steps of them."""
    n_words = visible.shape[1]
    for unit in prange(hidden.shape[0]):
        pairs[start[unit] : start[unit + 1]] = 0
        for first in range(0, n_words, STEP):
            h = load_int(hidden, unit * n_words + first)
            for k in range(start[unit], start[unit + 1]):
                pairs[k] += count_of(h & load_int(visible, np.int64(at(neighbour, k)) * n_words + first))
