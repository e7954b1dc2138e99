"""Names in a run folder."""

import json
import re
from pathlib import Path
from typing import Any

from physrbm.durable import read, replace
from physrbm.errors import InvalidInput

SCHEMA = 1
RUN, STATUS, EVENTS, RESULTS, LOCK = "run.json", "status.json", "events.jsonl", "results.h5", "LOCK"
CHECKPOINTS, SEGMENTS, CONTROL, FRAMES = "ckpt", "segments", "control", "frames"
MANIFEST, RUNS = "manifest.jsonl", "runs"  # of a sweep: its runs, and where they are
PARTS = (CHECKPOINTS, SEGMENTS, CONTROL, FRAMES)
_MAX_JSON = 2**22  # bytes
_OURS = re.compile(rf"\.(.+\.(json|h5)\.\d+|{LOCK}\.[0-9a-f]{{16}})")


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace `path` as a whole."""
    replace(path, json.dumps(content, indent=1).encode() + b"\n")


def read_json(path: Path) -> dict[str, Any]:
    """The object in `path`. Raises InvalidInput naming the file, OSError where it cannot be read."""
    try:
        text = read(path, _MAX_JSON + 1)
        content = json.loads(text) if len(text) <= _MAX_JSON else None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: damaged, no JSON object can be read from it") from error
    if not isinstance(content, dict):
        raise InvalidInput(f"{path}: damaged, a JSON object of at most {_MAX_JSON} bytes is needed")
    return content


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files of a process that was killed while it wrote."""
    for part in (folder, folder / CHECKPOINTS, folder / SEGMENTS, folder / FRAMES):
        for path in part.glob(".*"):
            if _OURS.fullmatch(path.name) and path.is_file():
                path.unlink(missing_ok=True)
