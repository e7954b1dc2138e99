"""Braille plots: what is drawn, exactly, and that nothing breaks them."""

import numpy as np
import pytest
from physrbm_tui.look import Look
from physrbm_tui.widgets.plot import Line, Plot, draw, same
from physrbm_tui.widgets.ticks import label, log_ticks, ticks

ASCII = Look(unicode=False, colour=False)


def text(strips):
    return ["".join(segment.text for segment in strip) for strip in strips]


def dots(strips):
    """All braille of a plot, as codes."""
    return [ord(c) - 0x2800 for row in text(strips) for c in row if 0x2800 < ord(c) < 0x2900]


def test_a_straight_line_in_ascii():
    x = np.arange(11.0)
    plot = Plot((Line("y", np.repeat(x, 3), np.repeat(x, 3)),), "t", "x")
    assert text(draw(plot, 30, 8, ASCII)) == [
        " t  - y 10                    ",
        "10 +                     *****",
        "   |                *****     ",
        " 5 +          ******          ",
        "   |     ******               ",
        " 0 +******                    ",
        "   ++-----------+------------+",
        "    0           5           10",
    ]


@pytest.mark.parametrize("look", [Look(), ASCII])
@pytest.mark.parametrize("size", [(16, 5), (80, 24), (170, 52), (10, 3), (200, 1)])
def test_every_row_has_its_width_whatever_the_data(look, size):
    rng = np.random.default_rng(1)
    odd = np.array([np.nan, np.inf, -np.inf, 1e300, -1e300, 0.0, 1e-300, 5.0])
    for trial in range(40):
        n = int(rng.integers(0, 200))
        x, y = rng.choice([rng.normal(size=n), rng.choice(odd, n), np.full(n, 3.0)]), rng.choice(odd, n)
        error = None if trial % 3 == 0 else rng.choice(odd, n)
        plot = Plot((Line("a", np.sort(x), y, error), Line("b", x, np.ones(n))), "title", "update", trial % 2 == 0,
                    trial % 5 == 0, None if trial % 4 else (0.5, 2.0), 1.0 if trial % 7 == 0 else None)  # fmt: skip
        strips = draw(plot, *size, look)
        assert len(strips) == size[1]
        assert all(len(row) == size[0] for row in text(strips))
        if look == ASCII:
            assert all(row.isascii() for row in text(strips))


def test_one_spike_in_a_hundred_thousand_is_seen():
    y = np.zeros(100_000)
    y[54_321] = 1.0
    plot = Plot((Line("y", np.arange(100_000.0), y),))
    top = text(draw(plot, 80, 20, Look()))[1]
    assert sum(0x2800 < ord(c) < 0x2900 for c in top) == 1


def test_zoom_shows_only_what_is_within():
    x = np.arange(100.0)
    rows = text(draw(Plot((Line("y", x, x),), x_range=(50.0, 99.0)), 60, 12, Look()))
    assert "100" not in rows[-1]
    assert "60" in rows[-1]
    assert "20" not in "".join(row[:4] for row in rows)


def test_logarithmic_axis_leaves_out_what_it_cannot_show():
    x = np.arange(1.0, 41)
    rows = text(draw(Plot((Line("y", x, 10.0 ** (-x / 10)),), log_y=True), 60, 14, Look()))
    assert [row.split("┤")[0].strip() for row in rows if "┤" in row] == ["0.01", "0.0001"]
    assert dots(draw(Plot((Line("y", x, -x),), log_y=True), 60, 14, Look())) == []
    assert "no data yet" in "".join(text(draw(Plot((Line("y", x, -x),), log_y=True), 60, 14, Look())))


def test_cursor_reads_out_every_series():
    x = np.arange(0.0, 100, 10)
    lines = (Line("a", x, x / 100, np.full(10, 0.01)), Line("b", x, -x))
    head = text(draw(Plot(lines, cursor=52.0), 90, 10, Look()))[0]
    assert "a 0.500(10) at 50" in head
    assert "b -50 at 50" in head


def test_equal_plots_are_the_same():
    x = np.arange(5.0)
    a = Plot((Line("y", x, x, None),))
    assert same(a, Plot((Line("y", x.copy(), x.copy(), None),)))
    assert not same(a, Plot((Line("y", x, x + 1, None),)))
    assert not same(a, Plot((Line("y", x, x, x),)))
    assert not same(a, a._replace(log_y=True))
    nan = Plot((Line("y", x, np.full(5, np.nan), None),))
    assert same(nan, Plot((Line("y", x, np.full(5, np.nan), None),)))


def test_ticks_are_round_and_within():
    assert ticks(0, 10, 5) == [0, 2, 4, 6, 8, 10]
    np.testing.assert_allclose(ticks(-0.27, -0.08, 4), [-0.25, -0.2, -0.15, -0.1])
    assert ticks(3, 3, 4) == [3]
    assert ticks(float("nan"), 1, 4) == []
    assert log_ticks(1e-4, 1.0, 9) == [1e-4, 1e-3, 1e-2, 1e-1, 1]
    assert len(ticks(0, 1e300, 5)) <= 6


def test_labels_are_short():
    found = [label(x) for x in (0, 1500, 25_000, 2e6, -18.5, 1e-5, 0.25, 1e12)]
    assert found == ["0", "1.5k", "25k", "2M", "-18.5", "1e-5", "0.25", "1e12"]
