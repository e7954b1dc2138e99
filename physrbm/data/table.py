"""Comma-separated numbers, one sample a line."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from physrbm.data.grey import Array
from physrbm.errors import InvalidInput

# beyond this a whole float is left as it is, for the value check to refuse
_WHOLE = 2**31


def read_table(lines: Iterable[str], name: str) -> Array:
    """The (n, columns) numbers of `lines`: int64 when all are whole, float64 otherwise.

    Empty lines are skipped, and so is a first line in which no field is a number (a header). Raises
    InvalidInput with the line number for a field that is not a number and for a row of another length.
    """
    rows: list[npt.NDArray[np.float64]] = []
    for number, line in enumerate(lines, start=1):
        fields = line.strip().split(",")
        if fields == [""] or (number == 1 and not any(map(_is_number, fields))):
            continue
        rows.append(_row(fields, number, name))
        if len(rows[-1]) != len(rows[0]):
            raise InvalidInput(
                f"{name!r} line {number} has {len(rows[-1])} fields; {len(rows[0])} are needed, as in the first row"
            )
    table = np.array(rows)
    whole = (table == np.rint(table)) & (np.abs(table) < _WHOLE)
    return table.astype(np.int64) if whole.all() else table


def _row(fields: list[str], number: int, name: str) -> npt.NDArray[np.float64]:
    try:
        return np.array(fields, dtype=np.float64)
    except ValueError:
        wrong = next((field for field in fields if not _is_number(field)), "")
        raise InvalidInput(f"{name!r} line {number} holds {wrong!r}; comma-separated numbers are needed") from None


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
