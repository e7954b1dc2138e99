"""Runs in folders: `record` a new one, `resume` one that was ended by whatever."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import overload

from physrbm import store
from physrbm.experiment import jobs
from physrbm.experiment.annealed import Annealing
from physrbm.experiment.running import Measurement
from physrbm.experiment.tempered import Tempered
from physrbm.experiment.tempering_job import Tempering
from physrbm.spec import RunSpec, Spec, TemperSpec


@overload
def record(
    spec: RunSpec,
    folder: str | Path,
    data_dir: str | Path | None = ...,
    stop: Callable[[], str] = ...,
    takeover: bool = ...,
    command: list[str] | None = ...,
) -> Iterator[Measurement]: ...
@overload
def record(
    spec: TemperSpec,
    folder: str | Path,
    data_dir: str | Path | None = ...,
    stop: Callable[[], str] = ...,
    takeover: bool = ...,
    command: list[str] | None = ...,
) -> Iterator[Tempered]: ...
def record(
    spec: Spec,
    folder: str | Path,
    data_dir: str | Path | None = None,
    stop: Callable[[], str] = lambda: "",
    takeover: bool = False,
    command: list[str] | None = None,
) -> Iterator[Measurement] | Iterator[Tempered]:
    """The steps of a run (of `run`, or of `tempered`), every one kept in a new `folder`.

    stop: asked between kernel calls; a reason ends the run with a checkpoint and Stopped. takeover: see `store.Lock`.
    Raises what the run raises,
    RunExists and RunLocked where the folder is used, StoreFailed where it cannot be written any more.
    """
    if isinstance(spec, TemperSpec):
        return jobs.record(Tempering(spec, data_dir), Path(folder), stop, takeover, command or [])
    return jobs.record(Annealing(spec, data_dir), Path(folder), stop, takeover, command or [])


def resume(
    folder: str | Path,
    data_dir: str | Path | None = None,
    stop: Callable[[], str] = lambda: "",
    takeover: bool = False,
    command: list[str] | None = None,
) -> Iterator[Measurement] | Iterator[Tempered]:
    """Go on with the run in `folder` from its newest whole checkpoint: the same run as if nothing had ended it.

    Nothing is yielded where it is done and nobody asked for more. takeover: see `store.Lock`. Raises what `record`
    raises, NoCheckpoint, and InvalidInput where the data are not those the run began with.
    """
    found = store.open_run(folder)
    if isinstance(found.spec, TemperSpec):
        return jobs.resume(Tempering(found.spec, data_dir), found, stop, takeover, command or [])
    return jobs.resume(Annealing(found.spec, data_dir), found, stop, takeover, command or [])
