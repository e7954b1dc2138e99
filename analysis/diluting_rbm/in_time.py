"""What the table of a sweep does not hold: scores against sampling time from both starts, effective couplings, digests.

For every machine of a sweep, into two tables of its own (one that is there is not made again):

    scores     SCORES of SAMPLES chains after SWEEPS sweeps, from random and from data starts, and the two anchors:
               training data, and independent pixels, in the place of samples
    likeness   the cosine of its effective Ising couplings (`pr.effective`) with those of the dense machine of the same
               seed, and with those of the dense machine of the next seed: what any two trained machines have in common.
               Errors over visible units (jackknife). The discriminator, dear, of the samples that the run ended with.
               And sha256 of its couplings and fields.
"""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from trained import each, joined, write_rows

import physrbm as pr

SCORES = ("eps2", "spectrum", "aai", "classifier", "diversity")
SWEEPS = (1, 10, 100, 1000)
SAMPLES = 1000
SHUFFLES = 20
DENSE = ("before-0", "dense-0")


class Task(NamedTuple):
    """A machine, and where its tables go."""

    run: Path
    to: Path
    dense: tuple[Path, Path]
    """runs of the dense machines of its own seed and of another one"""
    samples: int


def of_sweep(folder: Path, samples: int, workers: int) -> dict[str, pr.campaign.Table]:
    """The tables of scores and of likeness of all runs of the sweep in `folder` that are done, by name."""
    manifest, states = pr.campaign.read_manifest(folder), pr.campaign.status(folder).runs
    done = [entry for entry in manifest.entries if states[entry.name].name == "done"]
    dense = {entry.spec.seed: folder / entry.folder for entry in done if entry.family in DENSE}
    seeds = sorted(dense)
    after = dict(zip(seeds, seeds[1:] + seeds[:1], strict=True))
    to = folder / "in_time"
    tasks = [Task(folder / e.folder, to, (dense[e.spec.seed], dense[after[e.spec.seed]]), samples) for e in done]
    to.mkdir(exist_ok=True)
    each(measure, [task for task in tasks if not _files(task)[1].exists()], workers)
    files = zip(*(_files(task) for task in tasks), strict=True)
    return {name: pr.campaign.Table(joined(own), {}) for name, own in zip(("scores", "likeness"), files, strict=True)}


def measure(task: Task) -> None:
    """Both tables of a machine."""
    run, scores, likeness = pr.open_run(task.run), *_files(task)
    rbm = run.rbm()
    rows: list[dict[str, Any]] = []
    for moment in pr.score_in_time(rbm, _data(run.spec.data), SCORES, SWEEPS, n=task.samples, seed=run.spec.seed):
        row: dict[str, Any] = {"name": task.run.name, "start": moment.start, "sweeps": moment.sweeps}
        for name, x in moment.scores.items():
            row |= {name: x.value, f"{name}_error": x.error}
            row |= {f"{name}_data": x.anchor_data.value, f"{name}_data_error": x.anchor_data.error}
            row |= {f"{name}_independent": x.anchor_independent.value}
        rows.append(row)
    write_rows(scores, rows)
    own, other = (_overlap(task.run, path) for path in task.dense)
    generated = run.samples()[: task.samples]
    data, seed = _data(run.spec.data), run.spec.seed
    real = pr.score(generated, data, ("discriminator",), n=task.samples, seed=seed)["discriminator"]
    row = {"name": task.run.name, "digest": digest(rbm)}
    row |= {"own": own.cosine.value, "own_error": own.cosine.error, "other": other.cosine.value}
    row |= {"other_error": other.cosine.error, "shuffled": own.null.value, "shuffled_sd": own.null_sd}
    row |= {"discriminator": real.value, "discriminator_error": real.error}
    row |= {"discriminator_data": real.anchor_data.value, "discriminator_independent": real.anchor_independent.value}
    write_rows(likeness, [row])


def digest(rbm: pr.RBM) -> str:
    """Sha256 of bonds, couplings and fields as little-endian numbers, 16 hexadecimal digits."""
    content = sha256()
    for x, kind in ((rbm.bonds.i, "<i4"), (rbm.bonds.j, "<i4"), (rbm.bonds.weight, "<f8"),
                    (rbm.visible_bias, "<f8"), (rbm.hidden_bias, "<f8")):  # fmt: skip
        content.update(np.ascontiguousarray(x, kind).tobytes())
    return content.hexdigest()[:16]


def _files(task: Task) -> tuple[Path, Path]:
    return task.to / f"{task.run.name}-scores.csv", task.to / f"{task.run.name}-likeness.csv"


def _overlap(a: Path, b: Path) -> pr.effective.Overlap:
    return pr.effective.coupling_overlap(_couplings(a), _couplings(b), SHUFFLES)


@lru_cache(maxsize=8)
def _couplings(run: Path) -> np.ndarray:
    couplings: np.ndarray = pr.effective.effective_ising(pr.open_run(run).rbm()).couplings
    return couplings


@lru_cache(maxsize=1)
def _data(name: str) -> pr.Dataset:
    return pr.load_data(name)
