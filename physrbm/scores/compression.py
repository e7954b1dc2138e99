"""Entropy of samples by a compressor that looks for repetitions."""

import lzma

import numpy as np

from physrbm.estimate import Estimate
from physrbm.scores.blocks import BLOCKS, checked, with_error
from physrbm.scores.keys import Key
from physrbm.streams import Stream, generator

DRAWS = 4
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 23}]

Halves = tuple[list[bytes], list[bytes], list[bytes]]


def compression_entropy(data: np.ndarray, generated: np.ndarray, seed: int = 0) -> Estimate:
    """L(half data + half generated) / L(half data + other half data) - 1, L the compressed length in bytes.

    The first n rows of data (n, Nv) and of generated (m, Nv) in {0,1} are used, n = min. 0 for equal distributions,
    > 0 where generated samples hold more or other information (noise), < 0 where they hold less (collapse) or repeat
    the data (copies; of the training set only against the training set). The mean over DRAWS random halves (by `seed`,
    without replacement, half of each block of rows); a jackknife error that leaves the same block out of all halves.

    Layout of the bytes, fixed: a sample is np.packbits of its pixels in order (first pixel = highest bit), filled with
    zeros to ceil(Nv / 8) bytes; samples follow each other without separators, the half of data first.
    L is the length of raw LZMA2 (preset 0) with a window of 8 MiB, 85,000 samples of 784 pixels. zlib, so gzip, finds
    repetitions within 32 KiB only, 334 such samples: for copies of 2,000 MNIST digits in random order it gives -0.013
    where the scatter of equal distributions is 0.006, LZMA2 gives -0.132 with a scatter of 0.003.
    Raises InvalidInput like `blocks.checked`.
    """
    data, generated = checked(data, generated)
    n = min(len(data), len(generated))
    rng = generator(seed, Stream.SCORES, Key.COMPRESSION)
    draws = [_halves(data[:n], generated[:n], rng) for _ in range(DRAWS)]
    value, error = with_error(lambda left: np.mean([_excess(halves, left) for halves in draws]))
    return Estimate(float(value), float(error), n)


def _halves(data: np.ndarray, generated: np.ndarray, rng: np.random.Generator) -> Halves:
    """Two disjoint halves of data and one of generated, as many samples each; the bytes of every block."""
    halves: Halves = ([], [], [])
    for of_data, of_generated in zip(np.array_split(data, BLOCKS), np.array_split(generated, BLOCKS), strict=True):
        half = len(of_data) // 2
        shuffled = rng.permutation(of_data)
        for part, rows in zip(halves, (shuffled, shuffled[half:], rng.permutation(of_generated)), strict=True):
            part.append(np.packbits(rows[:half], axis=1).tobytes())
    return halves


def _excess(halves: Halves, left: int | None) -> float:
    first, second, generated = (b"".join(x for b, x in enumerate(part) if b != left) for part in halves)
    return _length(first + generated) / _length(first + second) - 1


def _length(x: bytes) -> int:
    return len(lzma.compress(x, lzma.FORMAT_RAW, filters=_FILTERS))
