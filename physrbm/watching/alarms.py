"""What somebody should look at."""

import os
from typing import NamedTuple

import numpy as np

from physrbm.watching.view import RunView

_GIB = 2**30
_LEAST_ACCEPTANCE = 0.05


class Alarm(NamedTuple):
    """One line for the eye."""

    level: str
    """alarm or warning"""
    text: str


def alarms(view: RunView) -> list[Alarm]:
    """Everything that is wrong with a run, worst first."""
    found = []
    if view.state in ("stalled", "died", "failed", "deleted", "unreadable"):
        found.append(Alarm("alarm", f"{view.state}: {view.reason or 'its process is gone without a last word'}"))
    for name, series in view.series.items():
        if series.value.size and not np.isfinite(series.value[-1]):
            found.append(Alarm("alarm", f"{name} is not a number at update {series.update[-1]:.0f}"))
    if (free := _free(view)) is not None:
        found.append(Alarm("alarm", f"the disk is nearly full: {free / _GIB:.2g} GiB are left"))
    acceptance, trips = (view.series.get(name) for name in ("acceptance", "round_trips"))
    if acceptance is not None and acceptance.value.size and acceptance.value[-1] < _LEAST_ACCEPTANCE:
        found.append(Alarm("warning", f"swaps are accepted with {acceptance.value[-1]:.2g} only: rungs are missing"))
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
