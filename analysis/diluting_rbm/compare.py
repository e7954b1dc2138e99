"""Whether two runs of the study came to the same: number by number, in all result tables.

python analysis/diluting_rbm/compare.py RESULTS OTHER

Seeds are fixed, so that machines are equal bit by bit (the column digest of the likeness tables); sums of floats may
differ in their last digits from one processor to another. A number with a standard error beside it agrees within three
of the difference, any other one within 1e-6 of its size, a word where it is the same; both withheld is agreement.
Seconds, and what only describes an error, are left out. Ends with 1 where something does not agree.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

import physrbm as pr

ERRORS, REST = 3.0, 1e-6
NOT_COMPARED = ("seconds_", "version")
OF_ERRORS = ("_error", "_lower", "_upper", "_ess", "_reason")
Columns = dict[str, np.ndarray]


class Agreement(NamedTuple):
    """Entries of a table."""

    equal: int
    within: int
    """not equal, and in agreement"""
    not_so: list[str]
    """row and column of those that are not"""


def agreement(a: Columns, b: Columns) -> Agreement:
    """Of two tables with the same columns and the same number of rows. Raises ValueError for others."""
    if list(a) != list(b) or len(a["name"]) != len(b["name"]):
        raise ValueError("they have other columns or another number of rows")
    equal, within, not_so = 0, 0, []
    for name in a:
        if name.startswith(NOT_COMPARED) or name.endswith(OF_ERRORS):
            continue
        x, y = a[name], b[name]
        if "U" in (x.dtype.kind, y.dtype.kind):
            same = agree = x.astype(str) == y.astype(str)
        else:
            same = (x == y) | (np.isnan(x) & np.isnan(y))
            error = f"{name}_error"
            far = ERRORS * np.hypot(a[error], b[error]) if error in a else 0.0
            agree = same | (abs(x - y) <= np.fmax(far, REST * abs(x)))
        equal, within = equal + int(same.sum()), within + int((agree & ~same).sum())
        not_so += [f"{a['name'][k]}, {name}: {x[k]} and {y[k]}" for k in np.flatnonzero(~agree)]
    return Agreement(equal, within, not_so)


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare, and say where they differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="folder of result tables")
    parser.add_argument("other", type=Path, help="another one")
    given = parser.parse_args(arguments)
    names, others = ({path.name for path in folder.glob("*.csv")} for folder in (given.results, given.other))
    if not names or names != others:
        sys.exit(f"{given.results} and {given.other} hold different tables: {sorted(names)} and {sorted(others)}")
    failed = False
    for name in sorted(names):
        try:
            found = agreement(*(pr.campaign.read_table(folder / name) for folder in (given.results, given.other)))
        except ValueError as error:
            sys.exit(f"{name}: {error}")
        print(f"{name}: {found.equal:,} entries equal, {found.within:,} agree, {len(found.not_so):,} do not")
        print("".join(f"    {line}\n" for line in found.not_so), end="")
        failed |= bool(found.not_so)
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
