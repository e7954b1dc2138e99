"""How long and how large a sweep will be, from pilots of its cheapest and its dearest runs."""

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from physrbm.campaign import cost
from physrbm.campaign.cost import Rates
from physrbm.campaign.driving import Options, checked, cores
from physrbm.campaign.local import pinned
from physrbm.campaign.manifest import Entry, read_manifest
from physrbm.campaign.pilot import Taken, fly
from physrbm.campaign.shards import shard
from physrbm.campaign.states import states
from physrbm.campaign.work import warm
from physrbm.spec import RunSpec

Pilots = list[tuple[Entry, Taken]]
_BETWEEN = 3  # checkpoints that stay besides those of measurements


class Cost(NamedTuple):
    """Of what is left of a sweep."""

    runs: int
    left: int
    """runs that are not done"""
    cpu_hours: float
    hours: float
    """with so many workers, if they do not slow each other down"""
    workers: int
    mebibytes_a_worker: float
    mebibytes_on_disk: float
    mebibytes_free: float
    how: str
    """it was estimated"""


def estimate(folder: str | Path, options: Options | None = None) -> Cost:
    """What the sweep in `folder` will cost; only short pilots are run, and nothing is kept. Raises InvalidInput.

    A run that is begun counts in full. log Z of a trained machine may take longer than that of a pilot's.
    """
    how = checked(options or Options())
    manifest = read_manifest(folder)
    found = states(manifest)
    entries = shard(manifest.entries, how.shard)
    left = tuple(entry for entry in entries if found[entry.name].name != "done")
    workers = how.workers or cores(how.threads)
    pilots = _pilots(left, how)
    kinds = {entry.spec.kind for entry in left}
    rates = {kind: _rates([p for p in pilots if p[0].spec.kind == kind]) for kind in kinds}
    each = {entry.name: cost.seconds(entry, rates[entry.spec.kind]) for entry in left}
    total, longest = sum(each.values()), max(cost.longest_chains(left, each).values(), default=0.0)
    disk = sum(_bytes(entry, pilots) for entry in left) / 2**20
    free = shutil.disk_usage(manifest.folder).free / 2**20
    memory = max((taken.memory for _, taken in pilots), default=0.0)
    names = ", ".join(entry.name for entry, _ in pilots)
    said = f"from a few updates of machines of these sizes, and their end: {names}" if pilots else "nothing is left"
    hours = max(total / workers, longest) / 3600
    return Cost(len(entries), len(left), total / 3600, hours, workers, memory, disk, free, said)


def _pilots(left: Sequence[Entry], how: Options) -> Pilots:
    """The cheapest and the dearest run of every kind."""
    chosen: list[Entry] = []
    for kind in sorted({entry.spec.kind for entry in left}):
        ordered = sorted((e for e in left if e.spec.kind == kind), key=lambda e: (cost.additions(e), e.name))
        chosen += ordered[:1] + ordered[1:][-1:]
    if not chosen:
        return []
    warm(how.threads)
    with pinned(how.threads), ProcessPoolExecutor(1, get_context("spawn")) as pool:
        data_dir = None if how.data_dir is None else os.fspath(how.data_dir)
        measured = [pool.submit(partial(fly, e.spec, e.size, data_dir, how.threads)) for e in chosen]
        return [(entry, future.result()) for entry, future in zip(chosen, measured, strict=True)]


def _rates(pilots: Pilots) -> Rates:
    update = _line([(cost.additions(e), t.update) for e, t in pilots])
    end = _line([(cost.end_additions(e), t.end) for e, t in pilots])
    start, look = (max(getattr(t, name) for _, t in pilots) for name in ("start", "look"))
    return Rates(start, *update, look, *end)


def _bytes(entry: Entry, pilots: Pilots) -> float:
    some = [(e, t) for e, t in pilots if e.spec.kind == entry.spec.kind]
    at, slope = _line([(float(e.size.n_bonds), t.checkpoint) for e, t in some])
    n = entry.spec.measurements + 1 if isinstance(entry.spec, RunSpec) else 0
    return (n + _BETWEEN) * (at + slope * entry.size.n_bonds) + max(t.rest for _, t in some)


def _line(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Intercept and slope through the first and the last of (x, y), neither of them negative."""
    (x, y), (x2, y2) = points[0], points[-1]
    if x2 <= x or y2 <= y:
        return max(y, y2), 0.0
    slope = min((y2 - y) / (x2 - x), y2 / x2)
    return y2 - slope * x2, slope
