"""Calling the kernels. Calls are kept short, so that the interpreter hears a Ctrl-C between them."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.sampling.chains import Chains, unpack_states
from physrbm.sampling.machine import Machine

_CALL = 2e9  # additions of couplings a kernel call: about a tenth of a second; results do not depend on it


class Moments(NamedTuple):
    """Averages over states, the hidden layer summed out given the visible one."""

    visible: np.ndarray
    """(Nv,) float64, <v_i>"""
    hidden: np.ndarray
    """(Nh,) float64, <h_j>"""
    bond: np.ndarray
    """(bond,) float64, <v_i h_j> on the surviving bonds, in their order"""


def sweep(machine: Machine, chains: Chains, n_sweeps: int) -> None:
    """Advance every chain by `n_sweeps` sweeps (hidden layer, then visible), in place."""
    from physrbm.kernels import gibbs

    call = _sweeps_a_call(machine, chains)
    for done in range(0, n_sweeps, call):
        gibbs.sweep(*chains[:-1], machine.visible, machine.hidden, min(call, n_sweeps - done))


def anneal(machine: Machine, chains: Chains, scale: np.ndarray, base_scale: np.ndarray) -> np.ndarray:
    """Take the chains up a ladder of scales (rung,), one sweep a rung, in place; the log-weights gained (chain,).

    The chains must be distributed as the first rung says.
    """
    from physrbm.kernels import anneal as kernel

    work = np.zeros(chains.scale.shape)
    scale, base_scale = np.asarray(scale, np.float32), np.asarray(base_scale, np.float32)
    call = _sweeps_a_call(machine, chains)
    for k in range(0, scale.size - 1, call):
        ladder = scale[k : k + call + 1], base_scale[k : k + call + 1]
        kernel.anneal(chains.visible, chains.hidden, chains.rng, work, *ladder, machine.visible, machine.hidden)
    return work.ravel()[: chains.n_chains]


def moments(rbm: RBM, machine: Machine, visible: np.ndarray, n_states: int) -> Moments:
    """Moments of the first `n_states` packed visible states (block, Nv, W), at beta = 1."""
    from physrbm.kernels import moments as kernel

    hidden, by_row = np.zeros(rbm.n_hidden, np.int64), np.zeros(rbm.n_bonds, np.int64)
    kernel.moments(visible, n_states, machine.hidden, hidden, by_row)
    bond = np.empty(rbm.n_bonds)
    bond[machine.hidden_order] = by_row
    on = unpack_states(visible, n_states).sum(0, dtype=np.float64)
    return Moments(on / n_states, hidden / (n_states * kernel.ONE), bond / (n_states * kernel.ONE))


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


def _sweeps_a_call(machine: Machine, chains: Chains) -> int:
    units = machine.visible[0].size + machine.hidden[0].size
    return max(1, int(_CALL / (chains.scale.size * (2 * machine.hidden_order.size + 16 * units))))
