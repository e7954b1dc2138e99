"""`physrbm monitor`: the live window, or once and for scripts."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from physrbm.errors import InvalidInput
from physrbm_cli import tempering_options as opts


def monitor(
    source: Annotated[Path, typer.Argument(help="A run, or a folder of runs.")] = Path("runs"),
    once: Annotated[bool, typer.Option("--once", help="Print how it stands and leave.")] = False,
    as_json: opts.Json = False,
    readonly: Annotated[bool, typer.Option("--readonly", help="Never ask a run for anything.")] = False,
    ascii_only: Annotated[bool, typer.Option("--ascii", help="No character beyond ASCII.")] = False,
) -> None:
    """Watch a run, or a folder of runs, in the terminal. Leaving the window leaves the run alone."""
    from physrbm_cli.reading import ls
    from physrbm_cli.status import status

    if not source.is_dir():
        raise InvalidInput(f"{source}: no such folder")
    if once or as_json:
        is_run = (source / "run.json").exists()
        return status(source, as_json) if is_run else ls(source, as_json)
    if not sys.stdout.isatty():
        raise InvalidInput("the window needs a terminal; --once or --json tell how it stands")
    from physrbm_tui.app import watch

    watch(source, readonly, ascii_only)
