"""Calling the kernels, in calls so short that a signal is heard within half a second."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.sampling.chains import Chains, by_unit, count_on
from physrbm.sampling.machine import Machine

_FIRST_CALL = 1e9  # additions of couplings in the first kernel call of a job
_MIN_BLOCKS = 8  # a call must keep the threads busy
_CALL = 0.2  # seconds aimed at in the next ones; results do not depend on how a job is cut

_between: ContextVar[Callable[[], None]] = ContextVar("between", default=lambda: None)


@contextmanager
def between_calls(what: Callable[[], None]) -> Iterator[None]:
    """Within, `what` is called before every kernel call; it may raise to give the job up."""
    token = _between.set(what)
    try:
        yield
    finally:
        _between.reset(token)


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
    _sweep(machine, chains, n_sweeps, None)


def sweep_measured(machine: Machine, chains: Chains, n_sweeps: int) -> np.ndarray:
    """The same; energies (chain, 2) of the states reached: E without its constant, and the base energy.

    Read off the fields of the last sweep (float32, summed in float64), which costs a few per cent of that sweep.
    """
    energy = np.zeros((len(chains.rng), 2, chains.scale.shape[1]))
    _sweep(machine, chains, n_sweeps, energy)
    return _by_chain(energy, chains)


def _by_chain(energy: np.ndarray, chains: Chains) -> np.ndarray:
    by_chain: np.ndarray = np.log(2.0) * energy.transpose(0, 2, 1).reshape(-1, 2)[: chains.n_chains]
    return by_chain


def _sweep(machine: Machine, chains: Chains, n_sweeps: int, energy: np.ndarray | None) -> None:
    from physrbm.kernels.engine import engine

    kernels, layers = engine(), (machine.visible, machine.hidden)
    run, tables = (kernels.sweep_grouped, [machine.tables]) if machine.grouped else (kernels.sweep, [])
    for blocks, part in _groups(machine, chains):
        for piece in pieces(n_sweeps, _cost(machine, part)):
            last = energy[blocks] if energy is not None and piece.stop == n_sweeps else None
            run(part[:-1], *layers, *tables, piece.stop - piece.start, last)


def anneal(machine: Machine, chains: Chains, scale: np.ndarray, base_scale: np.ndarray) -> np.ndarray:
    """Take the chains up a ladder of scales (rung,), one sweep a rung, in place; the log-weights gained (chain,).

    The chains must be distributed as the first rung says.
    """
    from physrbm.kernels.engine import engine

    run = engine().anneal
    work = np.zeros(chains.scale.shape)
    scale, base_scale = np.asarray(scale, np.float32), np.asarray(base_scale, np.float32)
    for blocks, part in _groups(machine, chains):
        for k in pieces(scale.size - 1, _cost(machine, part)):
            ladder = scale[k.start : k.stop + 1], base_scale[k.start : k.stop + 1]
            run(part.visible, part.hidden, part.rng, work[blocks], *ladder, machine.visible, machine.hidden)
    return work.ravel()[: chains.n_chains]


def moments(rbm: RBM, machine: Machine, visible: np.ndarray, n_states: int) -> Moments:
    """Moments of the first `n_states` packed visible states (block, Nv, W), at beta = 1."""
    from physrbm.kernels.engine import engine
    from physrbm.kernels.moments import ONE

    hidden, bond = np.zeros(rbm.n_hidden, np.int64), np.zeros(rbm.n_bonds, np.int64)
    width = 32 * visible.shape[2]
    for part in pieces(len(visible), float(width * (2 * rbm.n_bonds + 16 * rbm.n_hidden))):
        engine().moments(
            visible[part], n_states - part.start * width, machine.hidden, machine.hidden_order, hidden, bond
        )
    return Moments(count_on(visible, n_states) / n_states, hidden / (n_states * ONE), bond / (n_states * ONE))


def energies(machine: Machine, chains: Chains, weight_set: np.ndarray | None = None) -> np.ndarray:
    """Energies (chain, 2) of the states as they are: E without its constant, and the base energy.

    weight_set (block,): whose energies; by default those that the chains sample.
    """
    from physrbm.kernels.engine import engine

    energy = np.zeros((len(chains.rng), 2, chains.scale.shape[1]))
    of = chains.weight_set if weight_set is None else weight_set
    engine().energies(chains.visible, chains.hidden, of, machine.visible, machine.hidden, energy)
    return _by_chain(energy, chains)


def pair_counts(machine: Machine, chains: Chains) -> Moments:
    """Moments of the chains as they are, hidden units sampled: far cheaper than `moments`, with more noise."""
    from physrbm.kernels.counts import count_pairs

    n, (_, _, start, neighbour, _) = chains.n_chains, machine.hidden
    on = [np.empty(size, np.int64) for size in (*machine.sizes, machine.hidden_order.size)]
    layers = by_unit(chains.visible, n), by_unit(chains.hidden, n)
    count_pairs(*layers, start[0], neighbour, machine.hidden_order, *on)
    v, h, pairs = (x / n for x in on)
    return Moments(v, h, pairs)


def difference(data: Moments, model: Moments) -> Moments:
    """<.>_data - <.>_model, the gradient of the log-likelihood."""
    return Moments(*(x - y for x, y in zip(data, model, strict=True)))


def centred(machine: Machine, plain: Moments, mu: np.ndarray, lam: np.ndarray) -> Moments:
    """The gradient in the variables (v - mu), (h - lam), mapped back (Melchior et al. 2016, eqs. 9-13).

    dw = <(v-mu)(h-lam)>_data - <...>_model, da = <v>_data - <v>_model - dw lam, db likewise; sums over the surviving
    bonds alone.
    """
    from physrbm.kernels import gradient

    found = Moments(*(x.copy() for x in plain))
    (_, _, v_start, j, _), (_, _, h_start, i, _) = machine.visible, machine.hidden
    gradient.centred(v_start[0], j, h_start[0], i, machine.hidden_order, mu, lam, *found)
    return found


def set_threads(n: int) -> None:
    """Threads of the kernels; results do not depend on it. Raises InvalidInput beyond what the machine offers."""
    from physrbm.kernels import _jit

    try:
        _jit.set_threads(n)
    except ValueError as error:
        raise InvalidInput(f"threads must be in 1..{_jit.facts()['threads'].split()[-1]}, got {n}") from error


def engine() -> dict[str, str]:
    """Which kernels run here and why, on what processor, with how many threads."""
    from physrbm.kernels import _jit

    return _jit.facts()


def _groups(machine: Machine, chains: Chains) -> Iterator[tuple[slice, Chains]]:
    """The chains in groups of blocks of which one sweep is a short call; views, so that sweeps change the chains."""
    n_blocks = len(chains.rng)
    size = max(1, int(n_blocks * min(1.0, _FIRST_CALL / _cost(machine, chains))))
    size = n_blocks if size >= n_blocks else max(size, min(n_blocks, _MIN_BLOCKS))
    for first in range(0, n_blocks, size):
        blocks = slice(first, first + size)
        parts = {name: getattr(chains, name)[blocks] for name in Chains._fields[:-1]}
        yield blocks, chains._replace(**parts)


def _cost(machine: Machine, chains: Chains) -> float:
    """Additions of couplings that a sweep is worth; drawing a unit counts as sixteen."""
    return float(chains.scale.size * (2 * machine.hidden_order.size + 16 * sum(machine.sizes)))


def pieces(n: int, cost: float) -> Iterator[slice]:
    """range(n) in pieces: the first as `cost` of an item says, the next as long as the one before took."""
    done, size = 0, max(1, int(_FIRST_CALL / cost))
    while done < n:
        _between.get()()
        piece = slice(done, min(n, done + size))
        began = time.monotonic()
        yield piece
        took = (time.monotonic() - began) / (piece.stop - piece.start)
        done, size = piece.stop, max(1, min(4 * size, int(_CALL / max(took, 1e-9))))
