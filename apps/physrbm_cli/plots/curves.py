"""Curves of several sizes, as they were measured and collapsed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from physrbm_cli.plots.page import BLUE, HEAD, INK, NOTHING, ORANGE, SOFT, Page, blank, render, style

if TYPE_CHECKING:
    from physrbm.scaling import Collapse, Curves
    from physrbm_cli.scaling import Found

_COLOURS = (BLUE, ORANGE, "#009e73", "#cc79a7", INK, "#56b4e9", "#e69f00")  # Okabe & Ito (2008)
_MARKS = "os^Dv<>"
_WIDTH, _HEIGHT = 4.0, 3.0  # inches of a panel's axes
_LEFT, _BOTTOM, _BETWEEN, _MARGIN = 0.7, 0.55, 0.95, 0.25  # inches
_TOP = HEAD + 0.25


class Names(NamedTuple):
    """What the axes and the legend say."""

    x: str
    y: str
    size: str


def write(path: Path, found: "Found", texts: tuple[str, str, str]) -> None:
    """Write the figure as a whole; texts: names of x, y, and size."""
    from physrbm.durable import replace
    from physrbm_cli.scaling_report import verdict

    fit = found.best if found.transition and found.transition.found else None
    with style():
        replace(path, render(draw(found.curves, fit, Names(*map(_literal, texts)), verdict(found)), path.suffix))


def draw(found: "Curves", fit: "Collapse | None", names: Names, verdict: str) -> Page:
    """The page: y(x) of every size with errors, beside it the collapse where there is one."""
    whole = 2 * _WIDTH + _BETWEEN
    page = blank(_LEFT + whole + 2 * _MARGIN, _TOP + _HEIGHT + _BOTTOM + 2 * _MARGIN).at(_MARGIN, _MARGIN)
    page.heading(f"{names.y} against {names.x}", _literal(verdict))
    _measured(page.axes(_LEFT, _TOP, whole if fit is None else _WIDTH, _HEIGHT), found, fit, names)
    if fit is not None:
        _collapsed(page.axes(_LEFT + _WIDTH + _BETWEEN, _TOP, _WIDTH, _HEIGHT), found, fit, names)
    return page


def _measured(axes: Any, found: "Curves", fit: "Collapse | None", names: Names) -> None:
    if fit is not None:
        axes.axvspan(fit.x_c - fit.x_c_error, fit.x_c + fit.x_c_error, color=NOTHING, alpha=0.5, lw=0)
        axes.axvline(fit.x_c, color=SOFT, lw=0.8, ls="--", label="$x_c$")
    _points(axes, found, names, found.x, found.y, found.error, "-")
    axes.set(xlabel=names.x, ylabel=names.y)
    axes.legend()


def _collapsed(axes: Any, found: "Curves", fit: "Collapse", names: Names) -> None:
    from physrbm.estimate import compact
    from physrbm.scaling import scaled

    _points(axes, found, names, *scaled(found, fit.x_c, fit.inverse_nu, fit.exponent * fit.inverse_nu), "")
    axes.axvline(0, color=SOFT, lw=0.8, ls="--")
    axes.set(
        xlabel=rf"({names.x} $-\ x_c$) $\ell^{{\,1/\nu}}$,   $\ell$ = {names.size} / geometric mean",
        ylabel=rf"{names.y} $\ell^{{\,-a/\nu}}$",
    )
    rows = (("$x_c$", fit.x_c, fit.x_c_error), (r"$\nu$", fit.nu, fit.nu_error),
            ("exponent $a$", fit.exponent, fit.exponent_error))  # fmt: skip
    text = "   ".join(f"{name} = {compact(value, error)}" for name, value, error in rows)
    axes.set_title(f"{text}   $S$ = {fit.quality:.2g}", fontsize=8, loc="left")


def _points(axes: Any, found: "Curves", names: Names, x: Any, y: Any, error: Any, line: str) -> None:
    for k, L in enumerate(found.sizes):
        own = found.size == L
        how = {"color": _COLOURS[k % len(_COLOURS)], "marker": _MARKS[k % len(_MARKS)], "ls": line}
        axes.errorbar(x[own], y[own], error[own], **how, ms=4, lw=1, capsize=2, label=f"{names.size} {L:g}")


def _literal(name: str) -> str:
    """Text that is no formula."""
    return name.replace("$", r"\$")
