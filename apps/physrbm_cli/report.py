"""The end of a run, for people: a table of values with errors and a strip of what the machine dreams."""

from typing import TYPE_CHECKING

from physrbm.estimate import compact, rounded

if TYPE_CHECKING:
    from rich.table import Table

    from physrbm.estimate import LogLikelihood, LogZ
    from physrbm.experiment import Measurement


def show(last: "Measurement") -> None:
    """Print the last measurement of a run on stdout.

    The interval of what is not estimated is shown too: it says how far off even the spread seen is.
    """
    from physrbm_cli.pictures import draw
    from physrbm_cli.terminal import console

    final = last.final
    assert final is not None
    table = _table()
    z = final.log_z
    effective = f"effective {z.ess:.0f} of {z.n_chains}{'' if z.estimated else ': too few'}"
    table.add_row("log Z", compact(z.value, z.error) if z.estimated else "not estimated", _interval(z), effective)
    for part, x in final.log_likelihood.items():
        independent = f"{final.independent_pixels[part]} indep. pixels"
        table.add_row(f"log-likelihood {part}", str(x), _interval(x), independent)
    for name, value in final.scores.items():
        anchor = f"{final.anchors[name]} data, data" if name in final.anchors else ""
        table.add_row(name.replace("_", "-"), str(value), "", anchor)
    console().print(table)
    draw(final.samples, last.shape, f"{len(final.samples)} generated from random starts; the first:")


def _table() -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("value", no_wrap=True, style="bold")
    table.add_column("95 % interval")
    table.add_column("to compare with", style="dim")
    return table


def _interval(x: "LogZ | LogLikelihood") -> str:
    return f"{rounded(x.lower, x.error)} {rounded(x.upper, x.error)}"
