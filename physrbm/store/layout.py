"""Names in a run folder, and writing that leaves either the old file or the new one."""

import json
import os
from pathlib import Path
from typing import Any

SCHEMA = 1
RUN, STATUS, EVENTS, RESULTS, CHECKPOINTS = "run.json", "status.json", "events.jsonl", "results.h5", "ckpt"


def checkpoint_path(folder: Path, update: int) -> Path:
    """Where the machine of `update` is kept."""
    return folder / CHECKPOINTS / f"{update:08d}.h5"


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace `path` as a whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
