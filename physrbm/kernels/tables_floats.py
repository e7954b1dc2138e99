"""Sums of four sources in a register of AVX-512: one permutation looks them up for 16 chains.

Tables are (unit / 4, source / 32, 8, 4, 16) float32: the 16 sums of four sources for each of four units.
"""

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import f32, i32
from physrbm.kernels.gibbs_simd import add_energy
from physrbm.kernels.lanes import is_on, next_random
from physrbm.kernels.look_ups import look_up, quad
from physrbm.kernels.simd import (
    choose,
    fma,
    load_bits,
    load_float,
    splat,
    store,
    store_bits,
    store_bundle,
)

_GROUP = 16 * 4  # floats of a table: 16 sums for each of four units


@kernel(parallel=True)
def fill(start, neighbour, weight, table):  # type: ignore[no-untyped-def]
    """The tables of rows."""
    n_words = table.shape[1]
    for quarter in prange(table.shape[0]):
        four = np.empty((8 * n_words, 4), np.float32)
        for r in range(4):
            unit = 4 * quarter + r
            four[:] = 0
            if unit < start.size - 1:
                for k in range(start[unit], start[unit + 1]):
                    four[neighbour[k] >> 2, neighbour[k] & 3] = weight[k]
            for group in range(8 * n_words):
                sums = table[quarter, group >> 3, group & 7, r]
                sums[0] = 0
                for bit in range(4):
                    for low in range(1 << bit):  # the highest source is added last, as in the row
                        sums[low + (1 << bit)] = f32(sums[low] + four[group, bit])


@kernel
def turn(words, n_units, lanes):  # type: ignore[no-untyped-def]
    """Bits by unit (unit, W) to bits by chain (unit / 32, 32 W) int32."""
    n_words = words.shape[1]
    for first in range(0, n_units, 32):
        for w in range(n_words):
            bits = splat(i32(0))
            for u in range(min(32, n_units - first)):
                bits = choose(load_bits(words, (first + u) * n_words + w), bits + splat(i32(1 << u)), bits)
            store(lanes, first * n_words + 32 * w, bits)


@kernel
def sum_quad(like, bias, unit, table, quarter, lanes, n_words, total):  # type: ignore[no-untyped-def]
    """total (part, 4, lane): fields of units 4 quarter ... 4 quarter + 3, on parts of 4 len(like) chains."""
    last, width = bias.size - 1, 4 * len(like)
    for part in range(32 * n_words // width):
        field = quad(like, bias[unit], bias[min(unit + 1, last)], bias[min(unit + 2, last)], bias[min(unit + 3, last)])
        for word in range(table.shape[1]):
            place = (quarter * table.shape[1] + word) * 8 * _GROUP
            field = look_up(field, table, place, lanes, 32 * n_words * word + width * part)
        store_bundle(total[part], field)


@kernel
def layer(like, source, target, bias, base, table, scale, base_scale, streams, lanes, total, energy, bonds):  # type: ignore[no-untyped-def]
    """As `gibbs.layer`; units in order, so that streams serve them as elsewhere."""
    n_words, width = target.shape[1], 4 * len(like)
    turn(source, source.shape[0], lanes)
    for unit in range(target.shape[0]):
        r = unit & 3
        if r == 0:
            sum_quad(like, bias, unit, table, unit >> 2, lanes, n_words, total)
        for w in range(n_words):
            part, lane = (32 * w) // width, (32 * w) % width
            field = load_float(total[part], width * r + lane)
            y = fma(field, load_float(scale, 32 * w), splat(base[unit]) * load_float(base_scale, 32 * w))
            random, streams = next_random(streams)
            on = is_on(random, y)
            store_bits(target, unit * n_words + w, on)
            if energy is not None:
                add_energy(energy, 32 * w, on, splat(bias[unit]) if bonds is None else field, base[unit])
    return streams


def empty(n_units: int, n_sources: int) -> np.ndarray:
    """Tables to be filled."""
    return np.empty((-(-n_units // 4), -(-n_sources // 32), 8, 4, 16), np.float32)
