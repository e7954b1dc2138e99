"""`physrbm anneal`: run, store, report."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer


def anneal(
    dilution: Annotated[float, typer.Option(help="Fraction of the bonds removed, in [0, 1).")] = 0.0,
    data: Annotated[str, typer.Option(help="digits, mnist, or a file.")] = "digits",
    data_dir: Annotated[str | None, typer.Option(help="Folder that holds the MNIST files.")] = None,
    hidden: Annotated[int, typer.Option(help="Hidden units.")] = 500,
    rule: Annotated[str, typer.Option(help="Which bonds go: random, magnitude.")] = "random",
    gauge: Annotated[str, typer.Option(help="Variables in which they go: binary, ising, centred.")] = "binary",
    start: Annotated[str | None, typer.Option("--from", help="Start from the machine of this run.")] = None,
    updates: Annotated[int, typer.Option(help="Updates of the couplings; 0 only measures.")] = 3000,
    sampler: Annotated[str, typer.Option(help="pcd or cd.")] = "pcd",
    sweeps: Annotated[int, typer.Option(help="Gibbs sweeps an update.")] = 10,
    chains: Annotated[int, typer.Option(help="Persistent chains.")] = 512,
    learning_rate: Annotated[float, typer.Option(help="Learning rate at the start.")] = 0.5,
    final_learning_rate: Annotated[float, typer.Option(help="Learning rate at the end.")] = 0.05,
    seed: Annotated[int | None, typer.Option(help="Drawn from the system if absent, and printed.")] = None,
    threads: Annotated[int | None, typer.Option(help="Kernel threads; results do not depend on it.")] = None,
    out: Annotated[str | None, typer.Option(help="Folder of the run.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Dilute a fresh machine, let the surviving couplings anneal on data, then measure."""
    import secrets

    from physrbm import experiment, store
    from physrbm.sampling import set_threads
    from physrbm.spec import make_spec

    spec = make_spec(
        data=data, hidden=hidden, dilution=dilution, rule=rule, gauge=gauge, updates=updates, sampler=sampler,
        sweeps=sweeps, chains=chains, learning_rate=learning_rate, final_learning_rate=final_learning_rate,
        seed=secrets.randbelow(2**31) if seed is None else seed,
    )  # fmt: skip
    if threads is not None:
        set_threads(threads)
    origin = None if start is None else store.open_run(start).rbm()
    measurements = experiment.run(spec, data_dir, origin)
    first = next(measurements)  # bad data or options are refused before a folder is made
    folder = Path(out or f"runs/{Path(data).stem}-h{hidden}-p{dilution:g}-s{spec.seed}")
    began, last = time.monotonic(), first
    with store.Recorder(folder, spec, sys.argv) as recorder:
        typer.echo(f"run {folder}  seed {spec.seed}  bonds {first.rbm.n_bonds} of {first.rbm.n_possible}", err=True)
        for last in _with(first, measurements):
            recorder.record(last.update, last.rbm, last.values, last.log_z, last.samples)
            if last.log_z is None:
                scores = "  ".join(f"{name} {value}" for name, value in last.values.items())
                elapsed = time.monotonic() - began
                typer.echo(f"{last.update:>7}/{last.updates}  {scores}  {elapsed:.0f} s", err=True)
    _report_json(folder, spec, last) if as_json else _report(last)


def _with(first: Any, rest: Any) -> Any:
    yield first
    yield from rest


def _report(last: Any) -> None:
    from physrbm_cli.pictures import draw

    typer.echo(str(last.log_z))
    for name, value in last.values.items():
        withheld = name.startswith("log_likelihood") and not last.log_z.estimated
        typer.echo(f"{name:<28}{'not estimated' if withheld else value}")
    draw(last.samples)


def _report_json(folder: Path, spec: Any, last: Any) -> None:
    rbm = last.rbm
    plain = {name: {"value": e.value, "error": e.error} for name, e in last.values.items()}
    shift = {k: getattr(last.log_z, k) - last.log_z.value for k in ("lower", "upper")}
    for part in ("train", "test"):
        e = plain[f"log_likelihood_{part}"]
        e["lower"] = e["value"] - 1.96 * e["error"] - shift["upper"]
        e["upper"] = e["value"] + 1.96 * e["error"] - shift["lower"]
    report = {
        "schema": 1, "run": str(folder), "data": spec.data, "n_visible": rbm.n_visible, "n_hidden": rbm.n_hidden,
        "n_possible": rbm.n_possible, "n_bonds": rbm.n_bonds, "dilution": rbm.dilution, "seed": spec.seed,
        "updates": spec.updates, "log_z": last.log_z._asdict(),
        "log_likelihood": {part: plain.pop(f"log_likelihood_{part}") for part in ("train", "test")},
        "independent_pixels": {part: plain.pop(f"independent_pixels_{part}") for part in ("train", "test")},
        "scores": plain,
    }  # fmt: skip
    typer.echo(json.dumps(report))
