"""Line plots in braille dots: series with error bands, log axes, a cursor."""

import math
from typing import NamedTuple

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from physrbm.estimate import compact
from physrbm_tui.look import Look
from physrbm_tui.widgets.ticks import label, log_ticks, ticks

_DOTS = np.array([[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]])  # of column, row within a cell
_LEAST = (16, 5)  # cells
_MARKED = 24  # points up to which each has a mark


class Line(NamedTuple):
    """One series."""

    name: str
    x: np.ndarray
    y: np.ndarray
    error: np.ndarray | None = None


class Plot(NamedTuple):
    """What is to be drawn."""

    lines: tuple[Line, ...] = ()
    title: str = ""
    x_title: str = ""
    log_y: bool = False
    log_x: bool = False
    x_range: tuple[float, float] | None = None
    cursor: float | None = None


def draw(plot: Plot, width: int, height: int, look: Look) -> list[Strip]:
    """`height` strips of `width` cells."""
    if width < _LEAST[0] or height < _LEAST[1]:
        return [Strip([Segment(" " * width)]) for _ in range(height)]
    axes = _axes(plot, width, height)
    if axes is None:
        return _message("no data yet", width, height, look)
    dots = _Canvas(axes.columns, axes.rows)
    for k, line in enumerate(axes.lines):
        _draw_line(dots, k, line, axes.to_x, axes.to_y, 4 * axes.rows)
    y_axis, x_axis = (axes.names, axes.marks, axes.to_y), (*axes.x_range, axes.to_x)
    return _compose(plot, axes.lines, dots, y_axis, x_axis, axes.left, width, height, look)


def x_at(plot: Plot, column: int, width: int, height: int) -> float | None:
    """The x of a column of cells of the picture; None beside the axes."""
    axes = None if width < _LEAST[0] or height < _LEAST[1] else _axes(plot, width, height)
    if axes is None or not axes.left < column <= axes.left + axes.columns:
        return None
    value = axes.to_x.low + (2 * (column - axes.left - 1) + 1) / axes.to_x.factor
    return float(10**value if axes.to_x.log else value)


class _Axes(NamedTuple):
    """Where what is drawn goes."""

    lines: list[Line]
    x_range: tuple[float, float]
    names: list[str]
    marks: list[float]
    left: int
    columns: int
    rows: int
    to_x: "_Axis"
    to_y: "_Axis"


def _axes(plot: Plot, width: int, height: int) -> _Axes | None:
    """None where there is nothing to draw."""
    lines = [_kept(line, plot) for line in plot.lines]
    if not any(line.x.size for line in lines):
        return None
    x_low, x_high = plot.x_range or _range([line.x for line in lines], plot.log_x)
    lines = [_within(line, x_low, x_high) for line in lines]
    spread = [y for line in lines for y in (line.y, *_ends(line))]
    y_low, y_high = _range(spread, plot.log_y)
    marks = (log_ticks if plot.log_y else ticks)(y_low, y_high, max(2, (height - 3) // 3))
    names = [label(t) for t in marks]
    left = max((len(name) for name in names), default=1) + 1
    inside, rows = width - left - 1, height - 3
    to_x, to_y = _scale(x_low, x_high, 2 * inside, plot.log_x), _scale(y_low, y_high, 4 * rows, plot.log_y)
    return _Axes(lines, (x_low, x_high), names, marks, left, inside, rows, to_x, to_y)


class _Canvas:
    """Cells of braille: which dots are on, and whose they are."""

    def __init__(self, columns: int, rows: int) -> None:
        self.bits = np.zeros((rows, columns), np.int64)
        self.owner = np.full((rows, columns), -1)
        self.mark = np.full((rows, columns), -1)

    def put(self, x: np.ndarray, y: np.ndarray, owner: int) -> None:
        """Dots at x, y (point,), counted from the lower left corner; what is outside is left out."""
        rows, columns = self.bits.shape
        inside = (x >= 0) & (x < 2 * columns) & (y >= 0) & (y < 4 * rows)
        x, y = x[inside], 4 * rows - 1 - y[inside]
        np.bitwise_or.at(self.bits, (y // 4, x // 2), _DOTS[x % 2, y % 4])
        self.owner[y // 4, x // 2] = owner


def _draw_line(dots: _Canvas, k: int, line: Line, to_x: "_Axis", to_y: "_Axis", n_rows: int) -> None:
    """The smallest and the largest value of every column of dots, joined to the next: no spike is lost."""
    if not line.x.size:
        return
    x, y = to_x(line.x), to_y(line.y)
    column = np.floor(x).astype(np.int64)
    starts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    first, last = y[starts], y[np.append(starts[1:], y.size) - 1]
    at = column[starts]
    # neighbouring columns are joined by making the later bar reach the end of the one before
    joined = np.flatnonzero(np.diff(at) == 1) + 1
    reach_low, reach_high = low.copy(), high.copy()
    reach_low[joined] = np.minimum(low[joined], last[joined - 1])
    reach_high[joined] = np.maximum(high[joined], last[joined - 1])
    lower, upper = (np.floor(v).astype(np.int64) for v in (reach_low, reach_high))
    _bars(dots, at, lower, upper, 2 * k + 1, n_rows)
    for j in np.flatnonzero(np.diff(at) > 1):
        n = int(max(at[j + 1] - at[j], min(abs(first[j + 1] - last[j]), 4096))) + 1
        t = np.linspace(0, 1, n)
        xs, ys = at[j] + (at[j + 1] - at[j]) * t, last[j] + (first[j + 1] - last[j]) * t
        dots.put(np.floor(xs).astype(np.int64), np.floor(ys).astype(np.int64), 2 * k + 1)
    if line.error is not None:
        below, above = (to_y(v) for v in _ends(line))
        ends = np.minimum.reduceat(below, starts), np.maximum.reduceat(above, starts)
        few = starts.size <= _MARKED
        for end_low, end_high in ((ends[0], low), (high, ends[1])) if few else ():
            _bars(dots, at, np.floor(end_low).astype(np.int64), np.floor(end_high).astype(np.int64), 2 * k + 1, n_rows)
        for edge in () if few else ends:
            free = dots.owner[np.clip(n_rows // 4 - 1 - np.floor(edge).astype(int) // 4, 0, n_rows // 4 - 1),
                              np.clip(at // 2, 0, dots.owner.shape[1] - 1)] < 0  # fmt: skip
            dots.put(at[free], np.floor(edge[free]).astype(np.int64), 2 * k)
    if line.x.size <= _MARKED:
        columns = dots.mark.shape[1]
        for a, b in zip(column, np.floor(y).astype(np.int64), strict=True):
            if 0 <= a < 2 * columns and 0 <= b < n_rows:
                dots.mark[(n_rows - 1 - b) // 4, a // 2] = k


def _bars(dots: _Canvas, at: np.ndarray, low: np.ndarray, high: np.ndarray, owner: int, n_rows: int) -> None:
    low, high = np.clip(low, 0, n_rows - 1), np.clip(high, -1, n_rows - 1)
    length = np.maximum(high - low + 1, 0)
    x = np.repeat(at, length)
    start = np.cumsum(length) - length
    dots.put(x, np.arange(length.sum()) - np.repeat(start, length) + np.repeat(low, length), owner)


class _Axis(NamedTuple):
    """Values to dots."""

    low: float
    factor: float
    log: bool

    def __call__(self, value: np.ndarray) -> np.ndarray:
        """Dots, not yet whole."""
        v = np.log10(np.maximum(value, 1e-300)) if self.log else np.asarray(value, float)
        found: np.ndarray = np.clip((v - self.low) * self.factor, -1e9, 1e9)
        return found


def _scale(low: float, high: float, dots: int, log: bool) -> _Axis:
    a, b = (math.log10(low), math.log10(high)) if log else (low, high)
    return _Axis(a, (dots - 1e-6) / (b - a), log)


def _kept(line: Line, plot: Plot) -> Line:
    """Points that the axes can show, in the order of x."""
    x, y = np.asarray(line.x, float), np.asarray(line.y, float)
    good = np.isfinite(x) & np.isfinite(y) & (np.abs(y) < 1e200) & (np.abs(x) < 1e200)
    good &= (y > 0) if plot.log_y else True
    good &= (x > 0) if plot.log_x else True
    error = None if line.error is None else np.where(np.isfinite(line.error), np.abs(line.error), 0.0)[good]
    return Line(line.name, x[good], y[good], error)


def _within(line: Line, low: float, high: float) -> Line:
    inside = (line.x >= low) & (line.x <= high)
    return Line(line.name, line.x[inside], line.y[inside], None if line.error is None else line.error[inside])


def _ends(line: Line) -> tuple[np.ndarray, np.ndarray]:
    if line.error is None:
        return line.y, line.y
    error = np.minimum(line.error, 1e200)
    return line.y - error, line.y + error


def _range(parts: list[np.ndarray], log: bool) -> tuple[float, float]:
    values = np.concatenate([x for x in parts if x.size] or [np.array([0.0])])
    values = values[values > 0] if log else values
    low, high = (float(f(values)) for f in (np.min, np.max)) if values.size else (1.0, 10.0)
    if high > low:
        return low, high
    pad = abs(low) * 0.1 or 1.0
    return (low / 1.5, low * 1.5) if log else (low - pad, low + pad)


def _compose(
    plot: Plot,
    lines: list[Line],
    dots: _Canvas,
    y_axis: tuple[list[str], list[float], _Axis],
    x_axis: tuple[float, float, _Axis],
    left: int,
    width: int,
    height: int,
    look: Look,
) -> list[Strip]:
    names, marks, to_y = y_axis
    rows, columns = dots.bits.shape
    at_row = {int((4 * rows - 1 - min(4 * rows - 1, max(0, math.floor(to_y(np.array(t)))))) // 4): name
              for name, t in zip(names, marks, strict=True)}  # fmt: skip
    cursor = None
    if plot.cursor is not None:
        place = int(x_axis[2](np.array(plot.cursor))) // 2
        cursor = place if 0 <= place < columns else None
    bar, tick = ("│", "┤") if look.unicode else ("|", "+")
    strips = [_legend(plot, lines, width, look)]
    for row in range(rows):
        segments = [Segment(f"{at_row.get(row, ''):>{left - 1}} ", look.axis)]
        segments.append(Segment(tick if row in at_row else bar, look.axis))
        segments += _cells(dots, row, cursor, look)
        strips.append(Strip(segments).adjust_cell_length(width))
    return [*strips, *_x_axis(plot, x_axis, left, columns, width, look)]


def _cells(dots: _Canvas, row: int, cursor: int | None, look: Look) -> list[Segment]:
    """Runs of one style: marks, then dots, then the cursor."""
    bits, owner, mark = dots.bits[row], dots.owner[row], dots.mark[row]
    if look.unicode:
        codes = np.where(bits > 0, 0x2800 + bits, ord(" "))
    else:
        codes = np.where(bits > 0, np.where(owner % 2 == 1, ord("*"), ord(".")), ord(" "))
    kind = np.where(bits > 0, owner, -1)
    codes, kind = np.where(mark >= 0, ord("●" if look.unicode else "o"), codes), np.where(mark >= 0, 2 * mark + 1, kind)
    if cursor is not None and kind[cursor] < 0:
        codes[cursor], kind[cursor] = ord("┊" if look.unicode else ":"), -2
    edges = np.flatnonzero(np.diff(kind, prepend=kind[0] - 1))
    segments = []
    for start, end in zip(edges, [*edges[1:], kind.size], strict=True):
        whose = int(kind[start])
        style = look.axis if whose < 0 else look.data(whose // 2) if whose % 2 else look.band(whose // 2)
        segments.append(Segment("".join(map(chr, codes[start:end])), style))
    return segments


def _legend(plot: Plot, lines: list[Line], width: int, look: Look) -> Strip:
    """The title, or at the cursor what every series has there."""
    segments = [Segment(f" {plot.title}  ", Style(bold=True))] if plot.title else [Segment(" ")]
    for k, line in enumerate(lines):
        text = line.name
        if line.x.size:
            i = -1 if plot.cursor is None else int(np.argmin(np.abs(line.x - plot.cursor)))
            error = float("nan") if line.error is None or line.error[i] == 0 else float(line.error[i])
            value = compact(float(line.y[i]), error) if error == error else label(float(line.y[i]))
            text += f" {value}" + ("" if plot.cursor is None else f" at {label(float(line.x[i]))}")
        segments.append(Segment(("━ " if look.unicode else "- ") + text + "  ", look.data(k)))
    return Strip(segments).adjust_cell_length(width)


def _x_axis(
    plot: Plot, x_axis: tuple[float, float, _Axis], left: int, columns: int, width: int, look: Look
) -> list[Strip]:
    low, high, to_x = x_axis
    line, corner, tick = ("─", "└", "┴") if look.unicode else ("-", "+", "+")
    rule, names, free = [line] * columns, [" "] * columns, 0
    for t in (log_ticks if plot.log_x else ticks)(low, high, max(2, columns // 12)):
        place = min(columns - 1, max(0, int(to_x(np.array(t))) // 2))
        rule[place] = tick
        name = label(t)
        start = min(max(0, place - len(name) // 2), columns - len(name))
        if start >= free:
            names[start : start + len(name)] = name
            free = start + len(name) + 1
    title = plot.x_title
    if title and free + len(title) <= columns:
        names[columns - len(title) :] = title
    return [
        Strip([Segment(" " * left + corner + "".join(rule), look.axis)]).adjust_cell_length(width),
        Strip([Segment(" " * (left + 1) + "".join(names), look.axis)]).adjust_cell_length(width),
    ]


def _message(text: str, width: int, height: int, look: Look) -> list[Strip]:
    rows = [" " * width] * height
    rows[height // 2] = f"{text:^{width}}"[:width]
    return [Strip([Segment(row, look.axis)]) for row in rows]


class PlotView(Widget):
    """A plot that draws itself anew only when what it shows, or its size, has changed."""

    class Picked(Message):
        """A place on the x axis was clicked."""

        def __init__(self, x: float) -> None:
            """x: in the units of the axis."""
            super().__init__()
            self.x = x

    def __init__(self, look: Look, **options: str) -> None:
        """Nothing is shown yet."""
        super().__init__(**options)  # type: ignore[arg-type]
        self._look, self._plot = look, Plot()
        self._strips: list[Strip] = []
        self._drawn: tuple[Size, Style] | None = None

    def show(self, plot: Plot) -> bool:
        """Whether that was something new."""
        if same(plot, self._plot):
            return False
        self._plot, self._drawn = plot, None
        self.refresh()
        return True

    def on_click(self, event: Click) -> None:
        """Say which x is there."""
        x = x_at(self._plot, event.x, self.size.width, self.size.height)
        if x is not None:
            self.post_message(self.Picked(x))

    def render_line(self, y: int) -> Strip:
        """A line of the picture."""
        now = self.size, self.rich_style  # which the theme gives
        if self._drawn != now:
            strips = draw(self._plot, self.size.width, self.size.height, self._look)
            self._strips, self._drawn = [strip.apply_style(now[1]) for strip in strips], now
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, now[1])


def same(a: Plot, b: Plot) -> bool:
    """Whether two plots show the same."""
    if a._replace(lines=()) != b._replace(lines=()) or len(a.lines) != len(b.lines):
        return False
    return all(
        x.name == y.name
        and all(np.array_equal(u, v, equal_nan=True) for u, v in zip(x[1:3], y[1:3], strict=True))
        and ((x.error is None) == (y.error is None))
        and (x.error is None or y.error is None or np.array_equal(x.error, y.error, equal_nan=True))
        for x, y in zip(a.lines, b.lines, strict=True)
    )
