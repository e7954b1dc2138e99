"""Resuming through the command, control requests, signals."""

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from test_faults import TINY, arrays, ended

import physrbm as pr
from physrbm import hdf5, training
from physrbm.errors import InvalidInput, NoCheckpoint
from physrbm.spec import make_spec
from physrbm.store import control, lock, recording
from physrbm.store.checkpoints import checkpoints
from physrbm.store.events import Log, read_events

LONG = ["--hidden", "8", "--updates", "1000000", "--measurements", "10", "--seed", "1"]


def command(*arguments):
    return [sys.executable, "-c", "from physrbm_cli.main import main; main()", *map(str, arguments)]


def physrbm(*arguments):
    return subprocess.run(command(*arguments), capture_output=True, text=True)


def start(folder, *more):
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests under nohup would hand down that it is ignored
    run = subprocess.Popen(command("anneal", *LONG, "--out", folder, *more), stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGHUP, before)
    while not (folder / "status.json").exists() or updates(folder) == 0:  # kernels are compiled before the first one
        assert run.poll() is None, run.stderr.read()
        time.sleep(0.05)
    return run


def updates(folder):
    return json.loads((folder / "status.json").read_text())["update"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP])
def test_signal_saves_and_asks_to_be_resumed(number, tmp_path):
    run = start(tmp_path / "run")
    run.send_signal(number)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 75
    assert number.name in said.splitlines()[-1]
    assert f"anneal --out {tmp_path / 'run'} --resume" in said.splitlines()[-1]
    found = pr.open_run(tmp_path / "run")
    assert found.state == "stopped"
    assert found.steps[-1] == found.status["update"] > 0


def test_second_interrupt_leaves_at_once(tmp_path):
    run = start(tmp_path / "run")
    run.send_signal(signal.SIGSTOP)  # so that both are there before the first is acted on
    run.send_signal(signal.SIGINT)
    run.send_signal(signal.SIGTERM)
    run.send_signal(signal.SIGCONT)
    _, said = run.communicate(timeout=30)
    assert run.returncode in (75, 130, 143)
    assert "Traceback" not in said


def test_requests_are_done_and_removed(tmp_path):
    folder = tmp_path / "run"
    run = start(folder)
    for request in (["checkpoint"], ["extend", 7], ["stop"]):
        done = physrbm("ctl", folder, *request)
        assert done.returncode == 0, done.stderr
    assert run.wait(30) == 75
    run.stderr.close()
    asked = [e for e in pr.open_run(folder).events().events if e["kind"] == "request"]
    assert [e["request"] for e in asked] == ["checkpoint", "extend", "stop"]
    assert not list((folder / "control").iterdir())
    assert pr.open_run(folder).status["updates"] == 1_000_007


def test_extension_asked_for_while_the_end_is_measured(tmp_path, monkeypatch):
    from physrbm.experiment import running

    measure, folder = running.measure, tmp_path / "run"

    def ask_then_measure(spec, rbm, data):
        if not (folder / "asked").exists():
            (folder / "asked").touch()
            control.send(folder, "extend", 3)
            monkeypatch.setattr(lock, "HEARTBEAT", 0.0)
            monkeypatch.setattr(recording, "HEARTBEAT", 0.0)
        return measure(spec, rbm, data)

    monkeypatch.setattr(running, "measure", ask_then_measure)
    ended(pr.record(make_spec(TINY), folder))
    assert pr.open_run(folder).status["update"] == pr.open_run(folder).report()["updates"] == 9


def test_finished_run_is_extended_at_its_last_learning_rate(tmp_path):
    ended(pr.record(make_spec(TINY), tmp_path / "once"))
    assert physrbm("ctl", tmp_path / "once", "extend", 4).returncode == 0
    done = physrbm("anneal", "--out", tmp_path / "once", "--resume", "--json")
    assert json.loads(done.stdout)["updates"] == 10

    spec, data = make_spec(TINY), pr.load_data("digits").train
    rbm = pr.RBM.initialise(data, 8, 0.5, seed=1)
    plan = training.Settings(updates=6, n_chains=32, batch_size=32)
    assert spec.updates == 6
    *_, last = training.go_on(training.start(rbm, data, plan, 1), data, plan, 1, lambda: 4)
    assert plan.rate(9) == plan.rate(5) == pytest.approx(0.1 * plan.learning_rate)
    assert (pr.open_run(tmp_path / "once").rbm().weights() == last.rbm.weights()).all()
    assert pr.open_run(tmp_path / "once").series("reconstruction")[:, 0].tolist() == [0, 2, 4, 6, 8, 10]


def test_request_to_a_run_that_is_not_running(tmp_path):
    ended(pr.record(make_spec(TINY), tmp_path / "run"))
    done = physrbm("ctl", tmp_path / "run", "stop")
    assert done.returncode == 2
    assert "the run is done" in done.stderr
    assert physrbm("ctl", tmp_path / "run", "dance").returncode == 2
    assert physrbm("ctl", tmp_path / "run", "extend").returncode == 2


def test_resuming_what_is_done_or_has_not_begun(tmp_path):
    flags = [x for name, value in TINY.items() for x in (f"--{name.replace('_', '-')}", value)]
    first = physrbm("anneal", *flags, "--out", tmp_path / "run", "--resume")
    assert first.returncode == 0, first.stderr
    before = arrays(tmp_path / "run")
    again = physrbm("anneal", *flags, "--out", tmp_path / "run", "--resume")
    assert again.returncode == 0
    assert "is done" in again.stderr
    assert arrays(tmp_path / "run") == before


def test_settings_that_differ_are_named(tmp_path):
    ended(pr.record(make_spec(TINY), tmp_path / "run"))
    done = physrbm("anneal", "--out", tmp_path / "run", "--resume", "--dilution", "0.6")
    assert done.returncode == 2
    assert "dilution is 0.6, the run to resume has 0.5" in done.stderr
    assert physrbm("anneal", "--resume").returncode == 2
    assert physrbm("anneal", "--out", tmp_path / "run", "--max-time", "soon").returncode == 2


def test_data_that_changed_meanwhile(tmp_path):
    bits = np.random.default_rng(0).integers(0, 2, (60, 9))
    np.save(tmp_path / "d.npy", bits)
    run = pr.record(make_spec({**TINY, "data": str(tmp_path / "d.npy")}), tmp_path / "run")
    next(run)
    run.close()
    np.save(tmp_path / "d.npy", 1 - bits)
    with pytest.raises(InvalidInput, match="changed since"):
        ended(pr.resume(tmp_path / "run"))


def test_only_the_newest_of_the_checkpoints_in_between_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "_EVERY", 0.0)
    monkeypatch.setattr(recording, "_SHARE", 0.0)
    ended(pr.record(make_spec({**TINY, "updates": 30, "measurements": 3}), tmp_path / "run"))
    assert sorted(checkpoints(tmp_path / "run")) == [0, 10, 20, 27, 28, 29, 30]


def test_series_and_machine_of_a_run_under_way(tmp_path):
    run = pr.record(make_spec({**TINY, "updates": 300, "measurements": 150}), tmp_path / "run")
    for m in run:
        if m.update == 190:
            break
    found = pr.open_run(tmp_path / "run")
    assert found.series("reconstruction")[:, 0].tolist() == list(range(0, 191, 2))
    assert (found.rbm().weights() == m.rbm.weights()).all()
    with pytest.raises(NoCheckpoint, match="no results yet"):
        found.samples()
    run.close()
    ended(pr.resume(tmp_path / "run"))
    assert pr.open_run(tmp_path / "run").series("reconstruction")[:, 0].tolist() == list(range(0, 301, 2))


def test_event_log_with_a_torn_and_a_bad_line(tmp_path):
    log = Log(tmp_path)
    log.write("start", value=float("nan"))
    path = tmp_path / "events.jsonl"
    path.write_bytes(path.read_bytes() + b'garbage\n{"seq": 1, "kind": "to')
    found = read_events(tmp_path)
    assert [e["kind"] for e in found.events] == ["start"]
    assert found.events[0]["value"] is None
    assert found.n_bad == 1
    Log(tmp_path).write("rewind")
    later = read_events(tmp_path, found.offset)
    assert [(e["kind"], e["seq"]) for e in later.events] == [("rewind", 1)]
    assert later.n_bad == 1


def test_results_describe_themselves(tmp_path):
    ended(pr.record(make_spec(TINY), tmp_path / "run"))
    tree = hdf5.read_sealed(tmp_path / "run" / "results.h5")
    assert json.loads(tree.attributes[""]["spec"])["hidden"] == 8
    assert tree.attributes["series/reconstruction"]["unit"] == "squared difference per pixel"
    assert "numpy" in json.loads(tree.attributes[""]["versions"])
