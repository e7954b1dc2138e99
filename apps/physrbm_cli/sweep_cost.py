"""`physrbm sweep run --dry-run`: what a sweep will cost."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from physrbm.campaign import Options


def show_cost(sweep: Path, options: "Options", as_json: bool) -> None:
    """Print it; pilots are run in a folder that is thrown away."""
    from physrbm.campaign import estimate

    found = estimate(sweep, options)
    if as_json:
        typer.echo(json.dumps(found._asdict()))
        return
    for name, value in found._asdict().items():
        text = f"{value:.{3 if value < 100 else 6}g}" if isinstance(value, float) else value
        typer.echo(f"{name.replace('_', ' '):<22}{text}")
