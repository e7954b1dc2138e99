"""Writing that a kill at any moment leaves whole: a reader finds the old file or the new one, never half of one."""

import errno
import os
import stat
from pathlib import Path
from typing import IO


def replace(path: Path, content: bytes) -> None:
    """Put `content` at `path`: temporary file, fsync, rename, fsync of the folder. Raises OSError, leaving the old."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def append(path: Path, content: bytes) -> None:
    """Add `content` in one write, so that a kill can tear the last line only. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        written = os.write(handle, content)
        if written != len(content):  # a full disk takes what fits; the next call says why
            os.write(handle, content[written:])
    finally:
        os.close(handle)


def read(path: Path, n: int, offset: int = 0) -> bytes:
    """At most `n` bytes of a regular file, from `offset` on. Raises OSError; a pipe is refused, not waited for."""
    with open_regular(path) as file:
        file.seek(offset)
        return file.read(n)


def open_regular(path: Path) -> IO[bytes]:
    """Open a regular file for reading. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return os.fdopen(handle, "rb")


def sync_folder(folder: Path) -> None:
    """Make renames and removals in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
