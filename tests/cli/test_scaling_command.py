"""`scaling`: what a table with a known answer says, what is refused, what is drawn."""

import json
import subprocess
import sys

import numpy as np
import pytest
from physrbm_cli import chart
from physrbm_cli.main import app
from planted import nothing, planted
from typer.testing import CliRunner

import physrbm as pr
from physrbm.errors import InvalidInput

NAMES = ("--x", "x", "--size", "L", "--y", "y", "--instance", "instance")


def run(*arguments, **environment):
    return CliRunner().invoke(app, [str(x) for x in arguments], env={"COLUMNS": "80", **environment})


def write(path, columns):
    pr.campaign.write_table(path, pr.campaign.Table(columns, {}))
    return path


def refused(*arguments):
    done = run("scaling", *arguments)
    assert isinstance(done.exception, InvalidInput), done.output
    assert done.exception.exit_code == 2
    assert "\n" not in str(done.exception)
    assert done.stdout == ""
    return str(done.exception)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    write(folder / "one.csv", planted(2, sizes=(32,), instances=10))
    write(folder / "few.csv", planted(2, sizes=(16, 32), instances=4, points=3))
    write(folder / "noise.csv", nothing(0, instances=20))
    return folder


@pytest.fixture(scope="module")
def sizes(folder):
    """A file each."""
    table = planted(3, sizes=(16, 64), instances=6, points=8)
    return [
        write(folder / f"{L}.csv", {name: column[table["L"] == L] for name, column in table.items()}) for L in (16, 64)
    ]


def test_planted_values_are_recovered_from_stacked_files_and_drawn(sizes, folder):
    out = folder / "figure.png"
    done = run("scaling", *sizes, *NAMES, "--method", "gaussian_process", "--json", "--out", out)
    assert done.exit_code == 0, done.exception
    found = json.loads(done.stdout)
    (fit,) = found["collapse"]["gaussian_process"].values()
    for name, true in (("x_c", 0.8), ("nu", 1.5), ("exponent", -0.25)):
        assert abs(fit[name] - true) < 4 * fit[f"{name}_error"]
    assert found["transition"]["kind"] == "continuous"
    assert found["verdict"].startswith("continuous transition at x_c = 0.")
    assert found["crossings"]["pairs"][0]["found"]
    assert found["curves"]["instances"] == [6] * 16
    assert [peak["size"] for peak in found["peaks"]] == [16, 64]
    assert out.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert "--force" in refused(*sizes, *NAMES, "--out", out)


def test_held_parameters_scale_the_picture(sizes):
    held = ("--nu", 1.5, "--xc", 0.8, "--exponent", -0.25, "--method", "houdayer_hartmann")
    done = run("scaling", *sizes, *NAMES, *held, "--scaled")
    assert done.exit_code == 0, done.exception
    assert "(x - x_c) L^(1/nu)" in done.stdout
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("houdayer")]
    assert row.split()[2:6] == ["16", "0.8", "1.5", "-0.25"]
    assert "crossings of y" in done.stdout
    assert done.stdout.endswith("errors: jackknife over instances, 6 at least; descriptive only\n")


def test_noise_is_no_transition(folder):
    done = run("scaling", folder / "noise.csv", *NAMES)
    assert done.exit_code == 0, done.exception
    assert "no transition found (none): curves that do not depend on x do as well" in done.stdout
    assert "collapse" not in done.stdout
    assert done.stdout.endswith("errors: jackknife over instances, 20 at least\n")


def test_one_size_is_searched_for_a_change(folder):
    out = folder / "one.svg"
    done = run("scaling", folder / "one.csv", *NAMES, "--out", out)
    assert done.exit_code == 0, done.exception
    assert "no transition found: a smooth curve does as well (p = " in done.stdout
    assert "no transition found" in out.read_text()
    jump = planted(2, sizes=(32,), instances=10, points=30)
    jump["y"] = jump["y"] * 0.1 + (jump["x"] > 0.9)
    found = json.loads(run("scaling", write(folder / "jump.csv", jump), *NAMES, "--json").stdout)
    assert found["change_point"]["kind"] == "jump"
    assert abs(found["change_point"]["x"] - 0.9) < 0.1


def test_too_few_points_are_nothing_to_estimate_from(folder):
    done = run("scaling", folder / "few.csv", *NAMES)
    assert done.exit_code == 3
    assert "nothing could be estimated: 6 points are not enough" in done.stdout


def test_rows_that_are_not_done_and_other_families_stay_out(folder):
    table = planted(2, sizes=(32,), instances=4)
    n = len(table["x"])
    table = {name: np.concatenate([column] * 3) for name, column in table.items()}
    table["family"] = np.repeat(["before-0", "after", "before-1"], n)
    table["state"] = np.repeat(["done", "done", "failed"], n)
    path = write(folder / "families.csv", table)
    found = json.loads(run("scaling", path, *NAMES, "--family", "before-*", "--json").stdout)
    assert set(found["curves"]["instances"]) == {4}
    mixed = run("scaling", path, *NAMES)
    assert "rows with equal L, x, instance are averaged" in mixed.stderr
    assert "is done" in refused(path, *NAMES, "--family", "else")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ((), "no column dilution, n_visible, eps2 in"),
        ((*NAMES, "--other", "z"), "no column z in"),
        ((*NAMES[:-1], "seed"), "there are x, L, y, instance"),
        ((*NAMES, "--family", "a"), "no column family"),
        ((*NAMES, "--method", "guess"), "one of both, houdayer_hartmann"),
        ((*NAMES, "--x-range", "1"), "LOW:HIGH"),
        ((*NAMES, "--nu", "0"), "--nu above 0"),
        ((*NAMES, "--xc", "nan"), "--xc"),
        ((*NAMES, "--l-min", "99"), "sizes"),
        ((*NAMES, "--other", "y", "--susceptibility"), "--other"),
        ((*NAMES, "--out", "a.txt"), ".png"),
    ],
)
def test_what_does_not_fit_is_one_line(more, says, folder):
    assert says in refused(folder / "one.csv", *more)


def test_susceptibility_and_two_instances(folder):
    path = write(folder / "pair.csv", planted(2, sizes=(32,), instances=2))
    assert "at least 3 are needed" in refused(path, *NAMES, "--susceptibility")
    done = run("scaling", path, *NAMES)
    assert "instances at L 32, x " in done.stdout
    assert ": 2; at least 3 are needed" in done.stdout
    done = run("scaling", folder / "one.csv", *NAMES, "--susceptibility")
    assert done.stdout.startswith("L var(y)   ")


@pytest.fixture
def two():
    x = np.linspace(0, 1, 9)
    return [chart.Series("a", x, x), chart.Series("b", x, 1 - x)]


def test_no_colour_where_none_is_wanted(two, monkeypatch, folder):
    monkeypatch.setenv("NO_COLOR", "1")
    assert not any(span.style for line in chart.chart(two, ("x", "y"), 0.5, 60) for span in line.spans)
    done = run("scaling", folder / "one.csv", *NAMES, NO_COLOR="1", FORCE_COLOR="1")
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout
    monkeypatch.delenv("NO_COLOR")
    assert any(span.style for line in chart.chart(two, ("x", "y"), 0.5, 60) for span in line.spans)


def test_a_picture_in_ascii_has_every_mark_and_the_line(two, monkeypatch):
    monkeypatch.setattr(chart, "unicode", lambda: False)
    lines = [line.plain for line in chart.chart(two, ("x", "y"), 0.25, 60)]
    assert all(line.isascii() and len(line) <= 60 for line in lines)
    rows = "".join(lines[1:-3])
    assert rows.count("o") == 8  # one lies below a mark of the other curve
    assert rows.count("x") == 9
    assert rows.count(":") > 10
    assert [lines[0], lines[-1].strip()] == ["y   o a   x b", "x"]


def test_equal_values_are_a_level_line(monkeypatch):
    lines = chart.chart([chart.Series("a", np.arange(3.0), np.ones(3))], ("x", "y"), None, 10)
    assert sum("●" in line.plain or "o" in line.plain for line in lines[1:]) == 1


def test_help_loads_nothing_heavy():
    heavy = ("scipy", "numba", "h5py", "textual", "matplotlib")
    code = f"import sys, physrbm_cli.main; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
