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


@kernel
def count_row(words, unit):  # type: ignore[no-untyped-def]
    """Chains in which a unit is on."""
    on = np.int64(0)
    for first in range(0, words.shape[1], STEP):
        on += count_of(load_int(words, unit * words.shape[1] + first))
    return on


@kernel(parallel=True)
def count_pairs(visible, hidden, start, neighbour, order, v_on, h_on, pairs):  # type: ignore[no-untyped-def]
    """Chains in which a unit is on, v_on (Nv,) and h_on (Nh,) int64, and both ends of bond k: pairs[order[k]] int64.

    From the words (unit, word) of both layers, whole steps of them; bonds in hidden-row order.
    """
    n_words = visible.shape[1]
    for unit in prange(visible.shape[0]):
        v_on[unit] = count_row(visible, unit)
    for unit in prange(hidden.shape[0]):
        h_on[unit] = count_row(hidden, unit)
        for k in range(start[unit], start[unit + 1]):
            i, both = np.int64(at(neighbour, k)) * n_words, np.int64(0)
            for first in range(0, n_words, STEP):
                both += count_of(load_int(hidden, unit * n_words + first) & load_int(visible, i + first))
            pairs[at(order, k)] = both
