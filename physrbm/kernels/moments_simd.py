"""`moments` on the bits themselves: sums of integers, so the order in which a bond meets its chains does not matter."""

from typing import Any

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import f32, i32
from physrbm.kernels.lanes import add_fields, exp2
from physrbm.kernels.moments import ONE
from physrbm.kernels.simd import add_levels, load_float, load_int, splat, store, to_int, total_of

_WORDS = 255  # words of levels up to ONE whose lane sums fit an int32


@kernel
def levels(total, level, first):  # type: ignore[no-untyped-def]
    """Means of a hidden unit from its reduced fields, in units of 1/ONE."""
    one, half = splat(f32(1.0)), splat(f32(0.5))
    for lane in range(0, total.size, 32):
        mean = one / (one + exp2(load_float(total, lane)))
        store(level, first + lane, to_int(mean * splat(f32(ONE)) + half))


@kernel
def masked_sum(words, first, level, n_words):  # type: ignore[no-untyped-def]
    """Sum of the levels of the chains whose bit is set."""
    result = np.int64(0)
    for part in range(0, n_words, _WORDS):
        end = min(n_words, part + _WORDS)
        even, odd = splat(i32(0)), splat(i32(0))  # two sums under way: an addition need not wait for the one before
        for w in range(part, end - 1, 2):
            even = add_levels(even, load_int(level, 32 * w), words, first + w)
            odd = add_levels(odd, load_int(level, 32 * w + 32), words, first + w + 1)
        if (end - part) % 2:
            even = add_levels(even, load_int(level, 32 * end - 32), words, first + end - 1)
        result += total_of(even) + total_of(odd)
    return result


@kernel(parallel=True)
def _moments(like, words, n_chains, h_rows, order, hidden_sum, bond_sum):  # type: ignore[no-untyped-def]
    bias, _, start, neighbour, weight = h_rows
    n_words, width = words.shape[1], 16 * len(like)
    for unit in prange(hidden_sum.size):
        total, space = np.empty(width, np.float32), np.empty(32 * n_words + 16, np.int32)
        aligned = (-space.ctypes.data % 64) // 4  # a vector across two cache lines takes two loads
        level = space[aligned : aligned + 32 * n_words]
        for w in range(0, n_words, len(like) // 2):
            first, last = start[0, unit], start[0, unit + 1]
            add_fields(like, bias[0, unit], first, last, neighbour, weight, words, w, n_words, total)
            levels(total, level, 32 * w)
        level[min(n_chains, level.size) :] = 0
        hidden_sum[unit] += level.sum()
        for k in range(start[0, unit], start[0, unit + 1]):
            bond_sum[order[k]] += masked_sum(words, np.int64(neighbour[k]) * n_words, level, n_words)


def moments(
    visible: np.ndarray, n_chains: int, h_rows: Any, order: np.ndarray, hidden_sum: np.ndarray, bond_sum: np.ndarray
) -> None:
    """As `moments.moments`, to the same numbers."""
    by_unit = np.ascontiguousarray(visible.transpose(1, 0, 2)).reshape(visible.shape[1], -1)
    _moments((0,) * (2 * visible.shape[2]), by_unit, max(0, n_chains), h_rows, order, hidden_sum, bond_sum)
