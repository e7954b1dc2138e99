"""The window as a picture, without a terminal."""

import html
import re
from pathlib import Path
from typing import Any

from physrbm_tui.app import Monitor
from physrbm_tui.look import Look

_CELL = 12.2  # units of SVG
_TEXT = re.compile(r'<text([^>]*-r\d+" )x="([\d.]+)"([^>]*)textLength="[\d.]+"([^>]*)>([^<]*)</text>')
_REMOTE = re.compile(r"@font-face \{.*?\}\n", re.DOTALL)  # a picture loads nothing from elsewhere


def svg(source: Path, page: str, size: tuple[int, int], look: Look) -> str:
    """What the monitor shows of `source` now, as SVG; size: columns and rows."""
    app, found = Monitor(source, look, readonly=True, page=page), ""

    async def take(pilot: Any) -> None:
        nonlocal found
        while True:
            await app.workers.wait_for_complete()
            await pilot.pause()
            if not app.screen.is_behind:  # type: ignore[attr-defined]
                break
        found = app.export_screenshot(title=f"physrbm monitor {source.name}")
        app.exit()

    app.run(headless=True, size=size, auto_pilot=take)
    return _TEXT.sub(_words, _REMOTE.sub("", found))


def _words(line: re.Match[str]) -> str:
    """A piece of text as its words, each at its own place: not all readers of SVG keep blanks."""
    head, x, middle, tail, text = line.groups()
    cells = html.unescape(text)
    each = [(word.start(), html.escape(word.group())) for word in re.finditer("[^\xa0]+", cells)]
    return "".join(
        f'<text{head}x="{float(x) + at * _CELL:.1f}"{middle}textLength="{len(html.unescape(word)) * _CELL:.1f}"{tail}>'
        f"{word}</text>"
        for at, word in each
    )
