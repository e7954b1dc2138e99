"""Following the event log of one run."""

import os
import time
from collections import deque
from pathlib import Path
from typing import Any

from physrbm.durable import read
from physrbm.store import layout, read_events
from physrbm.watching.curves import Curve
from physrbm.watching.liveness import look
from physrbm.watching.numbers import real, whole
from physrbm.watching.view import LogLine, RunView

_LINES = 1000
_PIECE = 2**17  # bytes; some milliseconds of work
_SECONDS = 0.035  # of reading in one poll
_HEAD = 256  # bytes by which a log is known


class Follower:
    """Reads on in a run folder, a piece of the log at every poll."""

    def __init__(self, folder: str | Path) -> None:
        """Nothing is read yet."""
        self.folder = Path(folder)
        self._begin_anew()

    def poll(self) -> RunView:
        """The run as it is now. What cannot be read is a state with its reason, never an exception."""
        life = look(self.folder)
        left = self._read_on()
        share = self._offset / max(1, self._offset + left)
        series = {name: curve.series(share) for name, curve in self._series.items()}
        return RunView(self.folder, *life, series, self._report, tuple(self._log), self._n_bad, left > 0)

    def _begin_anew(self) -> None:
        self._offset, self._size, self._n_bad, self._inode, self._head = 0, -1, 0, -1, b""
        self._series: dict[str, Curve] = {}
        self._log: deque[LogLine] = deque(maxlen=_LINES)
        self._report: dict[str, Any] | None = None

    def _read_on(self) -> int:
        """Take in some of the log; bytes that are left for the next poll."""
        began = time.monotonic()
        try:
            about = os.stat(self.folder / layout.EVENTS)
            if (about.st_ino, about.st_size) == (self._inode, self._size):  # nothing new, a torn tail at most
                return 0
            head = read(self.folder / layout.EVENTS, _HEAD)
        except OSError:
            return 0
        same = about.st_ino == self._inode and head.startswith(self._head)  # the number of a file is used again
        if not same or about.st_size < self._offset:  # another log has taken its place
            self._begin_anew()
        self._inode, self._head = about.st_ino, head
        while self._offset < about.st_size:
            found = read_events(self.folder, self._offset, _PIECE)
            for event in found.events:
                self._take(event)
            self._n_bad += found.n_bad
            advanced, self._offset = found.offset > self._offset, found.offset
            if not advanced:
                break
            if time.monotonic() - began > _SECONDS:
                return max(0, about.st_size - self._offset)
        self._size = about.st_size
        return 0

    def _take(self, event: dict[str, Any]) -> None:
        kind, update = event["kind"], whole(event.get("update"))
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
            if isinstance(x, dict):
                curve = self._series.get(name)
                if curve is None:
                    curve = self._series[name] = Curve()
                curve.add(update, real(x.get("value")), real(x.get("error")))

    def _rewind(self, update: int) -> None:
        """What came after the checkpoint that the run went back to does not count."""
        for curve in self._series.values():
            curve.cut(update)
        self._report = None
