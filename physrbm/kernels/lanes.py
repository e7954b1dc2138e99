"""What `arithmetic` and `gibbs` do, on the 32 lanes of a word of chains at once: the same bits, lane by lane."""

import numpy as np

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import C1, C2, C3, C4, C5, ROUND, f32
from physrbm.kernels.processor import features
from physrbm.kernels.simd import (
    add_where,
    as_float,
    as_int,
    at,
    bundle,
    choose,
    fma,
    load_int,
    rotate_left,
    shift_left,
    shift_right,
    splat,
    store,
    store_bundle,
    to_float,
)

AT_ONCE = 8 if "avx512f" in features() else 4
"""vectors of 16 sums that registers hold beside what an addition needs"""


@kernel
def add_fields(like, bias, start, stop, neighbour, weight, words, first, stride, total):  # type: ignore[no-untyped-def]
    """total[lane] = bias + weights of the neighbours that are on, in the order of the row, on 16 len(like) lanes.

    Unit u has its words from first + stride u on. Sums stay in registers for the whole row, as many as there are.
    """
    some = like[:AT_ONCE]
    for word in range(0, len(like) // 2, len(some) // 2):
        field = bundle(some, bias)
        for k in range(start, stop):
            field = add_where(field, at(weight, k), words, first + word + np.int64(at(neighbour, k)) * stride)
        store_bundle(total[32 * word :], field)


@kernel
def exp2(y):  # type: ignore[no-untyped-def]
    """2^y, clamped to 2^-126 ... 2^126."""
    most, least = splat(f32(126.0)), splat(f32(-126.0))
    y = choose(y < most, y, most)
    y = choose(least < y, y, least)
    shifted = y + splat(ROUND)
    r = y - (shifted - splat(ROUND))
    p = fma(splat(C5), r, splat(C4))
    p = fma(p, r, splat(C3))
    p = fma(p, r, splat(C2))
    p = fma(p, r, splat(C1))
    p = fma(p, r, splat(f32(1.0)))
    return as_float(as_int(p) + shift_left(as_int(shifted), 23))


@kernel
def is_on(random, y):  # type: ignore[no-untyped-def]
    """Whether units of reduced fields y turn on."""
    u = to_float(shift_right(random, 1)) + splat(f32(0.5))
    return fma(u, exp2(y), u) <= splat(f32(2147483648.0))


@kernel
def load_streams(rng):  # type: ignore[no-untyped-def]
    """The 32 random streams (4, 32) of a block, to registers."""
    return load_int(rng, 0), load_int(rng, 32), load_int(rng, 64), load_int(rng, 96)


@kernel
def store_streams(rng, streams):  # type: ignore[no-untyped-def]
    """And back."""
    store(rng, 0, streams[0])
    store(rng, 32, streams[1])
    store(rng, 64, streams[2])
    store(rng, 96, streams[3])


@kernel
def next_random(streams):  # type: ignore[no-untyped-def]
    """32 bits of every stream, and the streams behind them: xoshiro128++ (Blackman & Vigna 2021)."""
    s0, s1, s2, s3 = streams
    random = rotate_left(s0 + s3, 7) + s0
    shifted = shift_left(s1, 9)
    s2 = s2 ^ s0
    s3 = s3 ^ s1
    s1 = s1 ^ s2
    s0 = s0 ^ s3
    return random, (s0, s1, s2 ^ shifted, rotate_left(s3, 11))
