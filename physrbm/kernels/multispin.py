"""Multi-spin coding: heat bath of 1024 machines at once whose couplings are +-J, without fields, of degree at most 7.

A bit is a spin; the 32 words of a unit are 1024 lanes, every one an instance, replica or rung of its own: its
couplings are bits too, and so are the thresholds of its temperature. Nothing is shared between lanes but the graph;
each has random bits of its own (Jacobs & Rebbi 1981; heat bath by serial comparison of bits).

The neighbours of a spin that pull it up are counted in three bits of a lane, from an offset that puts the balance at 4
(even degree) or between 3 and 4 (odd). So bit 2 is the side the field f is on, and two bits are left of the count e:
|f| = 2 e or 2 e + 1. The spin goes against its field with probability 1/(1 + exp(2 beta J |f|)) <= 1/2.
"""

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import i32
from physrbm.kernels.lanes import load_streams, next_random, store_streams
from physrbm.kernels.simd import any_bit, complement, load_int, popcount, shift_left, shift_right, splat, store

LANES = 1024
MAX_DEGREE = 7
BITS = 32  # of a threshold
_LEAST = 8  # bits compared before it pays to ask whether all 1024 lanes are decided


@kernel
def flip(flips, k):  # type: ignore[no-untyped-def]
    """Where coupling `k` is negative: flips are words (bond,) of all lanes alike, or (bond, 32)."""
    if flips.ndim == 1:
        return splat(flips[k])
    return load_int(flips, k * 32)


@kernel
def count(source, first, stop, neighbour, flips):  # type: ignore[no-untyped-def]
    """Bits 0, 1, 2 of the number of neighbours that pull up, from the offset on."""
    offset = (8 - (stop - first)) >> 1
    b0, b1, b2 = splat(i32(-(offset & 1))), splat(i32(-((offset >> 1) & 1))), splat(i32(-(offset >> 2)))
    for k in range(first, stop):
        x = load_int(source, np.int64(neighbour[k]) * 32) ^ flip(flips, k)
        carry = b0 & x
        b0 = b0 ^ x
        b2 = b2 ^ (b1 & carry)
        b1 = b1 ^ carry
    return b0, b1, b2


@kernel
def against(e0, e1, thresholds, first, streams):  # type: ignore[no-untyped-def]
    """Lanes on which a 32-bit random number is below the threshold of their count (e1, e0); the streams go on.

    Bits are compared from the highest on; `alike` are the lanes on which all so far were equal.
    """
    below, alike = splat(i32(0)), splat(i32(-1))
    for bit in range(BITS):
        row = first + bit * 128
        t0, t1 = load_int(thresholds, row), load_int(thresholds, row + 32)
        t2, t3 = load_int(thresholds, row + 64), load_int(thresholds, row + 96)
        low, high = t0 ^ (e0 & (t0 ^ t1)), t2 ^ (e0 & (t2 ^ t3))
        t = low ^ (e1 & (low ^ high))
        random, streams = next_random(streams)
        below = below | (alike & t & complement(random))
        alike = alike & complement(random ^ t)
        if bit >= _LEAST and not any_bit(alike):
            break
    return below, streams


@kernel
def add_counts(planes, y0, y1, y2):  # type: ignore[no-untyped-def]
    """Add the numbers y0 + 2 y1 + 4 y2 to the counters of all lanes, whose bit p is in planes[p]."""
    p0, p1, p2 = load_int(planes, 0), load_int(planes, 32), load_int(planes, 64)
    carry = p0 & y0
    half = p1 ^ y1
    store(planes, 0, p0 ^ y0)
    store(planes, 32, half ^ carry)
    carry = (p1 & y1) | (half & carry)
    half = p2 ^ y2
    store(planes, 64, half ^ carry)
    carry = (p2 & y2) | (half & carry)
    plane = 96
    while any_bit(carry):
        old = load_int(planes, plane)
        store(planes, plane, old ^ carry)
        carry = old & carry
        plane += 32


@kernel
def layer(source, target, start, neighbour, flips, thresholds, streams, planes):  # type: ignore[no-untyped-def]
    """Update every unit of one layer, given the other; add its satisfied bonds and its offset to `planes`, if any."""
    for unit in range(target.shape[0]):
        first, stop = start[unit], start[unit + 1]
        b0, b1, b2 = count(source, first, stop, neighbour, flips)
        odd = (stop - first) & 1
        minority = complement(b2)
        if odd:  # |f| = 2 e + 1: below the balance e = 3 - count
            e0, e1 = b0 ^ minority, b1 ^ minority
        else:  # |f| = 2 e: below the balance e = 4 - count
            e0, e1 = b0, b1 ^ (b0 & minority)
        wrong, streams = against(e0, e1, thresholds, odd * BITS * 128, streams)
        up = b2 ^ wrong
        store(target, unit * 32, up)
        if planes is not None:  # a spin that is down satisfies 7 or 8 minus what pulls it up, offsets included
            down = complement(up)
            if odd:
                add_counts(planes, b0 ^ down, b1 ^ down, b2 ^ down)
            else:
                add_counts(planes, b0, b1 ^ (b0 & down), b2 ^ ((b0 | b1) & down))
    return streams


@kernel
def swap(words, distance, mask):  # type: ignore[no-untyped-def]
    """One of five steps of a transposition: exchange the off-diagonal quarters of squares of 2 distance bits."""
    keep = splat(i32(mask))
    for k in range(32):
        if not k & distance:
            a, b = load_int(words, 32 * k), load_int(words, 32 * (k + distance))
            changed = (shift_right(a, distance) ^ b) & keep
            store(words, 32 * k, a ^ shift_left(changed, distance))
            store(words, 32 * (k + distance), b ^ changed)


@kernel
def transpose(words):  # type: ignore[no-untyped-def]
    """Exchange row and bit of words (32, 32): bit l of words[b, w] goes to bit b of words[l, w]. Its own inverse."""
    swap(words, 16, 0x0000FFFF)
    swap(words, 8, 0x00FF00FF)
    swap(words, 4, 0x0F0F0F0F)
    swap(words, 2, 0x33333333)
    swap(words, 1, 0x55555555)


@kernel(parallel=True)
def sweep(visible, hidden, rng, thresholds, v_rows, h_rows, n_sweeps, satisfied):  # type: ignore[no-untyped-def]
    """Advance every block `n_sweeps`, hidden layer first, in place.

    visible, hidden (block, unit, 32) uint32: bit l of word w is lane 32 w + l. rng as in `gibbs`. thresholds (block, 2,
    bit, 4, 32) uint32, from the highest bit on: see `against`. v_rows, h_rows: start (unit + 1,), neighbour (bond,),
    flips (block or 1, bond) or (block or 1, bond, 32) int32. satisfied (block, 32, 32) int32: satisfied bonds of lane
    32 w + l at [l, w] after the last sweep.
    """
    v_start, v_neighbour, v_flips = v_rows
    h_start, h_neighbour, h_flips = h_rows
    offset = 0
    for unit in range(visible.shape[1]):
        offset += (8 - (v_start[unit + 1] - v_start[unit])) >> 1
    for block in prange(visible.shape[0]):
        v, h, t, planes = visible[block], hidden[block], thresholds[block], satisfied[block]
        v_flip, h_flip = v_flips[block % len(v_flips)], h_flips[block % len(h_flips)]
        streams = load_streams(rng[block])
        for k in range(n_sweeps):
            streams = layer(v, h, h_start, h_neighbour, h_flip, t, streams, None)
            if k < n_sweeps - 1:
                streams = layer(h, v, v_start, v_neighbour, v_flip, t, streams, None)
            else:
                planes[:] = 0
                streams = layer(h, v, v_start, v_neighbour, v_flip, t, streams, planes)
                transpose(planes)
                planes -= i32(offset)
        store_streams(rng[block], streams)


@kernel(parallel=True)
def spread(rung_thresholds, rung, thresholds):  # type: ignore[no-untyped-def]
    """Thresholds of lanes that stand on rungs: rung_thresholds (rung, 2, 4) int32, rung (block, 1024), see `sweep`."""
    for block in prange(rung.shape[0]):
        words = np.empty((32, 32), np.int32)
        for odd in range(2):
            for e in range(4):
                for w in range(32):
                    for lane in range(32):
                        words[lane, w] = rung_thresholds[rung[block, 32 * w + lane], odd, e]
                transpose(words)
                for bit in range(BITS):
                    for w in range(32):
                        thresholds[block, odd, bit, e, w] = words[BITS - 1 - bit, w]


@kernel
def add_planes(layer, lane, masks, counts):  # type: ignore[no-untyped-def]
    """Add to counts (w, rung, plane) the units of one layer (unit, 32) in which the two lanes of a rung differ."""
    words = np.empty((32, 32), np.int32)
    n_units = layer.shape[0]
    for chunk in range(masks.shape[1]):
        for k in range(32):
            unit = 32 * chunk + k
            for w in range(32):
                words[k, w] = i32(layer[unit, w]) if unit < n_units else i32(0)
        transpose(words)
        for plane in range(masks.shape[0]):
            mask = masks[plane, chunk]
            if mask != 0:
                for w in range(32):
                    for rung in range(counts.shape[1]):
                        differ = words[lane[w, 0, rung], w] ^ words[lane[w, 1, rung], w]
                        counts[w, rung, plane] += popcount(differ & mask)


@kernel(parallel=True)
def count_planes(visible, hidden, lane, v_masks, h_masks, counts):  # type: ignore[no-untyped-def]
    """counts (block, w, rung, plane) int32: sites of a plane in which two replicas differ.

    A word w is one instance; lane (block, w, 2, rung) are the bits of its two replicas on a rung. v_masks and h_masks
    (plane, unit / 32) int32 have the bits of the units that lie in a plane; bits beyond the last unit are zero.
    """
    for block in prange(visible.shape[0]):
        counts[block] = 0
        add_planes(visible[block], lane[block], v_masks, counts[block])
        add_planes(hidden[block], lane[block], h_masks, counts[block])
