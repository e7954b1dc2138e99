import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from physrbm_cli.main import app
from typer.testing import CliRunner

import physrbm as pr
from physrbm.errors import PhysRBMError
from physrbm.store.process import this_process

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
    assert run.state == "done"
    assert report["n_bonds"] == run.rbm().n_bonds == round(0.15 * 64 * 40)
    assert report == run.report()
    assert report["log_z"]["lower"] < report["log_z"]["value"] < report["log_z"]["upper"]
    assert run.samples().shape == (1024, 64)
    events = run.events()
    assert [e["kind"] for e in events.events[:: len(events.events) - 1]] == ["start", "report"]
    assert run.series("reconstruction")[:, 0].tolist() == list(range(21))


def test_same_seed_same_arrays_for_any_thread_count(finished, tmp_path):
    assert physrbm(*SHORT, "--threads", "1", "--out", tmp_path / "b").returncode == 0
    a, b = pr.open_run(finished[0]), pr.open_run(tmp_path / "b")
    assert a.rbm().bonds.weight.tobytes() == b.rbm().bonds.weight.tobytes()
    assert a.samples().tobytes() == b.samples().tobytes()
    assert a.series("pseudo_likelihood").tobytes() == b.series("pseudo_likelihood").tobytes()
    for name in ("log_z", "log_likelihood", "scores", "anchors"):
        assert a.report()[name] == b.report()[name]


def test_from_an_earlier_run_only_measuring(finished, tmp_path):
    done = physrbm(*SHORT[:1], "--from", finished[0], "--dilution", "0.85", "--updates", "0", "--out", tmp_path / "c")
    assert done.returncode == 0, done.stderr
    assert (pr.open_run(tmp_path / "c").rbm().weights() == pr.open_run(finished[0]).rbm().weights()).all()
    assert "▄" in done.stdout


def test_from_an_update_on_the_way_diluted_further(finished, tmp_path):
    start = pr.open_run(finished[0])
    assert start.steps == list(range(21))
    done = physrbm("anneal", "--from", f"{finished[0]}@5", "--dilution", "0.9", "--rule", "magnitude", "--updates", "0",
                   "--out", tmp_path / "e")  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = pr.open_run(tmp_path / "e").rbm()
    assert (found.weights() == pr.dilute(start.rbm(5), 0.9, rule="magnitude").weights()).all()


def test_machine_of_an_update_that_was_not_kept(finished):
    done = physrbm("logz", f"{finished[0]}@999")
    assert done.returncode == 5
    assert "kept are 0, 1" in done.stderr


def test_interrupt_saves_and_leaves(tmp_path):
    command = [sys.executable, "-c", "from physrbm_cli.main import main; main()", *SHORT, "--updates", "1000000"]
    command += ["--measurements", "100000", "-v", "--out", str(tmp_path / "i")]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while "update 30/" not in running.stderr.readline():
        pass
    running.send_signal(signal.SIGINT)
    _, rest = running.communicate(timeout=60)
    assert running.returncode == 75
    assert "--resume" in rest.splitlines()[-1]
    assert "Traceback" not in rest
    run = pr.open_run(tmp_path / "i")
    assert run.state == "stopped"
    assert len(run.series("reconstruction")) >= 4
    assert run.steps[-1] == run.status["update"]


def test_killed_run_is_seen_as_dead(finished, tmp_path):
    folder = tmp_path / "k"
    folder.mkdir()
    me = this_process()._asdict()
    status = {**me, "state": "running", "update": 3, "pid": 2**22 + 1, "time": 0}
    (folder / "status.json").write_text(json.dumps(status))
    (folder / "run.json").write_bytes((finished[0] / "run.json").read_bytes())
    assert pr.open_run(folder).state == "died"
    (folder / "status.json").write_text(json.dumps({**status, "host": "elsewhere"}))
    assert pr.open_run(folder).state == "running"


def test_run_goes_on_when_nobody_reads_its_progress(tmp_path):
    command = [sys.executable, "-c", "from physrbm_cli.main import main; main()", *SHORT, "-v", "--out", tmp_path / "p"]
    running = subprocess.Popen([str(x) for x in command], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    running.stderr.readline()
    running.stderr.close()
    assert b"log Z" in running.stdout.read()
    running.stdout.close()
    assert running.wait(timeout=60) == 0


def test_tiny_data_give_json_without_nan_and_reasons(tmp_path):
    np.save(tmp_path / "one.npy", np.array([[0], [1], [1]]))
    few = ["--hidden", "3", "--updates", "2", "--json", "--out", tmp_path / "t"]
    done = physrbm("anneal", "--data", tmp_path / "one.npy", *few)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    report = json.loads(done.stdout, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert "at least 40 samples" in report["absent"]["eps2"]


def test_data_that_cannot_be_learned_from(tmp_path):
    np.save(tmp_path / "nan.npy", np.full((10, 4), np.nan))
    np.save(tmp_path / "flat.npy", np.zeros((10, 4)))
    (tmp_path / "empty.csv").write_text("")
    for name in ("nan.npy", "empty.csv"):
        done = physrbm("anneal", "--data", tmp_path / name, "--out", tmp_path / "out")
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert name in done.stderr
    assert not (tmp_path / "out").exists()
    flat = physrbm(
        "anneal", "--data", tmp_path / "flat.npy", "--hidden", "3", "--updates", "5", "--out", tmp_path / "f"
    )
    assert flat.returncode == 0, flat.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--dilution", "1.0"], 2),
        (["--dilution", "-0.1"], 2),
        (["--dilution", "nan"], 2),
        (["--rule", "magic"], 2),
        (["--gauge", "magic"], 2),
        (["--data", "nothing"], 2),
        (["--binarise", "1.5"], 2),
        (["--shape", "big"], 2),
        (["--seed", "-1"], 2),
        (["--config", "nowhere.toml"], 2),
        (["--from", "nowhere", "--hidden", "7"], 2),
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
    done = physrbm(*SHORT, "--learning-rate", "1e4", "--decay", "1", "--out", tmp_path / "d")
    assert done.returncode == 1
    assert "choose a smaller learning rate" in done.stderr
    assert "Traceback" not in done.stderr
    run = pr.open_run(tmp_path / "d")
    assert run.state == "failed"
    assert np.isfinite(run.rbm().bonds.weight).all()


def test_help_and_import_are_light():
    heavy = {"numba", "h5py", "textual", "scipy"}
    for code in ("import physrbm", "from typer.testing import CliRunner; from physrbm_cli.main import app; "
                 "assert CliRunner().invoke(app, ['--help']).exit_code == 0"):  # fmt: skip
        loaded = subprocess.check_output([sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], text=True)
        assert not heavy & set(loaded.split())


def test_a_log_z_that_cannot_be_estimated_is_withheld_and_exits_with_3(tmp_path, monkeypatch):
    """A frozen machine: AIS is refused, and the tempering it falls back on is not equilibrated."""
    monkeypatch.setattr("physrbm.experiment.measuring.MOST_TEMPERING", 0)
    rng = np.random.default_rng(0)
    hard = pr.RBM.from_spins(5 * rng.normal(size=(64, 40)), np.zeros(64), np.zeros(40))
    hard.save(tmp_path / "hard.h5")
    arguments = ["anneal", "--from", str(tmp_path / "hard.h5"), "--updates", "0", "--seed", "1", "--ais-chains", "100"]
    result = CliRunner().invoke(app, [*arguments, "--samples", "50", "--out", str(tmp_path / "run")])
    assert result.exit_code == 3
    assert "round trips of the walkers of a replica" in result.stdout
    report = pr.open_run(tmp_path / "run").report()
    assert report["log_z"]["estimated"] is False
