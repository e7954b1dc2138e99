"""Commands that read a machine or a folder and change nothing."""

import json
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from physrbm.errors import InvalidInput, printable

if TYPE_CHECKING:
    from physrbm.watching import Summary

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


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
    graph = {name: report.get(name, value) for name, value in run.machine.items()}  # bonds may have gone on the way
    aim = {"dilution aimed at": run.spec.model_dump().get("dilution")}
    for name, value in {**about, **graph, **aim, **run.spec.model_dump(exclude=set(run.machine))}.items():
        value = ", ".join(value) if name in ("methods", "observables", "protocol") else value
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
    if "verdict" in report:
        from physrbm_cli.tempering_report import lines

        yield from lines(report)
        return
    for table in ("log_likelihood", "independent_pixels", "scores", "anchors", "anchors_independent"):
        for name, x in report.get(table, {}).items():
            known = x.get("estimated", True) and x["value"] is not None and x["error"] is not None
            yield f"{table + '.' + name:<40} {compact(x['value'], x['error']) if known else 'not estimated'}"
    for name, reason in report.get("absent", {}).items():
        yield f"{'scores.' + name:<40} absent: {reason}"


def ls(folder: Annotated[Path, typer.Argument(help="A folder of runs.")] = Path("runs"), as_json: Json = False) -> None:
    """List the runs in a folder."""
    from physrbm.watching import Fleet
    from physrbm_cli.terminal import width

    rows = [_row(found) for found in Fleet(folder, seconds=float("inf")).poll()]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    names = max(rows, key=len, default={})
    table = [list(names), *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    fit = sum(total <= width() for total in accumulate(w + 2 for w in widths))  # a narrow terminal loses the last ones
    for line in table:
        cells = list(zip(line, widths, strict=True))[: max(1, fit)]
        typer.echo("  ".join(f"{cell:<{w}}" for cell, w in cells).rstrip())


def _row(found: "Summary") -> dict[str, Any]:
    about = {"run": str(found.folder), "state": found.state, **found.about}
    if "updates" in about:
        about["update"] = f"{about['update']}/{about.pop('updates')}"
    return about


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else printable(str(value))
