"""One run: five pages, time travel, control."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Footer

from physrbm.errors import InvalidInput
from physrbm.store import Frame, find_runs, layout, read_frame, send
from physrbm.watching import Follower, RunView, at
from physrbm_tui.confirm import Confirm
from physrbm_tui.help import Help
from physrbm_tui.panels import PAGES
from physrbm_tui.panels.graph import Graph
from physrbm_tui.panels.ladder import Ladder
from physrbm_tui.panels.log import Log
from physrbm_tui.panels.overview import Overview
from physrbm_tui.panels.samples import Samples
from physrbm_tui.widgets.plot import PlotView
from physrbm_tui.widgets.words import Words
from physrbm_tui.words import head

if TYPE_CHECKING:
    from physrbm_tui.app import Monitor

_EVERY = 0.5  # seconds between two looks at the files
_LEAST = (60, 15)
Panel = Overview | Samples | Ladder | Graph | Log


class RunScreen(Screen[None]):
    """A run as it goes, or as it went."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(k + 1), f"page('{name}')", name, show=k < 3) for k, name in enumerate(PAGES)),
        Binding("down,j", "choose(1)", "curve", key_display="↓ ↑", tooltip="the next curve"),
        Binding("up,k", "choose(-1)", "curve before", show=False),
        Binding("left", "travel(-1)", "back", key_display="← →", tooltip="one measurement back in time"),
        Binding("right", "travel(1)", "forth in time", show=False),
        Binding("home", "travel(-1000000)", "to the beginning", show=False),
        Binding("end", "now", "to now", show=False),
        Binding("l", "log", "logarithmic axis", show=False),
        Binding("plus,equals_sign", "zoom(2.0)", "zoom into what came last", show=False),
        Binding("minus", "zoom(0.5)", "zoom out", show=False),
        Binding("c", "overlay", "draw the next run of the folder into the picture", show=False),
        Binding("space", "pause", "pause", show=False),
        Binding("p", "request('checkpoint')", "ask the run for a checkpoint", show=False),
        Binding("s", "request('stop')", "ask the run to stop with a checkpoint", show=False),
        Binding("e", "request('extend')", "ask the run for more updates", show=False),
        Binding("escape,b", "back", "to the folder", show=False),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q", "app.quit", "quit"),
    ]
    DEFAULT_CSS = """
    RunScreen #head { height: 1; background: $panel; }
    RunScreen ContentSwitcher { height: 1fr; }
    RunScreen #small { display: none; height: 1fr; content-align: center middle; }
    RunScreen.-small #small { display: block; }
    RunScreen.-small ContentSwitcher { display: none; }
    """

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        super().__init__()
        self._folder, self._follower = folder, Follower(folder)
        self._view: RunView | None = None
        self._frame: Frame | None = None
        self._frame_of = -1.0
        self._others: dict[str, Follower] = {}
        self._seen: dict[str, RunView] = {}
        self._cursor: int | None = None
        self._paused = self._busy = False

    @property
    def _monitor(self) -> "Monitor":
        return cast("Monitor", self.app)

    @property
    def is_behind(self) -> bool:
        """Whether there is more to be read before all is shown."""
        return self._view is None or self._view.behind

    def compose(self) -> ComposeResult:
        """A line, a page, the keys."""
        look = self._monitor.look
        yield Words("", id="head")
        yield Words(f"this window is too small: {_LEAST[0]} x {_LEAST[1]} are the least", id="small")
        with ContentSwitcher(initial=self._monitor.page):
            for panel in (Overview, Samples, Ladder, Graph, Log):
                yield panel(look)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look at once, then from time to time."""
        self._look()
        self.set_interval(_EVERY, self._look)

    def on_resize(self) -> None:
        """Say so where nothing fits."""
        self.set_class(self.size.width < _LEAST[0] or self.size.height < _LEAST[1], "-small")
        self._draw()

    def _look(self) -> None:
        if not (self._busy or self._paused):
            self._busy = True
            self._read()

    @work(thread=True)
    def _read(self) -> None:
        """Files are read beside the screen, a piece at a time."""
        view = self._follower.poll()
        others = {name: follower.poll() for name, follower in self._others.items()}
        self.app.call_from_thread(self._take, view, self._new_frame(), others)

    def _new_frame(self) -> Frame | None:
        try:
            when = os.stat(self._folder / layout.FRAMES / "latest.json").st_mtime
        except OSError:
            return self._frame
        if when != self._frame_of:
            self._frame_of = when
            return read_frame(self._folder) or self._frame
        return self._frame

    def _take(self, view: RunView, frame: Frame | None, others: dict[str, RunView]) -> None:
        self._busy, self._view, self._frame, self._seen = False, view, frame, others
        self._draw()
        if view.behind:
            self._look()

    def _draw(self) -> None:
        """Show what there is on the page that is open; the widgets know what is new."""
        if self._view is None or not self.is_mounted:
            return
        view = self._view if self._cursor is None else at(self._view, self._cursor)
        line = head(view, self.size.width, self._monitor.look, self._paused, self._cursor)
        self.query_one("#head", Words).say(line)
        page = self.query_one(ContentSwitcher).visible_content
        if page is not None:
            cast(Panel, page).show(view, self._frame, self._cursor, self._seen)

    def action_page(self, name: str) -> None:
        """Open a page."""
        self.query_one(ContentSwitcher).current = name
        self.call_after_refresh(self._draw)  # its size is not known before

    def action_choose(self, step: int) -> None:
        """Another curve."""
        self.query_one(Overview).chosen += step
        self._draw()

    def action_log(self) -> None:
        """Logarithmic or linear."""
        overview = self.query_one(Overview)
        overview.log_y = not overview.log_y
        self._draw()

    def action_zoom(self, factor: float) -> None:
        """The last part of the curve, or more of it."""
        overview = self.query_one(Overview)
        overview.zoom = max(1.0, min(1024.0, overview.zoom * factor))
        self._draw()

    def action_travel(self, step: int) -> None:
        """To another measurement."""
        if self._view is None:
            return
        times = sorted({int(u) for s in self._view.series.values() for u in s.update})
        if not times:
            return
        last = len(times) - 1
        now = times[last] if self._cursor is None else self._cursor
        place = max(0, int(np.argmin(np.abs(np.array(times) - now))) + step)
        self._cursor = None if place >= last else times[place]
        self._draw()

    def on_plot_view_picked(self, event: PlotView.Picked) -> None:
        """To the measurement under the mouse."""
        self._cursor = round(event.x)
        self.action_travel(0)

    def action_now(self) -> None:
        """Back to now."""
        self._cursor = None
        self._draw()

    def action_pause(self) -> None:
        """Stand still, or go on."""
        self._paused = not self._paused
        self._draw()

    def action_overlay(self) -> None:
        """The next run of the folder is drawn too; after the last one, none."""
        try:
            runs = [path for path in find_runs(self._folder.parent) if path != self._folder]
        except InvalidInput:
            runs = []
        new = [path for path in runs if path.name not in self._others]
        if new and len(self._others) < 5:
            self._others[new[0].name] = Follower(new[0])
        else:
            self._others.clear()
        self._look()

    def action_request(self, kind: str) -> None:
        """Ask the run for something, if it may be asked and after a yes."""
        if self._view is None or self._monitor.readonly or not _is_ours(self._folder):
            self.notify("read-only: this run is not asked for anything", severity="warning")
            return
        if self._view.state != "running" and kind != "extend":
            self.notify(f"the run is {self._view.state}, nobody would hear it", severity="warning")
            return
        question = (
            f"extend {self._folder.name} by how many updates?" if kind == "extend" else f"{kind}: {self._folder.name}?"
        )

        def answered(answer: str | None) -> None:
            if answer is None:
                return
            try:
                send(self._folder, kind, int(answer) if kind == "extend" else 0)
                self.notify(f"asked for: {kind}")
            except (OSError, InvalidInput) as error:
                self.notify(str(error), severity="error")

        self.app.push_screen(Confirm(question, self._monitor.look, kind == "extend"), answered)

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(Help((b for b in self.BINDINGS if isinstance(b, Binding)), self._monitor.look))

    def action_back(self) -> None:
        """To the folder, if we came from there."""
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()


def _is_ours(folder: Path) -> bool:
    """Runs of others are only looked at."""
    try:
        return folder.stat().st_uid == os.geteuid()
    except OSError:
        return False
