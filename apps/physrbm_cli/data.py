"""`physrbm data`: which data sets there are, and whether their files are right."""

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Data sets: list, fetch, check.")
Folder = Annotated[Path | None, typer.Option("--data-dir", help="Folder that holds the MNIST files.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command("list")
def list_() -> None:
    """Name the data sets."""
    from physrbm.data import NAMED

    for name in NAMED:
        typer.echo(name)


@app.command()
def fetch(data_dir: Folder = None) -> None:
    """Make sure the MNIST files are there, downloading them into the cache if need be."""
    from physrbm.data.mnist import fetch

    for name, path in fetch(data_dir).items():
        typer.echo(f"{name:<28}{path}")


@app.command()
def check(data_dir: Folder = None, as_json: Json = False) -> None:
    """Check the MNIST files against their checksums; exit code 3 if one is missing or wrong."""
    from physrbm.data.mnist import status

    found = status(data_dir)
    if as_json:
        typer.echo(json.dumps({n: {"path": None if p is None else str(p), "ok": ok} for n, (p, ok) in found.items()}))
    else:
        for name, (path, ok) in found.items():
            typer.echo(f"{name:<28}{'ok' if ok else 'missing' if path is None else 'WRONG'}  {path or ''}".rstrip())
    if not all(ok for _, ok in found.values()):
        raise typer.Exit(3)
