"""Asking before a run is told something."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from physrbm_tui.look import Look


class Confirm(ModalScreen[str | None]):
    """A question; the answer is the text typed, "yes", or None."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "no", "no")]
    DEFAULT_CSS = """
    Confirm { align: center middle; }
    Confirm Vertical { width: 60; height: auto; border: round $accent; padding: 1 2; background: $surface; }
    Confirm .-ascii { border: ascii $accent; }
    """

    def __init__(self, question: str, look: Look, number: bool = False) -> None:
        """number: ask for a whole number instead of yes."""
        super().__init__()
        self._question, self._look, self._number = question, look, number

    def compose(self) -> ComposeResult:
        """The question and a line to type in."""
        with Vertical(classes=self._look.frame):
            yield Static(self._question)
            yield Input(placeholder="a number" if self._number else "yes", type="integer" if self._number else "text")
            yield Static("Enter to send, Esc to leave it")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Anything but a yes, or a positive number, is a no."""
        text = event.value.strip()
        good = text.isdigit() and int(text) > 0 if self._number else text.lower() in ("y", "yes")
        self.dismiss(text if good else None)

    def action_no(self) -> None:
        """Leave it."""
        self.dismiss(None)
