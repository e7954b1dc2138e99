"""Following the event log of one run."""

import os
import time
from array import array
from bisect import bisect_right
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.store import Run, layout, open_run, read_events
from physrbm.store.lock import HEARTBEAT
from physrbm.watching.view import LogLine, RunView, Series

_STALLED = 10 * HEARTBEAT
_LINES = 1000
Columns = tuple["array[float]", "array[float]", "array[float]"]


class Follower:
    """Reads on in a run folder, a piece of the log at every poll."""

    def __init__(self, folder: str | Path) -> None:
        """Nothing is read yet."""
        self.folder = Path(folder)
        self._begin_anew()

    def poll(self) -> RunView:
        """The run as it is now. What cannot be read is a state with its reason, never an exception."""
        run, state, reason = _run(self.folder)
        behind = self._read_on()
        seconds = float("nan")
        if run is not None:
            last = run.status.get("time")
            seconds = time.time() - last if isinstance(last, int | float) else float("nan")
            if state == "running" and seconds > _STALLED:
                state, reason = "stalled", f"no sign of life for {seconds:.0f} s, though its process seems to be there"
        series = {name: Series(*(np.array(x) for x in columns)) for name, columns in self._series.items()}
        return RunView(
            self.folder, run, state, reason, seconds, series, self._report, tuple(self._log), self._n_bad, behind
        )

    def _begin_anew(self) -> None:
        self._offset, self._n_bad, self._inode = 0, 0, -1
        self._series: dict[str, Columns] = {}
        self._log: deque[LogLine] = deque(maxlen=_LINES)
        self._report: dict[str, Any] | None = None

    def _read_on(self) -> bool:
        """Take in one piece of the log; whether there is more."""
        try:
            about = os.stat(self.folder / layout.EVENTS)
        except OSError:
            return False
        if about.st_ino != self._inode or about.st_size < self._offset:  # another log has taken its place
            self._begin_anew()
            self._inode = about.st_ino
        found = read_events(self.folder, self._offset)
        for event in found.events:
            self._take(event)
        self._n_bad += found.n_bad
        advanced, self._offset = found.offset > self._offset, found.offset
        return advanced and found.offset < about.st_size

    def _take(self, event: dict[str, Any]) -> None:
        kind, update = event["kind"], event.get("update")
        if isinstance(update, bool) or not isinstance(update, int) or not 0 <= update < 2**53:
            update = None
        if kind == "measurement" and update is not None:
            self._measured(update, event.get("values"))
            return
        if kind == "rewind" and update is not None:
            self._rewind(update)
        if kind == "report":
            self._report = event
        text = " ".join(str(event[name]) for name in ("reason", "text", "request") if event.get(name))
        when = event.get("time")
        self._log.append(LogLine(when if isinstance(when, int | float) else 0.0, update, kind, text))

    def _measured(self, update: int, values: Any) -> None:
        for name, x in values.items() if isinstance(values, dict) else ():
            if not isinstance(x, dict):
                continue
            columns = self._series.get(name)
            if columns is None:
                columns = self._series[name] = array("d"), array("d"), array("d")
            if columns[0] and update <= columns[0][-1]:  # measured again after a kill
                _cut(columns, update - 1)
            value, error = x.get("value"), x.get("error")
            columns[0].append(update)
            columns[1].append(value if type(value) is float else _number(value))
            columns[2].append(error if type(error) is float else _number(error))

    def _rewind(self, update: int) -> None:
        """What came after the checkpoint that the run went back to does not count."""
        for columns in self._series.values():
            _cut(columns, update)
        self._report = None


def _number(x: Any) -> float:
    return float(x) if isinstance(x, int) and abs(x) < 2**53 else float("nan")


def _cut(columns: Columns, update: float) -> None:
    n = bisect_right(columns[0], update)
    for column in columns:
        del column[n:]


def _run(folder: Path) -> tuple[Run | None, str, str]:
    """The run, its state, and why."""
    try:
        run = open_run(folder)
        return run, run.state, str(run.status.get("reason") or "")
    except InvalidInput as error:
        if not os.path.isdir(folder):
            return None, "deleted", f"{folder}: there is no such folder"
        begins = not os.path.exists(folder / layout.RUN) and os.access(folder, os.R_OK | os.X_OK)
        return None, "new" if begins else "unreadable", str(error)
