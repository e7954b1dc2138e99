"""Sums of four sources in registers of AVX2, one for each byte of a float: shuffles look them up for 32 chains.

Tables are (unit, source / 8, 2, 4, 16) uint8: of the 16 sums of four sources the lowest bytes, the next ones, ...
"""

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import f32, u32
from physrbm.kernels.gibbs_simd import draw
from physrbm.kernels.look_ups import look_up_bytes, turn_eight
from physrbm.kernels.simd import splat, store

_EIGHT = 2 * 4 * 16  # bytes of the tables of eight sources


@kernel(parallel=True)
def fill(start, neighbour, weight, table):  # type: ignore[no-untyped-def]
    """The tables of rows."""
    for unit in prange(table.shape[0]):
        four = np.zeros((2 * table.shape[1], 4), np.float32)
        sums = np.zeros(16, np.float32)
        for k in range(start[unit], start[unit + 1]):
            four[neighbour[k] >> 2, neighbour[k] & 3] = weight[k]
        for group in range(2 * table.shape[1]):
            for bit in range(4):
                for low in range(1 << bit):  # the highest source is added last, as in the row
                    sums[low + (1 << bit)] = f32(sums[low] + four[group, bit])
            bits = sums.view(np.uint32)
            for byte in range(4):
                for s in range(16):
                    table[unit, group >> 1, group & 1, byte, s] = (bits[s] >> u32(8 * byte)) & u32(255)


@kernel
def layer(like, source, target, bias, base, table, scale, base_scale, streams, lanes, total, energy, bonds):  # type: ignore[no-untyped-def]
    """As `gibbs.layer`."""
    n_words, n_eights = target.shape[1], table.shape[1]
    for eight in range(n_eights):
        for w in range(n_words):
            left = source.shape[0] - 8 * eight
            turn_eight(source, 8 * eight * n_words + w, n_words, left, lanes, 8 * (n_eights * w + eight))
    for unit in range(target.shape[0]):
        for w in range(n_words):
            field = splat(bias[unit])
            for eight in range(n_eights):
                place = (unit * n_eights + eight) * _EIGHT
                field = look_up_bytes(field, table, place, lanes, 8 * (n_eights * w + eight))
            store(total, 32 * w, field)
        first = unit * n_words
        streams = draw(
            total, scale, base[unit], base_scale, 0, streams, target, first, n_words, energy, bias[unit], bonds
        )
    return streams


def empty(n_units: int, n_sources: int) -> np.ndarray:
    """Tables to be filled."""
    return np.empty((n_units, -(-n_sources // 8), 2, 4, 16), np.uint8)
