"""A folder of runs: a grid of dilution and size, and a list to choose from."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Input

from physrbm.errors import InvalidInput
from physrbm.watching import Fleet, Summary, grid
from physrbm_tui.help import Help
from physrbm_tui.run_screen import RunScreen
from physrbm_tui.widgets.heat import draw_heat
from physrbm_tui.widgets.ticks import label
from physrbm_tui.widgets.words import Words
from physrbm_tui.words import mark

if TYPE_CHECKING:
    from physrbm_tui.app import Monitor

_EVERY = 1.0
_COLUMNS = ("run", "state", "kind", "update", "data", "hidden", "dilution", "seed", "log-likelihood")


class FleetScreen(Screen[None]):
    """Many runs at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open"),
        Binding("slash", "filter", "filter", key_display="/"),
        Binding("v", "value", "value of the grid"),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q", "app.quit", "quit"),
    ]
    DEFAULT_CSS = """
    FleetScreen #grid { height: auto; max-height: 50%; padding: 0 1; }
    FleetScreen DataTable { height: 1fr; }
    FleetScreen Input { display: none; height: 3; }
    FleetScreen.-filter Input { display: block; }
    """

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        super().__init__()
        self._fleet, self._busy, self._value = Fleet(folder), False, 0
        self._found: list[Summary] = []
        self._said: tuple[object, ...] = ()

    @property
    def _monitor(self) -> "Monitor":
        return cast("Monitor", self.app)

    @property
    def is_behind(self) -> bool:
        """Whether there are runs that have not been looked at yet."""
        return self._busy or len(self._found) < self._fleet.n_runs

    def compose(self) -> ComposeResult:
        """Grid, filter, list."""
        with VerticalScroll(id="grid"):
            yield Words("reading ...", id="heat")
        yield Input(placeholder="part of a name, or of a state")
        yield DataTable(cursor_type="row")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Look at once, then from time to time."""
        table = self.query_one(DataTable)
        table.add_columns(*_COLUMNS)
        table.focus()
        self._look()
        self.set_interval(_EVERY, self._look)

    def _look(self) -> None:
        if not self._busy:
            self._busy = True
            self._read()

    @work(thread=True)
    def _read(self) -> None:
        try:
            found = self._fleet.poll()
        except InvalidInput as error:
            self.app.call_from_thread(self._lost, str(error))
            return
        self.app.call_from_thread(self._take, found)

    def _lost(self, why: str) -> None:
        self._busy = False
        self.query_one("#heat", Words).say(Text(why, self._monitor.look.bad))

    def _take(self, found: list[Summary]) -> None:
        self._busy, self._found = False, found
        self._draw()

    def _names(self) -> list[str]:
        names = sorted({name for s in self._found for name in s.values})
        return sorted(names, key=lambda name: name != "log_likelihood")

    def _draw(self) -> None:
        wanted = self.query_one(Input).value.strip().lower()
        some = [s for s in self._found if wanted in s.folder.name.lower() or wanted in s.state]
        names, look = self._names(), self._monitor.look
        value = names[self._value % len(names)] if names else ""
        said = (value, *((s.folder, s.state, s.about.get("update"), tuple(s.values.items())) for s in some))
        if said == self._said:
            return
        self._said = said
        cells = grid([s for s in some if s.about.get("kind") == "anneal"], value=value)
        heat = draw_heat([label(float(r)) for r in cells.rows], [label(float(c)) for c in cells.columns], cells.value,
                         cells.state, look, "hidden", "dilution")  # fmt: skip
        known = int(np.isfinite(cells.value).sum())
        title = Text(f"{value or 'no value yet'}: {len(some)} runs, {known} cells", "bold")
        self.query_one("#heat", Words).say(Text("\n").join([title, heat]) if cells.rows else title)
        table = self.query_one(DataTable)
        row = table.cursor_row
        table.clear()
        for s in some:
            about = s.about
            z = s.values.get("log_likelihood")
            where = f"{about.get('update')}/{about.get('updates')}"
            p = "" if about.get("dilution") is None else f"{about['dilution']:.4g}"
            kind, data, hidden, seed = (about.get(name) or "" for name in ("kind", "data", "hidden", "seed"))
            score = "" if z is None else f"{z:.2f}"
            row_of = (s.folder.name, mark(s.state, look), kind, where, data, hidden, p, seed, score)
            table.add_row(*row_of, key=str(s.folder))
        if some:
            table.move_cursor(row=min(row, len(some) - 1))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open the run."""
        if event.row_key.value:
            self.app.push_screen(RunScreen(Path(event.row_key.value)))

    def on_input_changed(self) -> None:
        """Filter as it is typed."""
        self._draw()

    def on_input_submitted(self) -> None:
        """Back to the list."""
        self.query_one(DataTable).focus()

    def action_filter(self) -> None:
        """Show the filter, or remove it."""
        box = self.query_one(Input)
        self.toggle_class("-filter")
        if self.has_class("-filter"):
            box.focus()
        else:
            box.value = ""
            self.query_one(DataTable).focus()

    def action_value(self) -> None:
        """Another value in the grid."""
        self._value += 1
        self._draw()

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(Help((b for b in self.BINDINGS if isinstance(b, Binding)), self._monitor.look))
