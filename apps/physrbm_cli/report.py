"""The end of a run, for people: a table of values with errors and a strip of what the machine dreams."""

from math import isfinite
from typing import TYPE_CHECKING

import typer

from physrbm.estimate import compact, rounded

if TYPE_CHECKING:
    from physrbm.estimate import LogLikelihood, LogZ
    from physrbm.experiment import Final, Measurement

_TABLE = 80  # columns of the table; in a narrower terminal its cells stand below each other

_SHOWN = ("pseudo_likelihood", "reconstruction", "eps2", "spectrum", "aai_truth", "aai_synthetic",
          "diversity_memorising", "diversity_coverage")  # fmt: skip

Row = tuple[str, str, str, str]


def show(last: "Measurement") -> None:
    """Print the last measurement of a run on stdout."""
    from physrbm_cli.pictures import draw
    from physrbm_cli.terminal import width

    final = last.final
    assert final is not None
    if width() < _TABLE:
        for name, *cells in rows(final):
            typer.echo("\n    ".join([name, *filter(None, cells)]))
    else:
        _table(rows(final))
    if not final.log_z.estimated:
        typer.echo(f"log Z, log-likelihood: not estimated ({final.log_z.reason})")
    for name, reason in final.absent.items():
        typer.echo(f"{name}: not estimated ({reason})")
    draw(final.samples, last.data.shape, f"{len(final.samples)} generated from random starts; the first:")


def rows(final: "Final") -> list[Row]:
    """Name, value, interval, what to compare with."""
    z = final.log_z
    effective = f"tempering, {z.n_chains} replicas" if z.method == "bar" else f"effective {z.ess:.0f} of {z.n_chains}"
    found = [("log Z", compact(z.value, z.error) if z.estimated else "not estimated", _interval(z), effective)]
    for part, x in final.log_likelihood.items():
        independent = f"{final.independent_pixels[part]} indep. pixels"
        found.append((f"log-likelihood {part}", str(x), _interval(x), independent))
    for name in (name for name in _SHOWN if name in final.scores):
        value = final.scores[name]
        anchor = f"{final.anchors[name]} data, data" if name in final.anchors else ""
        found.append((name.replace("_", "-"), str(value), "", anchor))
    return found


def _table(cells: list[Row]) -> None:
    from rich import box
    from rich.table import Table

    from physrbm_cli.terminal import console

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("value", no_wrap=True, style="bold")
    table.add_column("95 % interval", no_wrap=True)
    table.add_column("to compare with", style="dim")
    for row in cells:
        table.add_row(*row)
    console().print(table)


def _interval(x: "LogZ | LogLikelihood") -> str:
    return f"{rounded(x.lower, x.error)} {rounded(x.upper, x.error)}" if x.estimated and isfinite(x.error) else ""
