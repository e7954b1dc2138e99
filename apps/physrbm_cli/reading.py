"""Commands that read a machine or a folder and change nothing."""

import json
import time
from collections.abc import Iterator
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from physrbm.errors import InvalidInput, printable

if TYPE_CHECKING:
    from physrbm.model import RBM

Source = Annotated[str, typer.Argument(help="RUN, RUN@update, or a machine file (.h5).")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def logz(
    source: Source,
    method: Annotated[str, typer.Option(help="ais, ais_reverse, bar, integration, mbar, exact, or all.")] = "ais",
    beta: Annotated[float, typer.Option(help="Inverse temperature.")] = 1.0,
    chains: Annotated[int, typer.Option(help="Independent chains of AIS.")] = 1024,
    rungs: Annotated[int | None, typer.Option(help="Rungs of AIS; a pilot counts them if absent.")] = None,
    sweeps: Annotated[int, typer.Option(help="Sweeps of parallel tempering, which the others read.")] = 4000,
    data: Annotated[str | None, typer.Option(help="Data whose pixel means the path begins with.")] = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    as_json: Json = False,
) -> None:
    """Estimate log Z with a 95 % interval, or say that it cannot be estimated; exit code 3 then."""
    from physrbm.estimate import plain
    from physrbm.partition import log_z
    from physrbm.store import read_machine

    rbm = read_machine(source)
    given = log_z(rbm, method, beta, chains, rungs, _means_of(data), seed, n_sweeps=sweeps)
    found = given if isinstance(given, dict) else {method: given}
    if as_json:
        content = {name: plain(z._asdict()) for name, z in found.items()}
        typer.echo(json.dumps(content if method == "all" else content[method]))
    else:
        for z in found.values():
            typer.echo(f"{z.method}: {z}" if not z.estimated and method == "all" else str(z))
    if not all(z.estimated for z in found.values()):
        raise typer.Exit(3)


def sample(
    source: Source,
    path: Annotated[str, typer.Option(help="none (Gibbs chains), or tempered from independent units.")] = "none",
    ladder: Annotated[str, typer.Option(help="Rungs of the path: auto, or their number.")] = "auto",
    chains: Annotated[int, typer.Option(help="Independent chains, or replicas of the ladder.")] = 1024,
    sweeps: Annotated[int, typer.Option(help="Sweeps from random starts.")] = 1000,
    beta: Annotated[float, typer.Option(help="Inverse temperature.")] = 1.0,
    data: Annotated[str | None, typer.Option(help="Data whose pixel means the path begins with.")] = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the visible states to this .npy file.")] = None,
    as_json: Json = False,
) -> None:
    """Generate configurations: mean energy a unit with its error, a verdict, a strip of pictures.

    A tempered sample that is not equilibrated leaves with exit code 3.
    """
    import numpy as np

    from physrbm.estimate import Estimate, plain
    from physrbm.store import read_machine
    from physrbm_cli.pictures import draw

    if out is not None and out.suffix != ".npy":
        raise InvalidInput(f"{out}: samples are written as .npy; choose a name that ends so")
    rbm = read_machine(source)
    v, h, said, equilibrated = _chains(rbm, path, ladder, chains, sweeps, beta, _means_of(data), seed)
    energy = Estimate.of(rbm.energy(v, h) / (rbm.n_visible + rbm.n_hidden))
    if out is not None:
        np.save(out, v)
    if as_json:
        content = {"energy": plain(energy._asdict()), "chains": chains, "sweeps": sweeps, "seed": seed, "path": path}
        typer.echo(json.dumps(content | {"equilibrated": equilibrated, "verdict": said}))
    else:
        typer.echo(f"energy a unit {energy} after {sweeps} sweeps of {chains} chains from random starts")
        typer.echo(said)
        side = isqrt(rbm.n_visible)
        draw(v, (side, side) if side * side == rbm.n_visible else (rbm.n_visible,), "the first:")
    if equilibrated is False:
        raise typer.Exit(3)


def _chains(
    rbm: "RBM", path: str, ladder: str, n: int, sweeps: int, beta: float, data: Any, seed: int
) -> tuple[Any, Any, str, bool | None]:
    """States of both layers, what is said of their equilibrium, and whether they are in it (None: not examined)."""
    from physrbm import paths, sampling, tempering

    if path == "none":
        v, h = sampling.sample(rbm, n, sweeps, beta, seed=seed)
        return v, h, "whether that many sweeps reach equilibrium was not examined (--path independent does)", None
    if path != "independent":
        raise InvalidInput(f"unknown path {path!r}; allowed: none, independent")
    if ladder != "auto" and not (ladder.isascii() and ladder.isdigit() and int(ladder) > 1):
        raise InvalidInput(f"ladder must be auto or a number of rungs from 2 on, got {ladder!r}")
    line = paths.from_independent(2 if ladder == "auto" else int(ladder), beta)
    if ladder == "auto":
        line = tempering.tune(line, rbm, data, seed).path
    run = tempering.temper(rbm, line, sweeps, n, data=data, seed=seed)
    trips = run.round_trips.sum() / (n * run.ladder.n_rungs)
    said = (
        f"{run.verdict}; {run.ladder.n_rungs} rungs, swaps accepted {run.acceptance.min():.2f} ... "
        f"{run.acceptance.max():.2f}, {trips:.3g} round trips a walker"
    )
    return run.visible, run.hidden, said, run.verdict.equilibrated


def _means_of(data: str | None) -> Any:
    """The training part of a data set, whose means are asked for."""
    from physrbm.data import load_data

    return None if data is None else load_data(data).train


def show(source: Annotated[Path, typer.Argument(help="A run folder.")], as_json: Json = False) -> None:
    """What a run is, how it stands or ended, and what was measured."""
    from physrbm.store import open_run

    run = open_run(source)
    report = run.report() if run.has_results else {}
    if as_json:
        typer.echo(json.dumps({"spec": run.spec.model_dump(), "status": run.status, "report": report}))
        return
    when = _when(run.status.get("time"))
    about = {"run": run.folder, "state": run.state, "reason": run.status.get("reason"), "last sign of life": when}
    about |= {"update": run.status.get("update"), "machines of updates": ", ".join(map(str, run.steps))}
    for name, value in {**about, **run.machine, **run.spec.model_dump(exclude=set(run.machine))}.items():
        if value not in (None, ""):
            typer.echo(printable(f"{name:<28}{value}"))
    try:
        for line in _lines(report):
            typer.echo(printable(line))
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError) as error:
        raise InvalidInput(f"{source}: its report is not one of physrbm") from error


def _when(seconds: Any) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(seconds)))
    except (TypeError, ValueError, OverflowError, OSError):
        return "unknown"


def _lines(report: dict[str, Any]) -> Iterator[str]:
    from physrbm.estimate import LogZ, compact

    if "log_z" in report:
        yield str(LogZ(**report["log_z"]))
    for table in ("log_likelihood", "independent_pixels", "scores", "anchors"):
        for name, x in report.get(table, {}).items():
            value = compact(x["value"], x["error"]) if x.get("estimated", True) else "not estimated"
            yield f"{table + '.' + name:<28}{value}"


def ls(folder: Annotated[Path, typer.Argument(help="A folder of runs.")] = Path("runs"), as_json: Json = False) -> None:
    """List the runs in a folder."""
    from physrbm.store import find_runs

    rows = [_row(path) for path in find_runs(folder)]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    names = max(rows, key=len, default={})
    table = [list(names), *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        typer.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())


def _row(path: Path) -> dict[str, Any]:
    from physrbm.store import open_run

    try:
        run = open_run(path)
    except InvalidInput:
        return {"run": str(path), "state": "damaged"}
    return {
        "run": str(path),
        "state": run.state,
        "update": f"{run.status.get('update')}/{run.spec.updates}",
        "data": run.spec.data,
        "hidden": run.machine.get("n_hidden"),
        "dilution": run.machine.get("dilution"),
        "seed": run.spec.seed,
    }


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else printable(str(value))
