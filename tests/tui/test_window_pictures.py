"""`monitor --once --svg`, --plain and --json: the window for scripts and for papers."""

import json
import xml.etree.ElementTree as ET

import pytest
from hand_made import write_run
from physrbm_cli.main import app
from typer.testing import CliRunner

from physrbm.errors import InvalidInput


@pytest.fixture
def run(tmp_path):
    write_run(tmp_path / "run", state="done", update=2000)
    return tmp_path / "run"


def said(*words):
    result = CliRunner().invoke(app, ["monitor", *map(str, words)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def words(svg):
    return " ".join(element.text for element in ET.fromstring(svg).iter() if element.text)


def test_a_run_as_a_picture(run):
    svg = said(run, "--once", "--svg")
    assert "url(" not in svg.replace("url(#", "")  # nothing is loaded from elsewhere
    assert "2,000/2,000" in words(svg)
    assert "-20.1000(24)" in words(svg) or "-20.10(24)," in words(svg)


def test_words_stand_where_the_window_has_them(run):
    """A blank is no place where readers of SVG may differ: every word has its own."""
    texts = [e for e in ET.fromstring(said(run, "--svg", "--page", "graph")).iter() if e.tag.endswith("text")]
    row = [e for e in texts if e.text in ("visible", "units:")]
    assert float(row[1].get("x")) - float(row[0].get("x")) == pytest.approx(12.2 * len("visible "))
    assert all("\xa0" not in e.text for e in texts if "title" not in e.get("class", ""))


def test_a_folder_as_a_picture(run):
    write_run(run.parent / "other")
    found = words(said(run.parent, "--svg", "--size", "120x20"))
    assert "other" in found
    assert "done" in found


def test_plain_and_json_are_those_of_status(run):
    assert said(run, "--plain") == said(run, "--once")
    assert "run: done" in said(run, "--once", "--plain")
    assert json.loads(said(run, "--json"))["state"] == "done"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--svg", "--json"], "exclude each other"),
        (["--svg", "--page", "overvew"], "unknown page 'overvew'; allowed: overview, samples"),
        (["--svg", "--size", "10x10"], "each 20 ... 1000, got '10x10'"),
        (["--svg", "--size", "wide"], "COLUMNSxROWS"),
    ],
)
def test_what_cannot_be_is_said(run, words, message):
    with pytest.raises(InvalidInput, match=message.replace("(", r"\(").replace(".", r"\.")):
        said(run, *words)
