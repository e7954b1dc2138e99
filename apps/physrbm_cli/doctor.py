"""`physrbm doctor`: what this machine has."""

import json
import platform
import sys
from importlib.metadata import version
from shutil import get_terminal_size
from typing import Annotated

import typer


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """Versions, processor, kernel path, threads, terminal, data."""
    from physrbm.data.mnist import status
    from physrbm.sampling import engine

    packages = ("physrbm", "numpy", "numba", "scipy", "h5py", "textual", "typer", "rich", "pydantic")
    found = {
        "python": f"{platform.python_version()} on {platform.platform()}",
        **{name: version(name) for name in packages},
        **engine(),
        "terminal": f"{get_terminal_size().columns} columns, {sys.stdout.encoding}, "
        f"{'terminal' if sys.stdout.isatty() else 'not a terminal'}",
        "mnist": "found" if all(ok for _, ok in status(None).values()) else "not found (physrbm data fetch)",
    }
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name:<12}{value}")
