"""Reading a run folder; it is never changed."""

import json
import os
import socket
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from physrbm.errors import InvalidInput, NoCheckpoint
from physrbm.model import RBM, load
from physrbm.spec import RunSpec, make_spec
from physrbm.store import layout


class Run(NamedTuple):
    """A stored run; arrays are read on demand."""

    folder: Path
    spec: RunSpec
    status: dict[str, Any]
    """state as written last, update, updates, reason, pid, host, time"""
    machine: dict[str, Any]
    """n_visible, n_hidden, n_possible, n_bonds, dilution"""

    @property
    def state(self) -> str:
        """running, done, failed, interrupted, or died: the process is gone from this host without a last word."""
        state = str(self.status.get("state"))
        here = self.status.get("host") == socket.gethostname()
        return "died" if state == "running" and here and not _alive(self.status.get("pid")) else state

    @property
    def has_results(self) -> bool:
        """Whether the run has ended and was consolidated."""
        return (self.folder / layout.RESULTS).exists()

    @property
    def steps(self) -> list[int]:
        """Updates whose machine is kept."""
        return sorted(int(path.stem) for path in (self.folder / layout.CHECKPOINTS).glob("*.h5") if path.stem.isdigit())

    def rbm(self, step: int | None = None) -> RBM:
        """The machine of update `step`, by default the last one kept. Raises NoCheckpoint naming what there is."""
        steps = self.steps
        if step is None and steps:
            step = steps[-1]
        if step not in steps:
            kept = ", ".join(map(str, steps)) or "none"
            raise NoCheckpoint(f"{self.folder}: no machine of update {step}; kept are {kept}")
        return load(layout.checkpoint_path(self.folder, step))

    def series(self, name: str) -> np.ndarray:
        """Rows (update, value, standard error) of one score. Raises InvalidInput naming what there is."""
        with self._results() as file:
            if name not in file["series"]:
                raise InvalidInput(f"{self.folder}: no series {name!r}; there are {', '.join(file['series'])}")
            return np.asarray(file[f"series/{name}"])

    def samples(self) -> np.ndarray:
        """Generated visible states (chain, Nv) uint8. Raises InvalidInput where the run did not get that far."""
        with self._results() as file:
            if "samples" not in file:
                raise InvalidInput(f"{self.folder}: the run ended before it generated samples")
            return np.asarray(file["samples/visible"])

    def report(self) -> dict[str, Any]:
        """What was measured at the end; empty where the run did not get that far."""
        with self._results() as file:
            return dict(json.loads(file.attrs["report"]))

    def _results(self) -> Any:
        import h5py

        path = self.folder / layout.RESULTS
        if not path.exists():
            raise NoCheckpoint(f"{self.folder}: no results yet ({layout.RESULTS}); the run is {self.state}")
        try:
            return h5py.File(path, "r")
        except OSError as error:
            raise InvalidInput(f"{path}: not a readable HDF5 file") from error


def open_run(folder: str | Path) -> Run:
    """The run in `folder`. Raises InvalidInput where there is none or where its files are not what they must be."""
    folder = Path(folder)
    try:
        about, status = (json.loads((folder / name).read_bytes()) for name in (layout.RUN, layout.STATUS))
        return Run(folder, make_spec(dict(about["spec"])), dict(status), dict(about["machine"]))
    except OSError as error:
        raise InvalidInput(f"{folder}: holds no run ({layout.RUN}, {layout.STATUS})") from error
    except InvalidInput as error:
        raise InvalidInput(f"{folder}: {error}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput(f"{folder}: {layout.RUN} or {layout.STATUS} is damaged") from error


def _alive(pid: Any) -> bool:
    if os.name != "posix":  # elsewhere os.kill ends the process instead of asking
        return True
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, TypeError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def find_runs(folder: str | Path) -> list[Path]:
    """Folders of runs directly in `folder`, sorted. Raises InvalidInput where it is no folder."""
    if not Path(folder).is_dir():
        raise InvalidInput(f"{folder}: no such folder")
    return sorted(path.parent for path in Path(folder).glob(f"*/{layout.RUN}"))


def read_machine(source: str) -> RBM:
    """The machine RUN, RUN@update, or that of a file. Raises InvalidInput, NoCheckpoint."""
    if Path(source).exists() or "@" not in source:
        return open_run(source).rbm() if not Path(source).is_file() else load(source)
    folder, _, step = source.rpartition("@")
    if not step.isdigit():
        raise InvalidInput(f"{source}: after @ comes the number of an update, got {step!r}")
    return open_run(folder).rbm(int(step))
