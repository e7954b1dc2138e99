"""A curve, the last values, the verdict."""

import numpy as np
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from physrbm.store import Frame
from physrbm.watching import RunView
from physrbm_tui.look import Look
from physrbm_tui.widgets.plot import Line, Plot, PlotView
from physrbm_tui.widgets.words import Words
from physrbm_tui.words import judgement, shown, values


class Overview(Vertical):
    """The first page of a run."""

    DEFAULT_CSS = """
    Overview PlotView { height: 1fr; }
    Overview #below { height: auto; max-height: 50%; }
    Overview .box { border: round $foreground 30%; border-title-color: $accent; }
    Overview .box { padding: 0 1; height: auto; width: 1fr; }
    Overview .box.-ascii { border: ascii $foreground 30%; }
    """

    def __init__(self, look: Look) -> None:
        """Nothing is shown yet."""
        super().__init__(id="overview")
        self._look = look
        self.chosen = 0
        self.log_y, self.zoom = False, 1.0

    def compose(self) -> ComposeResult:
        """Plot above, two boxes below."""
        yield PlotView(self._look)
        with Horizontal(id="below"):
            with VerticalScroll(classes=f"box {self._look.frame}") as box:
                box.border_title = "values"
                yield Words(id="values")
            with VerticalScroll(classes=f"box {self._look.frame}") as box:
                box.border_title = "verdict"
                yield Words(id="verdict")

    def show(self, view: RunView, frame: Frame | None, cursor: int | None, others: dict[str, RunView]) -> None:
        """Take in a view; others are drawn into the same picture."""
        names = shown(view)
        self.chosen = self.chosen % len(names) if names else 0
        name = names[self.chosen] if names else ""
        lines = []
        for label, one in {"": view, **others}.items():
            if name in one.series:
                s = one.series[name]
                error = s.error if np.isfinite(s.error).any() else None
                lines.append(Line(f"{name}{' of ' + label if label else ''}", s.update, s.value, error))
        x_range = None
        if self.zoom > 1 and lines and lines[0].x.size:
            last = float(lines[0].x[-1])
            x_range = (last * (1 - 1 / self.zoom), max(last, 1.0))
        place = None if cursor is None else float(cursor)
        what = "round" if view.run is not None and view.run.spec.kind == "temper" else "update"
        self.query_one(PlotView).show(Plot(tuple(lines), "", what, self.log_y, x_range=x_range, cursor=place))
        for box, text in (("#values", values(view, name, self._look)), ("#verdict", judgement(view, self._look))):
            self.query_one(box, Words).say(text)
