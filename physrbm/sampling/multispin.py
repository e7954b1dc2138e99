"""Machines with couplings +-J, no fields and few neighbours a spin: 1024 chains in the bits of a word of words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, hidden_rows, visible_rows
from physrbm.sampling.chains import Samples, unpack_states
from physrbm.sampling.drive import pieces
from physrbm.streams import Stream, generator, sequence

LANES, MAX_DEGREE = 1024, 7
_SMALL = 1e-9  # of J: fields that are round-off of the change to spins
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
"""start (unit + 1,), neighbour (bond,), flips (group, bond) or (group, bond, 32) int32"""


class Glass(NamedTuple):
    """Instances on one graph, E = constant - J sum +-s t, as the kernel reads them."""

    visible: Rows
    hidden: Rows
    J: float
    constant: float
    n_bonds: int


class SpinChains(NamedTuple):
    """Blocks of 1024 lanes, each with a temperature of its own."""

    visible: np.ndarray
    """(block, Nv, 32) uint32; bit l of word w is lane 32 w + l, set where the spin is up"""
    hidden: np.ndarray
    """(block, Nh, 32) uint32"""
    rng: np.ndarray
    """(block, 4, 32) uint32, as in `Chains`"""


def refusal(rbm: RBM) -> str:
    """Why the machine cannot be multi-spin coded; empty if it can."""
    J, H_visible, H_hidden, _, _ = rbm.to_spins()
    size = np.abs(J.weight)
    if not size.size or size.min() < size.max() * (1 - _SMALL):
        return "couplings are not +-J in spins"
    if max(np.abs(H_visible).max(), np.abs(H_hidden).max()) > _SMALL * size.max() * MAX_DEGREE:
        return "it has fields in spins"
    degree = max(np.bincount(J.i).max(), np.bincount(J.j).max())
    return f"a spin has {degree} bonds, at most {MAX_DEGREE} fit" if degree > MAX_DEGREE else ""


def pack_glass(instances: Sequence[RBM], instance: np.ndarray | None = None) -> Glass:
    """The instances as the kernel reads them; instance (block, LANES) names the one of each lane, needed for several.

    Raises InvalidInput where they are not +-J machines of one graph and one J.
    """
    first = instances[0]
    for rbm in instances:
        if reason := refusal(rbm):
            raise InvalidInput(f"multi-spin coding: {reason}")
        same = rbm.bonds.i.size == first.bonds.i.size and (rbm.bonds.i == first.bonds.i).all()
        if not (
            same
            and (rbm.bonds.j == first.bonds.j).all()
            and np.allclose(np.abs(rbm.bonds.weight), np.abs(first.bonds.weight))
        ):
            raise InvalidInput("multi-spin coding: the instances differ in more than the signs of their couplings")
    negative = np.stack([rbm.bonds.weight < 0 for rbm in instances])
    if instance is None:
        flips = -negative[:1].astype(np.int32)
    else:
        lanes = np.ascontiguousarray(negative[instance].transpose(0, 2, 1))  # (block, bond, lane)
        flips = np.packbits(lanes, axis=-1, bitorder="little").view("<i4").astype(np.int32)
    v, h = visible_rows(first.bonds, first.n_visible), hidden_rows(first.bonds, first.n_hidden)
    spins = first.to_spins()
    return Glass(
        (v.start, v.neighbour, flips),
        (h.start, h.neighbour, np.ascontiguousarray(flips[:, h.order])),
        float(np.abs(spins.J.weight).mean()),
        spins.constant,
        first.n_bonds,
    )


def start_spins(visible: np.ndarray, n_hidden: int, seed: int, key: tuple[int, ...]) -> SpinChains:
    """Chains from packed visible states (block, Nv, 32), hidden spins all down; `key` as in `new_chains`."""
    n_blocks = len(visible)
    streams = [sequence(seed, Stream.DYNAMICS, *key, block).generate_state(128) for block in range(n_blocks)]
    hidden = np.zeros((n_blocks, n_hidden, 32), np.uint32)
    return SpinChains(visible, hidden, np.stack(streams).reshape(n_blocks, 4, 32))


def random_spins(n_blocks: int, n_visible: int, seed: int, key: tuple[int, ...]) -> np.ndarray:
    """Random packed visible states (block, Nv, 32)."""
    return generator(seed, Stream.INITIAL, *key).integers(0, 2**32, (n_blocks, n_visible, 32), dtype=np.uint32)


def spread(glass: Glass, beta: np.ndarray, rung: np.ndarray) -> np.ndarray:
    """Thresholds for the kernel: the lanes stand on the rungs (block, LANES) of the temperatures beta (rung,).

    A spin goes against a field of size f with probability 1 / (1 + exp(2 beta J f)), in units of 2^-32.
    """
    from physrbm.kernels import multispin

    size = 2 * np.arange(4) + np.arange(2)[:, None]
    against = np.exp(-2 * glass.J * np.multiply.outer(np.asarray(beta, np.float64), size))
    levels = np.floor(against / (1 + against) * 2.0**32).astype(np.uint32).view(np.int32)
    words = np.empty((len(rung), 2, multispin.BITS, 4, 32), np.int32)
    multispin.spread(levels, rung, words)
    return words


def sweep_spins(glass: Glass, chains: SpinChains, thresholds: np.ndarray, n_sweeps: int) -> np.ndarray:
    """Advance every lane by `n_sweeps`, in place; energies (block, LANES) at the end. thresholds: see `spread`."""
    from physrbm.kernels import multispin

    satisfied = np.empty((len(chains.rng), 32, 32), np.int32)
    cost = float(chains.visible.size + chains.hidden.size) * 32
    for piece in pieces(n_sweeps, cost):
        multispin.sweep(*chains, thresholds, glass.visible, glass.hidden, piece.stop - piece.start, satisfied)
    lanes = satisfied.transpose(0, 2, 1).reshape(-1, LANES)
    energy: np.ndarray = glass.constant - glass.J * (2.0 * lanes - glass.n_bonds)
    return energy


def spin_states(chains: SpinChains) -> Samples:
    """Configurations of all lanes."""
    return Samples(*(unpack_states(layer, LANES * len(chains.rng)) for layer in (chains.visible, chains.hidden)))
