"""Progress on stderr: a bar on a terminal, else a plain line at most every 30 s."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from physrbm_cli.terminal import say

if TYPE_CHECKING:
    from physrbm.experiment import Step

_EVERY = 30.0  # seconds between plain lines
_FEW = 4  # scores in them


class Show(Protocol):
    """Takes every measurement."""

    def __call__(self, m: "Step", /) -> None:
        """Show one measurement."""


@contextmanager
def progress(quiet: bool, verbose: bool, bar: bool) -> Iterator[Show]:
    """A function that shows measurements, for as long as the run lasts."""
    if quiet:
        yield lambda m: None
    elif verbose or not (bar and sys.stderr.isatty()):
        yield _Lines(0.0 if verbose else _EVERY)
    else:
        with _bar() as show:
            yield show


class _Lines:
    """A plain line for a measurement with scores, if the last line is old enough; the end of a stage always."""

    def __init__(self, every: float) -> None:
        self._every, self._last, self._most = every, -_EVERY, None if every == 0 else _FEW

    def __call__(self, m: "Step", /) -> None:
        now = time.monotonic()
        if m.values and (now - self._last >= self._every or m.update == m.updates):
            self._last = now
            say(f"update {m.update}/{m.updates}  {_scores(m, self._most)}  {m.seconds[m.stage]:.0f} s")
        if m.update == m.updates and m.final is None:
            say("measuring")


@contextmanager
def _bar() -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = BarColumn(bar_width=12)  # small enough that all fits 80 columns
    columns = TextColumn("{task.description}"), bar, MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, TextColumn("{task.fields[scores]}"), console=Console(stderr=True)) as display:
        task = display.add_task("", total=None, scores="")

        def show(m: "Step", /) -> None:
            display.update(task, completed=m.update, total=max(1, m.updates), description=m.stage)
            for name, value in list(m.values.items())[:1]:
                display.update(task, scores=f"{name.replace('_', '-')} {value}")
            if m.update == m.updates and m.final is None:
                display.update(task, description="measuring")

        yield show


def _scores(m: "Step", most: int | None) -> str:
    return "  ".join(f"{name.replace('_', '-')} {value}" for name, value in list(m.values.items())[:most])
