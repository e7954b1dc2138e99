"""`physrbm status`: how a run stands, from outside and without disturbing it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from physrbm_cli import tempering_options as opts

if TYPE_CHECKING:
    from physrbm.watching import RunView


def status(run: Annotated[Path, typer.Argument(help="A run folder.")], as_json: opts.Json = False) -> None:
    """How a run stands: state and why, position, pace, last values with errors, a verdict, alarms, how to go on."""
    from physrbm.errors import printable

    view = whole(run)
    if as_json:
        typer.echo(json.dumps(content(view)))
        return
    for line in lines(view):
        typer.echo(printable(line))


def whole(run: Path) -> "RunView":
    """The view with all of the log. Raises InvalidInput where there is no run."""
    from physrbm.errors import InvalidInput
    from physrbm.watching import Follower

    follower = Follower(run)
    while (view := follower.poll()).behind:
        pass
    if view.run is None:
        raise InvalidInput(view.reason)
    return view


def content(view: "RunView") -> dict[str, Any]:
    """As one JSON-able object."""
    from physrbm.estimate import plain
    from physrbm.watching import alarms, likelihood, verdict

    last = {name: {"value": s.value[-1], "error": s.error[-1], "update": s.update[-1]} for name, s in _filled(view)}
    found: dict[str, Any] = plain(
        {
            "run": str(view.folder),
            "state": view.state,
            "reason": view.reason,
            "update": view.update,
            "updates": view.updates,
            "rate": view.rate,
            "eta": view.eta,
            "seconds_since_sign_of_life": view.seconds,
            "checkpoint": view.checkpoint,
            "values": last,
            "verdict": verdict(view),
            "log_likelihood": likelihood(view),
            "resume": view.resume,
        }
    )
    return found | {"alarms": [alarm._asdict() for alarm in alarms(view)]}


def lines(view: "RunView") -> Iterator[str]:
    """For people."""
    from physrbm.estimate import compact
    from physrbm.watching import alarms, duration, likelihood, verdict

    why = f" ({view.reason})" if view.reason else ""
    yield f"{view.folder}: {view.state}{why}"
    pace = f", {view.rate:.3g} a second" if view.rate > 0 and view.state == "running" else ""
    left = f", {duration(view.eta)} to the last" if view.eta > 0 else ""
    last = "ended" if view.state == "done" else "last sign of life"
    yield f"update {view.update} of {view.updates}{pace}{left}; {last} {duration(view.seconds) or 'unknown'} ago"
    for name, series in _filled(view):
        yield f"  {name:<24}{compact(series.value[-1], series.error[-1])}"
    yield from filter(None, (verdict(view), likelihood(view)))
    for alarm in alarms(view):
        yield f"{alarm.level}: {alarm.text}"
    if view.resume:
        yield f"go on with: {view.resume}"


def _filled(view: "RunView") -> Iterator[tuple[str, Any]]:
    return ((name, series) for name, series in view.series.items() if series.value.size)
