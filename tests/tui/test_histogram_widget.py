"""Histograms: no count is invisible, what is expected is marked, and the degrees at random are those of scipy."""

import numpy as np
import pytest
from physrbm_tui.look import Look
from physrbm_tui.panels.graph import _at_random, _edges
from physrbm_tui.widgets.histogram import draw_histogram
from scipy import stats

NAMES = ["a", "bb", "ccc"]


def drawn(counts, expected, width=30, look=None):
    look = look or Look()
    return draw_histogram(NAMES, np.array(counts), np.array(expected, float), width, look).plain.splitlines()


def test_bars_are_in_proportion():
    lines = drawn([20, 10, 0], [np.nan] * 3, width=28)  # room of 20 cells
    assert [line.count("█") for line in lines] == [20, 10, 0]
    assert lines[0].startswith("  a 20 █")
    assert all(len(line) <= 28 for line in lines)


def test_eighths_of_a_cell():
    assert drawn([160, 1, 0], [np.nan] * 3, width=29)[1].count("▏") == 1  # an eighth of a cell of 20
    assert drawn([1600, 1, 0], [np.nan] * 3, width=29)[1].count("▏") == 1  # less than that is seen, too


def test_expected_counts_are_marked_where_they_lie():
    lines = drawn([20, 10, 0], [10, 20, 5], width=28)
    assert [line.index(mark) for line, mark in zip(lines, "┃││", strict=True)] == [7 + 10, 7 + 19, 7 + 5]


def test_ascii():
    text = draw_histogram(NAMES, np.array([20, 1, 0]), np.array([10.0, 20.0, 5.0]), 30, Look(unicode=False)).plain
    assert text.isascii()
    assert text.count("|") == 3


@pytest.mark.parametrize("counts", [[0, 0, 0], []])
def test_nothing_to_count(counts):
    text = draw_histogram(NAMES[: len(counts)], np.array(counts, int), np.full(len(counts), np.nan), 30, Look()).plain
    assert "█" not in text


@pytest.mark.parametrize(
    ("n", "n_bonds", "possible"), [(12, 300, 768), (500, 58_800, 392_000), (5, 2, 20), (4, 19, 20)]
)
def test_degrees_at_random(n, n_bonds, possible):
    wanted = stats.hypergeom(possible, n_bonds, n).pmf(np.arange(n + 2))
    assert _at_random(n, n_bonds, possible, n + 1) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("degree", [[3], [0, 1, 2], list(range(100)), [5, 400]])
def test_every_degree_is_in_one_bin(degree):
    edges = _edges(np.array(degree))
    assert edges.size <= 13
    assert np.histogram(degree, edges)[0].sum() == len(degree)
    assert edges[-1] > max(degree)
