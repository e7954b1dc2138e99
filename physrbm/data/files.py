"""A user's own data file, whatever its format."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from physrbm.data import formats
from physrbm.data.grey import Array, GreyData, Labels, grey_values
from physrbm.errors import InvalidInput
from physrbm.streams import Stream, generator

# ending of the file name -> its reader
READERS: dict[str, Callable[[Path], formats.Parts]] = {
    ".npy": formats.npy,
    ".npz": formats.npz,
    ".csv": formats.csv,
    ".csv.gz": formats.csv,
    ".h5": formats.hdf5,
    ".hdf5": formats.hdf5,
    ".idx": formats.idx,
    ".idx.gz": formats.idx,
    "-ubyte": formats.idx,
    "-ubyte.gz": formats.idx,
}


def read_file(path: Path) -> GreyData:
    """The grey values of a user file; without a test part, one sixth of the rows is held out for it.

    The arrays are (n, Nv) or (n, rows, cols), with at least two rows of training data. Raises InvalidInput,
    in one line naming the file, for anything that cannot be read or is not such data.
    """
    parts = _read(path)
    _check_array(parts["train"], "train", 2, path.name)
    return _split_as_given(parts, path.name) if "test" in parts else _split_here(parts, path.name)


def read_samples(path: str | Path) -> Array:
    """Samples (n, Nv) of a file such as `physrbm sample --out` writes, as they are. Raises InvalidInput."""
    path = Path(path)
    samples = _read(path)["train"]
    _check_array(samples, "sample", 1, path.name)
    return samples.reshape(len(samples), -1)


def _split_as_given(parts: formats.Parts, name: str) -> GreyData:
    train, test = parts["train"], parts["test"]
    _check_array(test, "test", 1, name)
    if train.shape[1:] != test.shape[1:]:
        raise InvalidInput(
            f"{name!r} has train samples of shape {train.shape[1:]} and test samples of shape "
            f"{test.shape[1:]}; equal shapes are needed"
        )
    # together, so that both get the same scale
    grey = grey_values(np.concatenate([train, test]), name)
    n = len(train)
    labels = _labels(parts, "train_labels", n, name), _labels(parts, "test_labels", len(test), name)
    return GreyData(name, grey[:n], grey[n:], *labels)


def _split_here(parts: formats.Parts, name: str) -> GreyData:
    if "test_labels" in parts:
        raise InvalidInput(f"{name!r} holds test_labels without test; both or neither are needed")
    grey = grey_values(parts["train"], name)
    labels = _labels(parts, "train_labels", len(grey), name)
    keep, held = _hold_out(len(grey))
    if labels is None:
        return GreyData(name, grey[keep], grey[held])
    return GreyData(name, grey[keep], grey[held], labels[keep], labels[held])


def _read(path: Path) -> formats.Parts:
    reader = next((READERS[end] for end in READERS if path.name.lower().endswith(end)), None)
    # unlike Path.is_file this is False, not an error, where a folder may not be looked into
    if not os.path.isfile(path):
        raise InvalidInput(f"{str(path)!r} is not a file; a data file is needed")
    if reader is None:
        raise InvalidInput(f"{path.name!r} has an unknown ending; allowed are {', '.join(READERS)}")
    try:
        return reader(path)
    except InvalidInput:
        raise
    except Exception as error:  # numpy, zipfile and gzip raise anything, even tokenizer errors, on damaged bytes
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise InvalidInput(f"{path.name!r} cannot be read as {reader.__name__}: {reason}") from error


def _check_array(array: Array, part: str, least: int, name: str) -> None:
    if array.ndim not in (2, 3) or 0 in array.shape[1:]:
        raise InvalidInput(
            f"{name!r} has a {part} array of shape {array.shape}; (n, Nv) or (n, rows, cols) with no side 0 is needed"
        )
    if len(array) < least:
        raise InvalidInput(f"{name!r} has {len(array)} {part} rows; at least {least} are needed")
    if array.dtype.kind not in "biuf":
        # checked here as well because two arrays of other types may not be joined
        grey_values(array, name)


def _labels(parts: formats.Parts, part: str, n: int, name: str) -> Labels | None:
    labels = parts.get(part)
    if labels is None:
        return None
    if labels.shape != (n,) or labels.dtype.kind not in "biu":
        raise InvalidInput(f"{name!r} has {part} of shape {labels.shape}, {labels.dtype.name}; {n} integers are needed")
    return labels.astype(np.int64)


def _hold_out(n: int) -> tuple[Array, Array]:
    """Rows for training and for test, each in the order of the file."""
    order = generator(0, Stream.SPLIT).permutation(n)
    n_test = max(1, n // 6)
    return np.sort(order[n_test:]), np.sort(order[:n_test])
