"""What the terminal can show."""

import sys
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


def console() -> "Console":
    """rich on stdout; honours NO_COLOR, FORCE_COLOR and TERM=dumb."""
    from rich.console import Console

    return Console(width=width(), highlight=False, soft_wrap=False)
