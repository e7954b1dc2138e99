"""Energies of states as they are, under any weight set: what a path asks of its neighbouring rungs."""

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.gibbs import add_energy, add_fields, unpack


@kernel(parallel=True)
def energies(visible, hidden, weight_set, v_rows, h_rows, energy):  # type: ignore[no-untyped-def]
    """energy (block, 2, lane) float64 gains E / ln 2 without the constant and E_base / ln 2; rows as in `gibbs.sweep`.

    Summed as a measured sweep does: hidden units' own fields first, then the fields on visible units.
    """
    v_bias, v_base, v_start, v_neighbour, v_weight = v_rows
    h_bias, h_base, _, _, _ = h_rows
    for block in prange(visible.shape[0]):
        width = 32 * visible.shape[2]
        v = np.empty((visible.shape[1], width), np.uint8)
        h = np.empty((hidden.shape[1], width), np.uint8)
        total, m, own = np.empty(width, np.float32), weight_set[block], energy[block]
        unpack(visible[block], v)
        unpack(hidden[block], h)
        for unit in range(h.shape[0]):
            for lane in range(width):
                if h[unit, lane]:
                    add_energy(own, lane, h_bias[m, unit], h_base[m, unit])
        for unit in range(v.shape[0]):
            add_fields(total, v_bias[m, unit], v_start[m, unit], v_start[m, unit + 1], v_neighbour, v_weight, h)
            for lane in range(width):
                if v[unit, lane]:
                    add_energy(own, lane, total[lane], v_base[m, unit])
