"""Gibbs chains: packing a machine and its chains for the kernels, and sweeping them."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, hidden_rows, visible_rows
from physrbm.streams import Stream, generator, sequence

LayerRows = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


class Machine(NamedTuple):
    """What the kernels read: the rows of both layers in float32 and in reduced units -x / ln 2."""

    visible: LayerRows
    hidden: LayerRows
    hidden_order: np.ndarray
    """(bond,) int64: the hidden rows hold the bonds in this order"""


class Chains(NamedTuple):
    """The whole state of the sampler; a block of chains belongs to one weight set."""

    visible: np.ndarray
    """(block, Nv, W) uint32, 32 chains a word"""
    hidden: np.ndarray
    """(block, Nh, W) uint32"""
    rng: np.ndarray
    """(block, 4, 32) uint32, xoshiro128++ (Blackman & Vigna 2021)"""
    weight_set: np.ndarray
    """(block,) int64"""
    scale: np.ndarray
    """(block, 32 W) float32, inverse temperature of the machine's energy"""
    base_scale: np.ndarray
    """(block, 32 W) float32, that of the base energy"""
    n_chains: int


class Samples(NamedTuple):
    """Configurations, one a chain."""

    visible: np.ndarray
    """(chain, Nv) uint8"""
    hidden: np.ndarray
    """(chain, Nh) uint8"""


def pack_machine(rbm: RBM, base_visible: np.ndarray | None = None) -> Machine:
    """Machine with one weight set; `base_visible` (Nv,) are the fields of the base energy -base.v, else zero."""
    v, h = visible_rows(rbm.bonds, rbm.n_visible), hidden_rows(rbm.bonds, rbm.n_hidden)
    no_values = np.empty(0, np.float32)
    visible = (no_values, no_values, v.start[None], v.neighbour, no_values)
    hidden = (no_values, no_values, h.start[None], h.neighbour, no_values)
    return repack_machine(Machine(visible, hidden, h.order), rbm, base_visible)


def repack_machine(machine: Machine, rbm: RBM, base_visible: np.ndarray | None = None) -> Machine:
    """The packed machine with new fields and couplings on the same bonds."""
    base = np.zeros(rbm.n_visible) if base_visible is None else base_visible
    weight = _reduced(rbm.bonds.weight)
    _, _, v_start, v_neighbour, _ = machine.visible
    _, _, h_start, h_neighbour, _ = machine.hidden
    return Machine(
        (_reduced(rbm.visible_bias[None]), _reduced(base[None]), v_start, v_neighbour, weight),
        (
            _reduced(rbm.hidden_bias[None]),
            np.zeros((1, rbm.n_hidden), np.float32),
            h_start,
            h_neighbour,
            weight[machine.hidden_order],
        ),
        machine.hidden_order,
    )


def _reduced(x: np.ndarray) -> np.ndarray:
    reduced: np.ndarray = (-x / np.log(2.0)).astype(np.float32)
    return reduced


def set_threads(n: int) -> None:
    """Threads of the kernels; results do not depend on it. Raises InvalidInput beyond what the machine offers."""
    from physrbm.kernels import _jit

    try:
        _jit.set_threads(n)
    except ValueError as error:
        raise InvalidInput(f"threads must be in 1..{_jit.facts()['threads'].split()[-1]}, got {n}") from error


def engine() -> dict[str, str]:
    """Which kernels run here, on what processor, with how many threads."""
    from physrbm.kernels import _jit

    return _jit.facts()


def block_words(n_chains: int) -> int:
    """Words of a block, W: a function of the number of chains alone, because results depend on it."""
    return 4 if n_chains >= 256 else 2 if n_chains >= 128 else 1


def pack_states(states: np.ndarray, words: int) -> np.ndarray:
    """Bits of states (chain, unit) in {0,1}: (block, unit, W) uint32; missing chains of the last block are zero."""
    width = 32 * words
    n_blocks = -(-len(states) // width)
    padded = np.zeros((n_blocks * width, states.shape[1]), np.uint8)
    padded[: len(states)] = states
    lanes = padded.reshape(n_blocks, width, -1).transpose(0, 2, 1)
    bits = np.ascontiguousarray(np.packbits(lanes, axis=-1, bitorder="little"))
    packed: np.ndarray = bits.view("<u4").astype(np.uint32)
    return packed


def unpack_states(packed: np.ndarray, n_chains: int) -> np.ndarray:
    """States (chain, unit) uint8 of packed bits; the inverse of `pack_states`."""
    lanes = np.unpackbits(packed.astype("<u4").view(np.uint8), axis=-1, bitorder="little")
    return np.ascontiguousarray(lanes.transpose(0, 2, 1).reshape(-1, packed.shape[1])[:n_chains])


def new_chains(
    rbm: RBM, n_chains: int, seed: int, *, start: np.ndarray | None = None, beta: float = 1.0, key: int = 0
) -> Chains:
    """Chains at inverse temperature `beta`, from visible configurations `start` (chain, Nv) or from random ones."""
    words = block_words(n_chains)
    if start is None:
        start = generator(seed, Stream.INITIAL, key).integers(0, 2, (n_chains, rbm.n_visible), dtype=np.uint8)
    visible = pack_states(start, words)
    n_blocks = len(visible)
    rng = [sequence(seed, Stream.DYNAMICS, key, block).generate_state(128).reshape(4, 32) for block in range(n_blocks)]
    hidden = np.zeros((n_blocks, rbm.n_hidden, words), np.uint32)
    lanes = np.ones((n_blocks, 32 * words), np.float32)
    return Chains(
        visible,
        hidden,
        np.stack(rng),
        np.zeros(n_blocks, np.int64),
        np.float32(beta) * lanes,
        0 * lanes,
        n_chains,
    )


def sweep(machine: Machine, chains: Chains, n_sweeps: int) -> None:
    """Advance every chain by `n_sweeps` sweeps (hidden layer, then visible), in place."""
    from physrbm.kernels import gibbs

    gibbs.sweep(*chains[:-1], machine.visible, machine.hidden, n_sweeps)


def anneal(machine: Machine, chains: Chains, scale: np.ndarray, base_scale: np.ndarray) -> np.ndarray:
    """Take the chains up a ladder of scales (rung,), one sweep a rung, in place; the log-weights gained (chain,).

    The chains must be distributed as the first rung says.
    """
    from physrbm.kernels import anneal as kernel

    work = np.zeros(chains.scale.shape)
    ladder = np.asarray(scale, np.float32), np.asarray(base_scale, np.float32)
    kernel.anneal(chains.visible, chains.hidden, chains.rng, work, *ladder, machine.visible, machine.hidden)
    return work.ravel()[: chains.n_chains]


class Moments(NamedTuple):
    """Averages over states, the hidden layer summed out given the visible one."""

    visible: np.ndarray
    """(Nv,) float64, <v_i>"""
    hidden: np.ndarray
    """(Nh,) float64, <h_j>"""
    bond: np.ndarray
    """(bond,) float64, <v_i h_j> on the surviving bonds, in their order"""


def moments(rbm: RBM, machine: Machine, visible: np.ndarray, n_states: int) -> Moments:
    """Moments of the first `n_states` packed visible states (block, Nv, W), at beta = 1."""
    from physrbm.kernels import moments as kernel

    hidden, by_row, bond = np.zeros(rbm.n_hidden, np.int64), np.zeros(rbm.n_bonds, np.int64), np.empty(rbm.n_bonds)
    kernel.moments(visible, n_states, machine.hidden, hidden, by_row)
    bond[machine.hidden_order] = by_row
    on = unpack_states(visible, n_states).sum(0, dtype=np.float64)
    return Moments(on / n_states, hidden / (n_states * kernel.ONE), bond / (n_states * kernel.ONE))


def states(chains: Chains) -> Samples:
    """Configurations of the chains."""
    return Samples(unpack_states(chains.visible, chains.n_chains), unpack_states(chains.hidden, chains.n_chains))


def sample(
    rbm: RBM,
    n_chains: int = 1024,
    n_sweeps: int = 1000,
    beta: float = 1.0,
    start: np.ndarray | None = None,
    seed: int = 0,
) -> Samples:
    """Configurations of independent Gibbs chains after `n_sweeps` sweeps at inverse temperature `beta`.

    start: visible configurations (chain, Nv) of {0,1}; random ones if absent. Raises InvalidInput.
    """
    if n_chains < 1 or n_sweeps < 1:
        raise InvalidInput(f"n_chains and n_sweeps must be at least 1, got {n_chains} and {n_sweeps}")
    if not (np.isfinite(beta) and beta >= 0):
        raise InvalidInput(f"beta must be finite and not negative, got {beta}")
    if start is not None:
        start = np.asarray(start)
        if start.shape != (n_chains, rbm.n_visible) or not np.isin(start, (0, 1)).all():
            raise InvalidInput(f"start must be {(n_chains, rbm.n_visible)} of 0 and 1, got the shape {start.shape}")
    chains = new_chains(rbm, n_chains, seed, start=start, beta=beta)
    sweep(pack_machine(rbm), chains, n_sweeps)
    return states(chains)
