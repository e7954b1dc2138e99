"""What `physrbm scaling` prints: the curves, and what was found in numbers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from physrbm.errors import printable
from physrbm_cli.chart import Series, chart
from physrbm_cli.terminal import console, say, width

if TYPE_CHECKING:
    from rich.text import Text

    from physrbm.scaling import Collapse, Curves
    from physrbm_cli.scaling import Found

_FEW = 10  # instances, below which errors say little


def draw(found: "Curves", fit: "Collapse | None", names: tuple[str, str, str], at: float | None) -> "list[Text]":
    """Lines of a picture of the curves, or of the scaled ones where there is a `fit`; names of x, y, and size."""
    from physrbm.scaling import scaled

    names = (printable(names[0]), printable(names[1]), printable(names[2]))
    x, y, titles = found.x, found.y, names[:2]
    if fit is not None:
        x, y, _ = scaled(found, fit.x_c, fit.inverse_nu, fit.exponent * fit.inverse_nu)
        titles = f"({names[0]} - x_c) L^(1/nu)", f"{names[1]} L^(-exponent/nu), L = {names[2]} / geometric mean"
        at = 0.0
    own = [(L, found.size == L) for L in found.sizes]
    return chart([Series(f"{names[2]} {L:g}", x[k], y[k]) for L, k in own], titles, at, width())


def show(found: "Found", names: tuple[str, str, str], scaled: bool) -> None:
    """Print all of it; names of x, y, and size."""
    if scaled and found.best is None:
        say("nothing to scale by: the curves as they are")
    at = next((r.x for r in (found.transition, found.change_point) if r and r.found), None)
    for line in draw(found.curves, found.best if scaled else None, names, at):
        console().print(line)
    for text in lines(found, names[2]):
        typer.echo(printable(text))


def lines(found: "Found", size: str) -> Iterator[str]:
    """Peaks, verdict, collapse, crossings, and which errors these have."""
    yield from _sizes(found, size)
    yield verdict(found)
    yield from _fits(found)
    yield from _crossings(found)
    least = int(found.curves.instances.min())
    yield f"errors: jackknife over instances, {least} at least{'; descriptive only' if least < _FEW else ''}"


def _sizes(found: "Found", size: str) -> Iterator[str]:
    """A row each, with its peak."""
    from physrbm.estimate import compact

    wide = max(12, len(printable(size)) + 2)
    yield f"{printable(size):<{wide}}points  instances  peak of the susceptibility, size x variance over instances"
    for k, L in enumerate(found.curves.sizes):
        n = found.curves.instances[found.curves.size == L]
        peak = found.peaks[k] if found.peaks else None
        text = found.no_peaks if peak is None else f"none: {peak.reason}"
        if peak and peak.found:
            text = f"at {compact(peak.x, peak.x_error)}, height {compact(peak.height, peak.height_error)}"
        yield f"{L:<{wide}g}{len(n):>6}{f'{n.min()}..{n.max()}':>11}  {text}"


def verdict(found: "Found") -> str:
    """Whether there is a transition, in a line."""
    from physrbm.estimate import compact

    if found.reason:
        return f"nothing could be estimated: {found.reason}"
    if found.change_point:
        at = found.change_point
        where = f"{compact(at.x, at.error)}, size {compact(at.size, at.size_error)} (p = {at.p_value:.2g})"
        return f"{at.kind} at {where}" if at.found else f"no transition found: {at.reason}"
    assert found.transition is not None
    kind, x, error, reason = found.transition[1:5]
    if not found.transition.found:
        return f"no transition found ({kind}): {reason}"
    return f"{kind} transition at x_c = {compact(x, error)}: {reason}"


def _fits(found: "Found") -> Iterator[str]:
    """Every collapse; how they change with the smallest size is what corrections to scaling do."""
    from physrbm.estimate import compact

    if found.collapse:
        yield f"{'collapse':<19}{'from size':>9}  {'x_c':<16}{'nu':<16}{'exponent':<16}S"
    for method, fits in found.collapse.items():
        for smallest, fit in fits.items():
            pairs = ((fit.x_c, fit.x_c_error), (fit.nu, fit.nu_error), (fit.exponent, fit.exponent_error))
            cells = "".join(f"{compact(*pair):<15} " for pair in pairs)
            yield f"{method.replace('_', ' '):<19}{smallest:>9g}  {cells}{fit.quality:.2g}"


def _crossings(found: "Found") -> Iterator[str]:
    from physrbm.estimate import compact

    if found.crossings is None:
        return
    yield "crossings of y size^(-exponent/nu)"
    for pair in found.crossings.pairs:
        yield f"  {pair.small:g}, {pair.large:g}: {compact(pair.x, pair.error) if pair.found else pair.reason}"
    yield f"  limit {found.crossings.limit} ({found.crossings.reason})"
