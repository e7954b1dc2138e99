"""Block Gibbs sweeps of bit-packed chains: the one kernel everything else calls between its own steps.

Layout. A block is B = 32 W chains. The state of a layer is (block, unit, W) uint32; bit l of word w is chain
32 w + l of the block. A block has 32 xoshiro128++ streams, (block, 4, 32) uint32; stream l serves bit l of every
word, words in order, units in order. A block reads one weight set; every lane has its own two scales (see `sweep`).

This is the portable path: inside a call a block is unpacked to bytes, which compilers vectorise well. `gibbs_simd`
reads the bits and gives the same ones.
"""

from typing import Any

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import f32, is_on, u32
from physrbm.kernels.simd import fma

State = tuple[np.ndarray, ...]


@kernel
def unpack(words, lanes):  # type: ignore[no-untyped-def]
    """Bits (unit, W) to bytes (unit, 32 W)."""
    for unit in range(words.shape[0]):
        for w in range(words.shape[1]):
            word = words[unit, w]
            for lane in range(32):
                lanes[unit, 32 * w + lane] = (word >> u32(lane)) & u32(1)


@kernel
def pack(lanes, words):  # type: ignore[no-untyped-def]
    """Bytes (unit, 32 W) to bits (unit, W)."""
    for unit in range(words.shape[0]):
        for w in range(words.shape[1]):
            word = u32(0)
            for lane in range(32):
                word |= u32(u32(lanes[unit, 32 * w + lane]) << u32(lane))
            words[unit, w] = word


@kernel
def add_fields(total, bias, start, stop, neighbour, weight, source):  # type: ignore[no-untyped-def]
    """total[lane] = bias + sum of weights times neighbours, added in the order of the row."""
    for lane in range(total.size):
        total[lane] = bias
    k = start
    while k + 4 <= stop:  # four bonds a pass: one load and store of `total` for four additions
        w0, w1, w2, w3 = weight[k], weight[k + 1], weight[k + 2], weight[k + 3]
        s0, s1 = source[neighbour[k]], source[neighbour[k + 1]]
        s2, s3 = source[neighbour[k + 2]], source[neighbour[k + 3]]
        for lane in range(total.size):
            x = f32(total[lane] + f32(w0 * f32(s0[lane])))
            x = f32(x + f32(w1 * f32(s1[lane])))
            x = f32(x + f32(w2 * f32(s2[lane])))
            total[lane] = f32(x + f32(w3 * f32(s3[lane])))
        k += 4
    while k < stop:
        w0, s0 = weight[k], source[neighbour[k]]
        for lane in range(total.size):
            total[lane] = f32(total[lane] + f32(w0 * f32(s0[lane])))
        k += 1


@kernel
def add_groups(total, bias, start, stop, neighbour, weight, source):  # type: ignore[no-untyped-def]
    """The same with the sums of four consecutive sources formed first: what tables of such sums give."""
    for lane in range(total.size):
        total[lane] = bias
    k = start
    while k < stop:
        group, first = neighbour[k] >> 2, k
        while k < stop and neighbour[k] >> 2 == group:
            k += 1
        none, last = f32(0.0), k - 1  # a group that lost bonds adds nothing for them
        w0, w1 = weight[first], weight[first + 1] if k - first > 1 else none
        w2, w3 = weight[first + 2] if k - first > 2 else none, weight[first + 3] if k - first > 3 else none
        s0, s1 = source[neighbour[first]], source[neighbour[min(first + 1, last)]]
        s2, s3 = source[neighbour[min(first + 2, last)]], source[neighbour[min(first + 3, last)]]
        for lane in range(total.size):
            x = f32(f32(w0 * f32(s0[lane])) + f32(w1 * f32(s1[lane])))
            x = f32(f32(x + f32(w2 * f32(s2[lane]))) + f32(w3 * f32(s3[lane])))
            total[lane] = f32(total[lane] + x)


@kernel
def add_energy(energy, lane, field, base):  # type: ignore[no-untyped-def]
    """Take a unit that is on into energy (2, lane) float64: in reduced units, of the machine and of the base."""
    energy[0, lane] += np.float64(field)
    energy[1, lane] += np.float64(base)


@kernel
def draw(total, scale, base, base_scale, rng, target, energy, own, bonds):  # type: ignore[no-untyped-def]
    """Draw one unit on every lane from its reduced field total * scale + base * base_scale.

    If it turns on, its field, or without `bonds` (None) its `own` part, goes to the `energy`, if there is one.
    """
    for w in range(total.size // 32):
        for stream in range(32):
            s0, s1, s2, s3 = rng[0, stream], rng[1, stream], rng[2, stream], rng[3, stream]
            x = u32(s0 + s3)
            random = u32(u32(u32(x << u32(7)) | u32(x >> u32(25))) + s0)
            shifted = u32(s1 << u32(9))
            s2 = u32(s2 ^ s0)
            s3 = u32(s3 ^ s1)
            s1 = u32(s1 ^ s2)
            s0 = u32(s0 ^ s3)
            s2 = u32(s2 ^ shifted)
            s3 = u32(u32(s3 << u32(11)) | u32(s3 >> u32(21)))
            rng[0, stream], rng[1, stream], rng[2, stream], rng[3, stream] = s0, s1, s2, s3
            lane = 32 * w + stream
            y = fma(total[lane], scale[lane], f32(base * base_scale[lane]))
            target[lane] = is_on(random, y)
            if energy is not None and target[lane]:
                add_energy(energy, lane, own if bonds is None else total[lane], base)


@kernel
def layer(source, target, bias, base, start, neighbour, weight, scale, base_scale, rng, total, grouped, energy, bonds):  # type: ignore[no-untyped-def]
    """Update every unit of one layer, given the other.

    The units that turn on go to the `energy`, unless it is None, with the fields of their bonds unless `bonds` is None.
    """
    for unit in range(bias.size):
        if grouped:
            add_groups(total, bias[unit], start[unit], start[unit + 1], neighbour, weight, source)
        else:
            add_fields(total, bias[unit], start[unit], start[unit + 1], neighbour, weight, source)
        draw(total, scale, base[unit], base_scale, rng, target[unit], energy, bias[unit], bonds)


@kernel(parallel=True)
def _sweep(visible, hidden, rng, weight_set, scale, base_scale, v_rows, h_rows, n_sweeps, grouped, energy):  # type: ignore[no-untyped-def]
    v_bias, v_base, v_start, v_neighbour, v_weight = v_rows
    h_bias, h_base, h_start, h_neighbour, h_weight = h_rows
    for block in prange(visible.shape[0]):
        width = 32 * visible.shape[2]
        v = np.empty((visible.shape[1], width), np.uint8)
        h = np.empty((hidden.shape[1], width), np.uint8)
        total = np.empty(width, np.float32)
        m, s, r, g = weight_set[block], scale[block], base_scale[block], rng[block]
        unpack(visible[block], v)
        unpack(hidden[block], h)
        v_row = v_bias[m], v_base[m], v_start[m], v_neighbour, v_weight
        h_row = h_bias[m], h_base[m], h_start[m], h_neighbour, h_weight
        for _ in range(n_sweeps if energy is None else n_sweeps - 1):
            layer(v, h, *h_row, s, r, g, total, grouped, None, None)
            layer(h, v, *v_row, s, r, g, total, grouped, None, None)
        if energy is not None:
            layer(v, h, *h_row, s, r, g, total, grouped, energy[block], None)
            layer(h, v, *v_row, s, r, g, total, grouped, energy[block], True)
        pack(v, visible[block])
        pack(h, hidden[block])


def sweep(state: State, v_rows: Any, h_rows: Any, n_sweeps: int, energy: np.ndarray | None = None) -> None:
    """Advance every block `n_sweeps`, hidden layer first, in place.

    state: visible, hidden, rng, weight_set, scale, base_scale. The lane with scales (s, r) samples the energy
    s E + r E_base, E_base having fields only. v_rows and h_rows are (bias (set, unit), base (set, unit),
    start (set, unit + 1), neighbour, weight) in reduced units, float32. energy (block, 2, lane) float64, if wanted,
    gains E / ln 2 without the constant and E_base / ln 2 of the state after the last sweep.
    """
    _sweep(*state, v_rows, h_rows, n_sweeps, False, energy)


def sweep_grouped(
    state: State, v_rows: Any, h_rows: Any, tables: Any, n_sweeps: int, energy: np.ndarray | None = None
) -> None:
    """The same for a machine with one weight set, sums of four consecutive sources formed first."""
    _sweep(*state, v_rows, h_rows, n_sweeps, True, energy)
