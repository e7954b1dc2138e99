"""A histogram, a line a bin, with the counts that are expected marked in it."""

import numpy as np
from rich.text import Text

from physrbm_tui.look import Look

_EIGHTHS = " ▏▎▍▌▋▊▉"


def draw_histogram(names: list[str], counts: np.ndarray, expected: np.ndarray, width: int, look: Look) -> Text:
    """Bins by name with `counts` (bin,), and what is `expected` (bin,), NaN where it is not known."""
    left, numbers = max(map(len, names), default=0), [f"{count:,}" for count in counts.tolist()]
    wide = max(map(len, numbers), default=0)
    room = max(1, width - left - wide - 3)
    largest = max(float(counts.max(initial=0)), float(np.nanmax(expected, initial=0.0)), 1e-300)
    lines = []
    for name, number, count, mean in zip(names, numbers, counts, expected, strict=True):
        bar = _bar(room * float(count) / largest, room, look)
        line = Text.assemble((f"{name:>{left}} ", look.axis), f"{number:>{wide}} ", (bar, look.data(0)))
        if np.isfinite(mean):
            place = min(room - 1, round(room * float(mean) / largest))
            at = left + wide + 2 + place
            inside = place < len(bar.rstrip())
            mark = ("│" if look.unicode else "|", "┃" if look.unicode else "|")[inside]
            line = Text.assemble(line[:at], (mark, look.data(1)), line[at + 1 :])
        lines.append(line)
    return Text("\n").join(lines)


def _bar(length: float, room: int, look: Look) -> str:
    """`length` cells of a bar, then blanks up to `room`; a count is never invisible."""
    if not look.unicode:
        return ("#" * (max(1, round(length)) if length > 0 else 0)).ljust(room)
    eighths = max(1, round(8 * length)) if length > 0 else 0
    whole, part = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[part] if part else "")).ljust(room)[:room]
