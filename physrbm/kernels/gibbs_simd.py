"""Block Gibbs sweeps on the bits themselves: `gibbs` gives the same states, two to four times slower.

A row of W words is K = 2 W vectors of 16 chains; their sums stay in registers while the bonds of a unit are added, one
broadcast and K masked additions a bond. The states of a block (12 KiB for 784 units and 128 chains) stay in the
first-level cache and the random streams in registers, for all sweeps of a call.
"""

from typing import Any

import numpy as np
from numba import prange

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import f32
from physrbm.kernels.gibbs import State
from physrbm.kernels.lanes import add_fields, is_on, load_streams, next_random, store_streams
from physrbm.kernels.simd import choose, fma, load_double, load_float, splat, store, store_bits, to_double


@kernel
def add_energy(energy, lane, on, field, base):  # type: ignore[no-untyped-def]
    """Take a unit that is on where `on` says into energy (2, lane), as `gibbs.add_energy`."""
    zero, second = splat(f32(0.0)), energy.shape[1] + lane
    store(energy, lane, load_double(energy, lane) + to_double(choose(on, field, zero)))
    store(energy, second, load_double(energy, second) + to_double(choose(on, splat(base), zero)))


@kernel
def draw(total, scale, base, base_scale, lane, streams, target, first, n_words, energy, own, bonds):  # type: ignore[no-untyped-def]
    """Draw one unit on every lane, its scales from `lane` on; without a `scale` (None) from its field as it is.

    If it turns on, its field, or without `bonds` (None) its `own` part, goes to the `energy`, if there is one.
    """
    for w in range(n_words):
        y = field = load_float(total, 32 * w)
        if scale is not None:
            y = fma(y, load_float(scale, lane + 32 * w), splat(base) * load_float(base_scale, lane + 32 * w))
        random, streams = next_random(streams)
        on = is_on(random, y)
        store_bits(target, first + w, on)
        if energy is not None:
            add_energy(energy, 32 * w, on, splat(own) if bonds is None else field, base)
    return streams


@kernel
def layer(like, source, target, rows, m, scale, base_scale, lane, streams, total, energy, bonds):  # type: ignore[no-untyped-def]
    """Update every unit of one layer, given the other.

    The units that turn on go to the `energy`, unless it is None, with the fields of their bonds unless `bonds` is None.
    """
    bias, base, start, neighbour, weight = rows
    n_words = len(like) // 2
    for unit in range(target.shape[0]):
        add_fields(
            like, bias[m, unit], start[m, unit], start[m, unit + 1], neighbour, weight, source, 0, n_words, total
        )
        first, own = unit * n_words, bias[m, unit]
        streams = draw(
            total, scale, base[m, unit], base_scale, lane, streams, target, first, n_words, energy, own, bonds
        )
    return streams


@kernel(parallel=True)
def _sweep(like, visible, hidden, rng, weight_set, scale, base_scale, v_rows, h_rows, n_sweeps, energy):  # type: ignore[no-untyped-def]
    for block in prange(visible.shape[0]):
        v, h, m = visible[block], hidden[block], weight_set[block]
        lane = block * 16 * len(like)
        total = np.empty(16 * len(like), np.float32)
        streams = load_streams(rng[block])
        for _ in range(n_sweeps if energy is None else n_sweeps - 1):
            streams = layer(like, v, h, h_rows, m, scale, base_scale, lane, streams, total, None, None)
            streams = layer(like, h, v, v_rows, m, scale, base_scale, lane, streams, total, None, None)
        if energy is not None:
            streams = layer(like, v, h, h_rows, m, scale, base_scale, lane, streams, total, energy[block], None)
            streams = layer(like, h, v, v_rows, m, scale, base_scale, lane, streams, total, energy[block], True)
        store_streams(rng[block], streams)


def sweep(state: State, v_rows: Any, h_rows: Any, n_sweeps: int, energy: np.ndarray | None = None) -> None:
    """As `gibbs.sweep`, to the same bits. Scales of one and base scales of zero cost nothing."""
    *layers_and_streams, scale, base_scale = state
    scales = (None, None) if (scale == 1).all() and not base_scale.any() else (scale, base_scale)
    _sweep((0,) * (2 * state[0].shape[2]), *layers_and_streams, *scales, v_rows, h_rows, n_sweeps, energy)
