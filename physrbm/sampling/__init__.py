"""Gibbs chains: the one door to the kernels."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.sampling.chains import (
    RNG,
    Chains,
    Samples,
    block_words,
    check_chains,
    copy_chains,
    new_chains,
    pack_states,
    random_states,
    states,
    unpack_states,
)
from physrbm.sampling.drive import Moments, anneal, between_calls, engine, moments, set_threads, sweep, sweep_measured
from physrbm.sampling.machine import Machine, pack_machine, repack_machine
from physrbm.sampling.multispin import refusal, sample_spins
from physrbm.streams import Use

__all__ = [
    "RNG",
    "Chains",
    "Machine",
    "Moments",
    "Samples",
    "anneal",
    "between_calls",
    "block_words",
    "check_chains",
    "copy_chains",
    "engine",
    "moments",
    "new_chains",
    "pack_machine",
    "pack_states",
    "random_states",
    "repack_machine",
    "sample",
    "set_threads",
    "states",
    "sweep",
    "sweep_measured",
    "unpack_states",
]


_MULTISPIN = 512  # chains from which half empty blocks of 1024 are still faster


def sample(
    rbm: RBM,
    n_chains: int = 1024,
    n_sweeps: int = 1000,
    beta: float = 1.0,
    start: np.ndarray | None = None,
    seed: int = 0,
) -> Samples:
    """Configurations of independent Gibbs chains after `n_sweeps` sweeps at inverse temperature `beta`.

    start: visible configurations (chain, Nv) of {0,1}; random ones if absent. Whether that many sweeps reach
    equilibrium is not examined. Machines with couplings +-J, without fields and of degree at most 7 are multi-spin
    coded from 512 chains on. Raises InvalidInput.
    """
    if n_chains < 1 or n_sweeps < 1:
        raise InvalidInput(f"n_chains and n_sweeps must be at least 1, got {n_chains} and {n_sweeps}")
    if not (np.isfinite(beta) and beta >= 0):
        raise InvalidInput(f"beta must be finite and not negative, got {beta}")
    if start is None:
        start = random_states(n_chains, rbm.n_visible, seed, (Use.SAMPLE,))
    start = np.asarray(start)
    if start.shape != (n_chains, rbm.n_visible) or not np.isin(start, (0, 1)).all():
        raise InvalidInput(f"start must be {(n_chains, rbm.n_visible)} of 0 and 1, got the shape {start.shape}")
    if n_chains >= _MULTISPIN and not refusal(rbm):
        return sample_spins(rbm, start, n_sweeps, beta, seed, (Use.SAMPLE,))
    chains = new_chains(start, rbm.n_hidden, seed, (Use.SAMPLE,), beta)
    sweep(pack_machine(rbm), chains, n_sweeps)
    return states(chains)
