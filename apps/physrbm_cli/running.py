"""What the commands that make a run have in common."""

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from physrbm.errors import InvalidInput
from physrbm_cli.terminal import say

if TYPE_CHECKING:
    from physrbm.experiment import Step
    from physrbm.spec import RunSpec, TemperSpec
    from physrbm_cli.signals import Signals

M = TypeVar("M", bound="Step")
S = TypeVar("S", "RunSpec", "TemperSpec")
Style = tuple[bool, bool, bool]  # quiet, verbose, bar


def option(help: str, default: object = None, panel: str | None = None, flags: str | None = None):  # type: ignore[no-untyped-def]
    """A setting of the run: absent means environment, config file or `default`, which the help shows."""
    names = () if flags is None else (flags,)
    shown = False if default is None else str(default)
    return typer.Option(*names, help=help, show_default=shown, rich_help_panel=panel)


def to_resume(out: Path | None, kind: type[S]) -> S | None:
    """The spec of the run in `out`; None if none has begun there. Raises InvalidInput for a run of another kind."""
    from physrbm.store import is_unused, open_run

    if out is None:
        raise InvalidInput("--resume needs --out, the folder of the run")
    if is_unused(out):
        say(f"no run in {out} yet: a new one begins")
        return None
    spec = open_run(out).spec
    if not isinstance(spec, kind):
        raise InvalidInput(f"{out}: a run of {spec.command}: physrbm {spec.command} --out {out} --resume")
    return spec


def use_threads(threads: int | None) -> None:
    """Limit the threads of the kernels. Raises InvalidInput."""
    if threads is not None:
        from physrbm.sampling import set_threads

        set_threads(threads)


def show_all(
    steps: Iterator[M], signals: "Signals", style: Style, say_what: Callable[[M], None], again: bool
) -> M | None:
    """The last step, the others shown as they come; None if there was nothing left to do."""
    from physrbm_cli.progress import progress

    last = None
    with progress(*style) as show:
        for m in steps:
            if last is None:
                signals.arm()
                if not style[0]:
                    say_what(m)
                    if again:
                        say(f"going on from update {m.update}")
            last = m
            show(m)
    return last


def say_how(folder: Path, command: str) -> None:
    """Say how to look at a run and how to go on with it."""
    say(f"look: physrbm show {folder}   resume: physrbm {command} --out {shlex.quote(str(folder))} --resume")


def say_done(folder: Path, as_json: bool) -> None:
    """Of a run that was resumed and had nothing to do."""
    from physrbm.store import open_run

    if as_json:
        typer.echo(json.dumps(open_run(folder).report()))
    else:
        say(f"run {folder} is done  (physrbm show {folder})")
