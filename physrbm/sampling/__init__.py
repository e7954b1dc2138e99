"""Gibbs chains: the one door to the kernels."""

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
from physrbm.sampling.drive import (
    Moments,
    anneal,
    between_calls,
    engine,
    moments,
    pair_counts,
    set_threads,
    sweep,
    sweep_measured,
)
from physrbm.sampling.machine import Machine, pack_machine, pack_machines, repack_machine
from physrbm.sampling.sample import Measured, sample

__all__ = [
    "RNG",
    "Chains",
    "Machine",
    "Measured",
    "Moments",
    "Samples",
    "anneal",
    "between_calls",
    "block_words",
    "check_chains",
    "copy_chains",
    "energies",
    "engine",
    "moments",
    "new_chains",
    "pack_machine",
    "pack_machines",
    "pack_states",
    "pair_counts",
    "random_states",
    "repack_machine",
    "sample",
    "set_threads",
    "states",
    "sweep",
    "sweep_measured",
    "unpack_states",
]
