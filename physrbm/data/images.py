"""Grey images to the size and to the {0,1} units of a machine."""

import numpy as np
import numpy.typing as npt

from physrbm.data.grey import Grey
from physrbm.errors import InvalidInput

# Sums of float32 values differ in the last bits from one machine to the next. On a grid this coarse a grey
# value that is exactly a threshold, as 1/2 often is, stays there and falls on the same side everywhere.
_GRID = np.float32(2**20)


def resize(images: Grey, shape: tuple[int, int]) -> Grey:
    """Area average of `images` (n, rows, cols) in [0,1] on a grid of `shape`, smaller or larger; float32.

    The mean over the pixels of an image is kept (to 5e-7, the rounding of the result to a grid of 2^-20).
    Raises InvalidInput when `images` are not images or a side of `shape` is not an integer >= 1.
    """
    if len(shape) != 2 or not all(_is_side(side) for side in shape):
        raise InvalidInput(f"shape is {shape}; two integers >= 1, rows and columns, are needed")
    if images.ndim != 3:
        raise InvalidInput(f"shape={shape} was asked of data that are not images but rows of {images.shape[1]} values")
    if images.shape[1:] == tuple(shape):
        return images
    rows, cols = (_overlaps(old, new) for old, new in zip(images.shape[1:], shape, strict=True))
    averages = rows @ images @ cols.T
    return (np.rint(averages * _GRID) / _GRID).astype(np.float32, copy=False)


def check_binarise(how: float | str | None) -> None:
    """Raises InvalidInput unless `how` is a threshold in [0,1), "stochastic" or None."""
    is_number = isinstance(how, int | float) and not isinstance(how, bool)
    if how is None or how == "stochastic" or (is_number and 0 <= float(how) < 1):
        return
    raise InvalidInput(f"binarise is {how!r}; allowed are a threshold in [0, 1), 'stochastic' and None")


def binarise(grey: Grey, how: float | str | None, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """uint8 {0,1} of the shape of `grey`, whose values are in [0,1].

    `how` is a threshold t in [0,1) (1 where grey > t), "stochastic" (1 with probability grey, drawn once from
    `rng`) or None (the values must be 0 and 1 already). Raises InvalidInput otherwise.
    """
    check_binarise(how)
    if how == "stochastic":
        return (rng.random(grey.shape, dtype=np.float32) < grey).astype(np.uint8)
    if how is not None:
        return (grey > float(how)).astype(np.uint8)
    between = (grey != 0) & (grey != 1)
    if between.any():
        raise InvalidInput(
            f"data has values other than 0 and 1, such as {grey[between][0]:.6g}; choose binarise=0.5 or 'stochastic'"
        )
    return grey.astype(np.uint8)


def _is_side(side: object) -> bool:
    return isinstance(side, int | np.integer) and not isinstance(side, bool) and int(side) >= 1


def _overlaps(old: int, new: int) -> Grey:
    """(new, old) weights: the share of new cell i that old cell j covers. Rows sum to 1."""
    # in units of 1/(old new) of the side every border is an integer, so the overlaps are exact
    i, j = np.arange(new)[:, None], np.arange(old)[None, :]
    right = np.minimum((i + 1) * old, (j + 1) * new)
    left = np.maximum(i * old, j * new)
    overlaps: Grey = (np.maximum(right - left, 0) / old).astype(np.float32)
    return overlaps
