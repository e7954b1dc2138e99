"""`physrbm compare`: machines side by side, and what each has in common with the first."""

import json
from itertools import zip_longest
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from physrbm.errors import InvalidInput, NoCheckpoint
from physrbm_cli import tempering_options as opts
from physrbm_cli.pictures import number

if TYPE_CHECKING:
    from physrbm.model import RBM
    from physrbm.tickets import AgainstNull, Comparison

_GRAPH = ("n_bonds", "isolated_visible", "isolated_hidden", "giant_fraction", "core_order", "spectral_norm")
_NAME = 26  # columns


def compare(
    sources: Annotated[list[str], typer.Argument(help="RUN, RUN@update, or machine files (.h5), two or more.")],
    seed: Annotated[int, typer.Option(help="Of the shuffles that say what chance does.")] = 0,
    as_json: opts.Json = False,
) -> None:
    """Compare machines: graph, scores, and masks, degrees and couplings against the first one and against chance."""
    from physrbm.store import read_machine
    from physrbm.structure import structure
    from physrbm.tickets import compare as in_common

    if len(sources) < 2:
        raise InvalidInput(f"at least two machines are compared, got {len(sources)}")
    machines = [read_machine(source) for source in sources]
    graphs = [structure(rbm)._asdict() for rbm in machines]
    reports = [_report(source) for source in sources]
    found = [_with_first(machines[0], rbm, seed, in_common) for rbm in machines[1:]]
    if as_json:
        rows = zip(sources, graphs, reports, [None, *(c and c.plain() for c in found)], strict=True)
        keys = ("machine", "graph", "report", "against_first")
        typer.echo(json.dumps([dict(zip(keys, row, strict=True)) for row in rows]))
        return
    names = [Path(source).name for source in sources]
    widths = [max(18, len(name) + 2) for name in names]
    _line("", names, widths)
    for name in _GRAPH:
        _line(name.replace("_", " "), [number(graph[name]) for graph in graphs], widths)
    for name in ("log-likelihood test", "eps2"):
        _line(name, [_score(report, name, source) for report, source in zip(reports, sources, strict=True)], widths)
    typer.echo("against the first, and by chance")
    for row in zip_longest(*(_rows(x) for x in found), fillvalue=("", "")):
        _line(max((name for name, _ in row), key=len), ["", *(text for _, text in row)], widths)


def _report(source: str) -> dict[str, Any]:
    """What was measured of a run that is done; nothing of a file or of a machine on the way."""
    from physrbm.store import open_run

    if not Path(source).is_dir():
        return {}
    try:
        return open_run(source).report()
    except NoCheckpoint:
        return {}


def _with_first(first: "RBM", rbm: "RBM", seed: int, in_common: Any) -> "Comparison | None":
    """None for machines whose pairs cannot be compared: of other sizes, or of other possible bonds than all."""
    sizes = {(x.n_visible, x.n_hidden, x.n_visible * x.n_hidden) for x in (first, rbm)}
    if len(sizes) > 1 or any(x.n_possible != x.n_visible * x.n_hidden for x in (first, rbm)):
        return None
    found: Comparison = in_common(first, rbm, seed=seed)
    return found


def _score(report: dict[str, Any], name: str, source: str) -> str:
    try:
        return _found(report, name)
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError) as error:
        raise InvalidInput(f"{source}: its report is not one of physrbm") from error


def _found(report: dict[str, Any], name: str) -> str:
    from physrbm.estimate import compact

    x = report.get("log_likelihood", {}).get("test") if name.startswith("log") else report.get("scores", {}).get(name)
    if x is None or not x.get("estimated", True):
        return "not estimated" if x else "-"
    return compact(x["value"], x["error"])


def _rows(x: "Comparison | None") -> list[tuple[str, str]]:
    """Name and value of everything in common, each with what it is by chance."""
    if x is None:
        return [("common bonds", "other pairs")]
    masks, matching, r = x.masks, x.matching, x.profiles.visible_correlation
    rows = [
        ("common bonds", f"{masks.common:,}"),
        ("  of random masks", f"{masks.expected:,.0f} +- {masks.sd:.0f}"),
        ("  with these degrees", _chance(masks.fixed_degrees, ",.0f")),
        ("degrees of visible units", "all equal" if isnan(r.value) else f"r = {r}"),
        ("hidden units matched", ""),
    ]
    for name, value in (
        ("cosine of units", matching.mean_cosine),
        ("cosine of couplings", matching.weight_overlap),
        ("fraction of bonds", matching.mask_overlap),
    ):
        rows += [(f"  {name}", f"{value.value:.3f}"), ("    by chance", _chance(value, ".3f"))]
    return rows


def _chance(x: "AgainstNull", form: str) -> str:
    return f"{x.expected.value:{form}} +- {x.sd:{form}}"


def _line(name: str, cells: list[str], widths: list[int]) -> None:
    row = "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=False))
    typer.echo(f"{name:<{_NAME}}{row}".rstrip())
