"""`physrbm doctor`: what this machine has."""

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from shutil import get_terminal_size
from tempfile import TemporaryDirectory
from typing import Annotated

import typer


def doctor(
    out: Annotated[Path | None, typer.Option(help="Try whether a run could be written in this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Versions, processor, kernel path, threads, terminal, data, and whether a folder takes runs."""
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
    if out is not None:
        found[f"runs in {out}"] = _try(out)
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name:<12}{value}")


def _try(folder: Path) -> str:
    """What comes of a lock and a replaced file in `folder`."""
    from physrbm.durable import replace
    from physrbm.store import Lock

    try:
        with TemporaryDirectory(dir=folder) as trial, Lock(Path(trial)):
            replace(Path(trial) / "file", b"old")
            replace(Path(trial) / "file", b"new")
            return "can be locked and written"
    except OSError as error:
        return f"NO: {error.strerror or error}"
