"""What happens to the machine of a run between two updates: bonds go, couplings are set back."""

from collections.abc import Callable

import numpy as np

from physrbm import training
from physrbm.data import Dataset
from physrbm.dilution import SCHEDULES, dilute, next_dilution
from physrbm.errors import InvalidInput
from physrbm.model import RBM, independent_fields, n_kept
from physrbm.spec import RunSpec
from physrbm.streams import Stream, generator
from physrbm.tickets import rewind

_GRADUAL = 1 / 5, 3 / 5  # of the updates: where a gradual dilution begins and ends, unless that is said


def events(spec: RunSpec) -> dict[int, int]:
    """Update -> steps of the dilution that are left, the one at this update included. Raises InvalidInput."""
    if spec.dilution is None:
        if spec.says_how_to_dilute:
            raise InvalidInput("rule, gauge and schedule say how bonds go; give a dilution too")
        return {}
    if not 0 <= spec.dilution < 1:
        raise InvalidInput(f"dilution must be in [0, 1), got {spec.dilution}")
    if spec.schedule not in SCHEDULES:
        raise InvalidInput(f"unknown schedule {spec.schedule!r}; allowed: {', '.join(SCHEDULES)}")
    at = _updates(spec)
    if spec.rewinds_to is not None and spec.rewinds_to >= at[0]:
        raise InvalidInput(f"rewind {spec.rewinds_to} is after the first dilution, at update {at[0]}")
    return {update: len(at) - k for k, update in enumerate(at)}


def _updates(spec: RunSpec) -> list[int]:
    n = 1 if spec.schedule == "once" else spec.rounds
    if spec.schedule == "iterative" and spec.dilute_at is None and spec.dilute_until is None:
        at = list(training.equal_cycles(n + 1, spec.updates)[1:])
    else:
        shares = (0.0, 0.0) if spec.schedule == "once" else _GRADUAL
        ends = (spec.dilute_at, spec.dilute_at if spec.schedule == "once" else spec.dilute_until)
        first, last = (
            round(share * spec.updates) if end is None else end for share, end in zip(shares, ends, strict=True)
        )
        at = [int(update) for update in np.linspace(first, last, n).round()]
    if not 0 <= at[0] <= at[-1] <= spec.updates or len(set(at)) < n:
        raise InvalidInput(
            f"{n} dilutions between the updates {at[0]} and {at[-1]} do not fit into a run of {spec.updates}; see "
            "dilute_at, dilute_until and rounds"
        )
    return at


def cycle_starts(spec: RunSpec) -> tuple[int, ...]:
    """First updates of the cycles of the learning rate, which begins anew where couplings are set back.

    Raises InvalidInput.
    """
    if spec.sets_back and (later := [update for update in events(spec) if update > 0]):
        if spec.cycles is not None:
            raise InvalidInput("the cycles of the learning rate are those of the dilutions that set couplings back")
        return (0, *(update for update in later if update < spec.updates))
    n = 1 if spec.cycles is None else spec.cycles
    if not 1 <= n <= max(1, spec.updates):
        raise InvalidInput(f"cycles must be in 1..{max(1, spec.updates)}, the number of updates, got {n}")
    return training.equal_cycles(n, spec.updates)


def changes(spec: RunSpec, data: Dataset) -> Callable[[training.State], training.State]:
    """What is due after an update, as a function of the state alone: a resumed run changes as it would have done."""
    steps = events(spec)

    def after(state: training.State) -> training.State:
        if state.update == spec.rewinds_to:
            state = state._replace(anchor=state.rbm)
        if state.update not in steps:
            return state
        rbm = less(state.rbm, spec, data, steps[state.update])
        if spec.sets_back:
            rbm = settled(rbm, state.anchor, spec, data)
        return training.changed(state, rbm)

    return after


def less(rbm: RBM, spec: RunSpec, data: Dataset, left: int) -> RBM:
    """The machine after the next of `left` steps of its dilution."""
    assert spec.dilution is not None
    if n_kept(rbm.n_possible, spec.dilution) >= rbm.n_bonds:  # a rule without an exact count may be there already
        return rbm
    p = next_dilution(spec.schedule, rbm.dilution, spec.dilution, left)
    return dilute(rbm, p, spec.rule, spec.gauge, data.train, shape=data.shape, seed=spec.seed)


def settled(rbm: RBM, anchor: RBM | None, spec: RunSpec, data: Dataset) -> RBM:
    """The graph of `rbm` with the couplings of the anchor, or of itself, as `inherit` says."""
    to = rbm if anchor is None else anchor
    if spec.inherit != "mask":
        return rewind(rbm, to, spec.inherit)
    # those of the seed itself, or of the round before, may be what this graph was selected from: no fresh start
    seed = int(generator(spec.seed, Stream.COUPLINGS, rbm.n_bonds).integers(2**63))
    return rewind(rbm, to, "mask", scale=spec.scale, visible_bias=independent_fields(data.train), seed=seed)
