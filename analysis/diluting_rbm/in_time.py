"""What the table of a sweep does not hold: scores against sampling time from both starts, effective couplings, digests.

For every machine of a sweep, into two tables of its own (ones that are there are not made again):

    scores     SCORES of as many chains as there are samples to compare with, after SWEEPS sweeps, from random and from
               data starts, and the two anchors: training data, and independent pixels, in the place of samples
    likeness   the cosine of its effective Ising couplings (`pr.effective`) with those of the dense machine of the same
               seed (own), and with those of the dense machine of the next seed (other): what any two trained machines
               have in common. Errors over visible units (jackknife). The discriminator, dear, of the samples that the
               run ended with. sha256 of its couplings and fields, and the seconds that all this took.
"""

import time
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from trained import each, joined, write_rows

import physrbm as pr

SCORES = ("eps2", "spectrum", "aai", "classifier", "diversity")
SWEEPS = (1, 10, 100, 1000)
DENSE = ("before-0", "dense-0")


class Task(NamedTuple):
    """A machine, and where its tables go."""

    run: Path
    to: Path
    dense: tuple[Path, Path]
    """runs of the dense machines of its own seed and of another one"""

    @property
    def files(self) -> tuple[Path, Path]:
        """Scores, likeness; the second one is written last."""
        return self.to / f"{self.run.name}-scores.csv", self.to / f"{self.run.name}-likeness.csv"


def of_sweep(folder: Path, workers: int) -> dict[str, pr.campaign.Table]:
    """The tables of scores and of likeness of all runs of the sweep in `folder`, by name."""
    entries = pr.campaign.read_manifest(folder).entries
    dense = {entry.spec.seed: folder / entry.folder for entry in entries if entry.family in DENSE}
    seeds = sorted(dense)
    after = dict(zip(seeds, seeds[1:] + seeds[:1], strict=True))
    to = folder / "in_time"
    to.mkdir(exist_ok=True)
    tasks = [Task(folder / e.folder, to, (dense[e.spec.seed], dense[after[e.spec.seed]])) for e in entries]
    each(measure, [task for task in tasks if not task.files[1].exists()], workers)
    files = zip(*(task.files for task in tasks), strict=True)
    return {name: pr.campaign.Table(joined(own), {}) for name, own in zip(("scores", "likeness"), files, strict=True)}


def measure(task: Task) -> None:
    """Both tables of a machine."""
    began, run, (scores, likeness) = time.monotonic(), pr.open_run(task.run), task.files
    rbm, data, seed, generated = run.rbm(), _data(run.spec.data), run.spec.seed, run.samples()
    rows: list[dict[str, Any]] = []
    for moment in pr.score_in_time(rbm, data, SCORES, SWEEPS, n=len(generated), seed=seed):
        row: dict[str, Any] = {"name": task.run.name, "start": moment.start, "sweeps": moment.sweeps}
        for name, x in moment.scores.items():
            row |= {name: x.value, f"{name}_error": x.error, f"{name}_data": x.anchor_data.value}
            row |= {f"{name}_data_error": x.anchor_data.error, f"{name}_independent": x.anchor_independent.value}
        rows.append(row)
    write_rows(scores, rows)
    own, other = (
        pr.effective.coupling_overlap(_couplings(task.run), _couplings(path), 2).cosine for path in task.dense
    )
    row = {"name": task.run.name, "digest": digest(rbm), "own": own.value, "own_error": own.error}
    row |= {"other": other.value, "other_error": other.error, **discriminator(generated, data, seed)}
    write_rows(likeness, [row | {"seconds_scoring": time.monotonic() - began}])


def discriminator(generated: np.ndarray, data: pr.Dataset, seed: int) -> dict[str, float]:
    """Error rate of a classifier of real against generated samples, and what it is for the anchors."""
    x = pr.score(generated, data, ("discriminator",), n=len(generated), seed=seed)["discriminator"]
    anchors = {"discriminator_data": x.anchor_data.value, "discriminator_independent": x.anchor_independent.value}
    return {"discriminator": x.value, "discriminator_error": x.error, **anchors}


def digest(rbm: pr.RBM) -> str:
    """Sha256 of bonds, couplings and fields as little-endian numbers, 16 hexadecimal digits."""
    content = sha256()
    for x, kind in ((rbm.bonds.i, "<i4"), (rbm.bonds.j, "<i4"), (rbm.bonds.weight, "<f8"),
                    (rbm.visible_bias, "<f8"), (rbm.hidden_bias, "<f8")):  # fmt: skip
        content.update(np.ascontiguousarray(x, kind).tobytes())
    return content.hexdigest()[:16]


@lru_cache(maxsize=8)
def _couplings(run: Path) -> np.ndarray:
    couplings: np.ndarray = pr.effective.effective_ising(pr.open_run(run).rbm()).couplings
    return couplings


@lru_cache(maxsize=1)
def _data(name: str) -> pr.Dataset:
    return pr.load_data(name)
