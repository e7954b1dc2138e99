"""Block Gibbs sweeps on the bits themselves: `gibbs` gives the same states, two to four times slower.

A row of W words is K = 2 W vectors of 16 chains; their sums stay in registers while the bonds of a unit are added, one
broadcast and K masked additions a bond. The states of a block (12 KiB for 784 units and 128 chains) stay in the
first-level cache and the random streams in registers, for all sweeps of a call.
"""

from typing import Any

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.gibbs import State
from physrbm.kernels.lanes import add_fields, is_on, load_streams, next_random, store_streams
from physrbm.kernels.simd import fma, load_float, splat, store_bits


@kernel
def draw(total, scale, base, base_scale, lane, streams, target, first, n_words):  # type: ignore[no-untyped-def]
    """Draw one unit on every lane, its scales from `lane` on; without a `scale` (None) from its field as it is."""
    for w in range(n_words):
        y = load_float(total, 32 * w)
        if scale is not None:
            y = fma(y, load_float(scale, lane + 32 * w), splat(base) * load_float(base_scale, lane + 32 * w))
        random, streams = next_random(streams)
        store_bits(target, first + w, is_on(random, y))
    return streams


@kernel
def layer(like, source, target, rows, m, scale, base_scale, lane, streams, total):  # type: ignore[no-untyped-def]
    """Update every unit of one layer, given the other."""
    bias, base, start, neighbour, weight = rows
    n_words = len(like) // 2
    for unit in range(target.shape[0]):
        add_fields(
            like, bias[m, unit], start[m, unit], start[m, unit + 1], neighbour, weight, source, 0, n_words, total
        )
        streams = draw(total, scale, base[m, unit], base_scale, lane, streams, target, unit * n_words, n_words)
    return streams


@kernel(parallel=True)
def _sweep(like, visible, hidden, rng, weight_set, scale, base_scale, v_rows, h_rows, n_sweeps):  # type: ignore[no-untyped-def]
    for block in prange(visible.shape[0]):
        v, h, m = visible[block], hidden[block], weight_set[block]
        lane = block * 16 * len(like)
        total = np.empty(16 * len(like), np.float32)
        streams = load_streams(rng[block])
        for _ in range(n_sweeps):
            streams = layer(like, v, h, h_rows, m, scale, base_scale, lane, streams, total)
            streams = layer(like, h, v, v_rows, m, scale, base_scale, lane, streams, total)
        store_streams(rng[block], streams)


def sweep(state: State, v_rows: Any, h_rows: Any, n_sweeps: int) -> None:
    """As `gibbs.sweep`, to the same bits. Scales of one and base scales of zero cost nothing."""
    *layers_and_streams, scale, base_scale = state
    scales = (None, None) if (scale == 1).all() and not base_scale.any() else (scale, base_scale)
    _sweep((0,) * (2 * state[0].shape[2]), *layers_and_streams, *scales, v_rows, h_rows, n_sweeps)
