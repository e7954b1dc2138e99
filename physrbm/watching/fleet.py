"""Many runs in one folder."""

import os
import time
from math import inf, isfinite
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from physrbm.store import find_runs, layout, read_events
from physrbm.watching.liveness import look
from physrbm.watching.numbers import real, whole

_TAIL = 2**16  # bytes of the log that are looked at
_WORST = ("failed", "died", "damaged", "unreadable", "stalled", "interrupted", "stopped", "new", "running", "done")


class Summary(NamedTuple):
    """A run in one row."""

    folder: Path
    state: str
    """as in `RunView`"""
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
    life = look(folder)
    if (run := life.run) is None:
        return Summary(folder, life.state, {}, {})
    aim = run.spec.model_dump().get("dilution")  # what the machine had at the start may not be all
    dilution = real(run.machine.get("dilution") if aim is None else aim)
    about = {
        "kind": run.spec.kind,
        "update": run.status.get("update"),
        "updates": run.status.get("updates", run.spec.updates),
        "data": run.spec.data,
        "hidden": whole(run.machine.get("n_hidden")),
        "dilution": dilution if isfinite(dilution) else None,
        "seed": run.spec.seed,
    }
    return Summary(folder, life.state, about, _last_values(folder))


class Fleet:
    """The runs directly in a folder, looked at in turn: a poll takes a bounded time."""

    def __init__(self, folder: str | Path, seconds: float = 0.05) -> None:
        """seconds: of a poll, about."""
        self.folder, self._seconds = Path(folder), seconds
        self._known: dict[Path, Summary] = {}
        self._next = self.n_runs = 0  # n_runs: in the folder, as of the last poll

    def poll(self) -> list[Summary]:
        """All runs seen so far, by name. Raises InvalidInput where the folder is none."""
        began, paths = time.monotonic(), find_runs(self.folder)
        self.n_runs = len(paths)
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
    rows: list[tuple[float, dict[str, float]]] = []
    for event in read_events(folder, max(0, size - _TAIL)).events:
        kind, update = event["kind"], whole(event.get("update"))
        if kind == "rewind" and update is not None:  # what came later does not count, no report either
            rows = [row for row in rows if row[0] <= update]
        if kind == "measurement" and update is not None:
            rows.append((update, _numbers(event.get("values"))))
        if kind == "report" and isinstance(event.get("log_likelihood"), dict):
            rows.append((inf, _numbers({"log_likelihood": event["log_likelihood"].get("test")})))
    return {name: value for _, values in rows for name, value in values.items()}


def _numbers(values: Any) -> dict[str, float]:
    """What is a number and was not withheld."""
    pairs = values.items() if isinstance(values, dict) else ()
    good = {n: real(x.get("value")) for n, x in pairs if isinstance(x, dict) and x.get("estimated", True)}
    return {name: value for name, value in good.items() if isfinite(value)}
