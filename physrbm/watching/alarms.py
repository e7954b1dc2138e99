"""What somebody should look at."""

import os
from typing import NamedTuple

import numpy as np

from physrbm.watching.durations import duration
from physrbm.watching.view import RunView

_GIB = 2**30
_LEAST_ACCEPTANCE = 0.05
_LATE = 60.0  # seconds that a checkpoint may be overdue


class Alarm(NamedTuple):
    """One line for the eye."""

    level: str
    """alarm or warning"""
    text: str


def alarms(view: RunView) -> list[Alarm]:
    """Everything that is wrong with a run, worst first."""
    found = []
    if view.state in ("stalled", "died", "failed", "deleted", "damaged", "unreadable"):
        found.append(Alarm("alarm", f"{view.state}: {view.reason or 'its process is gone without a last word'}"))
    for name, series in view.series.items():
        bad = np.flatnonzero(~np.isfinite(series.value))
        if bad.size:
            more = f" and {bad.size - 1} times more" if bad.size > 1 else ""
            found.append(Alarm("alarm", f"{name} is not a number at update {series.update[bad[0]]:.0f}{more}"))
    if (free := _free(view)) is not None:
        found.append(Alarm("alarm", f"the disk is nearly full: {free / _GIB:.2g} GiB are left"))
    if view.state == "running" and view.checkpoint_late > _LATE:
        late = duration(view.checkpoint_late)
        found.append(Alarm("alarm", f"a checkpoint is overdue by {late}; the last one is of {view.checkpoint}"))
    worst, trips = (view.series.get(name) for name in ("acceptance_worst", "round_trips"))
    if worst is not None and worst.value.size and worst.value[-1] < _LEAST_ACCEPTANCE:
        text = f"one gap of the ladder lets {worst.value[-1]:.2g} of its swaps through: rungs are missing there"
        found.append(Alarm("warning", text))
    if trips is not None and trips.value.size and trips.value[-1] == 0 and 2 * view.update > view.updates:
        found.append(Alarm("warning", "no walker has made a round trip after half of the run"))
    if view.n_bad:
        found.append(Alarm("warning", f"{view.n_bad} lines of the event log are no events"))
    return found


def _free(view: RunView) -> int | None:
    """Bytes left where a live run writes, if they are few."""
    if view.state not in ("running", "stalled"):
        return None
    try:
        disk = os.statvfs(view.folder)
    except OSError:
        return None
    free = disk.f_bavail * disk.f_frsize
    return free if free < _GIB else None
