import sys

import numpy as np
import pytest
from physrbm_cli import pictures


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (7, 5)])
def test_every_pixel_can_be_read_back(shape):
    image = np.random.default_rng(0).integers(0, 2, shape)
    seen = np.zeros((shape[0] + 4, shape[1] + 2), int)
    for r, line in enumerate(pictures.halves(image)):
        for c, character in enumerate(line):
            code = " ▀▄█".index(character)
            seen[2 * r, c], seen[2 * r + 1, c] = code & 1, code >> 1
    assert (seen[: shape[0], : shape[1]] == image).all()
    seen[:] = 0
    dots = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1)]  # bit order of Unicode braille
    for r, line in enumerate(pictures.braille(image)):
        for c, character in enumerate(line):
            for bit, (dr, dc) in enumerate(dots):
                seen[4 * r + dr, 2 * c + dc] = (ord(character) - 0x2800) >> bit & 1
    assert (seen[: shape[0], : shape[1]] == image).all()


@pytest.mark.parametrize(("columns", "n", "lines"), [(80, 8, 4), (17, 1, 2), (3, 1, 2)])
def test_strip_fits_the_terminal(columns, n, lines, monkeypatch):
    monkeypatch.setattr(pictures, "unicode", lambda: True)
    strip = pictures.strip(np.ones((8, 8, 8), int), columns)
    assert len(strip) == lines or columns < 35
    assert len(strip[0].split(" ")) >= min(n, 2) or columns < 17
    assert len(strip[0]) <= max(columns, 8)


def test_ascii_where_the_terminal_has_no_more(monkeypatch, capsys):
    monkeypatch.setattr(pictures, "unicode", lambda: False)
    pictures.draw(np.eye(4, dtype=int).reshape(1, 16), (4, 4), "one:")
    assert capsys.readouterr().out.splitlines() == ["one:", "#", " #", "  #", "   #"]
    assert sys.stdout is not None
