"""One reader for each file format. A reader returns the arrays of a file by part, as they are stored.

Nothing here unpickles, and nothing reads another file than the one named.
"""

import gzip
import zipfile
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from physrbm.data.grey import MAX_BYTES, Array
from physrbm.data.idx import read_idx
from physrbm.data.table import read_table
from physrbm.errors import InvalidInput
from physrbm.hdf5 import array_names
from physrbm.hdf5 import read as read_hdf5

PARTS = ("train", "test", "train_labels", "test_labels")

# keys are among PARTS; `train` is always there
Parts = dict[str, Array]


def npy(path: Path) -> Parts:
    """The array of a numpy file."""
    # a memory map checks the announced size against the file before anything is allocated
    return {"train": np.lib.format.open_memmap(path, mode="r")}


def npz(path: Path) -> Parts:
    """The parts in a numpy archive."""
    with zipfile.ZipFile(path) as archive:
        sizes = {i.filename[:-4]: i.file_size for i in archive.infolist() if i.filename.endswith(".npy")}
        parts = {}
        for part, member in _members(list(sizes), path).items():
            _check_size(sizes[member], member, path)
            with archive.open(f"{member}.npy") as stream:
                parts[part] = np.lib.format.read_array(stream, allow_pickle=False)
        return parts


def hdf5(path: Path) -> Parts:
    """The parts among the arrays at the top of an HDF5 file; links and arrays kept elsewhere are refused."""
    members = _members(array_names(path), path)
    arrays = read_hdf5(path, list(members.values())).arrays
    return {part: arrays[name] for part, name in members.items()}


def csv(path: Path) -> Parts:
    """The numbers of a comma-separated file, compressed or not."""
    with _open(path, "rt", encoding="utf-8-sig") as lines:
        return {"train": read_table(lines, path.name)}


def idx(path: Path) -> Parts:
    """The array of an idx file, compressed or not."""
    with _open(path, "rb") as stream:
        return {"train": read_idx(stream, path.name)}


def _open(path: Path, mode: str, encoding: str | None = None) -> IO[Any]:
    if path.name.lower().endswith(".gz"):
        return cast(IO[Any], gzip.open(path, mode, encoding=encoding))
    return path.open(mode, encoding=encoding)


def _members(names: list[str], path: Path) -> dict[str, str]:
    """Part -> name of the array in the file that holds it."""
    if "train" in names:
        return {part: part for part in PARTS if part in names}
    if "data" in names:
        return {"train": "data"}
    if len(names) == 1:
        return {"train": names[0]}
    raise InvalidInput(
        f"{path.name!r} holds the arrays {sorted(names)}; needed are 'train' (and 'test', 'train_labels', "
        "'test_labels' if there are any), or 'data', or one single array"
    )


def _check_size(n_bytes: int, member: str, path: Path) -> None:
    if n_bytes > MAX_BYTES:
        raise InvalidInput(f"{path.name!r} holds {n_bytes} bytes in {member!r}; at most {MAX_BYTES} are allowed")
