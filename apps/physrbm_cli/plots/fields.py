"""Receptive fields: the couplings of hidden units as images of the visible layer."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from physrbm.errors import InvalidInput
from physrbm_cli.plots.page import DPI, HEAD, NOTHING, SOFT, Page

if TYPE_CHECKING:
    import numpy as np

    from physrbm.model import RBM

MANY = 25  # units, where nothing else is asked for
_MOST = 400
_SIDE = 168  # dots that the longer side of an image aims at
_ABOVE, _GAP = 0.2, 0.09  # inches above an image, and between two
_BAR, _BELOW = 3.0, 0.72  # inches: length of the scale, and what it takes below the images
_TITLE = 5.6  # inches that the title takes
_COLOURS = "RdBu_r"


class Fields(NamedTuple):
    """What the picture shows."""

    units: "np.ndarray"
    """(unit,) hidden units, in the order of the picture"""
    maps: "np.ndarray"
    """(unit, row, column) float64, w_ia; NaN where the machine has no bond"""
    limit: float
    """largest |w_ia| of them, the end of the scale"""
    which: str
    about: str


def prepare(rbm: "RBM", shape: tuple[int, int], units: int | Sequence[int] = MANY) -> Fields:
    """The couplings of these `units`, or of that many of the largest norm. Raises InvalidInput."""
    import numpy as np

    if isinstance(units, int):
        norms = np.sqrt(np.bincount(rbm.bonds.j, rbm.bonds.weight**2, rbm.n_hidden))
        chosen = np.argsort(-norms, kind="stable")[:units]
        which = f"the {len(chosen)} hidden units of largest norm" if len(chosen) < rbm.n_hidden else "all hidden units"
    else:
        chosen, which = np.asarray(units), f"{len(units)} hidden unit{'s' if len(units) > 1 else ''}"
    if not 0 < len(chosen) <= _MOST:
        raise InvalidInput(f"--units must show from 1 to {_MOST} units, got {len(chosen)}")
    outside = chosen[(chosen < 0) | (chosen >= rbm.n_hidden)]
    if outside.size:
        raise InvalidInput(f"--units must be in 0..{rbm.n_hidden - 1}, got {outside[0]}")
    maps = np.full((len(chosen), rbm.n_visible), np.nan)
    for row, unit in zip(maps, chosen, strict=True):
        bonds = rbm.bonds.j == unit
        row[rbm.bonds.i[bonds]] = rbm.bonds.weight[bonds]
    limit = float(np.nanmax(np.abs(maps), initial=0.0)) or 1.0
    about = f"{rbm.n_bonds:,} of {rbm.n_possible:,} bonds are left, dilution $p$ = {rbm.dilution:.3g}"
    return Fields(chosen, maps.reshape(-1, *shape), limit, which, about)


def size(fields: Fields) -> tuple[float, float]:
    """Inches."""
    columns, rows, width, height = _grid(fields)
    across = columns * width + (columns - 1) * _GAP
    return max(across, _TITLE), HEAD + rows * (height + _ABOVE) + (rows - 1) * _GAP + _BELOW


def draw(page: Page, fields: Fields) -> None:
    """One image a unit, all on one scale that is centred at zero."""
    columns, rows, width, height = _grid(fields)
    page.heading(f"Receptive fields: couplings $w_{{ia}}$ of {fields.which}", fields.about)
    for k, (unit, couplings) in enumerate(zip(fields.units, fields.maps, strict=True)):
        x, y = k % columns * (width + _GAP), HEAD + k // columns * (height + _ABOVE + _GAP)
        page.text(x, y + 0.58 * _ABOVE, f"$a$ = {unit}", fontsize=7.5, color=SOFT)
        axes = page.axes(x, y + _ABOVE, width, height)
        shown = axes.imshow(couplings, cmap=_COLOURS, vmin=-fields.limit, vmax=fields.limit, aspect="auto")
        axes.set(xticks=[], yticks=[], facecolor=NOTHING)
        axes.spines[:].set_visible(False)
    _scale(page.at(0, HEAD + rows * (height + _ABOVE + _GAP)), shown)


def _scale(page: Page, shown: Any) -> None:
    """The colours, and beside them that of a removed bond."""
    from matplotlib.ticker import MaxNLocator

    thick = 0.13
    bar = page.axes(0.15, 0.1, _BAR - 0.15, thick)
    page.figure.colorbar(
        shown, cax=bar, orientation="horizontal", ticks=MaxNLocator(6, steps=[1, 2, 5, 10])
    ).outline.set_visible(False)
    page.text(_BAR + 0.12, 0.1 + thick / 2, "coupling $w_{ia}$")
    key = page.axes(_BAR + 1.35, 0.1, thick, thick)
    key.set(xticks=[], yticks=[], facecolor=NOTHING)
    key.spines[:].set_visible(False)
    page.text(_BAR + 1.35 + thick + 0.08, 0.1 + thick / 2, "no bond")


def _grid(fields: Fields) -> tuple[int, int, float, float]:
    """Columns and rows of images, width and height of one in inches."""
    n, rows, columns = fields.maps.shape
    scale = (_SIDE // max(rows, columns) or _SIDE / max(rows, columns)) / DPI
    across = max(ceil(sqrt(n)), min(n, int((_TITLE + _GAP) / (columns * scale + _GAP))))
    return across, ceil(n / across), columns * scale, rows * scale
