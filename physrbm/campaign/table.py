"""A table with a row a run, as CSV and as HDF5."""

import csv
import io
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from physrbm import hdf5
from physrbm.durable import read, replace
from physrbm.errors import InvalidInput
from physrbm.hdf5 import Scalar, Tree
from physrbm.spec import RunSpec, TemperSpec

_FORMAT = "physrbm table"
_MAX = 2**30  # bytes
_WHOLE = re.compile(r"-?\d{1,18}")
_WORDS = ("name", "family", "kind", "state", "reason", "digest", "data_digest", "version", "host")
_NUMBERS = (int, float, int | None, float | None, bool)


class Table(NamedTuple):
    """Columns of equal length by name: int64, float64 with NaN where nothing is known, or str."""

    columns: dict[str, np.ndarray]
    units: dict[str, str]
    """by column; empty where a word says it all"""


def column(values: list[Any], is_text: bool) -> np.ndarray:
    """Values of one column, None where there is none: all whole, numbers, or words."""
    if is_text:
        return np.array(["" if x is None else str(x) for x in values], dtype=np.str_)
    if values and all(isinstance(x, int) for x in values):
        return np.array(values, dtype=np.int64)
    return np.array([np.nan if x is None else x for x in values], dtype=np.float64)


def is_text(name: str) -> bool:
    """Whether the column of that name holds words."""
    for fields in (RunSpec.model_fields, TemperSpec.model_fields):
        if name in fields:
            return fields[name].annotation not in _NUMBERS
    return name in _WORDS or name.endswith(("_method", "_reason"))


def write_table(path: str | Path, table: Table) -> None:
    """Write to `path`, as a whole: .csv, or .h5 with the unit of every column as an attribute. Raises InvalidInput."""
    path = Path(path)
    if path.suffix not in _WRITERS:
        raise InvalidInput(f"{path}: a table is written as {' or '.join(_WRITERS)}; choose a name that ends so")
    try:
        _WRITERS[path.suffix](path, table)
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be written ({error.strerror})") from error


def read_table(path: str | Path) -> dict[str, np.ndarray]:
    """Columns by name, of a .csv or .h5 file that was written by `write_table`. Raises InvalidInput."""
    path = Path(path)
    if path.suffix == ".csv":
        return _from_csv(path)
    tree = hdf5.read_sealed(path)
    if tree.attributes.get("", {}).get("format") != _FORMAT:
        raise InvalidInput(f"{path}: not a table of physrbm")
    names = str(tree.attribute("columns", str)).split(",")
    try:
        found = {name: _from_array(tree, name) for name in names}
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from error
    if len({len(x) for x in found.values()}) > 1:
        raise InvalidInput(f"{path}: its columns are not of one length")
    return found


def as_csv(table: Table) -> str:
    """The table as CSV with a header; empty where nothing is known."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(table.columns)
    for row in zip(*(x.tolist() for x in table.columns.values()), strict=True):
        rows.writerow("" if isinstance(x, float) and np.isnan(x) else x for x in row)
    return text.getvalue()


def _to_csv(path: Path, table: Table) -> None:
    replace(path, as_csv(table).encode())


def _to_hdf5(path: Path, table: Table) -> None:
    head: dict[str, Scalar] = {"format": _FORMAT, "schema": 1, "columns": ",".join(table.columns)}
    attributes: dict[str, dict[str, Scalar]] = {"": head}
    arrays: dict[str, np.ndarray] = {}
    for name, x in table.columns.items():
        is_words = x.dtype.kind == "U"
        arrays[name] = _to_bytes(x) if is_words else x
        attributes[name] = {"unit": table.units.get(name, ""), "holds": "text" if is_words else "numbers"}
    hdf5.write(path, Tree(arrays, attributes))


_WRITERS = {".csv": _to_csv, ".h5": _to_hdf5}


def _to_bytes(words: np.ndarray) -> np.ndarray:
    """Words as UTF-8, (row, byte) uint8, filled up with zeros: files with text of any length are not read back."""
    encoded = np.array([word.encode() for word in words.tolist()], dtype=np.bytes_)
    return encoded.view(np.uint8).reshape(len(words), -1)


def _from_array(tree: Tree, name: str) -> np.ndarray:
    if tree.attribute("holds", str, name) == "numbers":
        return tree.array(name, "if", (None,))
    raw = tree.array(name, "u", (None, None))
    words = [bytes(row).rstrip(b"\0").decode(errors="replace") for row in raw.astype(np.uint8)]
    return np.array(words, dtype=np.str_)


def _from_csv(path: Path) -> dict[str, np.ndarray]:
    try:
        head, *rows = csv.reader(io.StringIO(read(path, _MAX).decode()))
        if any(len(row) != len(head) for row in rows):
            raise InvalidInput(f"{path}: a row has not the {len(head)} columns of the first one")
        return {name: _parsed(name, [row[k] for row in rows]) for k, name in enumerate(head)}
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, csv.Error) as error:
        raise error if isinstance(error, InvalidInput) else InvalidInput(f"{path}: not a table ({error})") from error


def _parsed(name: str, cells: list[str]) -> np.ndarray:
    if is_text(name):
        return column(list(cells), True)
    if cells and all(_WHOLE.fullmatch(cell) for cell in cells):
        return column([int(cell) for cell in cells], False)
    try:
        return column([float(cell) if cell else None for cell in cells], False)
    except ValueError:
        return column(list(cells), True)
