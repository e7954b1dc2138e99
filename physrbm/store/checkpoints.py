"""Full states of a run. Those of a measurement stay; of those in between the newest are enough."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from physrbm import hdf5
from physrbm.errors import InvalidInput, NoCheckpoint
from physrbm.hdf5 import Scalar, Tree
from physrbm.store import layout
from physrbm.store.series import BLOCK, Row, read_segments, series_rows, series_tree

_FORMAT, _BETWEEN, _NEWEST = "physrbm checkpoint", "-between", 3
_NAME = re.compile(rf"(\d{{8,16}})({_BETWEEN})?\.h5")

State = TypeVar("State")


class Saved(NamedTuple):
    """All that a run needs to go on."""

    update: int
    extra: int
    """updates beyond those of the spec"""
    seconds: float
    """spent annealing so far"""
    state: Tree
    """what the experiment keeps: the machine, chains, random streams"""
    rows: list[Row]
    """scores so far"""
    n_segments: int
    """blocks of them that stand in segments"""
    obeyed: tuple[str, ...] = ()
    """files of requests that are done, if they should still be there"""


def write_checkpoint(folder: Path, saved: Saved, units: dict[str, str], stays: bool) -> None:
    """Write, read back and verify, then remove older ones that need not stay. Raises OSError, InvalidInput."""
    tail = [row for row in saved.rows if row[0] > _last_in_segments(saved)]
    about: dict[str, Scalar] = {"format": _FORMAT, "schema": layout.SCHEMA, "seconds": float(saved.seconds)}
    about |= {"update": saved.update, "extra": saved.extra, "segments": saved.n_segments}
    head = Tree({}, {"": {**about, "obeyed": "/".join(saved.obeyed)}})
    path = _path(folder, saved.update, stays)
    hdf5.write(path, head | saved.state | series_tree(tail, units).below("series"))
    hdf5.check_seal(path)
    if stays:
        _path(folder, saved.update, False).unlink(missing_ok=True)
        return
    for update, old in sorted(checkpoints(folder).items())[:-_NEWEST]:
        if old == _path(folder, update, False):
            old.unlink(missing_ok=True)


def does_stay(folder: Path, update: int) -> bool:
    """Whether there is a checkpoint of `update` that stays."""
    return _path(folder, update, True).exists()


def forget_after(folder: Path, update: int) -> None:
    """Remove checkpoints beyond `update`, from which the run goes on: they are damaged, or of another future."""
    for later, path in checkpoints(folder).items():
        if later > update:
            path.unlink(missing_ok=True)


def checkpoints(folder: Path) -> dict[int, Path]:
    """Update -> file of every checkpoint."""
    found: dict[int, Path] = {}
    for path in sorted((folder / layout.CHECKPOINTS).glob("*.h5")):  # the one that stays comes last
        if match := _NAME.fullmatch(path.name):
            found[int(match[1])] = path
    return found


def latest(folder: Path, restore: Callable[[Saved], State]) -> tuple[Saved, State, list[str]]:
    """The newest checkpoint that is whole, what `restore` makes of it, and why newer ones are passed over.

    `restore` raises InvalidInput for one that it cannot use. Raises NoCheckpoint where none is left.
    """
    faults: list[str] = []
    for _, path in sorted(checkpoints(folder).items(), reverse=True):
        try:
            saved = read_checkpoint(path)
            return saved, restore(saved), faults
        except InvalidInput as error:
            faults.append(str(error) if str(folder) in str(error) else f"{path}: {error}")
    raise NoCheckpoint(f"{folder}: no usable checkpoint" + "".join(f"; {fault}" for fault in faults[:3]))


def read_checkpoint(path: Path) -> Saved:
    """The state in `path`. Raises InvalidInput naming the file."""
    tree = hdf5.read_sealed(path)
    try:
        if tree.attribute("format", str) != _FORMAT or tree.attribute("schema", int) != layout.SCHEMA:
            raise InvalidInput(f"not a checkpoint of schema {layout.SCHEMA}")
        update, extra, n = (int(tree.attribute(name, int)) for name in ("update", "extra", "segments"))
        if min(update, extra, n) < 0:
            raise InvalidInput(f"update {update}, extra {extra} and segments {n} cannot be negative")
        rows = read_segments(path.parents[1], n) + series_rows(tree.at("series"))
        seconds, obeyed = float(tree.attribute("seconds", float)), str(tree.attribute("obeyed", str))
        return Saved(update, extra, seconds, _state(tree), rows, n, tuple(obeyed.split("/")))
    except InvalidInput as error:
        raise error if str(path.parents[1]) in str(error) else InvalidInput(f"{path}: {error}") from error


def _state(tree: Tree) -> Tree:
    """What the experiment keeps, without what is written anew at every checkpoint."""
    arrays = {name: x for name, x in tree.arrays.items() if not name.startswith("series/")}
    return Tree(arrays, {name: x for name, x in tree.attributes.items() if name and not name.startswith("series")})


def _last_in_segments(saved: Saved) -> int:
    return saved.rows[saved.n_segments * BLOCK - 1][0] if saved.n_segments else -1


def _path(folder: Path, update: int, stays: bool) -> Path:
    return folder / layout.CHECKPOINTS / f"{update:08d}{'' if stays else _BETWEEN}.h5"
