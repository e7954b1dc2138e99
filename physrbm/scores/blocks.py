"""Errors of scores of two sets of samples: a jackknife that leaves one block of both sets out at a time.

A block is neighbouring rows, as `np.array_split` cuts them: rows are independent, or in the order of time with an
autocorrelation much shorter than a block. Shuffle rows in another order: neighbours in the files of MNIST share a
writer, and its first and second thousand digits differ by more than noise. No score is resampled with replacement: two
copies of one sample have distance zero and compress.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import check_states
from physrbm.statistics import jackknife_error

BLOCKS = 20
MIN_SAMPLES = 2 * BLOCKS


def checked(data: np.ndarray, generated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both sets, (n, Nv) and (m, Nv), as uint8.

    Raises InvalidInput unless they hold only 0 and 1, have the same number of pixels and MIN_SAMPLES rows each.
    """
    data = check_states(data)
    generated = check_states(generated, data.shape[1])
    n = min(len(data), len(generated))
    if n < MIN_SAMPLES:
        raise InvalidInput(f"a score of samples needs at least {MIN_SAMPLES} samples on both sides, got {n}")
    return data.astype(np.uint8, copy=False), generated.astype(np.uint8, copy=False)


def with_error(score: Callable[[int | None], Any]) -> tuple[np.ndarray, np.ndarray]:
    """Value score(None) of all samples and its jackknife error from score(b), block b of both sets left out.

    `score` returns one number, or several. Where it is infinite without a block its error is unknown, NaN.
    """
    left_out = np.array([score(b) for b in range(BLOCKS)])
    with np.errstate(invalid="ignore"):
        return np.asarray(score(None)), jackknife_error(left_out)


def block_sums(x: np.ndarray, sums: Callable[[np.ndarray], tuple[Any, ...]]) -> Callable[[int | None], list[Any]]:
    """`sums` (numbers or arrays, each a sum over rows) of x (n, ...), as a function of the block that is left out."""
    parts = [sums(block) for block in np.array_split(x, BLOCKS)]
    whole = [sum(part) for part in zip(*parts, strict=True)]
    return lambda left: whole if left is None else [a - b for a, b in zip(whole, parts[left], strict=True)]


def kept_blocks(left: int | None) -> np.ndarray:
    """Which blocks are there without block `left`: (BLOCKS,) bool."""
    kept = np.ones(BLOCKS, bool)
    if left is not None:
        kept[left] = False
    return kept


def block_of_rows(n: int) -> np.ndarray:
    """Block of each of n rows: (n,)."""
    return np.repeat(np.arange(BLOCKS), [len(rows) for rows in np.array_split(np.empty(n), BLOCKS)])
