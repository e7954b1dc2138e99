"""Images: every pixel once, and decoded back."""

import numpy as np
import pytest
from physrbm_tui.look import Look
from physrbm_tui.widgets.heat import draw_heat
from physrbm_tui.widgets.images import draw_bits, draw_fields

HALF = {" ": (0, 0), "▄": (0, 1), "▀": (1, 0), "█": (1, 1), '"': (1, 0), ".": (0, 1), "#": (1, 1)}


def text(strips):
    return ["".join(segment.text for segment in strip) for strip in strips]


@pytest.mark.parametrize("look", [Look(), Look(unicode=False)])
@pytest.mark.parametrize("shape", [(8, 8), (7, 5)])
def test_half_blocks_are_lossless(look, shape):
    image = np.random.default_rng(1).integers(0, 2, (1, *shape))
    rows = text(draw_bits(image, shape[1], 10, look))[: -(-shape[0] // 2)]
    found = np.array([[HALF[c] for c in row] for row in rows]).swapaxes(1, 2).reshape(-1, shape[1])
    assert (found[: shape[0]] == image[0]).all()


def test_braille_is_lossless():
    image = np.random.default_rng(2).integers(0, 2, (1, 28, 28))
    rows = text(draw_bits(image, 14, 7, Look()))
    order = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1)]
    found = np.zeros((28, 28), int)
    for i, row in enumerate(rows):
        for j, c in enumerate(row):
            for bit, (r, s) in enumerate(order):
                found[4 * i + r, 2 * j + s] = c != " " and ord(c) - 0x2800 >> bit & 1
    assert (found == image[0]).all()


def test_as_many_as_fit_and_every_row_has_its_width():
    images = np.ones((9, 8, 8), int)
    strips = draw_bits(images, 30, 10, Look())
    assert len(strips) == 10
    assert all(len(row) == 30 for row in text(strips))
    assert text(strips)[0].count("█") == 24
    assert sum(row.count("█") for row in text(strips)) == 2 * 3 * 8 * 4
    assert all(len(row) == 20 for row in text(draw_bits(np.zeros((0, 1, 1)), 20, 3, Look())))


def test_removed_bonds_do_not_look_like_zero_couplings():
    field = np.array([[[0.0, np.nan], [1.0, -1.0]]])
    colour, plain = (draw_fields(field, 2, 1, look) for look in (Look(), Look(unicode=False, colour=False)))
    (left, right) = (segment.style for segment in list(colour[0])[:2])
    assert left.color != right.color
    assert "rgb(88,88,88)" in str(right.color.name)
    assert text(plain) == ["+-"]
    empty = draw_fields(np.full((1, 2, 2), np.nan), 2, 1, Look(unicode=False))
    assert text(empty) == ["  "]


def test_heat_grid_in_words():
    value = np.array([[-92.5, np.nan], [np.nan, -73.3]])
    grid = draw_heat(
        ["100", "500"], ["0", "0.85"], value, [["done", "running"], ["", "failed"]], Look(False, False), "h", "p"
    )
    rows = grid.plain.splitlines()
    assert rows[1].split() == ["100", "-92.5", ".>"]
    assert rows[2].split() == ["500", "-73.3X"]
    assert "-92.5 ... -73.3" in rows[3]
