"""Run folders; nothing else knows how they look.

run.json      what the run is: spec, versions, command (written once)
status.json   state, position, reason (replaced)
events.jsonl  one line a measurement: seq, time, kind, values (appended)
results.h5    couplings, series, samples, spec and seed in attributes (replaced as a whole)
"""

import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

import physrbm
from physrbm.errors import InvalidInput, NoCheckpoint, RunExists
from physrbm.estimate import Estimate, LogZ
from physrbm.model import RBM, read_rbm, write_rbm
from physrbm.spec import RunSpec, make_spec

SCHEMA = 1


class Recorder:
    """The one writer of a run folder; a context manager that leaves the reason of the end in status.json."""

    def __init__(self, folder: str | Path, spec: RunSpec, command: list[str]) -> None:
        """Make the folder. Raises RunExists where one holds a run, InvalidInput where it cannot be made."""
        self.folder, self.spec = Path(folder), spec
        self._rows: list[tuple[int, dict[str, Estimate]]] = []
        if (self.folder / "run.json").exists():
            raise RunExists(f"{folder} already holds a run; choose another --out")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInput(f"{folder}: cannot make this folder ({error.strerror})") from error
        about = {
            "schema": SCHEMA,
            "physrbm": physrbm.__version__,
            "numpy": np.__version__,
            "command": command,
            "started": time.time(),
            "spec": spec.model_dump(),
        }
        _replace(self.folder / "run.json", json.dumps(about, indent=1).encode())
        self._status("running", 0, "")

    def __enter__(self) -> "Recorder":
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write how the run ended; the error goes on."""
        state = "done" if kind is None else "interrupted" if kind is KeyboardInterrupt else "failed"
        self._status(state, self._rows[-1][0] if self._rows else 0, str(error or ""))

    def record(
        self, update: int, rbm: RBM, values: dict[str, Estimate], log_z: LogZ | None, samples: np.ndarray | None
    ) -> None:
        """Store one measurement: an event, the status, and results.h5 with this machine as the last healthy one."""
        self._rows.append((update, values))
        plain = {name: {"value": e.value, "error": e.error} for name, e in values.items()}
        event = {"seq": len(self._rows), "time": time.time(), "kind": "measurement", "update": update, "values": plain}
        with (self.folder / "events.jsonl").open("a") as events:
            events.write(json.dumps(event) + "\n")
        self._results(update, rbm, log_z, samples)
        self._status("running", update, "")

    def _status(self, state: str, update: int, reason: str) -> None:
        status = {
            "state": state,
            "update": update,
            "updates": self.spec.updates,
            "pid": os.getpid(),
            "time": time.time(),
            "reason": reason,
        }
        _replace(self.folder / "status.json", json.dumps(status).encode())

    def _results(self, update: int, rbm: RBM, log_z: LogZ | None, samples: np.ndarray | None) -> None:
        import h5py

        temporary = self.folder / f".results.{os.getpid()}"
        with h5py.File(temporary, "w") as file:
            file.attrs["format"], file.attrs["schema"] = "physrbm run", SCHEMA
            file.attrs["spec"], file.attrs["seed"] = self.spec.model_dump_json(), str(self.spec.seed)
            file.attrs["update"], file.attrs["physrbm"] = update, physrbm.__version__
            write_rbm(file.create_group("machine"), rbm)
            for name in sorted({name for _, values in self._rows for name in values}):
                rows = [(u, values[name].value, values[name].error) for u, values in self._rows if name in values]
                file[f"series/{name}"] = np.array(rows)
                file[f"series/{name}"].attrs["columns"] = "update, value, standard error"
            if log_z is not None:
                file.attrs["log_z"] = json.dumps(log_z._asdict())
            if samples is not None:
                file["samples/visible"] = samples
        temporary.replace(self.folder / "results.h5")


class Run(NamedTuple):
    """A stored run, read on demand."""

    folder: Path
    spec: RunSpec
    state: dict[str, Any]

    def rbm(self) -> RBM:
        """The last healthy machine. Raises NoCheckpoint, InvalidInput."""
        with self._open() as file:
            return read_rbm(file["machine"])

    def series(self, name: str) -> np.ndarray:
        """Rows (update, value, standard error) of one score. Raises InvalidInput naming what there is."""
        with self._open() as file:
            if name not in file["series"]:
                raise InvalidInput(f"{self.folder}: no series {name!r}; there are {', '.join(file['series'])}")
            return np.asarray(file[f"series/{name}"])

    def last(self) -> dict[str, tuple[float, float]]:
        """Value and standard error of every score, as last measured."""
        with self._open() as file:
            return {name: (float(x[-1, 1]), float(x[-1, 2])) for name, x in file["series"].items()}

    def samples(self) -> np.ndarray:
        """Generated visible states (chain, Nv) uint8. Raises InvalidInput where the run did not get that far."""
        with self._open() as file:
            if "samples" not in file:
                raise InvalidInput(f"{self.folder}: the run ended before it generated samples")
            return np.asarray(file["samples/visible"])

    def _open(self) -> Any:
        import h5py

        path = self.folder / "results.h5"
        if not path.exists():
            raise NoCheckpoint(f"{self.folder}: no stored machine (results.h5) in this run")
        try:
            return h5py.File(path, "r")
        except OSError as error:
            raise InvalidInput(f"{path}: not a readable HDF5 file") from error


def open_run(folder: str | Path) -> Run:
    """The run in `folder`. Raises InvalidInput where there is none or where its files are not what they must be."""
    folder = Path(folder)
    try:
        about = json.loads((folder / "run.json").read_bytes())
        state = json.loads((folder / "status.json").read_bytes())
        return Run(folder, make_spec(**about["spec"]), state)
    except OSError as error:
        raise InvalidInput(f"{folder}: holds no run (run.json, status.json)") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{folder}: run.json or status.json is damaged") from error


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
