"""Asking the child process, and what happens when it crashes, hangs or grows."""

import atexit
import json
import math
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.hdf5.seal import check_seal
from physrbm.hdf5.tree import Tree

MAX_BYTES = 2**32  # of arrays in a file that may be compressed
_SECONDS, _SECONDS_A_BYTE = 10.0, 1 / 50e6

_lock = threading.Lock()
_child: subprocess.Popen[bytes] | None = None
_owner = 0


def read_sealed(path: Path) -> Tree:
    """Everything in a file written by `write`. Raises InvalidInput naming the file and what is wrong with it."""
    try:
        size = check_seal(path)
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror})") from error
    return read(path, None, size)  # nothing is compressed in it: arrays are no larger than the file


def read(path: Path, names: list[str] | None, max_bytes: int = MAX_BYTES) -> Tree:
    """The arrays `names` (None: all) and the attributes of any HDF5 file. Raises InvalidInput."""
    header, arrays = _ask({"names": names, "list": False, "max_bytes": max_bytes}, path)
    return Tree(arrays, header["attributes"])


def array_names(path: Path) -> list[str]:
    """Names of the arrays at the top of any HDF5 file. Raises InvalidInput."""
    names: list[str] = _ask({"names": None, "list": True, "max_bytes": 0}, path)[0]["names"]
    return names


def _ask(request: dict[str, Any], path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of the answer. A child that is gone is asked once more: the file may not be to blame."""
    request = {**request, "path": os.path.abspath(path)}  # the child stays in the folder it was started in
    try:
        header, arrays = _ask_once(request)
    except (OSError, ValueError):
        try:
            header, arrays = _ask_once(request)
        except (OSError, ValueError) as error:
            raise InvalidInput(f"{path}: not a readable HDF5 file (parsing it did not end)") from error
    if "error" in header:
        raise InvalidInput(f"{path}: {header['error']}")
    return header, arrays


def _ask_once(request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    with _lock:
        child = _running_child()
        timer = threading.Timer(_SECONDS + request["max_bytes"] * _SECONDS_A_BYTE, child.kill)
        timer.start()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            header = json.loads(child.stdout.readline())
            return header, {name: _array(child.stdout, kind, shape) for name, kind, shape in header.get("arrays", [])}
        except BaseException:
            _end_child()  # half an answer may still be in the pipe
            raise
        finally:
            timer.cancel()


def _array(stream: IO[bytes], dtype: str, shape: list[int]) -> np.ndarray:
    array = np.empty(shape, dtype)
    view = array.reshape(-1).view(np.uint8).data
    done, size = 0, math.prod(shape) * array.itemsize
    while done < size:
        n = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not n:
            raise OSError("the answer is cut short")
        done += n
    return array


def _running_child() -> "subprocess.Popen[bytes]":
    global _child, _owner
    if _child is not None and _owner == os.getpid() and _child.poll() is not None:
        _end_child()
    if _child is None or _owner != os.getpid():  # a fork has no right to the pipe of its parent
        quiet = {"OPENBLAS_NUM_THREADS": "1", "HDF5_PLUGIN_PRELOAD": "::"}  # and no code named by a file is loaded
        _child = subprocess.Popen(
            [sys.executable, "-m", "physrbm.hdf5.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True, env={**os.environ, **quiet},
        )  # fmt: skip
        if not _owner:
            atexit.register(_end_child)
        _owner = os.getpid()
    return _child


def _end_child() -> None:
    global _child
    if _child is not None and _owner == os.getpid():
        _child.kill()
        for pipe in (_child.stdin, _child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        _child.wait()
    _child = None
