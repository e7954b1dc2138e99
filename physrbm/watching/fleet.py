"""Many runs in one folder."""

import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.store import find_runs, layout, open_run, read_events

_TAIL = 2**16  # bytes of the log that are looked at
_WORST = ("failed", "died", "damaged", "interrupted", "stopped", "running", "done")


class Summary(NamedTuple):
    """A run in one row."""

    folder: Path
    state: str
    """as `Run.state`, or damaged"""
    about: dict[str, Any]
    """kind, update, updates, data, hidden, dilution, seed"""
    values: dict[str, float]
    """last value of every series in the tail of the log, and log_likelihood of the report"""


class Cells(NamedTuple):
    """A table of means over runs."""

    rows: list[Any]
    columns: list[Any]
    value: np.ndarray
    """(row, column), NaN where nothing is known"""
    runs: np.ndarray
    """(row, column) how many there are"""
    state: list[list[str]]
    """the worst of a cell, empty where there is no run"""


def summary(folder: Path) -> Summary:
    """One run, without reading all of its log."""
    try:
        run = open_run(folder)
    except InvalidInput:
        return Summary(folder, "damaged", {}, {})
    aim = run.spec.model_dump().get("dilution")  # what the machine had at the start may not be all
    about = {
        "kind": run.spec.kind,
        "update": run.status.get("update"),
        "updates": run.status.get("updates", run.spec.updates),
        "data": run.spec.data,
        "hidden": run.machine.get("n_hidden"),
        "dilution": run.machine.get("dilution") if aim is None else aim,
        "seed": run.spec.seed,
    }
    return Summary(folder, run.state, about, _last_values(folder))


class Fleet:
    """The runs directly in a folder, looked at in turn: a poll takes a bounded time."""

    def __init__(self, folder: str | Path, seconds: float = 0.05) -> None:
        """seconds: of a poll, about."""
        self.folder, self._seconds = Path(folder), seconds
        self._known: dict[Path, Summary] = {}
        self._next = 0

    def poll(self) -> list[Summary]:
        """All runs seen so far, by name. Raises InvalidInput where the folder is none."""
        began, paths = time.monotonic(), find_runs(self.folder)
        self._known = {path: self._known[path] for path in paths if path in self._known}
        for _ in range(len(paths)):
            path = paths[self._next % len(paths)]
            self._known[path] = summary(path)
            self._next += 1
            if time.monotonic() - began > self._seconds:
                break
        return [self._known[path] for path in paths if path in self._known]


def grid(found: list[Summary], x: str = "dilution", y: str = "hidden", value: str = "log_likelihood") -> Cells:
    """Means of `value` over the runs of equal `x` and `y`."""
    columns, rows = (sorted({s.about[name] for s in found if s.about.get(name) is not None}) for name in (x, y))
    shape = (len(rows), len(columns))
    total, known, count = np.zeros(shape), np.zeros(shape, int), np.zeros(shape, int)
    state = [["" for _ in columns] for _ in rows]
    for s in found:
        if s.about.get(x) is None or s.about.get(y) is None:
            continue
        i, j = rows.index(s.about[y]), columns.index(s.about[x])
        count[i, j] += 1
        worst = [w for w in _WORST if w in (s.state, state[i][j])]
        state[i][j] = worst[0] if worst else s.state
        if np.isfinite(s.values.get(value, np.nan)):
            total[i, j] += s.values[value]
            known[i, j] += 1
    mean = np.divide(total, known, out=np.full(shape, np.nan), where=known > 0)
    return Cells(rows, columns, mean, count, state)


def _last_values(folder: Path) -> dict[str, float]:
    try:
        size = os.path.getsize(folder / layout.EVENTS)
    except OSError:
        return {}
    values: dict[str, float] = {}
    for event in read_events(folder, max(0, size - _TAIL)).events:
        found = event.get("values") if event["kind"] == "measurement" else None
        if event["kind"] == "report" and isinstance(event.get("log_likelihood"), dict):
            found = {"log_likelihood": event["log_likelihood"].get("test")}
        for name, x in found.items() if isinstance(found, dict) else ():
            number = x.get("value") if isinstance(x, dict) and x.get("estimated", True) else None
            if isinstance(number, int | float) and not isinstance(number, bool):
                values[name] = float(number)
    return values
