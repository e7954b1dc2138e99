"""Tempering runs of `sample` and `logz`: made, gone on with, and told at the end."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import typer

from physrbm.errors import InvalidInput
from physrbm_cli.running import Style, say_done, say_how, show_all, to_resume, use_threads
from physrbm_cli.settings import resolve_tempering
from physrbm_cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physrbm.experiment import Tempered
    from physrbm.spec import TemperSpec
    from physrbm_cli.signals import Signals


class How(NamedTuple):
    """What is no setting of a run."""

    out: Path | None
    data_dir: Path | None
    resume: bool
    takeover: bool
    max_time: str | None
    threads: int | None
    as_json: bool
    style: Style


def needed(source: str | None) -> str:
    """The source, which only a run that is resumed can do without. Raises InvalidInput."""
    if source is None:
        raise InvalidInput("a SOURCE is needed: RUN, RUN@update, or a machine file (.h5)")
    return source


def run_tempering(command: str, given: dict[str, Any], how: How) -> None:
    """Make or resume the run of `given` settings and print its end; exit code 3 if it says less than was asked for."""
    from physrbm.spec import TemperSpec
    from physrbm.store import open_run
    from physrbm_cli.signals import Signals
    from physrbm_cli.tempering_report import doubtful

    with Signals(how.max_time) as signals:
        again = to_resume(how.out, TemperSpec) if how.resume or how.takeover else None
        spec = _spec(command, {name: given.get(name) for name in TemperSpec.model_fields}, again)
        use_threads(how.threads)
        folder = how.out or Path("runs") / f"{command}-{Path(spec.source).stem}-{spec.path}-s{spec.seed}"
        steps = _steps(spec, folder, how, signals, again is not None)
        last = show_all(steps, signals, how.style, lambda m: _say_what(m, spec, folder), again is not None)
    if last is None:
        say_done(folder, how.as_json)
    else:
        _print(last, folder, how.as_json)
    if doubtful(open_run(folder).report(), spec.methods):
        raise typer.Exit(3)


def _spec(command: str, given: dict[str, Any], again: "TemperSpec | None") -> "TemperSpec":
    if again is None:
        needed(given["source"])
        given["methods"] = given["methods"] or ("ais" if command == "logz" else None)
    spec = resolve_tempering(given, again)
    if spec.command != command:
        raise InvalidInput(f"the run to resume is one of {spec.command}, not of {command}")
    return spec


def _steps(spec: "TemperSpec", folder: Path, how: How, signals: "Signals", again: bool) -> "Iterator[Tempered]":
    from physrbm import experiment

    if not again:
        return experiment.record(spec, folder, how.data_dir, signals.reason, how.takeover, sys.argv)
    signals.arm()  # there is a checkpoint already
    found = experiment.resume(folder, how.data_dir, signals.reason, how.takeover, sys.argv)
    return cast("Iterator[Tempered]", found)


def _say_what(m: "Tempered", spec: "TemperSpec", folder: Path) -> None:
    rbm, (n_rungs, n_replicas) = m.rbm, m.past.state.walkers.walker.shape
    size = f"{rbm.n_visible} x {rbm.n_hidden}, {rbm.n_bonds} of {rbm.n_possible} bonds"
    say(f"run {folder}: {size}, {n_rungs} rungs of {n_replicas} replicas, seed {spec.seed}")
    say_how(folder, spec.command)


def _print(last: "Tempered", folder: Path, as_json: bool) -> None:
    from physrbm.store import open_run
    from physrbm_cli.pictures import draw_squares
    from physrbm_cli.tempering_report import lines

    report = open_run(folder).report()
    if as_json:
        typer.echo(json.dumps(report))
        return
    for line in lines(report):
        typer.echo(line)
    if last.final is not None and not report["log_z_by"]:
        title = f"{len(last.final.samples)} at equal distances after thermalisation; the first:"
        draw_squares(last.final.samples, title)
    typer.echo(f"run {folder}  (physrbm show {folder})")
