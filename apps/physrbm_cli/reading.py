"""Commands that read a machine or a folder and change nothing."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from physrbm.model import RBM

Source = Annotated[str, typer.Argument(help="A run folder, or a machine file (.h5).")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def machine(source: str) -> "RBM":
    """The machine of a run folder or of a file written by `RBM.save`."""
    from physrbm.model import load
    from physrbm.store import open_run

    return open_run(source).rbm() if Path(source).is_dir() else load(source)


def logz(
    source: Source,
    method: Annotated[str, typer.Option(help="ais or exact.")] = "ais",
    beta: Annotated[float, typer.Option(help="Inverse temperature.")] = 1.0,
    chains: Annotated[int, typer.Option(help="Independent chains.")] = 1024,
    rungs: Annotated[int | None, typer.Option(help="Rungs; a pilot counts them if absent.")] = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    as_json: Json = False,
) -> None:
    """Estimate log Z with a 95 % interval, or say that it cannot be estimated; exit code 3 then."""
    from physrbm import log_z

    estimate = log_z(machine(source), method, beta, chains, rungs, seed=seed)
    typer.echo(json.dumps(estimate._asdict()) if as_json else str(estimate))
    if not estimate.estimated:
        raise typer.Exit(3)


def sample(
    source: Source,
    chains: Annotated[int, typer.Option(help="Independent chains.")] = 1024,
    sweeps: Annotated[int, typer.Option(help="Sweeps from random starts.")] = 1000,
    beta: Annotated[float, typer.Option(help="Inverse temperature.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the visible states to this .npy file.")] = None,
    as_json: Json = False,
) -> None:
    """Generate configurations: mean energy a unit with its error, a strip of pictures."""
    import numpy as np

    import physrbm as pr
    from physrbm_cli.pictures import draw

    rbm = machine(source)
    v, h = pr.sample(rbm, chains, sweeps, beta, seed=seed)
    energy = pr.Estimate.of(rbm.energy(v, h) / (rbm.n_visible + rbm.n_hidden))
    if out is not None:
        np.save(out, v)
    if as_json:
        typer.echo(json.dumps({"energy": energy._asdict(), "chains": chains, "sweeps": sweeps, "seed": seed}))
    else:
        typer.echo(f"energy a unit {energy} after {sweeps} sweeps of {chains} chains")
        draw(v)


def show(source: Annotated[str, typer.Argument(help="A run folder.")], as_json: Json = False) -> None:
    """What a run is, how it ended, its last scores."""
    from physrbm import open_run

    run = open_run(source)
    scores = run.last()
    if as_json:
        typer.echo(json.dumps({"spec": run.spec.model_dump(), "status": run.state, "scores": scores}))
        return
    for name, value in {**run.state, **run.spec.model_dump()}.items():
        typer.echo(f"{name:<28}{value}")
    for name, (value, error) in scores.items():
        typer.echo(f"{name:<28}{value:.4g} +- {error:.2g}")


def ls(folder: Annotated[Path, typer.Argument(help="A folder of runs.")] = Path("runs"), as_json: Json = False) -> None:
    """List the runs in a folder."""
    from physrbm import open_run
    from physrbm.errors import InvalidInput

    if not folder.is_dir():
        raise InvalidInput(f"{folder}: no such folder")
    rows: list[dict[str, Any]] = []
    for path in sorted(p.parent for p in folder.glob("*/run.json")):
        run = open_run(path)
        position = f"{run.state['update']}/{run.spec.updates}"
        rows.append({"run": str(path), "state": run.state["state"], "updates": position, "data": run.spec.data,
                     "hidden": run.spec.hidden, "dilution": run.spec.dilution, "seed": run.spec.seed})  # fmt: skip
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo("  ".join(f"{value!s:<12}" for value in row.values()).rstrip())
