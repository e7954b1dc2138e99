"""Watching runs from outside: one reader for the monitor, `status` and `ls`.

It reads run.json, status.json, the event log and the names of checkpoints; never HDF5, never a lock, and it writes
nothing: a run does not notice who watches it.
"""

from physrbm.watching.alarms import Alarm, alarms
from physrbm.watching.durations import duration
from physrbm.watching.fleet import Cells, Fleet, Summary, grid, summary
from physrbm.watching.follow import Follower
from physrbm.watching.judging import likelihood, verdict
from physrbm.watching.view import LogLine, RunView, Series, at

__all__ = [
    "Alarm",
    "Cells",
    "Fleet",
    "Follower",
    "LogLine",
    "RunView",
    "Series",
    "Summary",
    "alarms",
    "at",
    "duration",
    "grid",
    "likelihood",
    "summary",
    "verdict",
]
