"""What the window says, kept as text: a run written by hand, at three sizes, in every state.

PHYSRBM_SNAPSHOTS=write python -m pytest tests/tui/test_snapshots.py    writes them anew; look at them then
"""

import asyncio
import os
import time
from pathlib import Path

import pytest
from hand_made import BEGAN, GONE, write_run
from physrbm_tui.app import Monitor
from physrbm_tui.look import Look
from textual.widgets import Footer

KEPT = Path(__file__).parent / "snapshots"
STATES = {
    "running": {},
    "done": {"state": "done", "update": 2000},
    "stalled": {"time": BEGAN - 60},
    "died": {"pid": GONE},
    "failed": {"state": "failed", "reason": "diverged at update 1400: a coupling is not a number"},
}
PAGES = "12345"
RUN = Path("run")


@pytest.fixture(autouse=True)
def clock(tmp_path, monkeypatch):
    """A minute after the run began."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(time, "time", lambda: BEGAN + 61)
    monkeypatch.chdir(tmp_path)  # no path of this machine is shown
    yield
    monkeypatch.undo()
    time.tzset()


def window(folder, keys, size, look):
    """Lines of the window after `keys`, and the styles in it."""
    lines, styles = [], set()

    async def go():
        app = Monitor(folder, look)
        async with app.run_test(size=size) as pilot:
            for key in ["", *keys]:
                if key:
                    await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause()
            while any(not footer.children for footer in app.screen.query(Footer)):
                await pilot.pause()  # it composes its keys in a turn of its own, which under load comes late
            await pilot.pause()
            for strip in app.screen._compositor.render_strips():
                lines.append("".join(segment.text for segment in strip).rstrip())
                styles.update(segment.style for segment in strip)

    asyncio.run(go())
    return lines, styles


def held_against(name, lines):
    text, file = "\n".join(lines) + "\n", KEPT / f"{name}.txt"
    if os.environ.get("PHYSRBM_SNAPSHOTS") == "write":
        file.write_text(text)
    assert text == file.read_text(), name


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (170, 52)])
def test_sizes(size):
    write_run(RUN)
    held_against(f"running-{size[0]}x{size[1]}", window(RUN, [], size, Look())[0])


@pytest.mark.parametrize("state", sorted(set(STATES) - {"running"}))
def test_states(state):
    write_run(RUN, **STATES[state])
    held_against(state, window(RUN, [], (80, 24), Look())[0])


def test_paused():
    write_run(RUN)
    held_against("paused", window(RUN, ["space"], (80, 24), Look())[0])


def test_the_past():
    write_run(RUN)
    held_against("past", window(RUN, ["home", "right", "right"], (80, 24), Look())[0])


@pytest.mark.parametrize("page", PAGES)
def test_ascii(page):
    write_run(RUN)
    lines, _ = window(RUN, [page], (80, 24), Look(unicode=False))
    inside = lines[:-1]  # the footer shows arrows
    assert all(line[:-2].isascii() for line in inside)  # but for Textual's scroll bar
    held_against(f"ascii-{page}", inside)


def test_monochrome():
    """The text is that in colours, and what the program draws has none."""
    write_run(RUN)
    grey, styles = window(RUN, [], (80, 24), Look(colour=False))
    held_against("running-80x24", grey)
    known = {"56b4e9", "e69f00", "009e73", "cc79a7", "d55e00"}
    assert not [s for s in styles if s and s.color and s.color.get_truecolor().hex[1:] in known]


@pytest.mark.parametrize("page", PAGES[1:])
def test_pages(page):
    write_run(RUN)
    held_against(f"page-{page}", window(RUN, [page], (100, 30), Look())[0])


@pytest.mark.parametrize("page", "13")
def test_tempering(page):
    write_run(RUN, kind="temper")
    held_against(f"tempering-{page}", window(RUN, [page], (100, 30), Look())[0])


def test_folder_of_runs():
    for name, state in STATES.items():
        write_run(Path(name), **state)
    held_against("folder", window(Path(), [], (100, 30), Look())[0])
