"""A page on which pictures are laid out in inches, and what they all look like."""

from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any, NamedTuple

from physrbm.errors import InvalidInput

DPI = 160  # of a PNG; images are laid out so that a pixel of theirs is a whole number of dots
SUFFIXES = (".png", ".pdf", ".svg")
INK, SOFT, NOTHING = "#222222", "#666666", "#b9bcc0"
BLUE, ORANGE = "#0072b2", "#d55e00"  # Okabe & Ito (2008): told apart by all kinds of colour vision
TITLE, SUBTITLE = 0.2, 0.42  # inches from the top of a picture to the middle of these lines
HEAD = 0.62  # inches they take together
_STYLE = {
    "font.size": 9,
    "axes.labelsize": 9,
    "axes.linewidth": 0.7,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "pdf.fonttype": 42,  # text stays text
    "svg.hashsalt": "physrbm",  # equal pictures are equal files
}


class Page(NamedTuple):
    """A rectangle of a figure; x and y are inches from its upper left corner, to the right and down."""

    figure: Any
    left: float = 0.0
    top: float = 0.0

    def at(self, x: float, y: float) -> "Page":
        """The rectangle that begins there."""
        return self._replace(left=self.left + x, top=self.top + y)

    def axes(self, x: float, y: float, width: float, height: float) -> Any:
        """Axes that fill a rectangle."""
        across, up = self.figure.get_size_inches()
        box = (self.left + x) / across, 1 - (self.top + y + height) / up, width / across, height / up
        return self.figure.add_axes(box)

    def text(self, x: float, y: float, text: str, **how: Any) -> None:
        """Text at a point."""
        across, up = self.figure.get_size_inches()
        self.figure.text((self.left + x) / across, 1 - (self.top + y) / up, text, **{"va": "center", **how})

    def heading(self, title: str, subtitle: str) -> None:
        """What a picture shows, in two lines."""
        self.text(0.0, TITLE, title, fontsize=11)
        self.text(0.0, SUBTITLE, subtitle, color=SOFT)


def need_matplotlib() -> None:
    """Raise InvalidInput where matplotlib is missing."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise InvalidInput("plot needs matplotlib: pip install 'physrbm[plot]'") from error


def style() -> AbstractContextManager[None]:
    """The looks of all pictures, while it lasts."""
    from matplotlib import rc_context, rcParamsDefault

    fixed = {name: x for name, x in rcParamsDefault.items() if not name.startswith("backend")}
    context: AbstractContextManager[None] = rc_context({**fixed, **_STYLE})
    return context


def blank(width: float, height: float) -> Page:
    """A white page of inches; to be made, drawn on and rendered within `style`."""
    from matplotlib.figure import Figure

    return Page(Figure(figsize=(width, height), dpi=DPI, facecolor="white"))


def render(page: Page, suffix: str) -> bytes:
    """The figure as a file of one of SUFFIXES; the same bytes for the same picture."""
    how: dict[str, dict[str, Any]] = {
        ".png": {"pil_kwargs": {"optimize": True}},
        ".pdf": {"metadata": {"CreationDate": None}},
        ".svg": {"metadata": {"Date": None}},
    }
    file = BytesIO()
    page.figure.savefig(file, format=suffix[1:], dpi=DPI, **how[suffix])
    return file.getvalue()


def image_shape(n_visible: int, known: tuple[int, ...] | None) -> tuple[int, int]:
    """(rows, columns) of the images: those that are `known`, else a square. Raises InvalidInput where it is none."""
    from math import isqrt

    if known is not None and len(known) == 2:
        rows, columns = known
        if rows * columns != n_visible:
            raise InvalidInput(f"images of {rows}x{columns} have {rows * columns} pixels, the machine has {n_visible}")
        return rows, columns
    side = isqrt(n_visible)
    if side * side != n_visible:
        raise InvalidInput(
            f"{n_visible} visible units are no square image: give --shape ROWSxCOLUMNS, --data of images, "
            "or --kind spectra"
        )
    return side, side
