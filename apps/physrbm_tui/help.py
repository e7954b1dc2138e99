"""What the keys do, from the table of bindings."""

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from physrbm_tui.look import Look


class Help(ModalScreen[None]):
    """The keys of the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,q", "dismiss", "back")]
    DEFAULT_CSS = """
    Help { align: center middle; }
    Help VerticalScroll { width: 64; height: auto; max-height: 90%; border: round $accent; padding: 0 2;
                          background: $surface; }
    Help .-ascii { border: ascii $accent; }
    """

    def __init__(self, bindings: Iterable[Binding], look: Look) -> None:
        """bindings: of the screen that asks."""
        super().__init__()
        self._keys, self._look = list(bindings), look

    def compose(self) -> ComposeResult:
        """A line a key."""
        rows = [
            Text.assemble((f"{b.key_display or b.key:<16}", "bold"), b.tooltip or b.description) for b in self._keys
        ]
        with VerticalScroll(classes=self._look.frame):
            yield Static(Text("\n").join(rows))
