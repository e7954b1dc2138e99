"""Bit-packed chains: the whole state of the sampler."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.streams import Stream, generator, sequence

RNG = "xoshiro128++, 32 streams a block, 1"
"""the random streams of chains and their version: what is stored with one goes on with the same only"""


class Chains(NamedTuple):
    """Blocks of 32 W chains; a block belongs to one weight set, every lane has its own scales."""

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


def block_words(n_chains: int) -> int:
    """Words of a block, W: a function of the number of chains alone, because results depend on it.

    Wide blocks read a bond for more chains at once (W = 1 is a third slower, W = 2 some per cent), narrow ones are more
    blocks for threads to share: 512 chains keep eight busy, 4096 keep 32.
    """
    return 4 if n_chains >= 1024 else 2 if n_chains >= 128 else 1


def pack_states(states: np.ndarray, words: int) -> np.ndarray:
    """Bits of states (chain, unit) in {0,1}: (block, unit, W) uint32; missing chains of the last block are zero."""
    from physrbm.kernels.packing import pack_rows

    packed = np.zeros((-(-len(states) // (32 * words)), states.shape[1], words), np.uint32)
    pack_rows(np.ascontiguousarray(states, np.uint8), packed)
    return packed


def unpack_states(packed: np.ndarray, n_chains: int) -> np.ndarray:
    """States (chain, unit) uint8 of packed bits; the inverse of `pack_states`."""
    lanes = np.unpackbits(packed.astype("<u4").view(np.uint8), axis=-1, bitorder="little")
    return np.ascontiguousarray(lanes.transpose(0, 2, 1).reshape(-1, packed.shape[1])[:n_chains])


def count_on(packed: np.ndarray, n_chains: int) -> np.ndarray:
    """Chains in which a unit is on (unit,) int64, of the first `n_chains`."""
    n_blocks, _, words = packed.shape
    lanes = np.arange(n_blocks * words * 32).reshape(n_blocks, 1, words, 32) < n_chains
    mask = np.packbits(lanes, axis=-1, bitorder="little").view("<u4").astype(np.uint32)[..., 0]
    on: np.ndarray = np.bitwise_count(packed & mask).sum((0, 2), dtype=np.int64)
    return on


def by_unit(packed: np.ndarray, n_chains: int) -> np.ndarray:
    """Packed states as words (unit, word), the chains of a unit in order, zeros up to a multiple of 32 words.

    Chains beyond `n_chains` are off. Rows begin at cache lines: a vector across two of them would take two loads.
    """
    from physrbm.kernels import counts

    n_units, n_words = packed.shape[1], -(-packed[:, 0].size // counts.STEP) * counts.STEP
    space = np.zeros(n_units * n_words + 16, np.uint32)
    first = -space.ctypes.data % 64 // 4
    words = space[first : first + n_units * n_words].reshape(n_units, n_words)
    counts.by_unit(packed, words)
    whole, rest = divmod(n_chains, 32)
    words[:, whole : whole + 1] &= np.uint32((1 << rest) - 1)
    words[:, whole + 1 :] = 0
    return words


def new_chains(
    visible: np.ndarray,
    n_hidden: int,
    seed: int,
    key: tuple[int, ...],
    beta: float = 1.0,
    words: int | None = None,
) -> Chains:
    """Chains at inverse temperature `beta` from the configurations `visible` (chain, Nv), hidden units all off.

    `key` tells the uses of one seed apart: it begins with a `streams.Use`. words: of a block, see `block_words`.
    """
    packed = pack_states(visible, words or block_words(len(visible)))
    n_blocks, _, words = packed.shape
    streams = [sequence(seed, Stream.DYNAMICS, *key, block).generate_state(128) for block in range(n_blocks)]
    scale = np.full((n_blocks, 32 * words), beta, np.float32)
    return Chains(
        packed,
        np.zeros((n_blocks, n_hidden, words), np.uint32),
        np.stack(streams).reshape(n_blocks, 4, 32),
        np.zeros(n_blocks, np.int64),
        scale,
        np.zeros_like(scale),
        len(visible),
    )


def check_streams(name: object) -> None:
    """Raise InvalidInput unless stored chains go on with the random streams of this version."""
    if name != RNG:
        raise InvalidInput(f"its random streams are {name!r}, these are {RNG!r}")


def copy_chains(chains: Chains) -> Chains:
    """The same chains in memory of their own; sweeps change chains in place."""
    return chains._replace(**{name: getattr(chains, name).copy() for name in Chains._fields[:-1]})


def check_chains(
    chains: Chains, n_visible: int, n_hidden: int, words: int | None = None, weight_set: np.ndarray | None = None
) -> None:
    """Raise InvalidInput unless the kernels can take `chains` of a machine of that size.

    words: of a block, see `block_words`. weight_set (block,): the machine of a block, if there is more than one.
    """
    n_blocks, words = len(chains.rng), words or block_words(chains.n_chains)
    lanes = 32 * words
    expected = Chains(
        np.empty((n_blocks, n_visible, words), np.uint32),
        np.empty((n_blocks, n_hidden, words), np.uint32),
        np.empty((n_blocks, 4, 32), np.uint32),
        np.empty(n_blocks, np.int64),
        np.empty((n_blocks, lanes), np.float32),
        np.empty((n_blocks, lanes), np.float32),
        chains.n_chains,
    )
    for name in Chains._fields[:-1]:
        x, wanted = getattr(chains, name), getattr(expected, name)
        if x.shape != wanted.shape or x.dtype != wanted.dtype:
            raise InvalidInput(f"chains: {name} is {x.dtype} {x.shape}, {wanted.dtype} {wanted.shape} is needed")
    if not n_blocks == -(-chains.n_chains // lanes) > 0:
        raise InvalidInput(f"{chains.n_chains} chains do not fill {n_blocks} blocks of {lanes}")
    if (
        not np.array_equal(chains.weight_set, np.zeros(n_blocks) if weight_set is None else weight_set)
        or not chains.rng.any(axis=1).all()
    ):
        raise InvalidInput("chains: a weight set is not there or a random stream is all zero")
    if not (np.isfinite(chains.scale).all() and np.isfinite(chains.base_scale).all()):
        raise InvalidInput("chains: a scale is not finite")


def random_states(n_chains: int, n_visible: int, seed: int, key: tuple[int, ...]) -> np.ndarray:
    """Uniform configurations (chain, Nv) uint8."""
    return generator(seed, Stream.INITIAL, *key).integers(0, 2, (n_chains, n_visible), dtype=np.uint8)


def states(chains: Chains) -> Samples:
    """Configurations of the chains."""
    return Samples(*(unpack_states(layer, chains.n_chains) for layer in (chains.visible, chains.hidden)))
