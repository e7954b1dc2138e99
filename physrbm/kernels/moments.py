"""First and second moments on the surviving bonds, the hidden layer summed out given the visible states."""

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import exp2, f32
from physrbm.kernels.gibbs import add_fields, unpack

_PARTIAL = 8  # sums kept apart: their order is fixed, yet compilers can use vectors


@kernel
def dot(state, mean, partial):  # type: ignore[no-untyped-def]
    """Sum over lanes of state * mean."""
    partial[:] = 0
    for k in range(0, mean.size, _PARTIAL):
        for p in range(_PARTIAL):
            partial[p] += f32(f32(state[k + p]) * mean[k + p])
    total = np.float64(0)
    for p in range(_PARTIAL):
        total += partial[p]
    return total


@kernel(parallel=True)
def moments(visible, n_chains, h_rows, hidden_sum, bond_sum):  # type: ignore[no-untyped-def]
    """Sums over chains of <h_j|v> (Nh,) and of v_i <h_j|v> (bond,) in hidden-row order, float64, at beta = 1."""
    bias, _, start, neighbour, weight = h_rows
    n_blocks, n_visible, width = visible.shape[0], visible.shape[1], 32 * visible.shape[2]
    lanes = np.empty((n_blocks, n_visible, width), np.uint8)
    for block in prange(n_blocks):
        unpack(visible[block], lanes[block])
    for unit in prange(hidden_sum.size):  # a unit owns its sums: the same bytes for any number of threads
        mean, partial = np.empty(width, np.float32), np.empty(_PARTIAL, np.float32)
        for block in range(n_blocks):
            v = lanes[block]
            add_fields(mean, bias[0, unit], start[0, unit], start[0, unit + 1], neighbour, weight, v)
            for lane in range(width):
                on = f32(f32(1.0) / f32(f32(1.0) + exp2(mean[lane])))
                mean[lane] = on if block * width + lane < n_chains else f32(0.0)
            for lane in range(width):
                hidden_sum[unit] += mean[lane]
            for k in range(start[0, unit], start[0, unit + 1]):
                bond_sum[k] += dot(v[neighbour[k]], mean, partial)
