"""Curves of several sizes in the terminal: their picture, and what was found in numbers."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import typer
from physrbm_tui.look import PALETTE
from physrbm_tui.widgets.ticks import label, ticks

from physrbm.errors import printable
from physrbm_cli.pictures import braille
from physrbm_cli.terminal import console, say, unicode, width

if TYPE_CHECKING:
    import numpy as np
    from rich.text import Text

    from physrbm.scaling import Collapse, Curves
    from physrbm_cli.scaling import Found

_MARKS, _PLAIN_MARKS = "●▲■◆○△□◇", "ox+*#@%&"
_LINE, _EMPTY = -1, -2  # owners of cells: the line that is marked, nobody
_LEAST = 16  # columns of cells
_MOST = 90
_FEW = 10  # instances, below which errors say little


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


def draw(found: "Curves", fit: "Collapse | None", names: tuple[str, str, str], at: float | None) -> "list[Text]":
    """Lines of a picture of the curves, or of the scaled ones where there is a `fit`; names of x, y, and size."""
    from physrbm.scaling import scaled

    x, y, titles = found.x, found.y, names[:2]
    if fit is not None:
        x, y, _ = scaled(found, fit.x_c, fit.inverse_nu, fit.exponent * fit.inverse_nu)
        titles = f"({names[0]} - x_c) L^(1/nu)", f"{names[1]} L^(-exponent/nu), L = {names[2]} / geometric mean"
        at = 0.0
    own = [(L, found.size == L) for L in found.sizes]
    return chart([Series(f"{names[2]} {L:g}", x[k], y[k]) for L, k in own], titles, at, width())


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


def show(found: "Found", names: tuple[str, str, str], scaled: bool) -> None:
    """Print all of it; names of x, y, and size."""
    if scaled and found.best is None:
        say("nothing to scale by: the curves as they are")
    at = next((r.x for r in (found.transition, found.change_point) if r and r.found), None)
    for line in draw(found.curves, found.best if scaled else None, names, at):
        console().print(line)
    for text in lines(found, names[2]):
        typer.echo(printable(text))


def lines(found: "Found", size: str) -> Iterator[str]:
    """Peaks, verdict, collapse, crossings, and which errors these have."""
    yield from _sizes(found, size)
    yield verdict(found)
    yield from _fits(found)
    yield from _crossings(found)
    least = int(found.curves.instances.min())
    yield f"errors: jackknife over instances, {least} at least{'; descriptive only' if least < _FEW else ''}"


def _sizes(found: "Found", size: str) -> Iterator[str]:
    """A row each, with its peak."""
    from physrbm.estimate import compact

    yield f"{size:<12}points  instances  peak of the susceptibility, size times the variance over instances"
    for k, L in enumerate(found.curves.sizes):
        n = found.curves.instances[found.curves.size == L]
        peak = found.peaks[k] if found.peaks else None
        text = found.no_peaks if peak is None else f"none: {peak.reason}"
        if peak and peak.found:
            text = f"at {compact(peak.x, peak.x_error)}, height {compact(peak.height, peak.height_error)}"
        yield f"{L:<12g}{len(n):>6}{f'{n.min()}..{n.max()}':>11}  {text}"


def verdict(found: "Found") -> str:
    """Whether there is a transition, in a line."""
    from physrbm.estimate import compact

    if found.reason:
        return f"nothing could be estimated: {found.reason}"
    if found.change_point:
        at = found.change_point
        where = f"{compact(at.x, at.error)}, size {at.size:.3g} (p = {at.p_value:.2g})"
        return f"{at.kind} at {where}" if at.found else f"no transition found: {at.reason}"
    assert found.transition is not None
    kind, x, error, reason = found.transition[1:5]
    if not found.transition.found:
        return f"no transition found ({kind}): {reason}"
    return f"{kind} transition at x_c = {compact(x, error)}: {reason}"


def _fits(found: "Found") -> Iterator[str]:
    """Every collapse; how they change with the smallest size is what corrections to scaling do."""
    from physrbm.estimate import compact

    if found.collapse:
        yield f"{'collapse':<19}{'from size':>9}  {'x_c':<16}{'nu':<16}{'exponent':<16}S"
    for method, fits in found.collapse.items():
        for smallest, fit in fits.items():
            pairs = ((fit.x_c, fit.x_c_error), (fit.nu, fit.nu_error), (fit.exponent, fit.exponent_error))
            cells = "".join(f"{compact(*pair):<15} " for pair in pairs)
            yield f"{method.replace('_', ' '):<19}{smallest:>9g}  {cells}{fit.quality:.2g}"


def _crossings(found: "Found") -> Iterator[str]:
    from physrbm.estimate import compact

    if found.crossings is None:
        return
    yield "crossings of y size^(-exponent/nu)"
    for pair in found.crossings.pairs:
        yield f"  {pair.small:g}, {pair.large:g}: {compact(pair.x, pair.error) if pair.found else pair.reason}"
    yield f"  limit {found.crossings.limit} ({found.crossings.reason})"
