"""A picture of curves in the terminal."""

import os
from typing import TYPE_CHECKING, NamedTuple

from physrbm_tui.look import PALETTE
from physrbm_tui.widgets.ticks import label, ticks

from physrbm_cli.pictures import braille
from physrbm_cli.terminal import unicode

if TYPE_CHECKING:
    import numpy as np
    from rich.text import Text

_MARKS, _PLAIN_MARKS = "●▲■◆○△□◇", "ox+*#@%&"
_LINE, _EMPTY = -1, -2  # owners of cells: the line that is marked, nobody
_LEAST = 16  # columns of cells
_MOST = 90


class Series(NamedTuple):
    """One curve, in the order of x."""

    name: str
    x: "np.ndarray"
    y: "np.ndarray"


class Frame(NamedTuple):
    """Cells, and what their corners stand for."""

    columns: int
    rows: int
    low: tuple[float, float]
    high: tuple[float, float]

    def dots(self, x: "np.ndarray | float", y: "np.ndarray | float") -> tuple["np.ndarray", "np.ndarray"]:
        """Braille dots (row from the top, column) of points; two dots a cell across, four down."""
        import numpy as np

        part = [(np.asarray(v) - a) / (b - a) for v, a, b in zip((x, y), self.low, self.high, strict=True)]
        column = np.clip(np.round(part[0] * (2 * self.columns - 1)), 0, 2 * self.columns - 1)
        row = np.clip(np.round((1 - part[1]) * (4 * self.rows - 1)), 0, 4 * self.rows - 1)
        return row.astype(np.int64), column.astype(np.int64)


def chart(
    series: list[Series], titles: tuple[str, str], at: float | None, columns: int, rows: int = 18
) -> "list[Text]":
    """Lines of a picture of y against x, with a line of dots at x = `at`; titles of x and y."""
    from rich.text import Text

    (x_low, x_high), (y_low, y_high) = (_range(series, k) for k in (1, 2))
    marks = ticks(y_low, y_high, rows // 3)
    names = [label(t) for t in marks]
    left = max(map(len, names), default=0)
    frame = Frame(max(_LEAST, min(columns, _MOST) - left - 3), rows, (x_low, y_low), (x_high, y_high))
    at_row = {int(frame.dots(x_low, t)[0]) // 4: name for t, name in zip(marks, names, strict=True)}
    bar, tick = ("│", "┤") if unicode() else ("|", "+")
    lines = [_legend(series, titles[1])]
    for row, cells in enumerate(_cells(frame, series, at)):
        lines.append(Text(f"{at_row.get(row, ''):>{left}} {tick if row in at_row else bar}").append_text(cells))
    return lines + [Text(" " * (left + 1) + line) for line in _x_axis(frame, titles[0])]


def _range(series: list[Series], k: int) -> tuple[float, float]:
    low, high = min(float(s[k].min()) for s in series), max(float(s[k].max()) for s in series)  # type: ignore[union-attr]
    pad = 0.0 if high > low else abs(low) * 0.1 or 1.0
    return low - pad, high + pad


def _mark(k: int) -> str:
    marks = _MARKS if unicode() else _PLAIN_MARKS
    return marks[k % len(marks)]


def _style(owner: int) -> str:
    """No colour without a wish for any, and none of cells that belong to nobody."""
    return "" if owner < 0 or os.environ.get("NO_COLOR") else PALETTE[owner % len(PALETTE)]


def _legend(series: list[Series], title: str) -> "Text":
    from rich.text import Text

    line = Text(title)
    for k, s in enumerate(series):
        line.append("   ").append(f"{_mark(k)} {s.name}", _style(k))
    return line


def _cells(frame: Frame, series: list[Series], at: float | None) -> "list[Text]":
    import numpy as np

    image = np.zeros((4 * frame.rows, 2 * frame.columns), np.int64)
    owner = np.full((frame.rows, frame.columns), _EMPTY)
    if at is not None and frame.low[0] <= at <= frame.high[0]:
        owner[:, int(frame.dots(at, frame.low[1])[1]) // 2] = _LINE
    for k, s in enumerate(series):
        row, column = _joined(*frame.dots(s.x, s.y))
        image[row, column] = 1
        owner[row // 4, column // 2] = k
    if unicode():
        text = np.array([list(line) for line in braille(image)])
    else:
        text = np.where(image.reshape(frame.rows, 4, frame.columns, 2).any((1, 3)), ".", " ")
    text[owner == _LINE], text[owner == _EMPTY] = "┊" if unicode() else ":", " "
    for k, s in enumerate(series):
        row, column = frame.dots(s.x, s.y)
        text[row // 4, column // 2], owner[row // 4, column // 2] = _mark(k), k
    return [_line(*both) for both in zip(text, owner, strict=True)]


def _joined(row: "np.ndarray", column: "np.ndarray") -> tuple["np.ndarray", "np.ndarray"]:
    """All dots on the straight lines from point to point."""
    import numpy as np

    steps = np.maximum(np.abs(np.diff(row)), np.abs(np.diff(column))) + 1
    along = [np.linspace(0, 1, n) for n in steps]
    both = [
        np.concatenate([v[:1], *(np.round(a + (b - a) * t) for a, b, t in zip(v, v[1:], along, strict=False))])
        for v in (row, column)
    ]
    return both[0].astype(np.int64), both[1].astype(np.int64)


def _line(text: "np.ndarray", owner: "np.ndarray") -> "Text":
    from rich.text import Text

    line = Text()
    for character, whose in zip(text.tolist(), owner.tolist(), strict=True):
        line.append(character, _style(whose))
    line.rstrip()
    return line


def _x_axis(frame: Frame, title: str) -> tuple[str, str, str]:
    """The rule, the numbers below it, the title."""
    corner, rule, tick = ("└", "─", "┴") if unicode() else ("+", "-", "+")
    line, names, free = [rule] * frame.columns, [" "] * (frame.columns + 1), 0
    for t in ticks(frame.low[0], frame.high[0], frame.columns // 10):
        place = int(frame.dots(t, frame.low[1])[1]) // 2
        line[place] = tick
        name = label(t)
        start = max(0, min(place + 1 - len(name) // 2, len(names) - len(name)))
        if start >= free:
            names[start : start + len(name)] = name
            free = start + len(name) + 1
    return corner + "".join(line), "".join(names).rstrip(), f"{title:>{frame.columns + 1}}"
