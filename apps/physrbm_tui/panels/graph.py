"""The diluted graph: bonds, degrees of both layers beside those of as many bonds at random, isolated units."""

from itertools import pairwise
from math import lgamma

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from physrbm.store import Frame
from physrbm.watching import RunView
from physrbm_tui.look import Look
from physrbm_tui.widgets.histogram import draw_histogram
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
    """Both degree distributions, the counts of as many bonds at random marked in them."""
    n_bonds = int(frame.degrees[0].sum())
    possible = frame.degrees[0].size * frame.degrees[1].size
    p = 1 - n_bonds / possible if possible else 0.0
    lines = [Text(f"{n_bonds:,} of {possible:,} pairs are bonds, p = {p:.4g}, at {frame.update:,}", "bold")]
    for name, degree, others in zip(("visible", "hidden"), frame.degrees, frame.degrees[::-1], strict=True):
        if not degree.size:
            continue
        isolated = int((degree == 0).sum())
        lines += [Text(), Text(
            f"{degree.size} {name} units: degree {degree.mean():.1f}, sd {degree.std():.1f}, "
            f"{degree.min()} ... {degree.max()}, {isolated} without a bond", look.bad if isolated else "")]  # fmt: skip
        edges = _edges(degree)
        expected = degree.size * np.add.reduceat(_at_random(others.size, n_bonds, possible, edges[-1]), edges[:-1])
        counts = np.histogram(degree, edges)[0]
        names = [str(a) if b - a == 1 else f"{a} - {b - 1}" for a, b in pairwise(edges.tolist())]
        lines.append(draw_histogram(names, counts, expected, width, look))
    lines += [
        Text(),
        Text(f"marked {'┃' if look.unicode else '|'}: as many bonds at random (hypergeometric)", look.axis),
    ]
    return Text("\n").join(lines)


def _edges(degree: np.ndarray) -> np.ndarray:
    """At most _BINS bins of equal whole width; a degree d is in the bin that begins at or below it."""
    low, high = int(degree.min()), int(degree.max())
    step = -(-(high + 1 - low) // _BINS)
    return np.arange(low, high + step + 1, step)


def _at_random(n: int, n_bonds: int, possible: int, most: int) -> np.ndarray:
    """Probability of degree 0, 1, ... `most` of a unit with `n` partners if `n_bonds` of `possible` pairs are bonds."""

    def log_choose(total: int, some: int) -> float:
        return lgamma(total + 1) - lgamma(some + 1) - lgamma(total - some + 1)

    degrees = np.arange(most + 1)
    can = (degrees <= min(n, n_bonds)) & (n_bonds - degrees <= possible - n)
    log_p = [log_choose(n, d) + log_choose(possible - n, n_bonds - d) for d in degrees[can].tolist()]
    found = np.zeros(most + 1)
    found[can] = np.exp(np.array(log_p) - log_choose(possible, n_bonds))
    return found
