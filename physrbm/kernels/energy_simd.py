"""`energies` on the bits themselves, to the same numbers."""

from typing import Any

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.gibbs_simd import add_energy
from physrbm.kernels.lanes import add_fields
from physrbm.kernels.simd import load_bits, load_float, splat


@kernel(parallel=True)
def _energies(like, visible, hidden, weight_set, v_rows, h_rows, energy):  # type: ignore[no-untyped-def]
    v_bias, v_base, v_start, v_neighbour, v_weight = v_rows
    h_bias, h_base, _, _, _ = h_rows
    n_words = len(like) // 2
    for block in prange(visible.shape[0]):
        v, h, m, own = visible[block], hidden[block], weight_set[block], energy[block]
        total = np.empty(16 * len(like), np.float32)
        for unit in range(h.shape[0]):
            for w in range(n_words):
                add_energy(own, 32 * w, load_bits(h, unit * n_words + w), splat(h_bias[m, unit]), h_base[m, unit])
        for unit in range(v.shape[0]):
            first, last = v_start[m, unit], v_start[m, unit + 1]
            add_fields(like, v_bias[m, unit], first, last, v_neighbour, v_weight, h, 0, n_words, total)
            for w in range(n_words):
                on = load_bits(v, unit * n_words + w)
                add_energy(own, 32 * w, on, load_float(total, 32 * w), v_base[m, unit])


def energies(
    visible: np.ndarray, hidden: np.ndarray, weight_set: np.ndarray, v_rows: Any, h_rows: Any, energy: np.ndarray
) -> None:
    """As `energy.energies`."""
    _energies((0,) * (2 * visible.shape[2]), visible, hidden, weight_set, v_rows, h_rows, energy)
