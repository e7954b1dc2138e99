"""`physrbm sweep`: many runs as one manifest."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from physrbm.errors import InvalidInput, printable
from physrbm_cli import tempering_options as opts
from physrbm_cli.running import option
from physrbm_cli.sweep_run import run
from physrbm_cli.terminal import say

if TYPE_CHECKING:
    from physrbm.campaign import Status

app = typer.Typer(no_args_is_help=True, help="Many runs: plan, run, status, collect.")
app.command()(run)
_ANY = {"allow_extra_args": True, "ignore_unknown_options": True}
Folder = Annotated[Path, typer.Argument(help="The folder of a sweep.")]


@app.command(context_settings=_ANY, options_metavar="[GRID.toml | --SETTING VALUES ...] [OPTIONS]")
def plan(
    context: typer.Context,
    out: Annotated[Path | None, option("Folder of the sweep.", "sweeps/GRID")] = None,
    data_dir: opts.DataDir = None,
    most: Annotated[int, typer.Option(help="Runs that are no mistake.")] = 100_000,
    as_json: opts.Json = False,
) -> None:
    """Plan the runs of a grid: a manifest, one line a run. Nothing is run.

    GRID.toml has a table `settings`, common to all runs, and a table `grid` or several tables `family` of settings
    that vary; `from` names the family whose runs those of a family start from.

    Or every setting of `physrbm anneal` is an option that takes a value, several with commas, or a range
    first:last:step: --dilution 0:0.95:0.05 --hidden 100,200 --seeds 8 --protocol before,retrain (a+b: both at once).
    Protocols that need a trained machine share one, which is trained first.
    """
    from physrbm import campaign

    words = list(context.args)
    grid = Path(words.pop(0)) if words and not words[0].startswith("--") else None
    table = _table(words)
    if (grid is None) == (not table):
        raise InvalidInput("give a file GRID.toml, or settings like --dilution 0:0.95:0.05 --seeds 8, not both")
    folder = out or Path("sweeps") / ("sweep" if grid is None else grid.stem)
    manifest = campaign.plan(grid if grid is not None else {"grid": table}, folder, data_dir, most)
    families: dict[str, int] = {}
    for entry in manifest.entries:
        families[entry.family] = families.get(entry.family, 0) + 1
    if as_json:
        names = [entry.name for entry in manifest.entries]
        typer.echo(json.dumps({"sweep": str(folder), "families": families, "runs": names}))
        return
    each = ", ".join(f"{name} {n}" for name, n in families.items())
    typer.echo(f"sweep {folder}: {len(manifest.entries)} runs ({each})")
    say(f"run: physrbm sweep run {folder}   what it costs: physrbm sweep run {folder} --dry-run")


@app.command()
def status(sweep: Folder, as_json: opts.Json = False) -> None:
    """How the runs of a sweep stand, read from their folders; `physrbm monitor SWEEP` shows the grid."""
    from physrbm import campaign

    found = campaign.status(sweep)
    if as_json:
        typer.echo(json.dumps(_content(found)))
        return
    names = list(found.counts)
    table = [["family", *names, "runs"]]
    for family, count in [*found.families.items(), ("all", found.counts)]:
        table.append([family, *(str(count.get(name, 0)) for name in names), str(sum(count.values()))])
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    for line in table:
        first, *others = (
            f"{cell:{'<' if k == 0 else '>'}{w}}" for k, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        typer.echo("  ".join([first, *others]))
    for name, state in found.runs.items():
        if state.name in ("failed", "stalled"):
            typer.echo(printable(f"{state.name} {name}: {state.reason}"))


@app.command()
def collect(
    sweep: Folder,
    out: Annotated[Path | None, option("A .csv or .h5 file; CSV on stdout if absent.")] = None,
) -> None:
    """One table of all runs: settings, values with errors, seconds, versions."""
    from physrbm import campaign
    from physrbm.campaign.table import as_csv

    table = campaign.collect(sweep)
    if out is None:
        sys.stdout.write(as_csv(table))
        return
    campaign.write_table(out, table)
    rows = len(next(iter(table.columns.values()), ()))
    say(f"{out}: {rows} rows, {len(table.columns)} columns")


def _content(found: "Status") -> dict[str, Any]:
    runs = {name: {"state": state.name, "reason": state.reason} for name, state in found.runs.items()}
    return {"sweep": str(found.folder), "counts": found.counts, "families": found.families, "runs": runs}


def _table(words: list[str]) -> dict[str, Any]:
    """Settings from words like --hidden 100,200 or --hidden=100,200. Raises InvalidInput."""
    found: dict[str, Any] = {}
    left = list(words)
    while left:
        flag, _, value = left.pop(0).partition("=")
        if not flag.startswith("--"):
            raise InvalidInput(f"unexpected {flag!r}; settings are options, as in --hidden 100,200")
        if not value and not left:
            raise InvalidInput(f"{flag} needs a value")
        values = (value or left.pop(0)).split(",")
        name = flag.removeprefix("--").replace("-", "_")
        found["origin" if name == "from" else name] = values if len(values) > 1 else values[0]
    return found
