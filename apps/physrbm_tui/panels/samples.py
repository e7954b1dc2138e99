"""States of chains, and the receptive fields of the hidden units of largest norm."""

from math import isqrt

import numpy as np
from textual.app import ComposeResult
from textual.containers import Vertical

from physrbm.store import Frame
from physrbm.watching import RunView
from physrbm_tui.look import Look
from physrbm_tui.widgets.images import ImagesView
from physrbm_tui.widgets.words import Words


class Samples(Vertical):
    """Pictures of the machine."""

    DEFAULT_CSS = """
    Samples ImagesView { height: 1fr; }
    Samples Static { height: 1; color: $text-muted; }
    """

    def __init__(self, look: Look) -> None:
        """Nothing is shown yet."""
        super().__init__(id="samples")
        self._look = look

    def compose(self) -> ComposeResult:
        """States above, couplings below."""
        yield Words("no picture yet", id="of_samples")
        yield ImagesView(self._look, fields=False, id="bits")
        yield Words("", id="of_fields")
        yield ImagesView(self._look, fields=True, id="fields")

    def show(self, view: RunView, frame: Frame | None, cursor: int | None, others: dict[str, RunView]) -> None:
        """Take in a frame; frames are of now, whatever the cursor says."""
        if frame is None:
            return
        shape = frame.shape or _square(frame.samples.shape[1])
        chains = "the last rung" if frame.acceptance.size else "the persistent chains"
        self.query_one("#of_samples", Words).say(f"states of {chains} at {frame.update:,}")
        self.query_one("#bits", ImagesView).show(frame.samples.reshape(-1, *shape))
        bonds = np.isfinite(frame.fields).sum(1)
        scale = np.nanmax(np.abs(frame.fields), initial=0.0)
        mean = f"{bonds.mean():.0f} bonds each" if bonds.size else ""
        self.query_one("#of_fields", Words).say(
            f"couplings of the {len(frame.units)} hidden units of largest norm, {mean}: "
            f"blue -{scale:.2g} ... red {scale:.2g}, grey: no bond"
        )
        self.query_one("#fields", ImagesView).show(frame.fields.reshape(-1, *shape))


def _square(n: int) -> tuple[int, int]:
    side = isqrt(n)
    return (side, side) if side * side == n else (1, n)
