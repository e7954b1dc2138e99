"""One writer a run: LOCK is made where there is none, or in place of one whose process is gone."""

import errno
import json
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from physrbm.durable import read
from physrbm.errors import RunLocked
from physrbm.store import layout
from physrbm.store.process import Process, is_alive, parse, this_process

HEARTBEAT = 2.0  # seconds between two signs of life of a writer
_SILENCE = 10  # heartbeats that must be missing before --takeover
_MAX = 4096  # bytes
_PAUSE = 0.2  # seconds


class Lock:
    """The right to write a run folder; a context manager."""

    def __init__(self, folder: Path, takeover: bool = False) -> None:
        """Take the lock of `folder`, which must be there.

        Raises RunLocked where another process has it, and OSError. A lock whose owner cannot be seen to be gone (it ran
        on another host) is broken with `takeover` alone, and after ten heartbeats without a sign of life: that
        compares no two clocks.
        """
        self._path = folder / layout.LOCK
        self._content = json.dumps({**this_process()._asdict(), "token": secrets.token_hex(8)}).encode()
        while not self._create():
            found = _read(self._path) or _once_more(self._path)
            owner = _owner(found)
            alive = is_alive(owner) if owner is not None else None if found else False
            if alive is not False:
                self._wait(folder, owner, alive, takeover)
            self._break(found)

    def __enter__(self) -> "Lock":
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back, if it is still ours."""
        if _read(self._path) == self._content:
            with suppress(OSError):  # a lock that stays behind is seen to be dead
                self._path.unlink()

    def check(self) -> None:
        """Raise RunLocked if somebody took the run over while this process was not heard of, OSError if it is gone."""
        found = _read(self._path)
        if found != self._content:  # who looks for a dead owner may hold it for a moment
            time.sleep(_PAUSE)
            found = _read(self._path)
        if found != self._content:
            if not self._path.parent.exists():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._path.parent))
            owner = _owner(found)
            by = "the lock is gone" if owner is None else f"by process {owner.pid} on {owner.host}"
            raise RunLocked(f"{self._path.parent}: taken over ({by}); nothing more is written here")

    def _create(self) -> bool:
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            return False
        try:
            os.write(handle, self._content)
            os.fsync(handle)
        except OSError:
            self._path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        return _read(self._path) == self._content

    def _wait(self, folder: Path, owner: Process | None, alive: bool | None, takeover: bool) -> None:
        who = "an unknown process" if owner is None else f"process {owner.pid} on {owner.host}"
        if alive or not takeover:
            hint = "which is running" if alive else "--takeover breaks the lock if there is no sign of life"
            raise RunLocked(f"{folder}: being written by {who}; {hint}")
        before, seconds = _sign_of_life(folder), HEARTBEAT * _SILENCE
        for _ in range(_SILENCE):
            time.sleep(HEARTBEAT)
            if _sign_of_life(folder) != before:
                raise RunLocked(f"{folder}: being written by {who}, which gave a sign of life within {seconds:g} s")

    def _break(self, found: bytes) -> None:
        """Remove the lock that was judged; one that a faster process has put in its place is given back."""
        aside = self._path.with_name(f".{layout.LOCK}.{secrets.token_hex(8)}")
        try:
            self._path.rename(aside)
        except FileNotFoundError:
            return
        if _read(aside) != found:
            with suppress(FileExistsError):  # a third was faster still: the one that loses sees it in `check`
                os.link(aside, self._path)
        aside.unlink()


def _read(path: Path) -> bytes:
    try:
        return read(path, _MAX)
    except OSError:
        return b""


def _once_more(path: Path) -> bytes:
    """What an empty lock says a second later: one that says nothing then was left by a process killed within it."""
    time.sleep(1.0)
    return _read(path)


def _owner(found: bytes) -> Process | None:
    try:
        content = json.loads(found)
    except (ValueError, RecursionError):
        return None
    return parse(content) if isinstance(content, dict) else None


def _sign_of_life(folder: Path) -> bytes:
    return _read(folder / layout.STATUS) + _read(folder / layout.LOCK)
