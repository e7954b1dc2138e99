import json
import subprocess
import sys

import numpy as np
import pytest
from physrbm_cli.main import app
from typer.testing import CliRunner

import physrbm as pr
from physrbm.errors import PhysRBMError

SHORT = ["anneal", "--dilution", "0.85", "--hidden", "40", "--updates", "20", "--seed", "3"]


def physrbm(*arguments):
    return subprocess.run(
        [sys.executable, "-c", "from physrbm_cli.main import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "a"
    return folder, physrbm(*SHORT, "--out", folder, "--json")


def test_json_report_is_the_stored_run(finished):
    folder, done = finished
    assert done.returncode == 0, done.stderr
    report, run = json.loads(done.stdout), pr.open_run(folder)
    assert run.state["state"] == "done"
    assert report["n_bonds"] == run.rbm().n_bonds == round(0.15 * 64 * 40)
    assert report["log_likelihood"]["test"]["value"] == run.series("log_likelihood_test")[-1, 1]
    assert report["log_z"]["lower"] < report["log_z"]["value"] < report["log_z"]["upper"]
    assert run.samples().shape == (1024, 64)
    assert len((folder / "events.jsonl").read_text().splitlines()) == 22


def test_same_seed_same_arrays_for_any_thread_count(finished, tmp_path):
    assert physrbm(*SHORT, "--threads", "1", "--out", tmp_path / "b").returncode == 0
    a, b = pr.open_run(finished[0]), pr.open_run(tmp_path / "b")
    assert a.rbm().bonds.weight.tobytes() == b.rbm().bonds.weight.tobytes()
    assert a.samples().tobytes() == b.samples().tobytes()
    assert a.series("log_likelihood_test").tobytes() == b.series("log_likelihood_test").tobytes()


def test_from_an_earlier_run_only_measuring(finished, tmp_path):
    done = physrbm(*SHORT[:1], "--from", finished[0], "--dilution", "0.85", "--updates", "0", "--out", tmp_path / "c")
    assert done.returncode == 0, done.stderr
    assert (pr.open_run(tmp_path / "c").rbm().weights() == pr.open_run(finished[0]).rbm().weights()).all()
    assert "▄" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--dilution", "1.0"], 2),
        (["--dilution", "-0.1"], 2),
        (["--dilution", "nan"], 2),
        (["--rule", "magic"], 2),
        (["--gauge", "magic"], 2),
        (["--data", "nothing"], 2),
        (["--from", "nowhere"], 2),
        (["--updates", "-1"], 2),
        (["--hidden", "0"], 2),
        (["--threads", "0"], 2),
        (["--threads", "9999"], 2),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(arguments, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["anneal", *arguments])
    assert isinstance(result.exception, PhysRBMError)
    assert result.exception.exit_code == code
    assert "\n" not in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_existing_run_is_not_touched(finished):
    before = (finished[0] / "results.h5").read_bytes()
    done = physrbm(*SHORT, "--out", finished[0])
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) == 1
    assert (finished[0] / "results.h5").read_bytes() == before


def test_divergence_keeps_the_last_healthy_machine(tmp_path):
    done = physrbm(*SHORT, "--learning-rate", "1e4", "--final-learning-rate", "1e4", "--out", tmp_path / "d")
    assert done.returncode == 1
    assert "choose a smaller learning rate" in done.stderr
    assert "Traceback" not in done.stderr
    run = pr.open_run(tmp_path / "d")
    assert run.state["state"] == "failed"
    assert np.isfinite(run.rbm().bonds.weight).all()


def test_help_and_import_are_light():
    heavy = {"numba", "h5py", "textual", "scipy"}
    for code in ("import physrbm", "from typer.testing import CliRunner; from physrbm_cli.main import app; "
                 "assert CliRunner().invoke(app, ['--help']).exit_code == 0"):  # fmt: skip
        loaded = subprocess.check_output([sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], text=True)
        assert not heavy & set(loaded.split())
