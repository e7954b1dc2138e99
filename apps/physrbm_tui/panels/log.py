"""What happened, a line an event."""

import time

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from physrbm.errors import printable
from physrbm.store import Frame
from physrbm.watching import RunView
from physrbm_tui.look import Look
from physrbm_tui.widgets.words import Words


class Log(VerticalScroll):
    """The events but the measurements, newest first."""

    def __init__(self, look: Look) -> None:
        """Nothing is shown yet."""
        super().__init__(id="log")
        self._look = look

    def compose(self) -> ComposeResult:
        """One text."""
        yield Words("nothing happened yet", id="events")

    def show(self, view: RunView, frame: Frame | None, cursor: int | None, others: dict[str, RunView]) -> None:
        """Take in a view."""
        lines = []
        for line in reversed(view.log):
            when = time.strftime("%m-%d %H:%M:%S", time.localtime(max(0.0, min(line.time, 4e9))))
            at = "" if line.update is None else f"at {line.update:,}"
            lines.append(f"{when}  {line.kind:<12}{at:<14}{printable(line.text)}")
        if lines:
            self.query_one("#events", Words).say("\n".join(lines))
