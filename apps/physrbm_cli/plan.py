"""`physrbm anneal --dry-run`: what would be done, how long, how large, from a few timed updates."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from physrbm.spec import RunSpec

_WARM, _TIMED = 2, 5  # updates: the first compile


def plan(spec: "RunSpec", data_dir: Path | None, as_json: bool) -> None:
    """Print the plan; nothing is written."""
    from physrbm.experiment.measuring import MOST_RUNGS, MOST_TEMPERING, REPLICAS
    from physrbm.tempering import tuning

    rbm, seconds = _trial(spec, data_dir)
    a_sweep = seconds / (spec.sweeps * spec.chains)  # of one chain; an overestimate, as an update is not sweeps alone
    found: dict[str, Any] = {
        "n_visible": rbm.n_visible,
        "n_hidden": rbm.n_hidden,
        "n_bonds": rbm.n_bonds,
        "dilution": rbm.dilution,
        "mebibytes_on_disk": round(rbm.n_bonds * 16 * (spec.measurements + 2) / 2**20, 1),
        "mebibytes_of_chains": round(spec.chains * (rbm.n_visible + rbm.n_hidden) / 2**23, 2),
        "seconds_an_update": round(seconds, 6),
        "seconds_of_annealing": round(seconds * spec.updates, 1),
        "seconds_of_measuring_at_most": round(
            a_sweep
            * (
                spec.ais_chains * MOST_RUNGS
                + MOST_TEMPERING * REPLICAS * tuning.MOST_RUNGS
                + spec.samples * spec.sample_sweeps
            ),
            1,
        ),
    }
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name.replace('_', ' '):<32}{value}")


def _trial(spec: "RunSpec", data_dir: Path | None) -> tuple[Any, float]:
    """The machine, and the seconds of an update."""
    from physrbm import experiment

    longer = max(spec.updates, _WARM + _TIMED + 1)  # no end is measured, and what is due later is still later
    trial = spec.model_copy(update={"updates": longer, "measurements": 1})
    began = 0.0
    for m in experiment.run(trial, data_dir):
        if m.update == _WARM:
            began = time.monotonic()
        if m.update == _WARM + _TIMED:
            break
    return m.rbm, (time.monotonic() - began) / _TIMED
