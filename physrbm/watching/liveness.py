"""Whether anybody works on a run, and if not, why."""

import os
import time
from pathlib import Path
from typing import NamedTuple

from physrbm.errors import InvalidInput
from physrbm.store import Run, layout, open_run
from physrbm.store.lock import HEARTBEAT
from physrbm.watching.numbers import real

_STALLED = 10 * HEARTBEAT
_SAID = ("running", "done", "stopped", "failed", "interrupted", "died")


class Life(NamedTuple):
    """A run and how it stands."""

    run: Run | None
    """None where its run.json cannot be read"""
    state: str
    """as in `RunView`"""
    reason: str
    seconds: float
    """since the last sign of life; NaN where there was none"""


def look(folder: Path) -> Life:
    """How the run in `folder` stands; whatever is wrong with it is a state with its reason."""
    try:
        run = open_run(folder)
    except InvalidInput as error:
        if not os.path.isdir(folder):
            return Life(None, "deleted", f"{folder}: there is no such folder", float("nan"))
        return Life(None, _fault(folder, error), str(error), float("nan"))
    seconds = time.time() - real(run.status.get("time"))
    state, reason = run.state, str(run.status.get("reason") or "")
    if state not in _SAID:
        begins = not os.path.exists(folder / layout.STATUS)
        state, reason = ("new", "no sign of life yet") if begins else ("damaged", f"{layout.STATUS}: says nothing")
    elif state == "running" and seconds > _STALLED:
        state, reason = "stalled", f"no sign of life for {seconds:.0f} s, though its process seems to be there"
    return Life(run, state, reason, seconds)


def _fault(folder: Path, error: InvalidInput) -> str:
    """What is wrong with a folder whose run.json could not be read."""
    if not isinstance(error.__cause__, OSError):
        return "damaged"
    begins = not os.path.exists(folder / layout.RUN) and os.access(folder, os.R_OK | os.X_OK)
    return "new" if begins else "unreadable"
