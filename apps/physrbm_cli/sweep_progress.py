"""Progress of a sweep on stderr: a bar on a terminal, else a plain line at most every 30 s."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from typing import TYPE_CHECKING, Protocol

from physrbm_cli.terminal import say

if TYPE_CHECKING:
    from physrbm.campaign import Progress

_EVERY = 30.0  # seconds between plain lines


class Show(Protocol):
    """Takes progress as it comes."""

    def __call__(self, now: "Progress", /) -> None:
        """Show it."""


@contextmanager
def progress(quiet: bool, bar: bool) -> Iterator[Show]:
    """A function that shows progress, for as long as the sweep goes on."""
    if quiet:
        yield lambda now: None
    elif bar and sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _Lines()


class _Lines:
    def __init__(self) -> None:
        self._last, self._said = time.monotonic() - _EVERY, ""

    def __call__(self, now: "Progress", /) -> None:
        over = now.running == 0 and now.left == 0
        line = f"{now.done}/{now.total} done, {_words(now)}"
        if (time.monotonic() - self._last >= _EVERY or over) and line != self._said:
            self._last, self._said = time.monotonic(), line
            say(line)


@contextmanager
def _bar() -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = BarColumn(bar_width=20), MofNCompleteColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=Console(stderr=True)) as display:
        task = display.add_task("", total=None)
        yield lambda now: display.update(task, completed=now.done, total=max(1, now.total), description=_words(now))


def _words(now: "Progress") -> str:
    from physrbm.watching import duration

    parts = [f"{now.running} running"]
    parts += [f"{now.elsewhere} elsewhere"] if now.elsewhere else []
    parts += [f"{len(now.failures)} failed"] if now.failures else []
    parts += [f"stopping ({now.reason})"] if now.reason else []
    parts += [f"{duration(now.eta)} to go"] if isfinite(now.eta) and now.left and not now.reason else []
    return ", ".join(parts)
