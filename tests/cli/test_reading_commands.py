import json

import numpy as np
import pytest
from physrbm_cli.main import app
from typer.testing import CliRunner

import physrbm as pr
from physrbm import exact
from physrbm.errors import PhysRBMError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    arguments = ["--hidden", "10", "--dilution", "0.5", "--updates", "10", "--seed", "1", "--out", str(runs / "a")]
    assert CliRunner().invoke(app, ["anneal", *arguments]).exit_code == 0
    return runs


def run(*arguments):
    return CliRunner().invoke(app, [str(x) for x in arguments])


def test_logz_of_a_run_agrees_with_enumeration(folder):
    estimate = json.loads(run("logz", folder / "a", "--json").stdout)
    enumerated = json.loads(run("logz", folder / "a", "--method", "exact", "--json").stdout)
    assert enumerated["value"] == exact.log_z(pr.open_run(folder / "a").rbm())
    assert abs(estimate["value"] - enumerated["value"]) < 4 * estimate["error"]


def test_logz_that_cannot_be_estimated_exits_with_3(folder, tmp_path):
    rng = np.random.default_rng(0)
    hard = pr.RBM.from_dense(6 * rng.normal(size=(40, 30)), rng.normal(size=40), rng.normal(size=30))
    hard.save(tmp_path / "hard.h5")
    result = run("logz", tmp_path / "hard.h5", "--rungs", 2)
    assert result.exit_code == 3
    assert "not estimated" in result.stdout


def test_sample_writes_what_the_library_samples(folder, tmp_path):
    result = run("sample", folder / "a", "--chains", 50, "--sweeps", 20, "--seed", 4, "--out", tmp_path / "v.npy")
    assert result.exit_code == 0
    rbm = pr.open_run(folder / "a").rbm()
    assert (np.load(tmp_path / "v.npy") == pr.sample(rbm, 50, 20, seed=4).visible).all()
    assert "energy a unit" in result.stdout


def test_show_and_ls_agree_with_the_run(folder):
    shown = json.loads(run("show", folder / "a", "--json").stdout)
    listed = json.loads(run("ls", folder, "--json").stdout)
    assert shown["status"]["state"] == listed[0]["state"] == "done"
    assert shown["report"] == pr.open_run(folder / "a").report()
    assert shown["spec"]["hidden"] == listed[0]["hidden"] == 10
    assert "scores.eps2" in run("show", folder / "a").stdout
    assert str(folder / "a") in run("ls", folder).stdout


def test_data_commands(tmp_path):
    assert run("data", "list").stdout.split() == ["digits", "mnist"]
    missing = run("data", "check", "--data-dir", tmp_path)
    assert missing.exit_code == 3
    assert missing.stdout.count("missing") == 4


def test_doctor_says_which_kernels_run_and_where_runs_can_be_written(tmp_path):
    found = json.loads(run("doctor", "--json", "--out", tmp_path).stdout)
    assert found[f"runs in {tmp_path}"] == "can be locked and written"
    assert (
        run("doctor", "--out", tmp_path / "nowhere").stdout.splitlines()[-1].endswith("NO: No such file or directory")
    )
    assert found["kernels"].split()[0] in ("simd", "portable")
    assert found["physrbm"] == pr.__version__


@pytest.mark.parametrize("command", ["logz", "sample", "show", "ls"])
@pytest.mark.parametrize("kind", ["missing", "text"])
def test_bad_source_is_one_line(command, kind, tmp_path):
    path = tmp_path / "x"
    if kind == "text":
        path.write_text("no HDF5")
    result = run(command, path)
    assert isinstance(result.exception, PhysRBMError)
    assert result.exception.exit_code == 2
    assert str(path) in str(result.exception)
    assert "\n" not in str(result.exception)
