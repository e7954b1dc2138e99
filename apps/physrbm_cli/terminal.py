"""What the terminal can show."""

import sys
from contextlib import suppress
from shutil import get_terminal_size
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def unicode() -> bool:
    """Whether stdout takes more than ASCII."""
    return (sys.stdout.encoding or "ascii").lower().startswith("utf")


def width() -> int:
    """Columns."""
    return get_terminal_size().columns


def say(text: str) -> None:
    """A line on stderr."""
    with suppress(OSError):  # nobody reads on, or the terminal is gone; that is no reason to stop a run
        print(text, file=sys.stderr, flush=True)


def console() -> "Console":
    """rich on stdout; honours NO_COLOR, FORCE_COLOR and TERM=dumb."""
    from rich.console import Console

    return Console(width=width(), highlight=False, soft_wrap=False)
