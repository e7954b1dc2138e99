"""`physrbm score`: a machine, or samples, beside data, from both starts and in time."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from physrbm.errors import InvalidInput
from physrbm_cli import tempering_options as opts
from physrbm_cli.running import option, use_threads

if TYPE_CHECKING:
    from physrbm.data import Dataset
    from physrbm.estimate import Estimate
    from physrbm.experiment import Moment, Score


def score(
    source: opts.Source = None,
    data: Annotated[str | None, option("digits, mnist, or a file; that of the RUN if absent.")] = None,
    data_dir: opts.DataDir = None,
    binarise: opts.Binarise = None,
    shape: opts.Shape = None,
    scores: Annotated[str | None, option("Names with commas.", "all")] = None,
    sweeps: Annotated[str, typer.Option(help="Numbers of sweeps, ascending, with commas.")] = "1,10,100,1000",
    start: Annotated[str, typer.Option(help="random, data, or both with a comma.")] = "random,data",
    n: Annotated[int, typer.Option(help="Samples, at most.")] = 2000,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    threads: opts.Threads = None,
    as_json: opts.Json = False,
) -> None:
    """Score a machine (RUN, RUN@update, .h5) or samples (.npy of 0 and 1) against held-out data.

    Every score stands beside two anchors of the same sizes: training data, and independent pixels.
    """
    from physrbm.data import read_samples
    from physrbm.experiment import score as score_samples
    from physrbm.experiment import score_in_time
    from physrbm.store import read_machine
    from physrbm_cli.tempering import needed

    source = needed(source)
    use_threads(threads)
    found, names = _data(source, data, data_dir, binarise, shape), scores.split(",") if scores else None
    if source.endswith(".npy"):
        _print_samples(score_samples(read_samples(source), found, names, n=n, seed=seed), as_json)
        return
    times = _numbers(sweeps)
    moments = list(score_in_time(read_machine(source), found, names, times, start.split(","), n, seed))
    _print(moments, as_json)


def _data(source: str, data: str | None, data_dir: Path | None, binarise: str | None, shape: str | None) -> "Dataset":
    """The data that are named, or those that the run was trained on."""
    from physrbm.data import load_data
    from physrbm.spec import RunSpec, make_spec
    from physrbm.store import run_of

    if data is not None:
        given = {"data": data, "binarise": binarise, "shape": shape}
        spec = make_spec({name: value for name, value in given.items() if value is not None})
    else:
        of_run = None if Path(source).is_file() else run_of(source).spec
        if not isinstance(of_run, RunSpec):
            raise InvalidInput(f"--data is needed: {source} does not say which data it is for")
        spec = of_run
    return load_data(spec.data, binarise=spec.binarise, shape=spec.shape, data_dir=data_dir)


def _numbers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise InvalidInput(f"sweeps are whole numbers with commas, got {text!r}")
    return [int(part) for part in parts]


def _print(moments: "list[Moment]", as_json: bool) -> None:
    from physrbm.experiment import hysteresis

    apart = hysteresis(moments)
    if as_json:
        from physrbm.estimate import plain

        times = [
            {"start": m.start, "sweeps": m.sweeps, "scores": {k: x.plain() for k, x in m.scores.items()}}
            for m in moments
        ]
        typer.echo(json.dumps({"times": times, "hysteresis": {k: plain(x._asdict()) for k, x in apart.items()}}))
        return
    for name, first in moments[0].scores.items():
        _head(name, first)
        if first.absent or first.anchor_data.n == 0:
            continue
        for start in dict.fromkeys(m.start for m in moments):
            row = [f"{m.sweeps}: {_text(m.scores[name])}" for m in moments if m.start == start]
            typer.echo(f"  from {start:<8}" + "  ".join(f"{cell:<20}" for cell in row).rstrip())
        if name in apart:
            typer.echo(f"  hysteresis   {apart[name]}{_deviation(apart[name])}")


def _print_samples(found: "dict[str, Score]", as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({name: x.plain() for name, x in found.items()}))
        return
    for name, x in found.items():
        _head(name, x)
        if not x.absent:
            typer.echo(f"  {_text(x)}")


def _head(name: str, x: "Score") -> None:
    if x.absent:
        typer.echo(f"{name:<24}absent: {x.absent}")
        return
    value = f"{_text(x):<18}" if x.anchor_data.n == 0 else f"data, data {_text(x.anchor_data):<18}"
    typer.echo(f"{name:<24}{value} independent pixels {_text(x.anchor_independent)}")


def _text(x: Any) -> str:
    from physrbm.estimate import compact

    return compact(x.value, x.error)


def _deviation(x: "Estimate") -> str:
    return f"  ({abs(x.value) / x.error:.1f} standard errors)" if x.error > 0 else ""
