"""Images in half blocks, two pixels a cell, or in braille, eight; as many as fit side by side."""

from functools import cache

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from physrbm_tui.look import Look

_BLUE, _WHITE, _RED = np.array([33, 102, 172]), np.array([247, 247, 247]), np.array([178, 24, 43])
_GREY = (88, 88, 88)  # no bond
_LEVELS = 8
_LARGE = 20  # columns
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # of row, column within a cell


def draw_bits(images: np.ndarray, width: int, height: int, look: Look) -> list[Strip]:
    """Binary images (k, rows, columns): every pixel is shown exactly once; large ones in braille."""
    if look.unicode and images.shape[2] > _LARGE:
        return _grid(_braille(images), -(-images.shape[2] // 2), width, height)
    chars = " ▄▀█" if look.unicode else ' ."#'
    pairs = _pairs(images, 0)
    cells = 2 * (pairs[:, 0] != 0) + (pairs[:, 1] != 0)
    rows = [["".join(chars[c] for c in line) for line in image] for image in cells]
    return _grid([[[Segment(line)] for line in image] for image in rows], images.shape[2], width, height)


def draw_fields(images: np.ndarray, width: int, height: int, look: Look) -> list[Strip]:
    """Couplings (k, rows, columns) from blue over white (zero) to red; grey where there is no bond (NaN)."""
    scale = float(np.nanmax(np.abs(images), initial=0.0)) or 1.0
    levels = np.where(np.isnan(images), _LEVELS + 1, np.round(np.nan_to_num(images) / scale * _LEVELS)).astype(int)
    pairs = _pairs(levels, _LEVELS + 1)
    grid = []
    for upper, lower in zip(pairs[:, 0], pairs[:, 1], strict=True):
        grid.append([[_pixel(int(a), int(b), look) for a, b in zip(*line, strict=True)]
                     for line in zip(upper, lower, strict=True)])  # fmt: skip
    return _grid(grid, images.shape[2], width, height)


def _braille(images: np.ndarray) -> list[list[list[Segment]]]:
    k, rows, columns = images.shape
    padded = np.zeros((k, -(-rows // 4) * 4, -(-columns // 2) * 2), np.int64)
    padded[:, :rows, :columns] = images != 0
    blocks = padded.reshape(k, padded.shape[1] // 4, 4, padded.shape[2] // 2, 2)
    codes = 0x2800 + np.einsum("nrack,ak->nrc", blocks, _DOTS)
    codes = np.where(codes == 0x2800, ord(" "), codes)  # not every font has the empty pattern
    return [[[Segment("".join(map(chr, line)))] for line in image] for image in codes]


def _pairs(images: np.ndarray, fill: int) -> np.ndarray:
    """(k, 2, ceil(rows / 2), columns): the upper and the lower pixel of every cell."""
    k, rows, columns = images.shape
    if rows % 2:
        images = np.concatenate([images, np.full((k, 1, columns), fill, images.dtype)], axis=1)
    return images.reshape(k, images.shape[1] // 2, 2, columns).swapaxes(1, 2)


@cache
def _pixel(upper: int, lower: int, look: Look) -> Segment:
    if not (look.unicode and look.colour):  # one character for the stronger of the two
        strong = max((upper, lower), key=lambda x: -1 if x > _LEVELS else abs(x))
        return Segment(" " if strong > _LEVELS else "+" if strong > 2 else "-" if strong < -2 else ".")
    fore, back = (_rgb(x) for x in (upper, lower))
    return Segment("▀", Style(color=f"rgb({fore})", bgcolor=f"rgb({back})"))


def _rgb(level: int) -> str:
    if level > _LEVELS:
        return ",".join(map(str, _GREY))
    t = abs(level) / _LEVELS
    mixed = _WHITE * (1 - t) + (_RED if level > 0 else _BLUE) * t
    return ",".join(str(int(c)) for c in mixed)


def _grid(images: list[list[list[Segment]]], columns: int, width: int, height: int) -> list[Strip]:
    """Images side by side with a column between, rows of them with a line between; what does not fit is left out."""
    across = max(1, (width + 1) // (columns + 1))
    strips: list[Strip] = []
    for start in range(0, len(images), across):
        some = images[start : start + across]
        tall = len(some[0]) if some else 0
        if strips and len(strips) + tall > height:
            break
        for line in range(tall):
            row: list[Segment] = []
            for image in some:
                row += [*image[line], Segment(" ")]
            strips.append(Strip(row).adjust_cell_length(width))
        strips.append(Strip.blank(width))
    strips = strips[:height]
    return strips + [Strip.blank(width)] * (height - len(strips))


class ImagesView(Widget):
    """Images that are drawn anew only when they, or the size, have changed."""

    def __init__(self, look: Look, fields: bool, **options: str) -> None:
        """fields: couplings in colours, else bits."""
        super().__init__(**options)  # type: ignore[arg-type]
        self._look, self._draw = look, draw_fields if fields else draw_bits
        self._images = np.zeros((0, 1, 1))
        self._strips: list[Strip] = []
        self._drawn: tuple[Size, Style] | None = None

    def show(self, images: np.ndarray) -> bool:
        """Whether that was something new; images (k, rows, columns)."""
        if np.array_equal(images, self._images, equal_nan=images.dtype.kind == "f"):
            return False
        self._images, self._drawn = images, None
        self.refresh()
        return True

    def render_line(self, y: int) -> Strip:
        """A line of the picture."""
        now = self.size, self.rich_style  # which the theme gives
        if self._drawn != now:
            strips = self._draw(self._images, self.size.width, self.size.height, self._look)
            self._strips, self._drawn = [strip.apply_style(now[1]) for strip in strips], now
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, now[1])
