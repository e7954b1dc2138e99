"""`physrbm ctl`: ask a running run for something."""

from pathlib import Path
from typing import Annotated

import typer

from physrbm.errors import InvalidInput


def ctl(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    request: Annotated[str, typer.Argument(help="checkpoint, stop or extend.")],
    updates: Annotated[int, typer.Argument(help="How many more updates, for extend.")] = 0,
) -> None:
    """Ask a run for a checkpoint, to stop with one, or for more updates at its last learning rate.

    A running run does it within some seconds. A run that is not running can only be extended: when it is resumed.
    """
    from physrbm.store import open_run, send

    found = open_run(run)
    state = found.state
    if state != "running" and request != "extend":
        raise InvalidInput(f"{run}: the run is {state}, nobody would hear {request!r}")
    send(run, request, updates)
    when = "within some seconds" if state == "running" else f"with: physrbm {found.spec.command} --out {run} --resume"
    typer.echo(f"asked {run}: {request}{f' {updates}' if updates else ''}; it is done {when}")
