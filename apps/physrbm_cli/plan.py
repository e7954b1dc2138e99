"""`physrbm anneal --dry-run`: what would be done, how long, how large, from a few timed updates."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from physrbm.spec import RunSpec

_TIMED = 5  # updates, after two that compile and warm up


def plan(spec: "RunSpec", data_dir: Path | None, as_json: bool) -> None:
    """Print the plan; nothing is written."""
    from physrbm import experiment

    trial = spec.model_copy(update={"updates": 2 + _TIMED, "measurements": 1})
    measurements = experiment.run(trial, data_dir)
    first = next(measurements)
    for m in measurements:
        if m.update == 2:
            began = time.monotonic()
        if m.update == 1 + _TIMED:  # before the last, which also takes scores
            break
    seconds = (time.monotonic() - began) / (_TIMED - 1)
    rbm = first.rbm
    found = {
        "machine": f"{rbm.n_visible} x {rbm.n_hidden}",
        "bonds": f"{rbm.n_bonds} of {rbm.n_possible} (dilution {rbm.dilution:.4g})",
        "couplings": f"{rbm.n_bonds * 16 * (spec.measurements + 1) / 2**20:.1f} MiB on disk",
        "chains": f"{spec.chains} (bit-packed, {spec.chains * (rbm.n_visible + rbm.n_hidden) / 2**23:.2f} MiB)",
        "seconds an update": f"{seconds:.3g} ({_TIMED - 1} timed)",
        "annealing": f"about {seconds * spec.updates:.0f} s for {spec.updates} updates; then the measurement",
    }
    if as_json:
        typer.echo(json.dumps({"seconds_an_update": seconds, **found}))
        return
    for name, value in found.items():
        typer.echo(f"{name:<20}{value}")
