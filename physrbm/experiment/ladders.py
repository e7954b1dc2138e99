"""The path that a tempering run takes, from what its spec says."""

from typing import NamedTuple

import numpy as np

from physrbm import paths, store
from physrbm.errors import InvalidInput
from physrbm.hdf5 import Tree
from physrbm.model import RBM, from_tree, to_tree
from physrbm.paths import LinearPath, MachinePath, Path
from physrbm.spec import TemperSpec
from physrbm.tempering import tune

_MOST = 4096  # rungs


class Wanted(NamedTuple):
    """What `ladder` says: a number of rungs, or where they are, or neither (auto)."""

    n: int | None
    points: list[float] | None


def build(spec: TemperSpec, rbm: RBM, data: np.ndarray | None) -> Path:
    """The path to `rbm`; pilots place the rungs of a straight one where the ladder is "auto". Raises InvalidInput."""
    said = wanted(spec.ladder)
    if spec.path == "dilution":
        return paths.dilution(rbm, _dilutions(rbm, said), seed=spec.seed)
    if spec.path == "trajectory":
        return _trajectory(spec.source, said)
    if spec.path == "none":
        if said != Wanted(None, None):
            raise InvalidInput(f"path 'none' has no ladder, got {spec.ladder!r}")
        return _straight(spec, np.ones(1))
    if said.points is not None:
        return _given(spec, said.points)
    if said.n is not None:
        return _straight(spec, np.linspace(0, 1, said.n))
    return tune(_straight(spec, np.linspace(0, 1, 2)), rbm, data, spec.seed).path


def to_file(path: Path) -> Tree:
    """The path as it was found, to be frozen."""
    if isinstance(path, LinearPath):
        return Tree({"t": path.t}, {})
    found = Tree({}, {})
    for k, machine in enumerate(path.machines):
        found = found | to_tree(machine).below(f"machines/{k:04d}")
    return found


def from_file(tree: Tree, spec: TemperSpec) -> Path:
    """The path that was frozen. Raises InvalidInput."""
    if spec.path in ("dilution", "trajectory"):
        names = sorted({name.split("/")[1] for name in tree.arrays if name.startswith("machines/")})
        return MachinePath(tuple(from_tree(tree.at(f"machines/{name}")) for name in names))
    if spec.path == "none":
        return _straight(spec, np.ones(1))
    if (points := wanted(spec.ladder).points) is not None:
        return _given(spec, points)
    return _straight(spec, _checked(tree.array("t", "f", (None,)).astype(np.float64)))


def _straight(spec: TemperSpec, t: np.ndarray) -> LinearPath:
    first = {"independent": (0.0, 1.0), "temperature": (0.0, 0.0), "none": (spec.beta, 0.0)}[spec.path]
    return LinearPath(first, (spec.beta, 0.0), t)


def _given(spec: TemperSpec, points: list[float]) -> LinearPath:
    if spec.path == "independent":
        return _straight(spec, _checked(np.array(points)))
    if points[-1] != spec.beta:
        raise InvalidInput(f"the ladder must end at beta = {spec.beta:g}, got {points[-1]:g}")
    return paths.temperature(points)


def _checked(t: np.ndarray) -> np.ndarray:
    if not 2 <= t.size <= _MOST or t[0] != 0 or t[-1] != 1 or not (np.diff(t) > 0).all():
        raise InvalidInput(f"the rungs t must ascend from 0 to 1, at most {_MOST} of them, got {t[:4].tolist()} ...")
    return t


def wanted(ladder: str) -> Wanted:
    """What the setting `ladder` says. Raises InvalidInput."""
    if ladder == "auto":
        return Wanted(None, None)
    try:
        numbers = [float(x) for x in ladder.split(",")]
    except ValueError:
        numbers = []
    if not numbers or not np.isfinite(numbers).all():
        raise InvalidInput(f"ladder must be auto, a number of rungs, or numbers with commas, got {ladder!r}")
    if "," in ladder:
        return Wanted(None, numbers)
    if numbers[0] != int(numbers[0]) or not 2 <= numbers[0] <= _MOST:
        raise InvalidInput(f"a ladder has 2 to {_MOST} rungs, got {ladder}")
    return Wanted(int(numbers[0]), None)


def _dilutions(rbm: RBM, wanted: Wanted) -> list[float]:
    if wanted.points is not None:
        return wanted.points
    if wanted.n is None:
        raise InvalidInput("ladder 'auto' places the rungs of straight paths; give a number of rungs, or dilutions")
    return [1 - (1 - rbm.dilution) * k / wanted.n for k in range(1, wanted.n)]


def _trajectory(source: str, wanted: Wanted) -> MachinePath:
    if wanted.points is not None:
        raise InvalidInput("the ladder of a trajectory is auto (all machines kept) or a number of rungs")
    return paths.trajectory(store.open_run(source), wanted.n)
