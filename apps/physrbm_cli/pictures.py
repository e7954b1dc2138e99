"""Binary images in the terminal: every pixel is shown exactly once."""

from collections.abc import Iterable
from math import isqrt
from typing import TYPE_CHECKING

import typer

from physrbm_cli.terminal import unicode, width

if TYPE_CHECKING:
    import numpy as np

_HALVES = " ▀▄█"  # bit 0: upper pixel, bit 1: lower
_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # dot of (row, column) in a cell
_FEW = 4  # images: if fewer would fit as half blocks, they are drawn as smaller braille


def draw(samples: "np.ndarray", shape: tuple[int, ...], title: str) -> None:
    """Print `title` and as many of samples (n, Nv) of images of `shape` as fit in a line; nothing if not images."""
    if len(shape) == 2:
        typer.echo(title)
        for line in strip(samples.reshape(-1, *shape), width()):
            typer.echo(line.rstrip())


def draw_squares(samples: "np.ndarray", title: str) -> None:
    """The same for samples (n, Nv) whose shape is not known: they are drawn if they can be square."""
    side = isqrt(samples.shape[1])
    draw(samples, (side, side) if side * side == samples.shape[1] else (samples.shape[1],), title)


def strip(images: "np.ndarray", columns: int) -> list[str]:
    """Lines of images (n, rows, columns) of {0,1} side by side, in half blocks, braille, or ASCII."""
    if not unicode():
        return _side_by_side([["".join(" #"[p] for p in row) for row in image] for image in images], columns)
    half = images.shape[2] * _FEW + _FEW - 1 <= columns
    return _side_by_side(map(halves if half else braille, images), columns)


def halves(image: "np.ndarray") -> list[str]:
    """Lines of an image, two pixels a character."""
    code = _padded(image, 2, 1)
    return ["".join(_HALVES[p] for p in row) for row in code[::2] + 2 * code[1::2]]


def braille(image: "np.ndarray") -> list[str]:
    """Lines of an image, eight pixels a character."""
    code = _padded(image, 4, 2)
    cells = 0 * code[::4, ::2]
    for r, bits in enumerate(_BRAILLE):
        for c, bit in enumerate(bits):
            cells += bit * code[r::4, c::2]
    return ["".join(chr(0x2800 + int(cell)) for cell in row) for row in cells]


def _padded(image: "np.ndarray", rows: int, columns: int) -> "np.ndarray":
    import numpy as np

    return np.pad(image.astype(int), [(0, -image.shape[0] % rows), (0, -image.shape[1] % columns)])


def _side_by_side(blocks: Iterable[list[str]], columns: int) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        if not lines:
            lines = block
        elif len(lines[0]) + 1 + len(block[0]) > columns:
            break
        else:
            lines = [f"{a} {b}" for a, b in zip(lines, block, strict=True)]
    return lines


def number(x: float) -> str:
    """A number of a table."""
    return f"{x:,}" if isinstance(x, int) else f"{x:.4g}"
