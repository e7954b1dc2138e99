"""`physrbm scaling`: curves of several sizes, and whether there is a transition in them."""

import json
from fnmatch import fnmatchcase
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from physrbm.errors import InvalidInput, printable
from physrbm_cli import tempering_options as opts
from physrbm_cli.running import option
from physrbm_cli.terminal import say

if TYPE_CHECKING:
    import numpy as np

    from physrbm.scaling import ChangePoint, Collapse, Crossings, Curves, Peak, Quantity, Transition

    Table = dict[str, np.ndarray]

_POINTS = 8  # of a collapse, at least


class Asked(NamedTuple):
    """What shall be done with the rows."""

    column: str
    given: dict[str, Any]
    """x, size, y, instance, x_range: arguments of all that makes curves"""
    held: dict[str, Any]
    """x_c, nu, exponent"""
    methods: tuple[str, ...]
    other: str | None


class Found(NamedTuple):
    """All that can be said of the curves."""

    curves: "Curves"
    peaks: "tuple[Peak, ...]"
    no_peaks: str
    transition: "Transition | None"
    collapse: "dict[str, dict[float, Collapse]]"
    """by method and smallest size"""
    crossings: "Crossings | None"
    change_point: "ChangePoint | None"
    reason: str
    """why nothing could be estimated"""

    @property
    def best(self) -> "Collapse | None":
        """Of all sizes, by the Gaussian process where it was asked for."""
        return next((next(iter(self.collapse[method].values())) for method in sorted(self.collapse)), None)


def scaling(
    tables: Annotated[list[Path], typer.Argument(metavar="TABLE", help=".csv or .h5, of physrbm sweep collect.")],
    x: Annotated[str, typer.Option(help="Column.")] = "dilution",
    size: Annotated[str, typer.Option(help="Column.")] = "n_visible",
    y: Annotated[str, typer.Option(help="Column.")] = "eps2",
    instance: Annotated[str | None, option("Column that names the instance.", "seed")] = None,
    family: Annotated[list[str] | None, option("Families that are taken, like 'before-*'.")] = None,
    method: Annotated[str, typer.Option(help="both, houdayer_hartmann, or gaussian_process.")] = "both",
    exponent: Annotated[float | None, option("Fitted if absent.")] = None,
    nu: Annotated[float | None, option("Fitted if absent.")] = None,
    xc: Annotated[float | None, option("Fitted if absent.")] = None,
    x_range: Annotated[str | None, option("LOW:HIGH; other x are left out.")] = None,
    l_min: Annotated[float | None, option("Smaller sizes are left out.")] = None,
    other: Annotated[str | None, option("Column of y from the other side, for hysteresis.")] = None,
    susceptibility: Annotated[bool, typer.Option("--susceptibility", help="size var(y) instead of y.")] = False,
    scaled: Annotated[bool, typer.Option("--scaled", help="Show the collapsed curves.")] = False,
    out: Annotated[Path | None, option("A figure: a .png, .pdf or .svg file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    as_json: opts.Json = False,
) -> None:
    """Show y(x) of all sizes, and whether it changes: peaks, transition or crossover, collapse, crossings."""
    from physrbm_cli.plots.curves import write
    from physrbm_cli.scaling_report import show, verdict

    path = _figure(out, force)
    table = _rows(tables, [x, size, y, *filter(None, (instance, other))], family or [], size, l_min)
    seed = instance or ("seed" if "seed" in table else None)
    quantity = _quantity(y, susceptibility, other)
    given = {"x": x, "size": size, "y": quantity, "instance": seed, "x_range": _pair(x_range)}
    held = _numbers({"x_c": xc, "nu": nu, "exponent": exponent})
    _say_doubles(table, given)
    found = analyse(table, Asked(y, given, held, _methods(method), other))
    names = x, f"{size} var({y})" if susceptibility else y, size
    if as_json:
        head = {**dict(zip(("x", "y", "size"), names, strict=True)), "instance": seed, "verdict": verdict(found)}
        typer.echo(json.dumps(head | _plain(found)))
    else:
        show(found, names, scaled)
    if path is not None:
        write(path, found, names)
        say(f"figure {path}")
    if found.reason:
        raise typer.Exit(3)


def analyse(table: "Table", asked: Asked) -> Found:
    """Curves, and what can be said of as many sizes and points as there are. Raises InvalidInput."""
    from physrbm.scaling import change_point, crossing, curves, transition

    found = curves(table, **asked.given)
    nothing = Found(found, *_peaks(table, asked), None, {}, None, None, "")
    if len(found.x) < _POINTS or not found.x.min() < found.x.max():
        return nothing._replace(reason=f"{len(found.x)} points are not enough; at least {_POINTS} at different x are")
    if len(found.sizes) == 1:
        return nothing._replace(change_point=change_point(table, **asked.given))
    verdict = transition(table, **asked.given, other=asked.other, exponent=asked.held["exponent"])
    all_of = nothing._replace(transition=verdict, collapse=_collapses(table, asked, verdict))
    if not verdict.found or all_of.best is None:
        return all_of
    power = all_of.best.exponent * all_of.best.inverse_nu
    return all_of._replace(crossings=crossing(table, **asked.given, ratio=None, exponent_over_nu=power))


def _peaks(table: "Table", asked: Asked) -> "tuple[tuple[Peak, ...], str]":
    """Those of the susceptibility, or why there are none."""
    from physrbm.scaling import peaks, susceptibility

    try:
        return peaks(table, **asked.given | {"y": susceptibility(asked.column)}), ""
    except InvalidInput as error:
        return (), str(error)


def _collapses(table: "Table", asked: Asked, verdict: "Transition") -> "dict[str, dict[float, Collapse]]":
    """By every method, of all sizes and without the smallest ones; none of curves that do not depend on x."""
    from physrbm.scaling import l_min_dependence

    if verdict.collapse is None:
        return {}
    given = asked.given | asked.held
    return {method: dict(l_min_dependence(table, **given, method=method)) for method in asked.methods}


def _rows(tables: list[Path], names: list[str], families: list[str], size: str, l_min: float | None) -> "Table":
    """Rows of all tables that are done and of these families and sizes. Raises InvalidInput."""
    import numpy as np

    from physrbm.campaign import read_table

    parts = [read_table(path) for path in tables]
    shared = [name for name in parts[0] if all(name in part for part in parts)]
    missing = [name for name in [*names, *(["family"] if families else [])] if name not in shared]
    if missing:
        has = printable(", ".join(shared))
        raise InvalidInput(f"no column {', '.join(missing)} in {', '.join(map(str, tables))}; there are {has}")
    table = {name: np.concatenate([part[name] for part in parts]) for name in shared}
    kept = np.ones(len(table[size]), bool) if "state" not in table else table["state"] == "done"
    if families:
        kept &= [any(fnmatchcase(str(own), glob) for glob in families) for own in table["family"]]
    if l_min is not None and table[size].dtype.kind in "if":
        kept &= table[size] >= l_min
    if not kept.any():
        raise InvalidInput(f"no row of {', '.join(map(str, tables))} is done, of these families and sizes")
    return {name: column[kept] for name, column in table.items()}


def _say_doubles(table: "Table", given: dict[str, Any]) -> None:
    """Machines that differ in more than their instance may be averaged by mistake."""
    names = [given[name] for name in ("size", "x", "instance")]
    rows = list(zip(*(table[name].tolist() for name in names if name is not None), strict=True))
    if None not in names and len(set(rows)) < len(rows):
        say(f"rows with equal {', '.join(map(printable, names))} are averaged; --family takes some of them")


def _quantity(y: str, susceptibility: bool, other: str | None) -> "str | Quantity":
    from physrbm import scaling

    if susceptibility and other is not None:
        raise InvalidInput("--other compares two columns; it goes without --susceptibility")
    return scaling.susceptibility(y) if susceptibility else y


def _pair(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        low, high = map(float, text.split(":"))
    except ValueError:
        low = high = nan
    if not low < high:
        raise InvalidInput(f"--x-range must be LOW:HIGH, got {text!r}")
    return low, high


def _numbers(held: dict[str, Any]) -> dict[str, Any]:
    nu = held["nu"]
    if not all(v is None or isfinite(v) for v in held.values()) or (nu is not None and nu <= 0):
        raise InvalidInput("--xc and --exponent must be numbers, --nu above 0")
    return held


def _methods(method: str) -> tuple[str, ...]:
    from physrbm.scaling import METHODS

    if method not in ("both", *METHODS):
        raise InvalidInput(f"--method must be one of both, {', '.join(METHODS)}, got {method!r}")
    return METHODS if method == "both" else (method,)


def _figure(out: Path | None, force: bool) -> Path | None:
    """Where it goes, checked before any work is done."""
    from physrbm_cli.plot import checked
    from physrbm_cli.plots.page import need_matplotlib

    if out is not None:
        checked(out, force)
        need_matplotlib()
    return out


def _plain(x: Any) -> Any:
    """What JSON has: curves without their replicates, None for what is not known."""
    from physrbm.estimate import plain

    if hasattr(x, "_asdict"):
        return {name: _plain(value) for name, value in x._asdict().items() if name not in ("replicates", "group")}
    if isinstance(x, dict):
        return {str(name): _plain(value) for name, value in x.items()}
    x = x.tolist() if hasattr(x, "tolist") else x
    return [_plain(value) for value in x] if isinstance(x, (list, tuple)) else plain(x)
