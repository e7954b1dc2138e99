"""`anneal` on the bits themselves, to the same work and the same states."""

from typing import Any

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.anneal import FOLD, fold
from physrbm.kernels.arithmetic import f32
from physrbm.kernels.gibbs_simd import draw, layer
from physrbm.kernels.lanes import add_fields, exp2, load_streams, store_streams
from physrbm.kernels.simd import absolute, choose, load_bits, load_double, load_float, splat, store, to_double


@kernel
def weigh(total, old, new, above, below, on):  # type: ignore[no-untyped-def]
    """Take in log(1 + e^(new x)) - log(1 + e^(old x)) of one hidden unit, as `anneal.weigh` does."""
    zero, one = splat(f32(0.0)), splat(np.float64(1.0))
    for lane in range(0, total.size, 32):
        x = load_float(total, lane)
        size = absolute(x)
        store(above, lane, load_double(above, lane) * (one + to_double(exp2(zero - size * splat(new)))))
        store(below, lane, load_double(below, lane) * (one + to_double(exp2(zero - size * splat(old)))))
        x = zero - x
        store(on, lane, load_double(on, lane) + to_double(choose(zero < x, x, zero)))


@kernel
def add_visible(words, bias, base, step, base_step, work):  # type: ignore[no-untyped-def]
    """Add the visible fields' share, step a.v + base_step a_base.v."""
    n_words = words.shape[1]
    for unit in range(words.shape[0]):
        gain = splat(-np.log(2.0) * (step * bias[unit] + base_step * base[unit]))
        for w in range(n_words):
            old = load_double(work, 32 * w)
            store(work, 32 * w, choose(load_bits(words, unit * n_words + w), old + gain, old))


@kernel(parallel=True)
def _anneal(like, visible, hidden, rng, work, scale, base_scale, v_rows, h_rows):  # type: ignore[no-untyped-def]
    h_bias, h_base, h_start, h_neighbour, h_weight = h_rows
    n_words, width = len(like) // 2, 16 * len(like)
    for block in prange(visible.shape[0]):
        v, h, own = visible[block], hidden[block], work[block]
        total, on = np.empty(width, np.float32), np.empty(width)
        above, below = np.ones(width), np.ones(width)
        s, r = np.empty(width, np.float32), np.empty(width, np.float32)
        streams = load_streams(rng[block])
        for k in range(1, scale.size):
            old, new = scale[k - 1], scale[k]
            s[:], r[:] = new, base_scale[k]
            step = np.float64(new) - np.float64(old)
            base_step = np.float64(base_scale[k]) - np.float64(base_scale[k - 1])
            add_visible(v, v_rows[0][0], v_rows[1][0], step, base_step, own)
            on[:] = 0
            for unit in range(h.shape[0]):
                bias, first, last = h_bias[0, unit], h_start[0, unit], h_start[0, unit + 1]
                add_fields(like, bias, first, last, h_neighbour, h_weight, v, 0, n_words, total)
                weigh(total, old, new, above, below, on)
                if unit % FOLD == FOLD - 1:
                    fold(above, below, own)
                streams = draw(total, s, h_base[0, unit], r, 0, streams, h, unit * n_words, n_words, None, bias, None)
            fold(above, below, own)
            for lane in range(width):
                own[lane] += np.log(2.0) * step * on[lane]
            streams = layer(like, h, v, v_rows, 0, s, r, 0, streams, total, None, None)
        store_streams(rng[block], streams)


def anneal(
    visible: np.ndarray,
    hidden: np.ndarray,
    rng: np.ndarray,
    work: np.ndarray,
    scale: np.ndarray,
    base_scale: np.ndarray,
    v_rows: Any,
    h_rows: Any,
) -> None:
    """As `anneal.anneal`, to the same bits."""
    _anneal((0,) * (2 * visible.shape[2]), visible, hidden, rng, work, scale, base_scale, v_rows, h_rows)
