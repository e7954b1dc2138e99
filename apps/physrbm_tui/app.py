"""The monitor: composes its screens, nothing more."""

from collections.abc import Iterable
from pathlib import Path

from textual.app import App, SystemCommand
from textual.screen import Screen

from physrbm.store import layout
from physrbm_tui.look import Look, look_of_terminal
from physrbm_tui.palette import commands
from physrbm_tui.panels import PAGES


class Monitor(App[None]):
    """A run, or a folder of runs."""

    TITLE = "physrbm"
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, source: Path, look: Look, readonly: bool = False, page: str = PAGES[0]) -> None:
        """source: a run folder, or a folder of runs; page: of a run, that is open first."""
        super().__init__()
        self._source, self.look, self.readonly, self.page = source, look, readonly, page

    def get_system_commands(self, screen: Screen[None]) -> Iterable[SystemCommand]:
        """The keys of the screen, and what every Textual program can do."""
        yield from commands(screen)
        yield from super().get_system_commands(screen)

    def on_mount(self) -> None:
        """Open the screen that fits the source."""
        from physrbm_tui.fleet_screen import FleetScreen
        from physrbm_tui.run_screen import RunScreen

        is_run = (self._source / layout.RUN).exists() or (self._source / layout.EVENTS).exists()
        self.push_screen(RunScreen(self._source) if is_run else FleetScreen(self._source))


def watch(source: Path, readonly: bool = False, ascii_only: bool = False, page: str = PAGES[0]) -> None:
    """Open the monitor in this terminal until it is left."""
    Monitor(source, look_of_terminal(ascii_only), readonly, page).run()
