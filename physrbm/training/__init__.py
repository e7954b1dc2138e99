"""Stochastic maximum likelihood: what happens to the couplings between blocks of sweeps."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from physrbm.errors import Diverged, InvalidInput
from physrbm.model import RBM, check_states
from physrbm.sampling import (
    Chains,
    Machine,
    block_words,
    centred,
    check_chains,
    copy_chains,
    difference,
    moments,
    new_chains,
    pack_machine,
    pack_states,
    pair_counts,
    repack_machine,
    sweep,
)
from physrbm.streams import Stream, Use, generator
from physrbm.training.curriculum import easiest_first
from physrbm.training.settings import Settings, equal_cycles

__all__ = ["Settings", "State", "changed", "equal_cycles", "freeze", "go_on", "start", "step", "thaw", "train"]

_LARGEST = 1e3  # |coupling| or |field|: a unit this biased never moves again in float32
_MEMORY = 0.99  # of the running mean of the hidden units


class State(NamedTuple):
    """All that the next update needs."""

    update: int
    rbm: RBM
    chains: Chains
    hidden_mean: np.ndarray
    """(Nh,) running mean of <h> under the data, the offset lambda"""
    machine: Machine
    """`rbm` as the kernels read it"""
    anchor: RBM | None = None
    """a machine of before, for whoever will go back to its couplings"""


def start(rbm: RBM, data: np.ndarray, settings: Settings, seed: int) -> State:
    """State before the first update; persistent chains start at random data. Raises InvalidInput."""
    settings.check()
    data = check_states(data, rbm.n_visible)
    rows = generator(seed, Stream.INITIAL, Use.PERSISTENT).integers(0, len(data), settings.n_chains)
    chains = new_chains(data[rows], rbm.n_hidden, seed, (Use.PERSISTENT,))
    machine, batch = pack_machine(rbm), _batch(data, settings, 0, seed)
    hidden_mean = moments(rbm, machine, pack_states(batch, block_words(len(batch))), len(batch)).hidden
    return State(0, rbm, chains, hidden_mean, machine)


def freeze(state: State) -> dict[str, np.ndarray]:
    """The arrays that, with the machine, are the whole state; `thaw` undoes it."""
    chains = {f"chains/{name}": np.asarray(x) for name, x in state.chains._asdict().items()}
    return {**chains, "hidden_mean": state.hidden_mean}


def thaw(update: int, rbm: RBM, arrays: dict[str, np.ndarray], settings: Settings) -> State:
    """The state that was frozen. Raises InvalidInput where the arrays are none of this machine and these settings."""
    missing = [name for name in (*(f"chains/{name}" for name in Chains._fields), "hidden_mean") if name not in arrays]
    if missing:
        raise InvalidInput(f"the array {missing[0]} is missing")
    n, hidden_mean = arrays["chains/n_chains"], arrays["hidden_mean"]
    if n.shape != () or n.dtype.kind not in "iu" or not 0 < n < 2**31:
        raise InvalidInput("chains/n_chains must be one positive integer")
    if settings.sampler == "pcd" and n != settings.n_chains:
        raise InvalidInput(f"it has {n} chains, the settings {settings.n_chains}")
    parts: dict[str, Any] = {name: arrays[f"chains/{name}"] for name in Chains._fields}
    chains = Chains(**{**parts, "n_chains": int(n)})
    check_chains(chains, rbm.n_visible, rbm.n_hidden)
    if hidden_mean.shape != (rbm.n_hidden,) or hidden_mean.dtype != np.float64 or not np.isfinite(hidden_mean).all():
        raise InvalidInput(f"hidden_mean must be {rbm.n_hidden} finite numbers")
    return State(update, rbm, chains, hidden_mean, pack_machine(rbm))


def step(state: State, data: np.ndarray, settings: Settings, seed: int) -> State:
    """One update. Raises Diverged."""
    rbm, chains, machine = state.rbm, state.chains, state.machine
    batch = _batch(data, settings, state.update, seed)
    positive = moments(rbm, machine, pack_states(batch, block_words(len(batch))), len(batch))
    if settings.sampler == "cd":
        chains = new_chains(batch, rbm.n_hidden, seed, (Use.CONTRASTIVE, state.update))
    else:
        chains = copy_chains(chains)  # a state that was yielded stays as it was
    sweep(machine, chains, settings.sweeps)
    if settings.statistics == "counts":
        negative = pair_counts(machine, chains)
    else:
        negative = moments(rbm, machine, chains.visible, chains.n_chains)
    lam = _MEMORY * state.hidden_mean + (1 - _MEMORY) * positive.hidden
    mu = positive.visible
    gradient, all_of_it = difference(positive, negative), settings.trains == "all"
    if settings.centred and all_of_it:  # with couplings that stay, the fields have the same gradient in either form
        gradient = centred(machine, gradient, mu, lam)
    rate, w = settings.rate(state.update), rbm.bonds.weight
    decay = settings.l2 * w + settings.l1 * np.sign(w) if settings.l1 or settings.l2 else 0.0
    moved = replace(
        rbm,
        visible_bias=rbm.visible_bias + rate * gradient.visible,
        hidden_bias=rbm.hidden_bias + rate * gradient.hidden,
        bonds=rbm.bonds._replace(weight=w + rate * (gradient.bond - decay)) if all_of_it else rbm.bonds,
    )
    _check(moved, state.update, rate)
    return State(state.update + 1, moved, chains, lam, repack_machine(machine, moved), state.anchor)


def train(rbm: RBM, data: np.ndarray, seed: int = 0, **settings: Any) -> Iterator[State]:
    """Yield the state before the first update and after every one; each carries `.update` and `.rbm`.

    Settings: see `Settings`. Raises InvalidInput, and Diverged when couplings leave what chains can sample.
    """
    unknown = sorted(set(settings) - set(Settings.__slots__))
    if unknown:
        raise InvalidInput(f"unknown setting {unknown[0]!r}; allowed: {', '.join(Settings.__slots__)}")
    data, plan = np.asarray(data), Settings(**settings)
    return go_on(start(rbm, data, plan, seed), data, plan, seed)


def go_on(
    state: State,
    data: np.ndarray,
    settings: Settings,
    seed: int,
    extra: Callable[[], int] = lambda: 0,
    after: Callable[[State], State] = lambda state: state,
) -> Iterator[State]:
    """Yield `state` and those after every further update, up to the settings' number of updates and `extra` more.

    after: what else happens to a state after its update (bonds that go, couplings that are set back).
    """
    yield state
    while state.update < settings.updates + extra():
        state = after(step(state, data, settings, seed))
        yield state


def changed(state: State, rbm: RBM) -> State:
    """The state with another machine of the same layers; its chains go on as they are."""
    return state._replace(rbm=rbm, machine=pack_machine(rbm))


def _batch(data: np.ndarray, settings: Settings, update: int, seed: int) -> np.ndarray:
    """Rows of this update: epochs are permutations of the data, drawn from the epoch's own stream.

    While a curriculum holds samples back there are no epochs: a draw from the others, from the update's own stream.
    """
    size, share = min(settings.batch_size, len(data)), settings.share(update)
    if share < 1:
        some = easiest_first(data)[: max(size, round(share * len(data)))]
        drawn: np.ndarray = data[generator(seed, Stream.BATCHES, update, 1).choice(some, size, replace=False)]
        return drawn
    epoch, part = divmod(update, len(data) // size)
    batch: np.ndarray = data[_order(seed, epoch, len(data))[part * size : (part + 1) * size]]
    return batch


@lru_cache(maxsize=2)
def _order(seed: int, epoch: int, n: int) -> np.ndarray:
    return generator(seed, Stream.BATCHES, epoch).permutation(n)


def _check(rbm: RBM, update: int, rate: float) -> None:
    largest = np.max([np.abs(x).max(initial=0.0) for x in (rbm.visible_bias, rbm.hidden_bias, rbm.bonds.weight)])
    if not largest <= _LARGEST:
        raise Diverged(
            f"training diverged at update {update}: largest |coupling| or |field| is {largest:.3g} (limit "
            f"{_LARGEST:g}) at learning rate {rate:g}; choose a smaller learning rate or penalty"
        )
