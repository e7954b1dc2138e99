"""Data sets in {0,1}: the packaged digits, MNIST, and a user's own files."""

import difflib
import os
from collections.abc import Callable
from pathlib import Path

from physrbm.data.dataset import Dataset, digest_of
from physrbm.data.digits import read_digits
from physrbm.data.files import READERS, read_file, read_samples
from physrbm.data.grey import GreyData
from physrbm.data.images import binarise as to_bits
from physrbm.data.images import check_binarise, resize
from physrbm.data.mnist import read_mnist
from physrbm.errors import InvalidInput
from physrbm.streams import Stream, generator

__all__ = ["NAMED", "Dataset", "load_data", "read_samples"]

# name -> reader, given the folder where the user keeps data
NAMED: dict[str, Callable[[str | Path | None], GreyData]] = {
    "digits": lambda data_dir: read_digits(),
    "mnist": read_mnist,
}


def load_data(
    source: str | Path,
    *,
    binarise: float | str | None = 0.5,
    shape: tuple[int, int] | None = None,
    data_dir: str | Path | None = None,
    seed: int = 0,
) -> Dataset:
    """The binary data set `source`: a name in NAMED, or the path of a file (see `files.read_file`).

    Images are first brought to `shape` (rows, cols), if given, by area averaging. `binarise` is a threshold
    in [0,1), "stochastic" (each value drawn once, by `seed`, with its grey value as probability) or None (the
    data must be 0/1). `data_dir` is the folder that holds MNIST. Raises InvalidInput for a source, file or
    option that is not allowed and DataUnavailable for a data set that can be neither found nor fetched.
    """
    # before any file is read, let alone downloaded
    check_binarise(binarise)
    if seed < 0:
        raise InvalidInput(f"seed is {seed}; an integer >= 0 is needed")
    data = _read(source, data_dir)
    images = [data.train, data.test]
    if shape is not None:
        images = [resize(part, shape) for part in images]
    rng = generator(seed, Stream.BINARISATION)
    train, test = (to_bits(part.reshape(len(part), -1), binarise, rng) for part in images)
    sample = images[0].shape[1:]
    digest = digest_of(train, test, sample)
    return Dataset(data.name, train, test, data.train_labels, data.test_labels, sample, digest)


def _read(source: str | Path, data_dir: str | Path | None) -> GreyData:
    if isinstance(source, str) and source in NAMED:
        return NAMED[source](data_dir)
    # unlike Path.exists this is False, not an error, for a name that no file can have
    if os.path.exists(source):
        return read_file(Path(source))
    close = difflib.get_close_matches(str(source).lower(), NAMED, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise InvalidInput(
        f"no data set or file {str(source)!r}; {hint}allowed are {', '.join(NAMED)} or a file ending in "
        f"{', '.join(READERS)}"
    )
