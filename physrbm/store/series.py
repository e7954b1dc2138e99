"""Scores along a run: full blocks of measurements are immutable segments, the rest travels with the checkpoint."""

from pathlib import Path

import numpy as np

from physrbm import hdf5
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.hdf5 import Tree
from physrbm.store import layout

BLOCK = 64  # measurements a segment
_RAW = "physrbm raw series"
Row = tuple[int, dict[str, Estimate]]
"""update, scores"""


def series_tree(rows: list[Row], units: dict[str, str]) -> Tree:
    """Arrays (measurement, 4) of update, value, standard error, samples; one a score."""
    tree = Tree({}, {})
    for name in sorted({name for _, values in rows for name in values}):
        found = [(update, *values[name]) for update, values in rows if name in values]
        tree.arrays[name] = np.array(found, np.float64)
        about = {"columns": "update, value, standard error, samples", "unit": units.get(name, "")}
        tree.attributes[name] = {**about}
    return tree


def series_rows(tree: Tree) -> list[Row]:
    """The rows in a tree that `series_tree` made. Raises InvalidInput."""
    rows: dict[int, dict[str, Estimate]] = {}
    for name in tree.arrays:
        found = tree.array(name, "f", (None, 4))
        counts = found[:, [0, 3]]
        if not ((counts >= 0) & (counts < 2**53) & (counts == np.floor(counts))).all():
            raise InvalidInput(f"series {name} has an update or a number of samples that is none")
        for update, value, error, n in found.tolist():
            rows.setdefault(int(update), {})[name] = Estimate(value, error, int(n))
    return sorted(rows.items())


def write_segment(folder: Path, k: int, rows: list[Row], units: dict[str, str]) -> None:
    """Write the rows of block `k`; a run that went back writes the same again."""
    about = Tree({}, {"": {"format": "physrbm segment", "schema": layout.SCHEMA}})
    hdf5.write(_path(folder, k), about | series_tree(rows, units).below("series"))


def read_segments(folder: Path, n: int) -> list[Row]:
    """The rows of the first `n` blocks. Raises InvalidInput."""
    return [row for k in range(n) for row in _read(_path(folder, k))]


def write_block(folder: Path, update: int, block: Tree) -> None:
    """Write raw series that end with `update`; a run that went back writes the same again."""
    about = Tree({}, {"": {"format": _RAW, "schema": layout.SCHEMA}})
    hdf5.write(_block(folder, update), about | block.below("raw"))


def read_block(folder: Path, update: int) -> Tree:
    """The raw series that end with `update`. Raises InvalidInput, where there are none, too."""
    path = _block(folder, update)
    tree = hdf5.read_sealed(path)
    if tree.attributes.get("", {}).get("format") != _RAW:
        raise InvalidInput(f"{path}: holds no raw series")
    return tree.at("raw")


def _block(folder: Path, update: int) -> Path:
    return folder / layout.SEGMENTS / f"raw-{update:08d}.h5"


def _read(path: Path) -> list[Row]:
    tree = hdf5.read_sealed(path)
    try:
        return series_rows(tree.at("series"))
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from error


def _path(folder: Path, k: int) -> Path:
    return folder / layout.SEGMENTS / f"{k:08d}.h5"
