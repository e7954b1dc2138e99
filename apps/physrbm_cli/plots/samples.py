"""Generated images: the same chains after more and more sweeps, from random starts and from data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from physrbm_cli.plots.chains import after, begin
from physrbm_cli.plots.page import DPI, HEAD, SOFT, Page

if TYPE_CHECKING:
    import numpy as np

    from physrbm.model import RBM

_MOST = 16  # images in a row
_CELL, _LARGEST = 90, 360  # dots of an image: what is aimed at, and the most
_ROW = 1440  # dots of a row
_LABEL, _BETWEEN, _APART = 0.72, 0.28, 0.15  # inches: left of a row, above a block, between two
_TITLE = 6.0  # inches that the title takes
_GAP = 0.14  # darkness of what is between images
_FROM = {"random": "from random starts", "data": "from data that were held out"}


class Block(NamedTuple):
    """Chains from one kind of start."""

    start: str
    images: "np.ndarray"
    """(time, chain, row, column) uint8, the start itself first"""


class Shown(NamedTuple):
    """What the picture shows."""

    sweeps: tuple[int, ...]
    """of the times, 0 first"""
    blocks: tuple[Block, ...]
    about: str


def prepare(
    rbm: "RBM",
    starts: Sequence[str],
    held_out: "np.ndarray | None",
    shape: tuple[int, int],
    sweeps: Sequence[int],
    seed: int,
) -> Shown:
    """The images of `shape` after so many `sweeps`; chains that start from data do so from those `held_out`."""
    import numpy as np

    n, blocks = _columns(shape), []
    for start in starts:
        first = begin(rbm, start, held_out, n, seed)
        states = np.stack([first, *after(rbm, first, sweeps, seed, start)])
        blocks.append(Block(start, states.astype(np.uint8).reshape(len(states), len(first), *shape)))
    about = f"{rbm.n_visible:,} x {rbm.n_hidden:,} units, dilution $p$ = {rbm.dilution:.3g}, seed {seed}"
    return Shown((0, *sweeps), tuple(blocks), about)


def mosaic(images: "np.ndarray") -> "np.ndarray":
    """Darkness (rows, columns) of images (time, chain, row, column) side by side, with lines between them."""
    import numpy as np

    times, chains, rows, columns = images.shape
    gap = _gap((rows, columns))
    whole = np.full((times * (rows + gap) + gap, chains * (columns + gap) + gap), _GAP)
    for t in range(times):
        for c in range(chains):
            y, x = gap + t * (rows + gap), gap + c * (columns + gap)
            whole[y : y + rows, x : x + columns] = images[t, c]
    return whole


def size(shown: Shown) -> tuple[float, float]:
    """Inches."""
    extents = [_extent(block) for block in shown.blocks]
    heights = HEAD + sum(_BETWEEN + y for _, y in extents) + _APART * (len(extents) - 1)
    return max(_TITLE, *(_LABEL + x for x, _ in extents)), heights


def draw(page: Page, shown: Shown) -> None:
    """Rows of the times, columns of the chains; a block for each kind of start."""
    page.heading("Generated samples after $t$ sweeps: every column is one Markov chain", shown.about)
    y = HEAD
    for block in shown.blocks:
        width, height = _extent(block)
        page.text(_LABEL, y + 0.5 * _BETWEEN, _FROM[block.start])
        y += _BETWEEN
        axes = page.axes(_LABEL, y, width, height)
        axes.imshow(mosaic(block.images), cmap="gray_r", vmin=0, vmax=1, aspect="auto")
        axes.set_axis_off()
        row = height / len(shown.sweeps)
        for k, t in enumerate(shown.sweeps):
            page.text(_LABEL - 0.1, y + (k + 0.5) * row, f"{t:,}" if k else "$t$ = 0", ha="right", color=SOFT)
        y += height + _APART


def _extent(block: Block) -> tuple[float, float]:
    times, chains, *shape = block.images.shape
    gap, scale = _gap((shape[0], shape[1])), _scale((shape[0], shape[1])) / DPI
    return (chains * (shape[1] + gap) + gap) * scale, (times * (shape[0] + gap) + gap) * scale


def _gap(shape: tuple[int, int]) -> int:
    return 1 if max(shape) < 2 * _MOST - 4 else 2


def _scale(shape: tuple[int, int]) -> float:
    """Dots a pixel: a whole number, but for images of more pixels than there are dots."""
    side = max(shape) + _gap(shape)
    aim = min(max(_CELL, 2 * side), _LARGEST)
    return aim // side if side <= aim else aim / side


def _columns(shape: tuple[int, int]) -> int:
    return max(2, min(_MOST, int(_ROW / (_scale(shape) * (shape[1] + _gap(shape))))))
