"""A text that is sent to the terminal only when it has changed."""

from rich.text import Text
from textual.widgets import Static


class Words(Static):
    """A `Static` that knows what it says."""

    said: Text | str | None = None

    def say(self, text: Text | str) -> bool:
        """Whether that was something new; colours count."""
        if isinstance(text, type(self.said)) and text == self.said:
            return False
        self.said = text
        self.update(Text(text) if isinstance(text, str) else text)  # what runs say is no markup
        return True
