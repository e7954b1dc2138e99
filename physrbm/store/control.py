"""Requests to a running run: small files that `ctl` drops and the run removes when they are done."""

import time
from pathlib import Path
from typing import Any, NamedTuple

from physrbm.errors import InvalidInput
from physrbm.store import layout

KINDS = ("checkpoint", "stop", "extend")
_MAX_UPDATES = 2**53


class Request(NamedTuple):
    """One request."""

    path: Path
    kind: str
    updates: int
    """how many more, for `extend`"""


def send(folder: Path, kind: str, updates: int = 0) -> None:
    """Ask the run in `folder` for a checkpoint, to stop, or for more updates. Raises InvalidInput, OSError."""
    if kind not in KINDS:
        raise InvalidInput(f"unknown request {kind!r}; allowed: {', '.join(KINDS)}")
    if (kind == "extend") != (updates != 0) or not 0 <= updates < _MAX_UPDATES:
        raise InvalidInput(f"extend takes a number of updates of at least 1, the others none; got {kind} {updates}")
    (folder / layout.CONTROL).mkdir(exist_ok=True)
    path = folder / layout.CONTROL / f"{time.time_ns():020d}-{kind}.json"
    layout.write_json(path, {"kind": kind, "updates": updates})


def pending(folder: Path) -> tuple[list[Request], list[Path]]:
    """Requests in the order they were sent, and files that are none."""
    requests, bad = [], []
    for path in sorted((folder / layout.CONTROL).glob("[!.]*")):
        if not path.is_file():
            continue
        try:
            requests.append(_parse(path, layout.read_json(path)))
        except (InvalidInput, OSError):
            bad.append(path)
    return requests, bad


def _parse(path: Path, content: dict[str, Any]) -> Request:
    kind, updates = content.get("kind"), content.get("updates")
    if kind not in KINDS or isinstance(updates, bool) or not isinstance(updates, int):
        raise InvalidInput(f"{path}: no request")
    if not (0 < updates < _MAX_UPDATES if kind == "extend" else updates == 0):
        raise InvalidInput(f"{path}: no request")
    return Request(path, kind, updates)
