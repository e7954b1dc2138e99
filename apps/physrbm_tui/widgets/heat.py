"""A heat grid: rows and columns of values with labels."""

import math

import numpy as np
from rich.text import Text

from physrbm_tui.look import Look
from physrbm_tui.widgets.ticks import label

_COLOURS = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")  # viridis
_WORST = {"failed": "X", "died": "X", "damaged": "X", "interrupted": "!", "stopped": "#", "running": ">", "done": " "}


def draw_heat(
    rows: list[str], columns: list[str], value: np.ndarray, state: list[list[str]], look: Look, y_name: str, x_name: str
) -> Text:
    """Cells (row, column) coloured by value, NaN as a dot, each with a sign of its worst run; a legend below."""
    known = value[np.isfinite(value)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    left = max([len(y_name), *map(len, rows)]) + 1
    wide = max([6, *map(len, columns)]) + 1
    lines = [Text(f"{y_name:>{left}} " + "".join(f"{name:>{wide}}" for name in columns) + f"  {x_name}", look.axis)]
    for name, line, states in zip(rows, value, state, strict=True):
        text = Text.assemble((f"{name:>{left}} ", look.axis))
        for x, worst in zip(line, states, strict=True):
            sign = _WORST.get(worst, " ")
            cell = f"{label(float(x)) if math.isfinite(x) else '.' if worst else '':>{wide - 1}}{sign}"
            text.append(cell, _style(float(x), low, high, look))
        lines.append(text)
    lines.append(Text(f"{'':>{left}} {label(low)} ... {label(high)};  > running, # stopped, X failed", look.axis))
    return Text("\n").join(lines)


def _style(x: float, low: float, high: float, look: Look) -> str:
    if not (look.colour and math.isfinite(x)):
        return ""
    k = round((len(_COLOURS) - 1) * ((x - low) / (high - low) if high > low else 0.5))
    return f"{'white' if k < 3 else 'black'} on {_COLOURS[k]}"
