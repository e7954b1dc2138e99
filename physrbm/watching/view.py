"""What is known of a run at one moment."""

import shlex
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from physrbm.store import Run
from physrbm.watching.numbers import real

OVER = ("stopped", "failed", "interrupted", "died")
"""states of a run that is not done and that nobody works on"""


class Series(NamedTuple):
    """One score along a run."""

    update: np.ndarray
    """(measurement,) float64, ascending"""
    value: np.ndarray
    error: np.ndarray
    """NaN where there is none"""


class LogLine(NamedTuple):
    """An event in words."""

    time: float
    """seconds since 1970"""
    update: int | None
    kind: str
    text: str


class RunView(NamedTuple):
    """A run as its folder tells it; a value that is never changed."""

    folder: Path
    run: Run | None
    """None where its run.json cannot be read"""
    state: str
    """running, stalled, done, stopped, failed, interrupted, died, new, deleted, damaged, unreadable"""
    reason: str
    seconds: float
    """since the last sign of life; NaN where there was none"""
    series: dict[str, Series]
    report: dict[str, Any] | None
    """of a run that is done"""
    log: tuple[LogLine, ...]
    """the last events"""
    n_bad: int
    """lines of the log that are no events"""
    behind: bool
    """whether more of the log is there to be read by the next poll"""

    @property
    def update(self) -> int:
        """Updates (rounds) so far."""
        return _whole(self._status.get("update"))

    @property
    def updates(self) -> int:
        """How many there will be."""
        planned = 0 if self.run is None else self.run.spec.updates
        return _whole(self._status.get("updates"), planned)

    @property
    def rate(self) -> float:
        """Updates a second; NaN where unknown."""
        return real(self._status.get("rate"))

    @property
    def eta(self) -> float:
        """Seconds to the last update, what is measured at the end not counted; NaN where unknown."""
        return real(self._status.get("eta")) if self.state == "running" else float("nan")

    @property
    def checkpoint(self) -> int | None:
        """Update of the last checkpoint."""
        found = self._status.get("checkpoint")
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    @property
    def checkpoint_late(self) -> float:
        """Seconds since a checkpoint should have been written."""
        late = real(self._status.get("checkpoint_late"))
        return late if late > 0 else 0.0

    @property
    def resume(self) -> str:
        """The command that goes on with it; empty where there is nothing to go on with."""
        if self.run is None or self.state not in OVER:
            return ""
        return f"physrbm {self.run.spec.command} --out {shlex.quote(str(self.folder))} --resume"

    @property
    def _status(self) -> dict[str, Any]:
        return {} if self.run is None else self.run.status


def at(view: RunView, update: int) -> RunView:
    """The view as it was at an earlier update: series, log, report and pace of what came later are left out."""
    last = {name: int(np.searchsorted(s.update, update, "right")) for name, s in view.series.items()}
    kept = {name: Series(*(x[: last[name]] for x in s)) for name, s in view.series.items()}
    told = max(
        (k + 1 for k, line in enumerate(view.log) if line.update is not None and line.update <= update), default=0
    )
    log = view.log if update >= view.update else view.log[:told]  # an event without an update came after the one before
    if update >= view.update:
        return view._replace(series=kept, log=log)
    status = {name: x for name, x in view._status.items() if name not in ("rate", "eta", "checkpoint_late")}
    run = None if view.run is None else view.run._replace(status={**status, "update": update})
    return view._replace(series=kept, log=log, report=None, run=run)


def _whole(x: Any, otherwise: int = 0) -> int:
    return x if isinstance(x, int) and not isinstance(x, bool) and 0 <= x < 2**53 else otherwise
