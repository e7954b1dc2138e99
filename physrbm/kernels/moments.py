"""First and second moments on the surviving bonds, the hidden layer summed out given the visible states.

Means of hidden units are rounded to multiples of 2^-23 (what float32 resolves below 1) and summed as integers: exact,
so the order of the sum, and with it the machine and the number of threads, does not matter.
"""

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import exp2, f32, i32
from physrbm.kernels.gibbs import add_fields, unpack

ONE = 2**23  # 128 lanes of it still fit an int32


@kernel
def masked_sum(state, level):  # type: ignore[no-untyped-def]
    """Sum of the levels of the lanes whose byte is 1."""
    total = i32(0)
    for lane in range(level.size):
        total = i32(total + i32(level[lane] & i32(-i32(state[lane]))))
    return total


@kernel(parallel=True)
def moments(visible, n_chains, h_rows, order, hidden_sum, bond_sum):  # type: ignore[no-untyped-def]
    """Add the sums over chains of <h_j|v> (Nh,) and v_i <h_j|v> (bond,), in units of 1/ONE, int64, at beta = 1.

    h_rows as in `gibbs.sweep`, of one weight set; the sum of their bond k is bond_sum[order[k]].
    """
    bias, _, start, neighbour, weight = h_rows
    n_blocks, n_visible, width = visible.shape[0], visible.shape[1], 32 * visible.shape[2]
    lanes = np.empty((n_blocks, n_visible, width), np.uint8)
    for block in prange(n_blocks):
        unpack(visible[block], lanes[block])
    for unit in prange(hidden_sum.size):
        field, level = np.empty(width, np.float32), np.empty(width, np.int32)
        for block in range(n_blocks):
            v = lanes[block]
            add_fields(field, bias[0, unit], start[0, unit], start[0, unit + 1], neighbour, weight, v)
            for lane in range(width):
                mean = f32(f32(1.0) / f32(f32(1.0) + exp2(field[lane])))
                level[lane] = i32(f32(mean * f32(ONE)) + f32(0.5))
            for lane in range(max(0, min(width, n_chains - block * width)), width):
                level[lane] = 0
            for lane in range(width):
                hidden_sum[unit] += level[lane]
            for k in range(start[0, unit], start[0, unit + 1]):
                bond_sum[order[k]] += masked_sum(v[neighbour[k]], level)
