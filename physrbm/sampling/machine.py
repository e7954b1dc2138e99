"""A machine as the kernels read it: the only place that knows their units and row order."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, hidden_rows, visible_rows

_LARGEST = 1e9
_MOST_PAIRS = 2**22  # their tables take 64 MiB a layer
LayerRows = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""bias (set, unit), base field (set, unit), start (set, unit + 1), neighbour (bond,), weight (bond,)"""


class Machine(NamedTuple):
    """The rows of both layers, float32, in reduced units -x / ln 2 (see `kernels.arithmetic.is_on`)."""

    visible: LayerRows
    hidden: LayerRows
    hidden_order: np.ndarray
    """(bond,) int64: the hidden rows hold the bonds in this order"""
    grouped: bool
    """whether sweeps first add the weights of four consecutive sources; such sums can be looked up, which pays where
    most pairs are bonds"""
    tables: Any
    """those sums, as the kernels of this process want them; None if not grouped"""

    @property
    def sizes(self) -> tuple[int, int]:
        """Nv and Nh."""
        return self.visible[0].shape[1], self.hidden[0].shape[1]


def pack_machine(rbm: RBM, base_visible: np.ndarray | None = None) -> Machine:
    """Machine with one weight set; `base_visible` (Nv,) are the fields of the base energy -base.v, else zero."""
    return repack_machine(_bare(rbm), rbm, base_visible)


def _bare(rbm: RBM) -> Machine:
    """The graph alone."""
    largest = max(np.abs(x).max(initial=0.0) for x in (rbm.visible_bias, rbm.hidden_bias, rbm.bonds.weight))
    if largest > _LARGEST:
        raise InvalidInput(f"couplings and fields must be at most {_LARGEST:g} for float32 chains, got {largest:g}")
    v, h = visible_rows(rbm.bonds, rbm.n_visible), hidden_rows(rbm.bonds, rbm.n_hidden)
    none = np.empty(0, np.float32)
    n_pairs = rbm.n_visible * rbm.n_hidden
    grouped = n_pairs / 2 < rbm.n_bonds and n_pairs <= _MOST_PAIRS
    v_rows, h_rows = (none, none, v.start[None], v.neighbour, none), (none, none, h.start[None], h.neighbour, none)
    return Machine(v_rows, h_rows, h.order, grouped, None)


def pack_machines(machines: Sequence[RBM]) -> Machine:
    """Machine with one weight set a machine of equal layers; their graphs may differ."""
    packed = [repack_machine(_bare(rbm)._replace(grouped=False), rbm) for rbm in machines]

    def join(layers: list[LayerRows]) -> LayerRows:
        first = np.cumsum([0, *(layer[4].size for layer in layers[:-1])])
        start = np.concatenate([layer[2] + n for layer, n in zip(layers, first, strict=True)])
        bias, base, neighbour, weight = (np.concatenate([layer[k] for layer in layers]) for k in (0, 1, 3, 4))
        return bias, base, start, neighbour, weight

    rows = join([m.visible for m in packed]), join([m.hidden for m in packed])
    return Machine(*rows, packed[0].hidden_order, False, None)


def repack_machine(machine: Machine, rbm: RBM, base_visible: np.ndarray | None = None) -> Machine:
    """The machine with new fields and couplings on the same bonds: no sorting."""
    from physrbm.kernels.engine import engine

    weight = _reduced(rbm.bonds.weight)
    base_v = np.zeros(rbm.n_visible) if base_visible is None else base_visible
    base_h = np.zeros((1, rbm.n_hidden), np.float32)
    _, _, v_start, v_neighbour, _ = machine.visible
    _, _, h_start, h_neighbour, _ = machine.hidden
    order = machine.hidden_order
    v_rows = _reduced(rbm.visible_bias[None]), _reduced(base_v[None]), v_start, v_neighbour, weight
    h_rows = _reduced(rbm.hidden_bias[None]), base_h, h_start, h_neighbour, weight[order]
    tables = engine().tables((v_rows, h_rows), (rbm.n_visible, rbm.n_hidden)) if machine.grouped else None
    return Machine(v_rows, h_rows, order, machine.grouped, tables)


def _reduced(x: np.ndarray) -> np.ndarray:
    reduced: np.ndarray = (-x / np.log(2.0)).astype(np.float32)
    return reduced
