"""Reading a run folder; it is never changed."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from physrbm import hdf5
from physrbm.errors import InvalidInput, NoCheckpoint
from physrbm.hdf5 import Tree
from physrbm.model import RBM, load
from physrbm.spec import Spec, make_spec
from physrbm.store import layout
from physrbm.store.checkpoints import Saved, checkpoints, does_stay, latest, read_checkpoint
from physrbm.store.events import Events, read_events
from physrbm.store.process import is_alive, parse
from physrbm.store.series import series_rows, series_tree


class Run(NamedTuple):
    """A stored run; arrays are read on demand."""

    folder: Path
    spec: Spec
    status: dict[str, Any]
    """state as written last, update, updates, checkpoint, reason, time, process"""
    machine: dict[str, Any]
    """n_visible, n_hidden, n_possible, n_bonds, dilution"""
    data: str
    """digest of the data it runs on, empty where there are none"""

    @property
    def state(self) -> str:
        """running, done, stopped, failed, interrupted, or died: the process is gone without a last word."""
        state, process = str(self.status.get("state", "unknown")), parse(self.status)
        return "died" if state == "running" and process is not None and is_alive(process) is False else state

    @property
    def has_results(self) -> bool:
        """Whether the run has ended and was consolidated."""
        return (self.folder / layout.RESULTS).exists()

    @property
    def steps(self) -> list[int]:
        """Updates whose machine is kept."""
        return sorted(checkpoints(self.folder))

    @property
    def measured(self) -> list[int]:
        """Those at which there was a measurement. The others are there or not as time and the machine would have it."""
        return [step for step in self.steps if does_stay(self.folder, step)]

    def rbm(self, step: int | None = None) -> RBM:
        """The machine of update `step`, by default the last one kept. Raises NoCheckpoint naming what there is."""
        return load(self.checkpoint(step))

    def checkpoint(self, step: int | None = None) -> Path:
        """The file of update `step`, by default of the last one kept. Raises NoCheckpoint naming what there is."""
        kept = checkpoints(self.folder)
        if step is None and kept:
            step = max(kept)
        if step not in kept:
            names = ", ".join(map(str, sorted(kept))) or "none"
            raise NoCheckpoint(f"{self.folder}: no machine of update {step}; kept are {names}")
        return kept[step]

    def series(self, name: str) -> np.ndarray:
        """Rows (update, value, standard error, samples) of one score, of a run that has not ended up to its last
        checkpoint. Raises InvalidInput naming what there is.
        """
        if self.has_results:
            tree = self._results().at("series")
            series_rows(tree)
        else:
            tree = series_tree(latest(self.folder, lambda saved: None)[0].rows, {})
        if name not in tree.arrays:
            raise InvalidInput(f"{self.folder}: no series {name!r}; there are {', '.join(tree.arrays) or 'none'}")
        return tree.arrays[name]

    def samples(self) -> np.ndarray:
        """Generated visible states (chain, Nv) uint8. Raises NoCheckpoint where the run did not get that far."""
        return self._results().array("samples/visible", "u", (None, None))

    def report(self) -> dict[str, Any]:
        """What was measured at the end. Raises NoCheckpoint where the run did not get that far."""
        stored = self._results().attribute("report", str)
        try:
            return dict(json.loads(str(stored)))
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidInput(f"{self.folder / layout.RESULTS}: its report is damaged") from error

    def events(self, offset: int = 0) -> Events:
        """The event log from byte `offset` on."""
        return read_events(self.folder, offset)

    def _results(self) -> Tree:
        if not self.has_results:
            raise NoCheckpoint(f"{self.folder}: no results yet ({layout.RESULTS}); the run is {self.state}")
        return hdf5.read_sealed(self.folder / layout.RESULTS)


def open_run(folder: str | Path) -> Run:
    """The run in `folder`. Raises InvalidInput where there is none or where its files are not what they must be."""
    folder = Path(folder)
    try:
        about = layout.read_json(folder / layout.RUN)
        if about["schema"] != layout.SCHEMA:
            raise InvalidInput(f"{folder}: stored with schema {about['schema']!r}, this version reads {layout.SCHEMA}")
        spec = make_spec(dict(about["spec"]), str(about.get("kind", "anneal")))
        return Run(folder, spec, _status(folder), dict(about["machine"]), str(about["data"]))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InvalidInput(f"{folder}: holds no run ({layout.RUN})") from error
    except OSError as error:
        raise InvalidInput(f"{folder / layout.RUN}: cannot be read ({error.strerror or error})") from error
    except InvalidInput as error:
        raise error if str(folder) in str(error) else InvalidInput(f"{folder}: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{folder / layout.RUN}: damaged, what it says is no run") from error


def _status(folder: Path) -> dict[str, Any]:
    """The last sign of life; nothing where it cannot be read, because nothing depends on it."""
    try:
        return layout.read_json(folder / layout.STATUS)
    except (OSError, InvalidInput):
        return {}


def find_runs(folder: str | Path) -> list[Path]:
    """Folders of runs directly in `folder`, or in a sweep, sorted. Raises InvalidInput where it is no folder."""
    folder = Path(folder)
    if not folder.is_dir():
        raise InvalidInput(f"{folder}: no such folder")
    if (folder / layout.MANIFEST).exists():
        folder = folder / layout.RUNS
    return sorted(path.parent for path in folder.glob(f"*/{layout.RUN}"))


def read_machine(source: str) -> RBM:
    """The machine RUN, RUN@update, or that of a file. Raises InvalidInput, NoCheckpoint."""
    if Path(source).is_file():
        return load(source)
    folder, step = _parts(source)
    return open_run(folder).rbm(step)


def read_saved(source: str) -> Saved:
    """All that was kept of RUN, or of RUN@update. Raises InvalidInput, NoCheckpoint."""
    return read_checkpoint(run_of(source).checkpoint(_parts(source)[1]))


def run_of(source: str) -> Run:
    """The run of RUN, or of RUN@update. Raises InvalidInput."""
    if Path(source).is_file():
        raise InvalidInput(f"{source}: a file, no run")
    return open_run(_parts(source)[0])


def _parts(source: str) -> tuple[str, int | None]:
    if Path(source).exists() or "@" not in source:
        return source, None
    folder, _, step = source.rpartition("@")
    if not (step.isascii() and step.isdigit() and len(step) < 17):
        raise InvalidInput(f"{source}: after @ comes the number of an update, got {step!r}")
    return folder, int(step)
