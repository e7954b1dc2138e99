"""Annealed importance sampling, fused: the work of a rung is read off the fields that the sweep needs anyway."""

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import exp2, f32
from physrbm.kernels.gibbs import add_fields, draw, layer, pack, unpack

FOLD = 512  # factors between 1 and 2 multiplied before a logarithm: they fit a float64


@kernel
def fold(above, below, work):  # type: ignore[no-untyped-def]
    """Move the running products into the logarithm."""
    for lane in range(work.size):
        work[lane] += np.log(above[lane] / below[lane])
        above[lane] = 1.0
        below[lane] = 1.0


@kernel
def weigh(total, old, new, above, below, on):  # type: ignore[no-untyped-def]
    """Take in log(1 + e^(new x)) - log(1 + e^(old x)) of one hidden unit of field x = -total ln 2.

    log(1 + e^y) = max(y, 0) + log(1 + e^-|y|): sums of max(x, 0) in `on`, in units of ln 2, the rest in products.
    """
    for lane in range(total.size):
        size = abs(total[lane])
        above[lane] *= 1.0 + np.float64(exp2(f32(-f32(size * new))))
        below[lane] *= 1.0 + np.float64(exp2(f32(-f32(size * old))))
        on[lane] += max(-total[lane], f32(0.0))


@kernel
def add_visible(v, bias, base, step, base_step, work):  # type: ignore[no-untyped-def]
    """Add the visible fields' share, step a.v + base_step a_base.v."""
    for unit in range(v.shape[0]):
        gain = -np.log(2.0) * (step * bias[unit] + base_step * base[unit])
        for lane in range(work.size):
            work[lane] += gain * v[unit, lane]


@kernel(parallel=True)
def anneal(visible, hidden, rng, work, scale, base_scale, v_rows, h_rows):  # type: ignore[no-untyped-def]
    """Take every chain up the ladder scale (rung,), base_scale (rung,), one sweep a rung, in place.

    work (block, lane) float64 gains log p*_k(v) - log p*_(k-1)(v) at every rung k, the hidden layer summed out, with v
    as it is BEFORE the sweep at rung k (Neal 2001). The base energy has visible fields only.
    """
    v_bias, v_base, v_start, v_neighbour, v_weight = v_rows
    h_bias, h_base, h_start, h_neighbour, h_weight = h_rows
    for block in prange(visible.shape[0]):
        width = 32 * visible.shape[2]
        v = np.empty((visible.shape[1], width), np.uint8)
        h = np.empty((hidden.shape[1], width), np.uint8)
        total, own, on = np.empty(width, np.float32), work[block], np.empty(width)
        above, below = np.ones(width), np.ones(width)
        s, r = np.empty(width, np.float32), np.empty(width, np.float32)
        unpack(visible[block], v)
        unpack(hidden[block], h)
        for k in range(1, scale.size):
            old, new = scale[k - 1], scale[k]
            s[:], r[:] = new, base_scale[k]
            step = np.float64(new) - np.float64(old)
            base_step = np.float64(base_scale[k]) - np.float64(base_scale[k - 1])
            add_visible(v, v_bias[0], v_base[0], step, base_step, own)
            on[:] = 0
            for unit in range(h.shape[0]):
                add_fields(total, h_bias[0, unit], h_start[0, unit], h_start[0, unit + 1], h_neighbour, h_weight, v)
                weigh(total, old, new, above, below, on)
                if unit % FOLD == FOLD - 1:
                    fold(above, below, own)
                draw(total, s, h_base[0, unit], r, rng[block], h[unit], None, f32(0.0), None)
            fold(above, below, own)
            for lane in range(width):
                own[lane] += np.log(2.0) * step * on[lane]
            layer(
                h,
                v,
                v_bias[0],
                v_base[0],
                v_start[0],
                v_neighbour,
                v_weight,
                s,
                r,
                rng[block],
                total,
                False,
                None,
                None,
            )
        pack(v, visible[block])
        pack(h, hidden[block])
