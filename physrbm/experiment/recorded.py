"""A run in a folder: recorded as it goes, and gone on with after whatever ended it."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from physrbm import store, training
from physrbm.errors import Diverged, InvalidInput, RunLocked, Stopped, StoreFailed
from physrbm.experiment.measuring import report
from physrbm.experiment.running import Measurement, run, settings
from physrbm.hdf5 import Tree
from physrbm.model import RBM, from_tree, to_tree
from physrbm.sampling import RNG, between_calls
from physrbm.scores import UNITS
from physrbm.spec import RunSpec


def record(
    spec: RunSpec,
    folder: str | Path,
    data_dir: str | Path | None = None,
    stop: Callable[[], str] = lambda: "",
    takeover: bool = False,
    command: list[str] | None = None,
) -> Iterator[Measurement]:
    """The measurements of `run`, every one kept in a new `folder`.

    stop: asked between kernel calls; a reason ends the run with a checkpoint and Stopped. takeover: see `store.Lock`.
    Raises what `run` raises,
    RunExists and RunLocked where the folder is used, StoreFailed where it cannot be written any more.
    """
    folder, recorder = Path(folder), None
    measurements = run(spec, data_dir, extra=lambda: 0 if recorder is None else recorder.extra)
    first = next(measurements)  # bad data and settings are refused before a folder is made
    store.prepare(folder)
    with _writing(folder), store.Lock(folder, takeover) as lock:
        store.prepare(folder)  # nobody has been faster
        saved = store.Saved(0, 0, 0.0, freeze(first.state), [(0, first.values)], 0)
        recorder = store.Recorder(folder, lock, spec, UNITS, saved)
        yield from _recorded(first, measurements, recorder, stop, partial(_begin, recorder, first, command or []))


def resume(
    folder: str | Path,
    data_dir: str | Path | None = None,
    stop: Callable[[], str] = lambda: "",
    takeover: bool = False,
    command: list[str] | None = None,
) -> Iterator[Measurement]:
    """Go on with the run in `folder` from its newest whole checkpoint: the same run as if nothing had ended it.

    Nothing is yielded where it is done and nobody asked for more. takeover: see `store.Lock`. Raises what `record`
    raises, NoCheckpoint, and InvalidInput where the data are not those the run began with.
    """
    folder = Path(folder)
    found = store.open_run(folder)
    with _writing(folder), store.Lock(folder, takeover) as lock:
        saved, state, faults = store.latest(folder, lambda saved: thaw(saved, found.spec))
        recorder = store.Recorder(folder, lock, found.spec, UNITS, saved)
        if recorder.has_nothing_to_do():
            return
        measurements = run(found.spec, data_dir, state, saved.seconds, lambda: recorder.extra)
        first = next(measurements)
        if first.data.digest != found.data:
            raise InvalidInput(f"{folder}: its data were others; {found.spec.data} has changed since the run began")
        yield from _recorded(first, measurements, recorder, stop, lambda: recorder.resume(faults, command or []))


def freeze(state: training.State) -> Tree:
    """A state as the content of a checkpoint."""
    arrays = Tree(training.freeze(state), {"": {"rng": RNG}})
    return to_tree(state.rbm).below("machine") | arrays.below("training")


def thaw(saved: store.Saved, spec: RunSpec) -> training.State:
    """The state in a checkpoint. Raises InvalidInput where it is none of a run with this spec."""
    inner = saved.state.at("training")
    if inner.attribute("rng", str) != RNG:
        raise InvalidInput(f"its random streams are {inner.attribute('rng', str)!r}, these are {RNG!r}")
    if saved.update > spec.updates + saved.extra:
        raise InvalidInput(f"update {saved.update} is beyond the {spec.updates + saved.extra} of the run")
    return training.thaw(saved.update, from_tree(saved.state.at("machine")), inner.arrays, settings(spec))


def _begin(recorder: store.Recorder, first: Measurement, command: list[str]) -> None:
    recorder.begin(first.data.digest, _size(first.rbm), command)


def _recorded(
    first: Measurement,
    rest: Iterator[Measurement],
    recorder: store.Recorder,
    stop: Callable[[], str],
    begin: Callable[[], None],
) -> Iterator[Measurement]:
    def check() -> None:
        recorder.tick()
        reason = stop() or ("asked by ctl" if recorder.wants_stop else "")
        if reason:
            raise Stopped(reason)

    m: Measurement | None = first
    try:
        begin()
        while m is not None:
            if m.final is None:
                recorder.record(m.update, m.seconds["annealing"], partial(freeze, m.state), m.values)
            else:
                content = report(recorder.spec, m.update, m.rbm, m.final, m.seconds)
                recorder.finish({"run": str(recorder.folder), **content}, to_tree(m.rbm), m.final.samples)
            yield m
            with between_calls(check):
                if m.final is None:
                    check()
                m = next(rest, None)
    except Exception as error:
        raise _ended(recorder, error) from error
    except GeneratorExit:
        with suppress(OSError, RunLocked):
            recorder.checkpoint()
            recorder.status("stopped", "nobody asked for more measurements")
        raise
    except BaseException:  # a second Ctrl-C: at once
        with suppress(OSError, RunLocked):
            recorder.status("interrupted")
        raise


def _ended(recorder: store.Recorder, error: Exception) -> Exception:
    """Keep what there is and say why it ended; the error to raise."""
    reason, hint = str(error), _hint(recorder.folder)
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
    return Stopped(f"stopped at update {recorder.update} ({reason}); {hint}") if isinstance(error, Stopped) else error


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Within, a folder that cannot be written is one clear error."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise StoreFailed(f"{folder}: cannot be written ({why}); when it can, {_hint(folder)}") from error


def _hint(folder: Path) -> str:
    return f"go on with: physrbm anneal --out {shlex.quote(str(folder))} --resume"


def _size(rbm: RBM) -> dict[str, float]:
    names = ("n_visible", "n_hidden", "n_possible", "n_bonds", "dilution")
    return {name: getattr(rbm, name) for name in names}
