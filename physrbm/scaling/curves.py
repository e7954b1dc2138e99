"""Averages over instances at every size and every x of a table, and the same without a block of instances each time."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.scaling.quantities import Quantity, mean
from physrbm.scaling.replicates import Sums, replicates

Table = Mapping[str, np.ndarray]
"""Columns of equal length by name, a row an instance at one x and one size; missing values are NaN"""
_MOST_BLOCKS = 40
_SMALL = 1e-150


class Curves(NamedTuple):
    """A quantity at every (size, x), sorted so, with delete-one-block replicates over instances."""

    size: np.ndarray
    """(point,)"""
    x: np.ndarray
    """(point,)"""
    y: np.ndarray
    """(point,) function of the averages over all instances"""
    error: np.ndarray
    """(point,) jackknife error over instances"""
    instances: np.ndarray
    """(point,) instances"""
    replicates: np.ndarray
    """(replicate, point): a block of instances of one size is left out at all x; other sizes stay as they are"""
    replicate_errors: np.ndarray
    """(replicate, point) `error` of the instances that are left: errors of few instances are noisy, and what is
    weighted by them is noisy too"""
    group: np.ndarray
    """(replicate,) index of that size in `sizes`"""

    @property
    def sizes(self) -> np.ndarray:
        """(size,) ascending."""
        return np.unique(self.size)

    def without(self, replicate: int) -> "Curves":
        """These, as the instances that are left in a replicate give them."""
        return self._replace(y=self.replicates[replicate], error=self.replicate_errors[replicate])

    def error_of(self, found: np.ndarray) -> np.ndarray:
        """Jackknife error of whatever (replicate, ...) was made of every replicate; sizes are independent."""
        variance = np.diag(self.covariance_of(found.reshape(len(found), -1)))
        return np.sqrt(variance).reshape(found.shape[1:])

    def covariance_of(self, found: np.ndarray) -> np.ndarray:
        """Jackknife covariance (k, k) of k numbers (replicate, k), summed over sizes."""
        total = np.zeros((found.shape[1], found.shape[1]))
        for group in np.unique(self.group):
            part = found[self.group == group]
            off = part - part.mean(0)
            total += (len(part) - 1) / len(part) * off.T @ off
        return total


def curves(
    table: Table,
    *,
    x: str,
    size: str,
    y: str | Quantity,
    instance: str | None = None,
    x_range: tuple[float, float] | None = None,
    l_min: float | None = None,
    blocks: int = _MOST_BLOCKS,
) -> Curves:
    """Average `y` over the instances of `table` at every value of the columns `x` and `size`.

    y: a column, or a `Quantity`. instance: column that names the instance; equal names at different x are left out
    together, so that what they have in common enters the errors. None takes the k-th rows of all x as one instance.
    x_range, l_min: leave out what lies outside. blocks: of instances, at most. Rows with a missing value are left out.
    Raises InvalidInput for columns that are not there, no number, or too few instances at a point.
    """
    quantity = mean(y) if isinstance(y, str) else y
    names = [x, size, *dict.fromkeys(name for name, _ in quantity.columns)]
    columns = {name: _column(table, name, len(table[names[0]]) if names[0] in table else 0) for name in names}
    kept = np.all([np.isfinite(column) for column in columns.values()], axis=0)
    if x_range is not None:
        kept &= (columns[x] >= x_range[0]) & (columns[x] <= x_range[1])
    if l_min is not None:
        kept &= columns[size] >= l_min
    if instance is not None:
        kept &= _named(table, instance, len(kept))
    if not kept.any():
        needed = ", ".join(names if instance is None else [*names, instance])
        raise InvalidInput(f"no row of the table has {needed}{_within(x_range, l_min)}")
    columns = {name: column[kept] for name, column in columns.items()}
    labels = None if instance is None else _labels(table, instance, kept)
    return _averaged(columns, x, size, quantity, labels, blocks)


def _averaged(
    columns: dict[str, np.ndarray], x: str, size: str, quantity: Quantity, labels: np.ndarray | None, blocks: int
) -> Curves:
    where, of = np.unique(np.stack([columns[size], columns[x]], 1), axis=0, return_inverse=True)
    of = of.reshape(-1)
    count = np.bincount(of)
    if (count < quantity.least).any():
        at, n = where[count.argmin()], count.min()
        raise InvalidInput(f"instances at {size} {at[0]:g}, {x} {at[1]:g}: {n}; at least {quantity.least} are needed")
    if labels is None:
        labels = _ranks(of, np.arange(len(of)))
    powers = np.stack([columns[name] ** power for name, power in quantity.columns])  # (average, row)
    sums = np.stack([np.bincount(of, row) for row in powers])
    value = np.asarray(quantity.function(where[:, 0], count, *(sums / count)), np.float64)
    if not np.isfinite(value).all():
        at = where[~np.isfinite(value)][0]
        raise InvalidInput(f"{size} {at[0]:g}, {x} {at[1]:g}: noise leaves no value; more instances are needed")
    largest = np.abs(value).max()
    if largest > 1 / _SMALL or 0 < largest < _SMALL:
        raise InvalidInput(f"values are up to {largest:.1e}, whose squares cannot be computed: rescale them")
    values, errors, group = [], [], []
    for k, L in enumerate(np.unique(where[:, 0])):
        own, here = where[:, 0] == L, columns[size] == L
        without, its_error = replicates(quantity, _sums(of[here], powers[:, here], labels[here], where[:, 0], blocks))
        values.append(np.where(own, without, value))
        errors.append(np.where(own, its_error, np.nan))
        group += [k] * len(without)
    made = Curves(where[:, 0], where[:, 1], value, value, count, np.vstack(values), np.vstack(errors), np.array(group))
    error = made.error_of(made.replicates)
    if not (error > 0).any():
        raise InvalidInput("all instances are equal at every point: there is nothing to take errors from")
    error = np.where(error > 0, error, error[error > 0].min())  # where all instances agree, it is not 0 either
    return made._replace(
        error=error, replicate_errors=np.where(made.replicate_errors > 0, made.replicate_errors, error)
    )


def _sums(of: np.ndarray, powers: np.ndarray, labels: np.ndarray, size: np.ndarray, blocks: int) -> Sums:
    """What the rows of one size, at the points `of`, add up to in each of `blocks` blocks of instances at most.

    Where names differ from point to point, a block has about as many instances of every point.
    """
    names, which = np.unique(labels, return_inverse=True)
    which = which.reshape(-1)
    rank = np.full(len(names), len(of))
    np.minimum.at(rank, which, _ranks(of, which))
    place = np.argsort(np.argsort(rank, kind="stable"))
    n = min(len(names), blocks)
    at = place[which] * n // len(names) * len(size) + of
    cells = n * len(size)
    parts = np.stack([np.bincount(at, row, cells) for row in powers])
    return Sums(size, np.bincount(at, minlength=cells).reshape(n, -1), parts.reshape(len(powers), n, -1))


def _ranks(of: np.ndarray, by: np.ndarray) -> np.ndarray:
    """0, 1, 2, ... within every group, in the order of `by`."""
    order = np.lexsort((by, of))
    first = np.searchsorted(of[order], of[order])
    ranks = np.empty(len(of), np.int64)
    ranks[order] = np.arange(len(of)) - first
    return ranks


def _column(table: Table, name: str, n: int) -> np.ndarray:
    if name not in table:
        raise InvalidInput(f"the table has no column {name!r}; it has {', '.join(map(str, table))}")
    found: np.ndarray = np.asarray(table[name])
    if found.ndim != 1 or found.dtype.kind not in "iufb":
        raise InvalidInput(f"column {name!r} must be numbers in one row each, got {found.dtype} of shape {found.shape}")
    if len(found) != n:
        raise InvalidInput(f"column {name!r} has {len(found)} rows, others {n}")
    return found.astype(np.float64)


def _named(table: Table, name: str, n: int) -> np.ndarray:
    """Rows (n,) that have an instance."""
    labels: np.ndarray = np.asarray(table[name]) if name in table else np.empty(0)
    if len(labels) != n or labels.dtype.kind not in "fU":
        return np.ones(n, bool)
    there: np.ndarray = ~np.isnan(labels) if labels.dtype.kind == "f" else labels != ""
    return there


def _labels(table: Table, name: str, kept: np.ndarray) -> np.ndarray:
    if name not in table or len(table[name]) != len(kept):
        raise InvalidInput(f"the table has no column {name!r} of {len(kept)} rows; it has {', '.join(map(str, table))}")
    labels: np.ndarray = np.asarray(table[name])[kept]
    return labels


def _within(x_range: tuple[float, float] | None, l_min: float | None) -> str:
    parts = [] if x_range is None else [f"{x_range[0]:g} ... {x_range[1]:g}"]
    parts += [] if l_min is None else [f"sizes from {l_min:g}"]
    return f" within {' and '.join(parts)}" if parts else ""
