"""The keys of a screen as commands of the palette."""

from collections.abc import Iterable
from functools import partial

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen


def commands(screen: Screen[None]) -> Iterable[SystemCommand]:
    """A command a binding, with its key."""
    for binding in screen.BINDINGS:
        if isinstance(binding, Binding) and not binding.action.startswith("app."):
            title = (binding.tooltip or binding.description).capitalize()
            yield SystemCommand(
                title, f"key {binding.key_display or binding.key}", partial(screen.run_action, binding.action)
            )
