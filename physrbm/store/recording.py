"""Writing a run folder."""

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import physrbm
from physrbm import hdf5
from physrbm.errors import InvalidInput, RunExists
from physrbm.estimate import Estimate
from physrbm.hdf5 import Scalar, Tree
from physrbm.store import control, layout
from physrbm.store.checkpoints import Saved, does_stay, forget_after, write_checkpoint
from physrbm.store.events import Log
from physrbm.store.frames import write_frame
from physrbm.store.lock import HEARTBEAT, Lock
from physrbm.store.pace import Pace
from physrbm.store.process import this_process
from physrbm.store.series import BLOCK, series_tree, write_block, write_segment

_EVERY, _SHARE = 30.0, 50.0  # a checkpoint at least every 30 s, or 50 times what the last one took
_LOOK_EVERY = 1.0  # seconds between two pictures
_EVENT_EVERY = 0.1  # seconds between two measurements in the event log; the series have them all


class Plan(Protocol):
    """What a recorder needs of a spec."""

    @property
    def kind(self) -> str:
        """By which the spec is told from those of other kinds."""
        ...

    @property
    def seed(self) -> int:
        """Of everything random."""
        ...

    @property
    def updates(self) -> int:
        """How many there will be, unless more are asked for."""
        ...

    def model_dump(self) -> dict[str, Any]:
        """All settings, JSON-able."""
        ...


def prepare(folder: Path) -> None:
    """Make the folders of a run. Raises RunExists where something is there already, InvalidInput where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not is_unused(folder):
            raise RunExists(f"{folder} is not empty; choose another --out, or --resume what is there")
        for part in layout.PARTS:
            (folder / part).mkdir(exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{folder}: cannot make this folder ({error.strerror})") from error


def is_unused(folder: Path) -> bool:
    """Whether a run may begin in `folder`: nothing is in it but what one leaves that was killed before it was one."""
    parts = {*layout.PARTS, layout.LOCK, layout.STATUS, layout.EVENTS}
    ours = all(path.name in parts or path.name.startswith(".") for path in folder.glob("*"))
    return ours and not (folder / layout.RUN).exists()


class Recorder:
    """The one writer of a run folder, for as long as it has the lock."""

    def __init__(self, folder: Path, lock: Lock, spec: Plan, units: dict[str, str], saved: Saved) -> None:
        """Go on from `saved`; `begin` or `resume` is called next."""
        self.folder, self.spec, self._lock, self._units, self._saved = folder, spec, lock, units, saved
        self.extra, self.wants_stop = saved.extra, False
        self._rows, self._n_segments = list(saved.rows), saved.n_segments
        self._log = Log(folder)
        self._state: Callable[[], Tree] = lambda: saved.state
        self._seconds = saved.seconds
        self.update = saved.update
        self._beat = self._event = self._looked = -np.inf
        self._unsaid: tuple[int, dict[str, Estimate]] | None = None
        self._obeyed = saved.obeyed
        self._pace = Pace(saved.update, time.monotonic())
        self._checkpoint_at, self._took = time.monotonic(), 0.0

    def begin(self, digest: str, size: dict[str, float], command: list[str], block: Tree | None = None) -> None:
        """Write the first checkpoint, then what the run is: a folder with run.json can be resumed.

        block: as in `record`, what belongs to update 0.
        """
        layout.remove_leftovers(self.folder)
        if block is not None:
            write_block(self.folder, 0, block)
        write_checkpoint(self.folder, self._saved, self._units, True)
        about = {"machine": size, "data": digest, "command": command, "host": this_process().host}
        layout.write_json(self.folder / layout.RUN, {**self._provenance(), **about})
        self._log.write("start", update=0)
        for row in self._rows:
            self._measured(*row)
        self.status("running")

    def has_nothing_to_do(self) -> bool:
        """Whether the run is done and nobody has asked for more; its status says so then."""
        done = (self.folder / layout.RESULTS).exists() and self.update >= self.spec.updates + self.extra
        done = done and not any(r.updates and r.path.name not in self._obeyed for r in control.pending(self.folder)[0])
        if done:
            self.status("done")
        return done

    def resume(self, faults: list[str], command: list[str]) -> None:
        """Say in the log that what came after the checkpoint does not count, and take up what was asked for."""
        layout.remove_leftovers(self.folder)
        for part in layout.PARTS:
            (self.folder / part).mkdir(exist_ok=True)
        forget_after(self.folder, self.update)
        self._obey(stop=False)
        (self.folder / layout.RESULTS).unlink(missing_ok=True)
        for fault in faults:
            self._log.write("warning", text=fault)
        self._log.write("rewind", update=self.update, command=command)
        self.status("running")

    def record(
        self,
        update: int,
        seconds: float,
        state: Callable[[], Tree],
        values: dict[str, Estimate],
        block: Tree | None = None,
        look: Callable[[], dict[str, Any]] | None = None,
    ) -> None:
        """Take in what the run came to; `state` is asked for when a checkpoint is due.

        One is due at every measurement (`values` not empty) and as time passes. block: raw series since the measurement
        before, which stay in a file of their own; the checkpoint need not stay then. look: a `frames.picture`, asked
        for at measurements, not too often. Raises OSError, RunLocked.
        """
        self.update, self._seconds, self._state = update, seconds, state
        new = bool(values) and (not self._rows or update > self._rows[-1][0])
        if new:
            self._lock.check()
            self._rows.append((update, values))
            self._measured(update, values)
            if block is not None:
                write_block(self.folder, update, block)
            if look is not None and time.monotonic() - self._looked > _LOOK_EVERY:
                write_frame(self.folder, look())
                self._looked = time.monotonic()
        if new or time.monotonic() > self._due():
            self.checkpoint(stays=new and block is None, due=new)
        if new:
            self._pace.measured(update, time.monotonic())
        self.tick()

    def tick(self) -> None:
        """Give a sign of life if it is time, and do what `ctl` asked for. Raises OSError, RunLocked."""
        if time.monotonic() - self._beat > HEARTBEAT:
            self._lock.check()
            self._obey()
            self.status("running")

    def checkpoint(self, stays: bool = False, due: bool = False) -> None:
        """Write the state as it is, also one that is there already if it is `due`. Raises OSError, RunLocked."""
        if self._saved.update == self.update and self._saved.extra == self.extra and not (stays or due):
            return
        began = time.monotonic()
        self._lock.check()
        while len(self._rows) >= (self._n_segments + 1) * BLOCK:
            k = self._n_segments
            write_segment(self.folder, k, self._rows[k * BLOCK : (k + 1) * BLOCK], self._units)
            self._n_segments += 1
        update, extra = self.update, self.extra
        progress = self._seconds, self._state(), list(self._rows), self._n_segments
        self._saved = Saved(update, extra, *progress, self._obeyed)
        write_checkpoint(self.folder, self._saved, self._units, stays or does_stay(self.folder, update))
        self._checkpoint_at = time.monotonic()
        self._took = self._checkpoint_at - began

    def finish(self, report: dict[str, Any], machine: Tree, samples: np.ndarray) -> None:
        """Consolidate machine, series, report (JSON-able) and samples (chain, Nv). Raises OSError, RunLocked."""
        self.checkpoint()
        head: dict[str, Scalar] = {"format": "physrbm run", "update": self.update, "report": json.dumps(report)}
        head |= {name: x if isinstance(x, int) else json.dumps(x) for name, x in self._provenance().items()}
        tree = Tree({"samples/visible": samples}, {"": head, "samples/visible": {"axes": "chain, visible unit"}})
        tree = tree | machine.below("machine") | series_tree(self._rows, self._units).below("series")
        hdf5.write(self.folder / layout.RESULTS, tree)
        self._say()
        self._log.write("report", **report)
        self.status("done")

    def status(self, state: str, reason: str = "") -> None:
        """Replace the sign of life. Raises OSError."""
        self._say()
        self._beat = time.monotonic()
        total = self.spec.updates + self.extra
        position = {"state": state, "update": self.update, "updates": total, "reason": reason}
        rate = self._pace.rate(self.update, time.monotonic())
        position |= {"rate": rate, "eta": (total - self.update) / rate if rate > 0 else None}
        late = 0.0 if self._saved.update == self.update else max(0.0, time.monotonic() - self._due())
        position |= {"checkpoint": self._saved.update, "checkpoint_late": late, "time": time.time()}
        layout.write_json(self.folder / layout.STATUS, {**position, **this_process()._asdict()})
        if state not in ("running", "done"):
            self._log.write(state, update=self.update, reason=reason)

    def _due(self) -> float:
        """When the next checkpoint is due."""
        return self._checkpoint_at + max(_EVERY, _SHARE * self._took)

    def _measured(self, update: int, values: dict[str, Estimate]) -> None:
        self._unsaid = (update, values)
        if time.monotonic() - self._event > _EVENT_EVERY:
            self._say()

    def _say(self) -> None:
        """Log the last measurement, if that has not been done: of many in a short time only the last one."""
        if self._unsaid is not None:
            self._event = time.monotonic()
            update, values = self._unsaid
            self._unsaid = None
            self._log.write("measurement", update=update, values={k: e._asdict() for k, e in values.items()})

    def _obey(self, stop: bool = True) -> None:
        """Do what was asked for; without `stop`, that is asked of a process that is gone.

        What is done is in the checkpoint before the request is removed: a kill in between does not do it twice.
        """
        requests, bad = control.pending(self.folder)
        new = [request for request in requests if request.path.name not in self._obeyed]
        if new:
            self.extra += sum(request.updates for request in new)
            self.wants_stop |= stop and any(request.kind == "stop" for request in new)
            self._obeyed = tuple(request.path.name for request in requests)
            self.checkpoint()
        for request in new:
            self._log.write("request", request=request.kind, updates=request.updates, update=self.update)
        for path in bad:
            self._log.write("warning", text=f"{path.name}: no request; removed")
        for path in [*bad, *(request.path for request in requests)]:
            path.unlink(missing_ok=True)

    def _provenance(self) -> dict[str, Any]:
        versions = {"physrbm": physrbm.__version__, "numpy": np.__version__, "python": platform.python_version()}
        return {
            "schema": layout.SCHEMA,
            "kind": self.spec.kind,
            "seed": self.spec.seed,
            "versions": versions,
            "spec": self.spec.model_dump(),
        }
