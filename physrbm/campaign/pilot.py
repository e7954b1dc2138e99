"""What a few short runs of the sizes of a sweep take, in a process of their own and a folder that is thrown away."""

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from physrbm import experiment
from physrbm.campaign.cost import rungs
from physrbm.experiment import Size
from physrbm.model import RBM
from physrbm.sampling import set_threads
from physrbm.spec import RunSpec, Spec, TemperSpec
from physrbm.store import layout

_UPDATES, _WARM = 16, 3
_ROUNDS = 120  # so many that a measurement is not taken at every one
_KEPT = ("data", "binarise", "shape", "updates", "sampler", "sweeps", "chains", "batch", "centred", "statistics",
         "ais_chains", "samples", "sample_sweeps")  # fmt: skip


class Taken(NamedTuple):
    """What a pilot took: seconds of its parts, bytes, mebibytes."""

    start: float
    update: float
    look: float
    end: float
    checkpoint: float
    """bytes of one"""
    rest: float
    """bytes of everything else"""
    memory: float
    """MiB, the most that the process had so far"""


def fly(spec: Spec, size: Size, data_dir: str | None, threads: int) -> Taken:
    """Run a short version of a spec on a fresh machine of `size`. Raises what a run raises."""
    set_threads(threads)
    with TemporaryDirectory(prefix="physrbm-pilot-") as root:
        folder, short = Path(root) / "run", _short(spec, size, Path(root))
        at = time.monotonic()
        seconds: list[tuple[float, bool, bool]] = []
        for m in experiment.record(short, folder, data_dir):
            now = time.monotonic()
            seconds.append((now - at, bool(m.values), m.final is not None))
            at = now
        plain = [s for s, looked, last in seconds[_WARM:] if not looked and not last]
        looks = [s for s, looked, last in seconds[_WARM:] if looked and not last]
        update = float(np.median(plain))
        look = max(0.0, float(np.mean(looks)) - update) if looks and isinstance(spec, RunSpec) else 0.0
        sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
        checkpoints = [n for path, n in sizes.items() if path.parent.name == layout.CHECKPOINTS]
        rest = sum(sizes.values()) - sum(checkpoints)
        return Taken(seconds[0][0], update, look, seconds[-1][0], float(np.mean(checkpoints)), rest, _memory())


def _short(spec: Spec, size: Size, root: Path) -> Spec:
    dilution = 1 - size.n_bonds / size.n_possible
    if isinstance(spec, TemperSpec):
        RBM.initialise(size.n_visible, size.n_hidden, dilution).save(root / "machine.h5")
        path = spec.path if spec.path in ("independent", "temperature", "none") else "independent"
        ladder = "auto" if path == "none" else str(rungs(spec))
        values = {"source": str(root / "machine.h5"), "path": path, "ladder": ladder, "methods": (), "observables": ()}
        return spec.model_copy(update={**values, "sweeps": _ROUNDS * spec.swap_every, "start": "random"})
    same = {name: getattr(spec, name) for name in _KEPT}
    return RunSpec(**{**same, "hidden": size.n_hidden, "dilution": dilution, "updates": _UPDATES, "measurements": 4})


def _memory() -> float:
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
