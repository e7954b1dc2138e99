"""The monitor driven by its keys, on real runs."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from physrbm_tui.app import Monitor
from physrbm_tui.confirm import Confirm
from physrbm_tui.fleet_screen import FleetScreen
from physrbm_tui.help import Help
from physrbm_tui.look import Look
from physrbm_tui.run_screen import RunScreen
from physrbm_tui.widgets.plot import PlotView
from physrbm_tui.widgets.words import Words
from physrbm_tui.words import shown as names_of
from textual.widgets import ContentSwitcher, DataTable, Input

import physrbm as pr
from physrbm.spec import make_spec
from physrbm.store import control, recording
from physrbm.watching import Follower, Series

TINY = {"hidden": 12, "updates": 60, "measurements": 12, "chains": 64, "batch": 64, "ais_chains": 100, "samples": 40,
        "sample_sweeps": 5, "dilution": 0.5}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording, "_EVENT_EVERY", 0.0)
        for seed in (1, 2):
            list(pr.record(make_spec({**TINY, "seed": seed}), root / f"a{seed}"))
        temper = {"source": str(root / "a1"), "sweeps": 400, "ladder": "5", "replicas": 32, "seed": 1}
        list(pr.record(make_spec(temper, "temper"), root / "t"))
    return root


def drive(source, steps, size=(80, 24), look=None, readonly=False):
    """Run the monitor and `steps(app, pilot)` within it."""

    async def go():
        app = Monitor(source, look or Look(), readonly)
        async with app.run_test(size=size) as pilot:
            await settled(app, pilot)
            await steps(app, pilot)

    asyncio.run(go())


async def settled(app, pilot):
    await app.workers.wait_for_complete()
    await pilot.pause()


def shown(app):
    """All text on the screen."""
    height = app.size.height
    return "\n".join("".join(s.text for s in app.screen._compositor.render_strips()[y]) for y in range(height))


def page(app):
    return app.screen.query_one(ContentSwitcher).current


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (170, 52)])
@pytest.mark.parametrize("look", [Look(), Look(False, False)])
def test_every_page_of_every_kind_of_run(root, size, look):
    async def steps(app, pilot):
        for key, name in zip("12345", ("overview", "samples", "ladder", "graph", "log"), strict=True):
            await pilot.press(key)
            await settled(app, pilot)
            assert page(app) == name
            if not look.unicode and name != "overview":  # the boxes of the overview are Textual's
                inside = shown(app).splitlines()[1:-1]
                assert all(line[:-2].isascii() for line in inside), name  # but for Textual's scroll bar

    for name in ("a1", "t"):
        drive(root / name, steps, size, look)


def test_overview_says_what_the_run_came_to(root):
    async def steps(app, pilot):
        screen = shown(app)
        assert "a1  ✔ done  60/60" in screen
        assert "pseudo_likelihood" in screen
        assert "log-likelihood" in screen
        assert "chains_eps2" in screen

    drive(root / "a1", steps, (100, 30))


def test_keys_of_the_curve(root):
    async def steps(app, pilot):
        plot = app.screen.query_one(PlotView)
        first = plot._plot
        await pilot.press("down")
        assert plot._plot.lines[0].name == "reconstruction"
        await pilot.press("up", "up")
        assert plot._plot.lines[0].name == "chains_aai_eps"
        await pilot.press("down", "l")
        assert plot._plot.log_y
        await pilot.press("l", "plus")
        assert plot._plot.x_range == (30.0, 60.0)
        await pilot.press("minus")
        assert plot._plot == first._replace(lines=plot._plot.lines)

    drive(root / "a1", steps)


def test_time_travel_and_back(root):
    async def steps(app, pilot):
        await pilot.press("left", "left")
        assert "AT UPDATE 50" in shown(app)
        assert app.screen.query_one(PlotView)._plot.lines[0].x[-1] == 50
        await pilot.press("home")
        assert "AT UPDATE 0" in shown(app)
        await pilot.press("right")
        assert "AT UPDATE 5" in shown(app)
        await pilot.press("end")
        assert "AT UPDATE" not in shown(app)

    drive(root / "a1", steps, (100, 30))


def test_other_runs_in_the_same_picture(root):
    async def steps(app, pilot):
        await pilot.press("c")
        await settled(app, pilot)
        names = [line.name for line in app.screen.query_one(PlotView)._plot.lines]
        assert names == ["pseudo_likelihood", "pseudo_likelihood of a2"]
        await pilot.press("c")
        await settled(app, pilot)
        await pilot.press("c")
        await settled(app, pilot)
        assert len(app.screen.query_one(PlotView)._plot.lines) == 1

    drive(root / "a1", steps)


def test_nothing_is_drawn_when_nothing_is_new(root):
    async def steps(app, pilot):
        for key in "12345":
            await pilot.press(key)
            await settled(app, pilot)
            await pilot.pause()
            calls = []

            def refreshed(*arguments, calls=calls, **options):
                calls.append(arguments)

            for widget in app.screen.query("*"):
                widget.refresh = refreshed
            app.screen._look()
            await settled(app, pilot)
            assert calls == [], key
            for widget in app.screen.query("*"):
                del widget.refresh

    drive(root / "a1", steps)


def test_help_lists_every_key(root):
    async def steps(app, pilot):
        await pilot.press("question_mark")
        assert isinstance(app.screen, Help)
        said = str(app.screen.query_one("Static").content)
        assert all(word in said for word in ("pause", "checkpoint", "logarithmic", "zoom", "back in time"))
        await pilot.press("escape")
        assert isinstance(app.screen, RunScreen)

    drive(root / "a1", steps)


def test_pause_stands_still(root, tmp_path):
    shutil.copytree(root / "a1", tmp_path / "run")

    async def steps(app, pilot):
        await pilot.press("space")
        assert "PAUSED" in shown(app)
        before = app.screen._view
        with (tmp_path / "run" / "events.jsonl").open("a") as log:
            log.write(json.dumps({"seq": 999, "time": 1.0, "kind": "warning", "text": "news"}) + "\n")
        app.screen._look()
        await settled(app, pilot)
        assert app.screen._view is before
        await pilot.press("space", "5")
        app.screen._look()
        await settled(app, pilot)
        assert "news" in shown(app)

    drive(tmp_path / "run", steps, (100, 30))


def test_requests_are_sent_only_after_a_yes(tmp_path):
    run = pr.record(make_spec({**TINY, "seed": 3}), tmp_path / "run")
    next(m for m in run if m.update == 20)

    async def steps(app, pilot):
        await pilot.press("s")
        assert isinstance(app.screen, Confirm)
        await pilot.press("n", "o", "enter")
        await pilot.press("p", "escape")
        assert control.pending(tmp_path / "run") == ([], [])
        await pilot.press("e", "2", "0", "enter")
        await pilot.press("s", "y", "e", "s", "enter")
        await pilot.pause()
        assert [(r.kind, r.updates) for r in control.pending(tmp_path / "run")[0]] == [("extend", 20), ("stop", 0)]

    drive(tmp_path / "run", steps)
    run.close()


def test_read_only_asks_for_nothing(root):
    async def steps(app, pilot):
        for key in "spe":
            await pilot.press(key)
            assert isinstance(app.screen, RunScreen)

    drive(root / "a1", steps, readonly=True)
    assert control.pending(root / "a1") == ([], [])


def test_folder_of_runs(root):
    async def steps(app, pilot):
        assert isinstance(app.screen, FleetScreen)
        table = app.screen.query_one(DataTable)
        for _ in range(20):  # a look takes a bounded time
            app.screen._look()
            await settled(app, pilot)
        assert table.row_count == 3
        assert "log_likelihood: 3 runs, 1 cells" in shown(app)
        await pilot.press("v")
        assert "log_likelihood" not in shown(app).splitlines()[0]
        await pilot.press("slash", "a", "2", "enter")
        assert table.row_count == 1
        await pilot.press("enter")
        await settled(app, pilot)
        assert isinstance(app.screen, RunScreen)
        assert "a2" in shown(app)
        await pilot.press("escape")
        assert isinstance(app.screen, FleetScreen)
        await pilot.press("slash")
        assert app.screen.query_one(Input).value == ""
        assert table.row_count == 3

    drive(root, steps, (100, 30))


def test_what_goes_wrong_is_said(root, tmp_path):
    shutil.copytree(root / "a1", tmp_path / "run")

    async def steps(app, pilot):
        shutil.rmtree(tmp_path / "run")
        app.screen._look()
        await settled(app, pilot)
        assert "deleted" in shown(app)
        assert "there is no such folder" in app.screen.query_one("#verdict", Words).said.plain

    drive(tmp_path / "run", steps, (100, 30))


def test_a_window_that_is_too_small_says_so(root):
    async def steps(app, pilot):
        assert "too small" in shown(app)
        await pilot.resize_terminal(90, 28)
        await settled(app, pilot)
        assert "too small" not in shown(app)
        assert "pseudo_likelihood" in shown(app)

    drive(root / "a1", steps, (40, 10))


def test_a_thousand_runs(tmp_path, root):
    for k in range(1000):
        folder = tmp_path / f"r{k:04d}"
        folder.mkdir()
        for name in ("run.json", "status.json", "events.jsonl"):
            (folder / name).symlink_to(root / "a1" / name)

    async def steps(app, pilot):
        for _ in range(200):
            app.screen._look()
            await settled(app, pilot)
            if app.screen.query_one(DataTable).row_count == 1000:
                break
        assert app.screen.query_one(DataTable).row_count == 1000

    drive(tmp_path, steps)


def test_palette_holds_the_keys(root):
    async def steps(app, pilot):
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        assert {"Pause", "Ask the run for a checkpoint", "Logarithmic axis", "Theme"} <= set(commands)
        await commands["Pause"].callback()
        await pilot.pause()
        assert "PAUSED" in shown(app)
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert type(app.screen).__name__ == "CommandPalette"

    drive(root / "a1", steps, (100, 30))


@pytest.mark.parametrize("theme", ["textual-light", "nord", "gruvbox"])
def test_themes_colour_the_plot_too(root, theme):
    async def steps(app, pilot):
        app.theme = theme
        await pilot.pause()
        plot = app.screen.query_one(PlotView)
        assert {s.style.bgcolor for s in plot.render_line(3)} == {plot.rich_style.bgcolor}

    drive(root / "a1", steps)


def test_a_click_travels_to_the_measurement_there(root):
    async def steps(app, pilot):
        plot = app.screen.query_one(PlotView)
        await pilot.click(PlotView, offset=(plot.size.width // 2, 4))
        await settled(app, pilot)
        assert "AT UPDATE 30" in shown(app)
        await pilot.click(PlotView, offset=(0, 4))  # beside the axis
        assert "AT UPDATE 30" in shown(app)
        await pilot.click(PlotView, offset=(plot.size.width - 1, 4))  # the past ends there
        await settled(app, pilot)
        assert "AT UPDATE 30" in shown(app)

    drive(root / "a1", steps, (100, 30))


def test_a_window_while_the_run_is_killed_and_resumed(tmp_path):
    """The series shown at the end are those of a window that is opened then."""
    folder = tmp_path / "run"
    start = "from physrbm_cli.main import main; main()"
    size = "--hidden 12 --updates 3000 --measurements 50 --chains 64 --batch 64 --ais-chains 100 --samples 40"
    words = [sys.executable, "-c", start, "anneal", *size.split(), "--quiet", "--out", str(folder)]

    async def steps(app, pilot):
        run = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        await until(app, pilot, lambda view: seen(view) > 150)
        run.send_signal(signal.SIGKILL)
        run.wait()
        await until(app, pilot, lambda view: view.state == "died")
        assert "go on: physrbm anneal" in shown(app).replace("│", "")
        run = subprocess.Popen([*words, "--resume"], stdout=subprocess.DEVNULL)
        await until(app, pilot, lambda view: view.state == "done" and not view.behind)
        run.wait()
        late = Follower(folder).poll()
        assert {k: s.value.tolist() for k, s in app.screen._view.series.items()} == {
            k: s.value.tolist() for k, s in late.series.items()
        }

    folder.mkdir()
    (folder / "events.jsonl").touch()  # the window is there before the run
    drive(folder, steps, (100, 30))


def seen(view):
    """Update of the last measurement: the sign of life comes only every two seconds."""
    series = view.series.get("pseudo_likelihood")
    return -1 if series is None or not series.update.size else series.update[-1]


async def until(app, pilot, holds):
    for _ in range(600):
        await pilot.pause(0.1)
        await settled(app, pilot)
        if holds(app.screen._view):
            return
    raise AssertionError("it never came to that")


def test_a_score_that_is_withheld_now_comes_last():
    of = {"log_likelihood": [0.0], "pseudo_likelihood": [0.0, 10.0], "ais_ess": [0.0, 10.0], "none": []}
    series = {name: Series(*(np.array(at),) * 3) for name, at in of.items()}
    assert names_of(SimpleNamespace(series=series)) == ["pseudo_likelihood", "ais_ess", "log_likelihood"]
