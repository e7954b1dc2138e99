"""`physrbm monitor`: the live window, or once and for scripts."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from physrbm.errors import InvalidInput
from physrbm_cli import tempering_options as opts

_SMALLEST, _LARGEST = 20, 1000  # columns and rows of a picture


def monitor(
    source: Annotated[Path, typer.Argument(help="A run, or a folder of runs.")] = Path("runs"),
    once: Annotated[bool, typer.Option("--once", help="Say how it stands and leave.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="In words: what --once does by itself.")] = False,
    as_json: opts.Json = False,
    as_svg: Annotated[bool, typer.Option("--svg", help="The window as a picture, on stdout.")] = False,
    page: Annotated[str, typer.Option(help="overview, samples, ladder, graph or log.")] = "overview",
    size: Annotated[str, typer.Option(help="Of the picture: COLUMNSxROWS.")] = "100x30",
    readonly: Annotated[bool, typer.Option("--readonly", help="Never ask a run for anything.")] = False,
    ascii_only: Annotated[bool, typer.Option("--ascii", help="No character beyond ASCII.")] = False,
) -> None:
    """Watch a run, or a folder of runs, in the terminal. Leaving the window leaves the run alone."""
    if not source.is_dir():
        raise InvalidInput(f"{source}: no such folder")
    if plain + as_json + as_svg > 1:
        raise InvalidInput("--plain, --json and --svg exclude each other")
    if as_svg:
        return typer.echo(_picture(source, page, size, ascii_only))
    if once or plain or as_json:
        return _in_words(source, as_json)
    if not sys.stdout.isatty():
        raise InvalidInput("the window needs a terminal; --once, --json and --svg tell how it stands")
    from physrbm_tui.app import watch

    watch(source, readonly, ascii_only, _known(page))


def _in_words(source: Path, as_json: bool) -> None:
    from physrbm_cli.reading import ls
    from physrbm_cli.status import status

    return status(source, as_json) if (source / "run.json").exists() else ls(source, as_json)


def _picture(source: Path, page: str, size: str, ascii_only: bool) -> str:
    from physrbm_tui.look import Look
    from physrbm_tui.picture import svg

    columns, _, rows = size.lower().partition("x")
    numbers = [int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0 for text in (columns, rows)]
    if not all(_SMALLEST <= n <= _LARGEST for n in numbers):
        raise InvalidInput(f"--size must be COLUMNSxROWS, each {_SMALLEST} ... {_LARGEST}, got {size!r}")
    return svg(source, _known(page), (numbers[0], numbers[1]), Look(unicode=not ascii_only))


def _known(page: str) -> str:
    from physrbm_tui.panels import PAGES

    if page not in PAGES:
        raise InvalidInput(f"unknown page {page!r}; allowed: {', '.join(PAGES)}")
    return page
