"""The diluted graph: bonds, degrees of both layers, isolated units."""

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from physrbm.store import Frame
from physrbm.watching import RunView
from physrbm_tui.look import Look
from physrbm_tui.widgets.words import Words

_BINS = 12


class Graph(VerticalScroll):
    """Structure."""

    def __init__(self, look: Look) -> None:
        """Nothing is shown yet."""
        super().__init__(id="graph")
        self._look = look

    def compose(self) -> ComposeResult:
        """One text."""
        yield Words("no picture yet", id="degrees")

    def show(self, view: RunView, frame: Frame | None, cursor: int | None, others: dict[str, RunView]) -> None:
        """Take in a frame."""
        if frame is not None:
            self.query_one("#degrees", Words).say(describe(frame, self.size.width - 2, self._look))


def describe(frame: Frame, width: int, look: Look) -> Text:
    """Both degree distributions beside those of as many bonds at random."""
    n_bonds = int(frame.degrees[0].sum())
    possible = frame.degrees[0].size * frame.degrees[1].size
    p = 1 - n_bonds / possible if possible else 0.0
    lines = [Text(f"{n_bonds:,} of {possible:,} pairs are bonds, p = {p:.4g}, at {frame.update:,}", "bold")]
    for name, degree, others in zip(("visible", "hidden"), frame.degrees, frame.degrees[::-1], strict=True):
        isolated = int((degree == 0).sum())
        random = np.sqrt(others.size * p * (1 - p))
        lines += [Text(), Text(
            f"{degree.size} {name} units: degree {degree.mean():.1f}, sd {degree.std():.1f} (random {random:.1f}), "
            f"{degree.min()} ... {degree.max()}, {isolated} without a bond", look.bad if isolated else "")]  # fmt: skip
        counts, edges = np.histogram(degree, bins=min(_BINS, max(1, int(np.ptp(degree)))))
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True):
            bar = ("█" if look.unicode else "#") * round((width - 24) * count / max(1, counts.max()))
            lines.append(Text.assemble(f"{low:>6.0f} - {high:<6.0f}{count:>5} ", (bar, look.data(0))))
    return Text("\n").join(lines)
