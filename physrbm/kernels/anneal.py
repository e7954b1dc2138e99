"""Annealed importance sampling, fused: the work of a rung is read off the fields that the sweep needs anyway."""

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import exp2, f32
from physrbm.kernels.gibbs import add_fields, draw, layer, pack, unpack

_FOLD = 8  # ratios multiplied before a logarithm: (2^126)^8 still fits a float64


@kernel
def fold(ratio, work):  # type: ignore[no-untyped-def]
    """Move the running products into the logarithm."""
    for lane in range(ratio.size):
        work[lane] += np.log(ratio[lane])
        ratio[lane] = 1.0


@kernel
def weigh(total, old, new, ratio):  # type: ignore[no-untyped-def]
    """Multiply in (1 + e^(new x)) / (1 + e^(old x)) of one hidden unit of reduced field `total`."""
    for lane in range(total.size):
        top = 1.0 + np.float64(exp2(f32(-f32(total[lane] * new))))
        ratio[lane] *= top / (1.0 + np.float64(exp2(f32(-f32(total[lane] * old)))))


@kernel(parallel=True)
def anneal(visible, hidden, rng, work, scale, base_scale, v_rows, h_rows):  # type: ignore[no-untyped-def]
    """Take every chain up the ladder scale (rung,), base_scale (rung,), one sweep a rung, in place.

    work (block, lane) float64 gains log p*_k(v) - log p*_(k-1)(v) at every rung k, with v as it is BEFORE the sweep
    at rung k (Neal 2001), the hidden layer summed out, without the visible fields' share: that one is
    (scale_k - scale_(k-1)) a.v + (base_scale_k - base_scale_(k-1)) a_base.v, added here too.
    """
    v_bias, v_base, v_start, v_neighbour, v_weight = v_rows
    h_bias, h_base, h_start, h_neighbour, h_weight = h_rows
    for block in prange(visible.shape[0]):
        width = 32 * visible.shape[2]
        v = np.empty((visible.shape[1], width), np.uint8)
        h = np.empty((hidden.shape[1], width), np.uint8)
        total, ratio, own = np.empty(width, np.float32), np.ones(width), work[block]
        s, r = np.empty(width, np.float32), np.empty(width, np.float32)
        unpack(visible[block], v)
        unpack(hidden[block], h)
        for k in range(1, scale.size):
            old, new = scale[k - 1], scale[k]
            s[:], r[:] = new, base_scale[k]
            step, base_step = (
                np.float64(new) - np.float64(old),
                np.float64(base_scale[k]) - np.float64(base_scale[k - 1]),
            )
            for unit in range(v.shape[0]):
                gain = -np.log(2.0) * (step * v_bias[0, unit] + base_step * v_base[0, unit])
                for lane in range(width):
                    own[lane] += gain * v[unit, lane]
            for unit in range(h.shape[0]):
                add_fields(total, h_bias[0, unit], h_start[0, unit], h_start[0, unit + 1], h_neighbour, h_weight, v)
                weigh(total, old, new, ratio)
                if unit % _FOLD == _FOLD - 1:
                    fold(ratio, own)
                draw(total, s, h_base[0, unit], r, rng[block], h[unit])
            fold(ratio, own)
            layer(h, v, v_bias[0], v_base[0], v_start[0], v_neighbour, v_weight, s, r, rng[block], total)
        pack(v, visible[block])
        pack(h, hidden[block])
