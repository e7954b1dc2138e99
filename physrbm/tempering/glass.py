"""Spin glasses on lattices by the hundred: every instance is tempered in 32 bits, two replicas on 16 rungs."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.sampling import multispin
from physrbm.sampling.planes import plane_masks, plane_overlaps
from physrbm.streams import Stream, Use, generator
from physrbm.tempering.rounds import RoundTrips

RUNGS, REPLICAS = 16, 2


class GlassMeasurement(NamedTuple):
    """One measurement of all instances; rung 0 is the hottest."""

    sweep: int
    energy: np.ndarray
    """(instance, rung) per spin, mean of the replicas"""
    overlap: np.ndarray
    """(instance, rung) q of the two replicas"""
    overlap_k: np.ndarray
    """(instance, rung) |q(k_min)|^2, mean over the axes"""
    round_trips: np.ndarray
    """(instance,) so far, of all walkers"""
    acceptance: np.ndarray
    """(gap,) mean acceptance of the swaps so far"""


def temper_glass(
    instances: Sequence[RBM], betas: Sequence[float], n_sweeps: int, swap_every: int, measure_every: int, seed: int = 0
) -> Iterator[GlassMeasurement]:
    """Measurements of parallel tempering of many +-J instances of one lattice, by multi-spin coding.

    betas: RUNGS ascending inverse temperatures. Swaps as in `rounds`, by energies. Instances of different graphs, or
    with other couplings than +-J, raise InvalidInput, as do sides that differ.
    """
    beta = np.asarray(betas, np.float64)
    if beta.shape != (RUNGS,) or (np.diff(beta) <= 0).any() or beta[0] < 0:
        raise InvalidInput(f"{RUNGS} ascending inverse temperatures are needed, got {betas}")
    if swap_every < 1 or measure_every < 1 or measure_every % swap_every:
        raise InvalidInput(f"measure_every must be a multiple of swap_every, got {measure_every} and {swap_every}")
    n, n_blocks, rbm = len(instances), -(-len(instances) // 32), instances[0]
    shape, n_spins = rbm.sites.shape[:-1] if rbm.sites is not None else (), rbm.n_visible + rbm.n_hidden
    masks = plane_masks(rbm)
    owner = np.repeat(np.minimum(np.arange(32 * n_blocks), n - 1), 32).reshape(n_blocks, 1024)
    glass, key = multispin.pack_glass(instances, owner), (Use.GLASS,)
    start = multispin.random_spins(n_blocks, rbm.n_visible, seed, key)
    chains = multispin.start_spins(start, rbm.n_hidden, seed, key)
    lane = np.tile(np.arange(32).reshape(REPLICAS, RUNGS), (n_blocks, 32, 1, 1))
    # a walker is a lane of an instance
    base = 32 * np.arange(32 * n_blocks).reshape(n_blocks, 32, 1, 1)
    trips, accepted, proposed = RoundTrips.none(base + lane), np.zeros(RUNGS - 1), np.zeros(RUNGS - 1)
    phase = np.exp(2j * np.pi * np.arange(shape[0]) / shape[0])
    for number in range(n_sweeps // swap_every):
        thresholds = multispin.spread(glass, beta, _rungs(lane))
        lanes = multispin.sweep_spins(glass, chains, thresholds, swap_every).reshape(n_blocks, 32, 1, 32)
        energy = np.take_along_axis(np.broadcast_to(lanes, (n_blocks, 32, REPLICAS, 32)), lane, -1)
        if (number + 1) * swap_every % measure_every == 0:
            planes = plane_overlaps(chains, lane, masks, shape).reshape(-1, RUNGS, len(shape), shape[0])[:n]
            yield GlassMeasurement(
                (number + 1) * swap_every,
                energy.mean(2).reshape(-1, RUNGS)[:n] / n_spins,
                planes[:, :, 0].sum(-1) / n_spins,
                (np.abs(planes @ phase / n_spins) ** 2).mean(-1),
                trips.trips.reshape(-1, 32).sum(1)[:n],
                accepted / np.maximum(proposed, 1),
            )
        swap = _swap(energy, beta, number, generator(seed, Stream.SWAPS, *key, number))
        accepted += swap.sum((0, 1, 2))
        proposed[number % 2 :: 2] += swap[..., 0].size
        lower, upper = lane[..., :-1][swap], lane[..., 1:][swap]
        lane[..., :-1][swap], lane[..., 1:][swap] = upper, lower
        trips.see(np.moveaxis(base + lane, -1, 0).reshape(RUNGS, -1))


def _rungs(lane: np.ndarray) -> np.ndarray:
    """The rung (block, 1024) of every lane."""
    rung = np.empty((*lane.shape[:2], 32), np.int64)
    for replica in range(REPLICAS):
        np.put_along_axis(rung, lane[:, :, replica], np.broadcast_to(np.arange(RUNGS), lane[:, :, 0].shape), -1)
    return rung.reshape(len(lane), -1)


def _swap(energy: np.ndarray, beta: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """Which gaps (block, w, replica, gap) are swapped: even ones in even rounds, odd ones in odd rounds."""
    gain = (beta[1:] - beta[:-1]) * (energy[..., 1:] - energy[..., :-1])
    swap: np.ndarray = np.log(rng.random(gain.shape)) < gain
    swap[..., (np.arange(gain.shape[-1]) + number) % 2 == 1] = False
    return swap
