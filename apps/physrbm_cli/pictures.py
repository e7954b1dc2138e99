"""Binary images in the terminal."""

from math import isqrt
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import numpy as np

_HALVES = " ▀▄█"


def draw(samples: "np.ndarray") -> None:
    """Print the first samples (chain, Nv) as pictures, if Nv is a square."""
    side = isqrt(samples.shape[1])
    if side * side == samples.shape[1]:
        typer.echo("generated from random starts:")
        typer.echo("\n".join(strip(samples.reshape(-1, side, side), get_terminal_size().columns)))


def strip(images: "np.ndarray", width: int) -> list[str]:
    """Lines that show as many images (n, rows, columns) of {0,1} side by side as fit; a character is two pixels."""
    import numpy as np

    n = max(1, min(len(images), (width + 1) // (images.shape[2] + 1)))
    rows = images.shape[1] + images.shape[1] % 2
    padded = np.zeros((n, rows, images.shape[2]), int)
    padded[:, : images.shape[1]] = images[:n]
    code = padded[:, ::2] + 2 * padded[:, 1::2]
    return [" ".join("".join(_HALVES[c] for c in line) for line in code[:, k]) for k in range(rows // 2)]
