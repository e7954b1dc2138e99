"""`sample` and `logz` as runs, through the command line."""

import json
import subprocess
import sys

import numpy as np
import pytest
from physrbm_cli import tempering_options as opts
from physrbm_cli.main import app
from typer.testing import CliRunner

import physrbm as pr
from physrbm.errors import PhysRBMError
from physrbm.model import RBM
from physrbm.spec import TemperSpec

FEW = ("--ladder", 4, "--sweeps", 1500, "--seed", 1, "-q")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("machines")
    rng = np.random.default_rng(2)
    fresh = RBM.initialise(9, 6, 0.2, scale=0.8, seed=1)
    RBM.from_bonds(*fresh.bonds, rng.normal(size=9), rng.normal(size=6), n_possible=54).save(root / "m.h5")
    RBM.from_spins(30 * rng.normal(size=(9, 9)), np.zeros(9), np.zeros(9)).save(root / "frozen.h5")
    return root


def run(*arguments):
    return CliRunner().invoke(app, [str(x) for x in arguments])


def test_sample_prints_what_it_found_and_makes_a_folder(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("sample", root / "m.h5", *FEW, "--observables", "magnetisation")
    assert done.exit_code == 0, done.output
    for words in ("energy a unit", "magnetisation", "acceptance by gap", "round trips a walker", "equilibrated (R-hat"):
        assert words in done.stdout
    folder = tmp_path / "runs" / "sample-m-independent-s1"
    assert pr.open_run(folder).state == "done"
    assert pr.open_run(folder).samples().shape == (1024, 9)
    assert len(pr.open_run(folder).series("energy")) >= 20
    kinds = [e["kind"] for e in pr.open_run(folder).events().events]
    assert (kinds[0], kinds[-1]) == ("start", "report")
    again = run("sample", "--out", folder, "--resume", "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout) == pr.open_run(folder).report()


def test_all_methods_stand_side_by_side(root, tmp_path):
    done = run("logz", root / "m.h5", *FEW, "--method", "all", "--out", tmp_path / "run")
    assert done.exit_code == 0, done.output
    table = [line.split() for line in done.stdout.splitlines() if line.endswith("estimated")]
    assert [row[0] for row in table] == ["ais", "ais_reverse", "bar", "exact", "integration", "mbar"]
    assert run("show", tmp_path / "run").stdout.count("estimated") == 6


def test_what_is_not_equilibrated_exits_with_3(root, tmp_path):
    little = ("--ladder", "0.9,1", "--path", "temperature", "--sweeps", 200, "--seed", 1, "-q")
    done = run("sample", root / "frozen.h5", *little, "--out", tmp_path / "s")
    assert done.exit_code == 3
    assert "not equilibrated" in done.stdout
    assert run("sample", "--out", tmp_path / "s", "--resume").exit_code == 3
    done = run("logz", root / "frozen.h5", *little, "--method", "bar", "--out", tmp_path / "z")
    assert done.exit_code == 3
    assert "not estimated" in done.stdout


def test_folder_of_both_kinds(root, tmp_path):
    quick = ["--updates", 2, "--ais-chains", 100, "--samples", 40, "--sample-sweeps", 5, "-q"]
    assert run("anneal", "--hidden", 6, *quick, "--out", tmp_path / "a").exit_code == 0
    run("sample", root / "m.h5", "--ladder", 4, "--sweeps", 20, "-q", "--out", tmp_path / "s")
    rows = json.loads(run("ls", tmp_path, "--json").stdout)
    assert [(row["kind"], row["update"]) for row in rows] == [("anneal", "2/2"), ("temper", "20/20")]
    assert "pseudo_likelihood" in run("show", tmp_path / "a").stdout
    shown = json.loads(run("show", tmp_path / "s", "--json").stdout)
    assert shown["spec"]["path"] == "independent"
    for command, folder in (("anneal", "s"), ("sample", "a")):
        refused = run(command, "--out", tmp_path / folder, "--resume")
        assert isinstance(refused.exception, PhysRBMError)
        assert "a run of" in str(refused.exception)
    assert "one of sample" in str(run("logz", "--out", tmp_path / "s", "--resume").exception)
    assert "replicas is 5" in str(run("sample", "--out", tmp_path / "s", "--resume", "--replicas", 5).exception)


def test_time_limit(root, tmp_path):
    code = "from physrbm_cli.main import main; main()"
    words = ["sample", root / "m.h5", "--sweeps", 10**8, "--ladder", 4, "--max-time", "0s", "--out", tmp_path / "t"]
    done = subprocess.run([sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 75
    assert f"physrbm sample --out {tmp_path / 't'} --resume" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["sample"],
        ["logz"],
        ["sample", "nowhere"],
        ["sample", "M", "--ladder", "x"],
        ["sample", "M", "--ladder", "1"],
        ["sample", "M", "--ladder", "0,0.5"],
        ["sample", "M", "--ladder", "nan,1"],
        ["sample", "M", "--path", "winding"],
        ["sample", "M", "--path", "dilution"],
        ["sample", "M", "--path", "dilution", "--ladder", "0.1,0.5"],
        ["sample", "M", "--path", "temperature", "--ladder", "0,0.5,2"],
        ["sample", "M", "--path", "none", "--ladder", "4"],
        ["sample", "M", "--path", "trajectory"],
        ["sample", "M", "--observables", "heat"],
        ["sample", "M", "--start", "data"],
        ["sample", "M", "--data", "digits"],
        ["sample", "M", "--chains", "10"],
        ["sample", "M", "--sweeps", "1"],
        ["sample", "M", "--out", "v.npy", "--replicas", "4"],
        ["sample", "M", "--out", "v.npy", "--resume"],
        ["sample", "--resume"],
        ["logz", "M", "--method", "guess"],
        ["logz", "M", "--method", "bar,guess"],
        ["logz", "M", "--sweeps", "100"],
        ["logz", "M", "--method", "bar", "--rungs", "4"],
        ["logz", "M", "--method", "bar", "--max-time", "soon"],
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(arguments, root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*(root / "m.h5" if x == "M" else x for x in arguments))
    assert isinstance(result.exception, PhysRBMError), result.output
    assert result.exception.exit_code == 2
    assert "\n" not in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_help_shows_the_defaults_of_the_spec():
    shown = {"path": opts.PathName, "ladder": opts.Ladder, "beta": opts.Beta, "sweeps": opts.Sweeps,
             "swap_every": opts.SwapEvery, "replicas": opts.Replicas, "start": opts.Start,
             "binarise": opts.Binarise}  # fmt: skip
    for name, annotation in shown.items():
        assert annotation.__metadata__[0].show_default == str(TemperSpec.model_fields[name].default)
