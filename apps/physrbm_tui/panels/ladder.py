"""The ladder of a tempering run: swaps accepted at every gap, round trips, R-hat."""

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical

from physrbm.store import Frame
from physrbm.watching import RunView
from physrbm_tui.look import Look
from physrbm_tui.widgets.plot import Line, Plot, PlotView
from physrbm_tui.widgets.words import Words

_LEAST = 0.2  # below, a gap is marked


class Ladder(Vertical):
    """Swaps and walkers."""

    DEFAULT_CSS = """
    Ladder PlotView { height: 1fr; }
    Ladder #gaps { height: auto; max-height: 50%; padding: 0 1; }
    """

    def __init__(self, look: Look) -> None:
        """Nothing is shown yet."""
        super().__init__(id="ladder")
        self._look = look

    def compose(self) -> ComposeResult:
        """Gaps above, what walkers do below."""
        yield Words("this run has no ladder", id="gaps")
        yield PlotView(self._look, id="trips")
        yield PlotView(self._look, id="rhat")

    def show(self, view: RunView, frame: Frame | None, cursor: int | None, others: dict[str, RunView]) -> None:
        """Take in a view."""
        if frame is not None and frame.acceptance.size:
            self.query_one("#gaps", Words).say(gaps(frame.acceptance, self.size.width - 2, self._look))
        place = None if cursor is None else float(cursor)
        for name, title in (("round_trips", "round trips a walker"), ("rhat", "R-hat of the energy")):
            s = view.series.get(name)
            if s is not None:
                error = s.error if np.isfinite(s.error).any() else None
                plot = Plot((Line(title, s.update, s.value, error),), "", "round", cursor=place)
                self.query_one(f"#{'trips' if name == 'round_trips' else name}", PlotView).show(plot)


def gaps(acceptance: np.ndarray, width: int, look: Look) -> Text:
    """A bar a gap: how often its swap is accepted; as many columns of them as fit."""
    full = "█" if look.unicode else "#"
    each = 26
    columns = max(1, width // each)
    rows = -(-acceptance.size // columns)
    lines = []
    for row in range(rows):
        line = Text()
        for k in range(row, acceptance.size, rows):
            x = float(acceptance[k])
            style = look.bad if x < _LEAST else look.good
            bar = full * round(10 * x)
            line.append(f"{k:>3} - {k + 1:<3}")
            line.append(f"{bar:<10}", style)
            line.append(f" {x:.2f}  ")
        lines.append(line)
    return Text("\n").join(lines)
