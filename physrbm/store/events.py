"""The event log: a line of JSON an event, appended by one writer, followed by any number of readers."""

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from physrbm.durable import append, read
from physrbm.estimate import plain
from physrbm.store import layout

_PIECE = 2**24  # bytes read at once
_MOST = 2**53  # events


class Events(NamedTuple):
    """What a reader found from one offset on."""

    events: list[dict[str, Any]]
    """each with seq, time (seconds since 1970), kind, and what belongs to the kind"""
    offset: int
    """where to read on: behind the last whole line"""
    n_bad: int
    """whole lines that are no events; a torn last line is not counted, it may still grow"""


def read_events(folder: Path, offset: int = 0, size: int = _PIECE) -> Events:
    """Events in the log of a run from byte `offset` on; an empty list where there is no log.

    size: bytes to read, at most 16 MiB; more where they hold no whole line.
    """
    try:
        text = read(folder / layout.EVENTS, size, offset)
    except OSError:
        return Events([], offset, 0)
    whole = text.rfind(b"\n") + 1
    if not whole and len(text) == size:
        if size < _PIECE:
            return read_events(folder, offset)
        return Events([], offset + _PIECE, 1)  # no line of ours is that long
    parsed = _parse_all(text[:whole].splitlines())
    return Events([e for e in parsed if e is not None], offset + whole, parsed.count(None))


def _parse_all(lines: list[bytes]) -> list[dict[str, Any] | None]:
    """All at once, which is several times faster; one by one where a line is bad."""
    try:
        found = json.loads(b"[" + b",".join(lines) + b"]")
    except (ValueError, RecursionError):
        found = []
    return [_event(x) for x in found] if len(found) == len(lines) else [_parse(line) for line in lines]


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        return _event(json.loads(line))
    except (ValueError, RecursionError):
        return None


def _event(event: Any) -> dict[str, Any] | None:
    ours = isinstance(event, dict) and isinstance(event.get("kind"), str)
    return event if ours and isinstance(event.get("seq"), int) and 0 <= event["seq"] < _MOST else None


class Log:
    """The one writer of the log; numbers its events on from what is there."""

    def __init__(self, folder: Path) -> None:
        """Open the log of `folder`; a torn last line is ended, so that the next event has a line of its own."""
        self._path, self._seq, self._start, offset = folder / layout.EVENTS, 0, b"", 0
        while (found := read_events(folder, offset)).offset > offset:
            self._seq, offset = max([self._seq, *(e["seq"] + 1 for e in found.events)]), found.offset
        if self._path.exists() and self._path.stat().st_size > offset:
            append(self._path, b"\n")

    def write(self, kind: str, **content: Any) -> None:
        """Append one event; NaN and infinity become null. Raises OSError."""
        event = plain({"seq": self._seq, "time": time.time(), "kind": kind, **content})
        line, self._start = self._start + json.dumps(event, allow_nan=False).encode() + b"\n", b"\n"
        append(self._path, line)  # if that fails half way, the next event begins a line of its own
        self._seq, self._start = self._seq + 1, b""
