"""Writing a run folder."""

import json
import os
import platform
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

import physrbm
from physrbm.errors import InvalidInput, RunExists
from physrbm.estimate import Estimate, plain
from physrbm.model import RBM, write_rbm
from physrbm.spec import RunSpec
from physrbm.store import layout

_HEARTBEAT = 2.0  # seconds


class Recorder:
    """The one writer of a run folder; a context manager, so that the end and its reason are always written."""

    def __init__(
        self, folder: str | Path, spec: RunSpec, rbm: RBM, digest: str, command: list[str], units: dict[str, str]
    ) -> None:
        """Make the folder for a run from `rbm` on the data of `digest`.

        Raises RunExists where it is not empty, InvalidInput where it cannot be made.
        """
        self.folder, self.spec, self._units = Path(folder), spec, units
        self._rows: list[tuple[int, dict[str, Estimate]]] = []
        self._update, self._rbm = 0, rbm
        self._beat, self._seq = -_HEARTBEAT, 0
        self._report: dict[str, Any] = {}
        self._samples: np.ndarray | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if any(self.folder.iterdir()):
                raise RunExists(f"{folder} is not empty; choose another --out")
            (self.folder / layout.CHECKPOINTS).mkdir()
        except OSError as error:
            raise InvalidInput(f"{folder}: cannot make this folder ({error.strerror})") from error
        about = {"machine": _size(rbm), "data": digest, "command": command}
        layout.write_json(self.folder / layout.RUN, {**self._provenance(), **about})
        self._status("running", 0, "")

    def __enter__(self) -> "Recorder":
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Consolidate what was measured, write how the run ended; the error goes on."""
        state = "done" if kind is None else "interrupted" if kind is KeyboardInterrupt else "failed"
        try:
            if not layout.checkpoint_path(self.folder, self._update).exists():
                self._rbm.save(layout.checkpoint_path(self.folder, self._update))
            self._write_results()
        finally:
            self._status(state, self._update, str(error or ""))

    def record(self, update: int, rbm: RBM, values: dict[str, Estimate]) -> None:
        """Keep the machine and its scores; without scores only the heartbeat is written, every two seconds."""
        self._update, self._rbm = update, rbm
        if values:
            rbm.save(layout.checkpoint_path(self.folder, update))
            self._rows.append((update, values))
            self._event("measurement", {"update": update, "values": {k: e._asdict() for k, e in values.items()}})
        if values or time.monotonic() - self._beat > _HEARTBEAT:
            self._status("running", update, "")

    def finish(self, report: dict[str, Any], samples: np.ndarray) -> None:
        """Keep the report (JSON-able) and the generated samples (chain, Nv) of the end."""
        self._report, self._samples = report, samples
        self._event("report", report)

    def _event(self, kind: str, content: dict[str, Any]) -> None:
        event = {"seq": self._seq, "time": time.time(), "kind": kind, **content}
        line = json.dumps(plain(event), allow_nan=False) + "\n"
        self._seq += 1
        handle = os.open(self.folder / layout.EVENTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)

    def _status(self, state: str, update: int, reason: str) -> None:
        self._beat = time.monotonic()
        position = {"state": state, "update": update, "updates": self.spec.updates, "reason": reason}
        process = {"pid": os.getpid(), "host": socket.gethostname(), "time": time.time()}
        layout.write_json(self.folder / layout.STATUS, {**position, **process})

    def _provenance(self) -> dict[str, Any]:
        versions = {"physrbm": physrbm.__version__, "numpy": np.__version__, "python": platform.python_version()}
        return {"schema": layout.SCHEMA, "seed": self.spec.seed, "versions": versions, "spec": self.spec.model_dump()}

    def _write_results(self) -> None:
        import h5py

        temporary = self.folder / f".{layout.RESULTS}.{os.getpid()}"
        with h5py.File(temporary, "w") as file:
            file.attrs["format"], file.attrs["update"] = "physrbm run", self._update
            for name, value in {**self._provenance(), "report": self._report}.items():
                file.attrs[name] = value if isinstance(value, int) else json.dumps(value)
            write_rbm(file.create_group("machine"), self._rbm)
            for name in sorted({name for _, values in self._rows for name in values}):
                rows = [(u, values[name].value, values[name].error) for u, values in self._rows if name in values]
                series = file.create_dataset(f"series/{name}", data=np.array(rows))
                series.attrs["columns"], series.attrs["unit"] = "update, value, standard error", self._units[name]
            if self._samples is not None:
                samples = file.create_dataset("samples/visible", data=self._samples)
                samples.attrs["axes"] = "chain, visible unit"
        temporary.replace(self.folder / layout.RESULTS)


def _size(rbm: RBM) -> dict[str, float]:
    names = ("n_visible", "n_hidden", "n_possible", "n_bonds", "dilution")
    return {name: getattr(rbm, name) for name in names}
