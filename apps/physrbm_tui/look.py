"""What the terminal can show, and the colours."""

import os
import sys
from functools import cache
from typing import NamedTuple

from rich.style import Style

# Okabe & Ito (2008): told apart by the colour-blind
PALETTE = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00")


class Look(NamedTuple):
    """How things are drawn."""

    unicode: bool = True
    colour: bool = True

    def data(self, k: int) -> Style:
        """Of the k-th series."""
        return _style(k % len(PALETTE), False) if self.colour else _style(-1 - k % 2, False)

    def band(self, k: int) -> Style:
        """Of its errors."""
        return _style(k % len(PALETTE), True) if self.colour else Style(dim=True)

    @property
    def frame(self) -> str:
        """Class of boxes: what they are drawn with."""
        return "" if self.unicode else "-ascii"

    @property
    def axis(self) -> Style:
        """Of axes and their labels."""
        return Style(dim=True)

    @property
    def bad(self) -> Style:
        """Of what is wrong."""
        return Style(color=PALETTE[6], bold=True) if self.colour else Style(bold=True, reverse=True)

    @property
    def good(self) -> Style:
        """Of what is right."""
        return Style(color=PALETTE[2]) if self.colour else Style()


@cache
def _style(k: int, dim: bool) -> Style:
    """Styles are made once: a frame asks for thousands."""
    return Style(color=PALETTE[k], dim=dim) if k >= 0 else Style(bold=k == -1)


def look_of_terminal(ascii_only: bool = False) -> Look:
    """What this terminal can show: NO_COLOR and TERM=dumb are honoured."""
    takes = (sys.stdout.encoding or "ascii").lower().startswith("utf")
    dumb = os.environ.get("TERM", "") in ("", "dumb")
    return Look(takes and not ascii_only, not (os.environ.get("NO_COLOR") or dumb))
