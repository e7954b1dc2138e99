"""A run in a folder, whatever it does: recorded as it goes, and gone on with after whatever ended it."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from physrbm import store
from physrbm.errors import Diverged, InvalidInput, RunLocked, Stopped, StoreFailed
from physrbm.estimate import Estimate
from physrbm.hdf5 import Tree
from physrbm.model import RBM, to_tree
from physrbm.sampling import between_calls


class End(Protocol):
    """What is measured once, at the end."""

    @property
    def samples(self) -> np.ndarray:
        """(chain, Nv) uint8."""
        ...


class Step(Protocol):
    """What a run yields after every update; it stays as it is while the next one is made."""

    @property
    def update(self) -> int:
        """Updates so far."""
        ...

    @property
    def updates(self) -> int:
        """How many there will be."""
        ...

    @property
    def rbm(self) -> RBM:
        """The machine."""
        ...

    @property
    def values(self) -> dict[str, Estimate]:
        """Measured on the way; empty where nothing was due."""
        ...

    @property
    def stage(self) -> str:
        """What the updates do, in a word."""
        ...

    @property
    def seconds(self) -> dict[str, float]:
        """Wall time by stage."""
        ...

    @property
    def final(self) -> End | None:
        """Of the last one alone."""
        ...


class Plan(store.Plan, Protocol):
    """What is needed of a spec."""

    @property
    def command(self) -> str:
        """Of `physrbm`, that goes on with it."""
        ...


S = TypeVar("S", bound=Step)


class Job(Protocol[S]):
    """What tells one kind of run from another."""

    @property
    def spec(self) -> Plan:
        """All settings."""
        ...

    @property
    def units(self) -> dict[str, str]:
        """Of the series."""
        ...

    def steps(self, state: Any, seconds: float, extra: Callable[[], int]) -> Iterator[S]:
        """The run from `state` (None: the beginning) on, which took so many seconds before."""
        ...

    def digest(self, first: S) -> str:
        """Of the data it runs on."""
        ...

    def freeze(self, step: S) -> Tree:
        """A step as the content of a checkpoint."""
        ...

    def thaw(self, saved: store.Saved, folder: Path) -> Any:
        """The state in a checkpoint. Raises InvalidInput where it is none of this run."""
        ...

    def block(self, step: S) -> Tree | None:
        """Raw series of a step with values, see `store.Recorder.record`; of the first one, what stays as it is."""
        ...

    def look(self, step: S) -> dict[str, Any]:
        """A picture of a step, see `store.picture`."""
        ...

    def report(self, step: S) -> dict[str, Any]:
        """The end as a JSON-able object."""
        ...


def record(job: Job[S], folder: Path, stop: Callable[[], str], takeover: bool, command: list[str]) -> Iterator[S]:
    """The steps of a new run, every one kept in a new `folder`."""
    recorder: store.Recorder | None = None
    steps = job.steps(None, 0.0, lambda: 0 if recorder is None else recorder.extra)
    first = next(steps)  # bad data and settings are refused before a folder is made
    store.prepare(folder)
    with _writing(folder, job.spec.command), store.Lock(folder, takeover) as lock:
        store.prepare(folder)  # nobody has been faster
        rows = [(0, first.values)] if first.values else []
        recorder = store.Recorder(folder, lock, job.spec, job.units, store.Saved(0, 0, 0.0, job.freeze(first), rows, 0))
        begin = partial(recorder.begin, job.digest(first), _size(first.rbm), command, job.block(first))
        yield from _recorded(job, first, steps, recorder, stop, begin)


def resume(job: Job[S], found: store.Run, stop: Callable[[], str], takeover: bool, command: list[str]) -> Iterator[S]:
    """Go on with the run that was `found`; nothing is yielded where it is done and nobody asked for more."""
    folder = found.folder
    with _writing(folder, job.spec.command), store.Lock(folder, takeover) as lock:
        saved, state, faults = store.latest(folder, lambda saved: job.thaw(saved, folder))
        recorder = store.Recorder(folder, lock, job.spec, job.units, saved)
        if recorder.has_nothing_to_do():
            return
        steps = job.steps(state, saved.seconds, lambda: recorder.extra)
        first = next(steps)
        if job.digest(first) != found.data:
            raise InvalidInput(f"{folder}: its data were others; they have changed since the run began")
        yield from _recorded(job, first, steps, recorder, stop, lambda: recorder.resume(faults, command))


def check_position(saved: store.Saved, spec: Plan) -> None:
    """Raise InvalidInput for a checkpoint beyond the end of the run."""
    if saved.update > spec.updates + saved.extra:
        raise InvalidInput(f"update {saved.update} is beyond the {spec.updates + saved.extra} of the run")


def hint(command: str, folder: Path) -> str:
    """How to go on with a run."""
    return f"go on with: physrbm {command} --out {shlex.quote(str(folder))} --resume"


def _recorded(
    job: Job[S],
    first: S,
    rest: Iterator[S],
    recorder: store.Recorder,
    stop: Callable[[], str],
    begin: Callable[[], None],
) -> Iterator[S]:
    def check() -> None:
        recorder.tick()
        reason = stop() or ("asked by ctl" if recorder.wants_stop else "")
        if reason:
            raise Stopped(reason)

    m: S | None = first
    try:
        begin()
        while m is not None:
            if m.final is None:
                recorder.record(
                    m.update, m.seconds[m.stage], partial(job.freeze, m), m.values, job.block(m), partial(job.look, m)
                )
            else:
                content = {"run": str(recorder.folder), **job.report(m)}
                recorder.finish(content, to_tree(m.rbm), m.final.samples)
            yield m
            with between_calls(check):
                if m.final is None:
                    check()
                m = next(rest, None)
    except Exception as error:
        raise _ended(job, recorder, error) from error
    except GeneratorExit:
        with suppress(OSError, RunLocked):
            recorder.checkpoint()
            recorder.status("stopped", "nobody asked for more measurements")
        raise
    except BaseException:  # a second Ctrl-C: at once
        with suppress(OSError, RunLocked):
            recorder.status("interrupted")
        raise


def _ended(job: Job[S], recorder: store.Recorder, error: Exception) -> Exception:
    """Keep what there is and say why it ended; the error to raise."""
    reason, how = str(error), hint(job.spec.command, recorder.folder)
    if isinstance(error, RunLocked):
        return error
    try:
        if isinstance(error, Stopped | Diverged):
            recorder.checkpoint()
        recorder.status("stopped" if isinstance(error, Stopped) else "failed", reason)
    except RunLocked as taken:
        return taken
    except OSError as full:
        return full
    return Stopped(f"stopped at update {recorder.update} ({reason}); {how}") if isinstance(error, Stopped) else error


@contextmanager
def _writing(folder: Path, command: str) -> Iterator[None]:
    """Within, a folder that cannot be written is one clear error."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise StoreFailed(f"{folder}: cannot be written ({why}); when it can, {hint(command, folder)}") from error


def _size(rbm: RBM) -> dict[str, float]:
    names = ("n_visible", "n_hidden", "n_possible", "n_bonds", "dilution")
    return {name: getattr(rbm, name) for name in names}
