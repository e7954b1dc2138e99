"""Sweeps of weakly diluted machines by looking up sums: `gibbs.sweep_grouped` gives the same states.

The sum of the weights of four sources that are on has 16 values. Looked up instead of added, it costs the same whatever
the dilution: it pays below p = 1/2 or so. The states stay bit-packed by unit; for every half sweep they are turned, so
that the bits of several units of one chain lie together. AVX-512 and AVX2 look up in their own ways.
"""

from typing import Any

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.gibbs import State
from physrbm.kernels.lanes import load_streams, store_streams
from physrbm.kernels.processor import features

if "avx512f" in features():
    from physrbm.kernels.tables_floats import empty, fill, layer
else:
    from physrbm.kernels.tables_bytes import empty, fill, layer


@kernel(parallel=True)
def _sweep(like, visible, hidden, rng, scale, base_scale, v_rows, h_rows, v_table, h_table, n_sweeps, energy):  # type: ignore[no-untyped-def]
    for block in prange(visible.shape[0]):
        v, h, s, r = visible[block], hidden[block], scale[block], base_scale[block]
        n_words = v.shape[1]
        lanes = np.empty(32 * n_words * -(-max(v.shape[0], h.shape[0]) // 32), np.int32)
        total = np.empty((32 * n_words // (4 * len(like)), 16 * len(like)), np.float32)
        streams = load_streams(rng[block])
        v_fields, h_fields = (v_rows[0][0], v_rows[1][0]), (h_rows[0][0], h_rows[1][0])
        for _ in range(n_sweeps if energy is None else n_sweeps - 1):
            streams = layer(like, v, h, *h_fields, h_table, s, r, streams, lanes, total, None, None)
            streams = layer(like, h, v, *v_fields, v_table, s, r, streams, lanes, total, None, None)
        if energy is not None:
            streams = layer(like, v, h, *h_fields, h_table, s, r, streams, lanes, total, energy[block], None)
            streams = layer(like, h, v, *v_fields, v_table, s, r, streams, lanes, total, energy[block], True)
        store_streams(rng[block], streams)


def tables(layers: tuple[Any, Any], sizes: tuple[int, int]) -> tuple[np.ndarray, ...]:
    """Of the visible and the hidden rows; `sizes` are Nv, Nh."""
    found = []
    for (_, _, start, neighbour, weight), n_units, n_sources in zip(layers, sizes, sizes[::-1], strict=True):
        found.append(empty(n_units, n_sources))
        fill(start[0], neighbour, weight, found[-1])
    return tuple(found)


def sweep_grouped(
    state: State,
    v_rows: Any,
    h_rows: Any,
    tables: tuple[np.ndarray, ...],
    n_sweeps: int,
    energy: np.ndarray | None = None,
) -> None:
    """As `gibbs.sweep_grouped`, to the same bits; `tables` of the visible and the hidden rows."""
    visible, hidden, rng, _, *scales = state
    like = (0,) * (4 * min(4, 2 * visible.shape[2]))
    _sweep(like, visible, hidden, rng, *scales, v_rows, h_rows, *tables, n_sweeps, energy)
