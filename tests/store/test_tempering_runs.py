"""Runs of `sample` and `logz`: recorded, stopped, extended and gone on with like those of `anneal`."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from test_faults import ended
from test_resume import command, physrbm

import physrbm as pr
from physrbm import exact, hdf5
from physrbm.errors import InvalidInput, NoCheckpoint, Stopped
from physrbm.experiment import tempered
from physrbm.spec import TemperSpec, make_spec
from physrbm.store import control
from physrbm.store.checkpoints import checkpoints
from physrbm.tempering import join

LITTLE = {"sweeps": 240, "replicas": 8, "ladder": "4", "seed": 3}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    root = tmp_path_factory.mktemp("source")
    rng = np.random.default_rng(1)
    fresh = pr.RBM.initialise(9, 6, 0.2, scale=0.8, seed=1)
    rbm = pr.RBM.from_bonds(*fresh.bonds, rng.normal(size=9), rng.normal(size=6), n_possible=54, constant=0.3)
    rbm.save(root / "m.h5")
    return str(root / "m.h5")


def spec(source, **more):
    return make_spec({**LITTLE, "source": source, **more}, "temper")


def contents(folder):
    tree = hdf5.read_sealed(folder / "results.h5")
    last = hdf5.read_sealed(checkpoints(folder)[max(checkpoints(folder))])
    report = {k: v for k, v in pr.open_run(folder).report().items() if k not in ("run", "seconds")}
    return [{k: x.tobytes() for k, x in t.arrays.items()} for t in (tree, last)], json.dumps(report)


KINDS = (
    {"observables": "magnetisation"},
    {"path": "temperature", "ladder": "0,0.5,1", "methods": "all"},
    {"path": "dilution", "ladder": "3", "methods": "bar,ais_reverse"},
    {"path": "none", "ladder": "auto"},
)


@pytest.mark.parametrize("more", KINDS, ids=lambda more: more.get("path", "independent"))
def test_run_that_is_left_and_resumed_is_the_same_run(more, source, tmp_path):
    """Left between two measurements, at one, and within the kernel calls of a round."""
    wanted = spec(source, **more)
    ended(pr.record(wanted, tmp_path / "calm"))
    run = pr.record(wanted, tmp_path / "left")
    next(m for m in run if m.update == 59)
    run.close()
    run = pr.resume(tmp_path / "left")
    next(m for m in run if m.values and m.update > 100)
    run.close()
    calls = iter(range(10**6))
    with pytest.raises(Stopped):
        ended(pr.resume(tmp_path / "left", stop=lambda: "now" if next(calls) == 40 else ""))
    assert pr.open_run(tmp_path / "left").state == "stopped"
    ended(pr.resume(tmp_path / "left"))
    assert contents(tmp_path / "left") == contents(tmp_path / "calm")


def test_all_of_a_recorded_run_is_what_temper_gives(source, tmp_path):
    rbm = pr.load(source)
    *_, last = pr.record(spec(source, methods="bar"), tmp_path / "run")
    twin = pr.temper(rbm, pr.paths.from_independent(4), n_sweeps=240, n_replicas=8, seed=3)
    run = last.final.run
    assert (run.weights == twin.weights).all()
    assert (run.visible == twin.visible).all()
    assert (run.acceptance == twin.acceptance).all()
    assert (run.round_trips == twin.round_trips).all()
    assert run.verdict == twin.verdict


def test_looks_are_thinned_where_there_is_no_room_for_all(source, monkeypatch):
    *_, last = tempered(spec(source, methods="bar"))
    monkeypatch.setattr(sys.modules["physrbm.experiment.tempered"], "_MOST", 60)
    *_, thin = tempered(spec(source, methods="bar"))
    looks, few = (join([b.looks for b in m.past.blocks]) for m in (last, thin))
    assert few.number.tolist() == looks.number[3::4].tolist()
    assert (few.weights == looks.weights[3::4]).all()
    assert (thin.final.run.acceptance == last.final.run.acceptance).all()


def test_estimates_agree_with_enumeration(source, tmp_path):
    """4 standard errors."""
    *_, last = pr.record(spec(source, sweeps=2000, replicas=32, methods="all"), tmp_path / "run")
    truth = exact.log_z(pr.load(source))
    assert set(last.final.log_z) == {"ais", "ais_reverse", "bar", "exact", "integration", "mbar"}
    for z in last.final.log_z.values():
        assert z.estimated, z.reason
        assert abs(z.value - truth) <= 4 * z.error + 1e-9
    rbm, energy = pr.load(source), pr.open_run(tmp_path / "run").report()["energy"]
    every = exact.configurations(15)
    e = rbm.energy(every[:, :9], every[:, 9:])
    weight = np.exp(-(e - e.min()))
    assert abs(energy["value"] - (e * weight).sum() / weight.sum() / 15) < 4 * energy["error"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"path": "none", "ladder": "auto", "methods": "bar,exact"}, "'bar' needs a path"),
        ({"path": "dilution", "ladder": "3", "methods": "mbar"}, "'mbar' needs a straight path"),
        ({"beta": 0.5, "methods": "ais_reverse"}, "'ais_reverse' is for beta = 1, got 0.5"),
        ({"methods": "bar,guess"}, "unknown method 'guess'"),
    ],
)
def test_a_method_that_cannot_be_had_is_refused_before_the_work(more, message, source):
    with pytest.raises(InvalidInput, match=message):
        next(tempered(spec(source, **more)))


def test_all_methods_are_those_that_can_be_had(source):
    *_, last = tempered(spec(source, path="dilution", ladder="3", methods="all"))
    assert list(last.final.log_z) == ["ais", "ais_reverse", "bar", "exact"]


def test_finished_run_is_extended(source, tmp_path):
    ended(pr.record(spec(source), tmp_path / "run"))
    assert physrbm("ctl", tmp_path / "run", "extend", 60).returncode == 0
    done = physrbm("sample", "--out", tmp_path / "run", "--resume", "--json")
    assert json.loads(done.stdout)["updates"] == 300, done.stderr
    twin = pr.temper(pr.load(source), pr.paths.from_independent(4), n_sweeps=300, n_replicas=8, seed=3)
    ours = pr.open_run(tmp_path / "run").report()
    assert list(ours["acceptance"].values()) == twin.acceptance.tolist()
    assert ours["verdict"]["text"] == str(twin.verdict)


def test_neither_source_nor_its_folder_is_needed_to_go_on(source, tmp_path):
    pr.load(source).save(tmp_path / "m.h5")
    run = pr.record(spec(str(tmp_path / "m.h5"), path="dilution"), tmp_path / "run")
    next(m for m in run if m.update == 50)
    run.close()
    (tmp_path / "m.h5").unlink()
    ended(pr.resume(tmp_path / "run"))
    assert pr.open_run(tmp_path / "run").state == "done"


def test_trajectory_of_a_training(tmp_path, monkeypatch):
    for name in ("_EVERY", "_SHARE"):  # checkpoints of all updates: a trajectory takes those of measurements
        monkeypatch.setattr(f"physrbm.store.recording.{name}", 0.0)
    training = {"hidden": 8, "updates": 40, "measurements": 4, "ais_chains": 100, "samples": 40, "sample_sweeps": 5}
    ended(pr.record(make_spec(training), tmp_path / "a"))
    trained = pr.open_run(tmp_path / "a")
    assert trained.measured == [0, 10, 20, 30, 40]
    assert len(trained.steps) > 5
    along = spec(str(tmp_path / "a"), path="trajectory", ladder="auto", sweeps=60, data="digits", start="data")
    ended(pr.record(along, tmp_path / "t"))
    assert pr.open_run(tmp_path / "t").report()["rungs"] == 5
    assert (pr.open_run(tmp_path / "t").rbm().weights() == pr.open_run(tmp_path / "a").rbm().weights()).all()
    with pytest.raises(InvalidInput, match="a run of sample"):
        ended(pr.record(spec(str(tmp_path / "t"), path="trajectory", ladder="auto"), tmp_path / "u"))


def test_damaged_raw_series_take_the_run_back(source, tmp_path):
    wanted = spec(source)
    ended(pr.record(wanted, tmp_path / "calm"))
    run = pr.record(wanted, tmp_path / "run")
    next(m for m in run if m.update == 100)
    run.close()
    (tmp_path / "run" / "segments" / "raw-00000048.h5").write_bytes(b"damaged")
    ended(pr.resume(tmp_path / "run"))
    assert contents(tmp_path / "run") == contents(tmp_path / "calm")
    (tmp_path / "run" / "segments" / "raw-00000000.h5").unlink()
    control.send(tmp_path / "run", "extend", 5)
    with pytest.raises(NoCheckpoint, match="raw-00000000"):
        ended(pr.resume(tmp_path / "run"))


def test_signal_saves_and_asks_to_be_resumed(source, tmp_path):
    folder = tmp_path / "run"
    words = ["sample", source, "--sweeps", 10**8, "--ladder", 4, "--replicas", 8, "--seed", 1, "--out", folder]
    run = subprocess.Popen(command(*words), stderr=subprocess.PIPE, text=True)
    while "resume:" not in run.stderr.readline():
        pass
    run.send_signal(signal.SIGTERM)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 75
    assert f"physrbm sample --out {folder} --resume" in said.splitlines()[-1]
    again = physrbm("sample", "--out", folder, "--resume", "--max-time", "1s")
    assert again.returncode == 75, again.stderr
    assert pr.open_run(folder).state == "stopped"


def test_request_to_stop(source, tmp_path, monkeypatch):
    monkeypatch.setattr("physrbm.store.recording.HEARTBEAT", 0.0)
    run = pr.record(spec(source), tmp_path / "run")
    next(run)
    control.send(tmp_path / "run", "stop")
    with pytest.raises(Stopped, match="asked by ctl"):
        ended(run)
    assert pr.open_run(tmp_path / "run").state == "stopped"


def test_spec_travels_as_json(source):
    there = spec(source, observables="magnetisation, hidden_activity", methods=["bar"], shape="3x3", ladder=5)
    assert TemperSpec(**json.loads(there.model_dump_json())) == there
    assert (there.observables, there.ladder, there.updates) == (("magnetisation", "hidden_activity"), "5", 240)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"sweps": 4}, "did you mean 'sweeps'"),
        ({"path": "winding"}, "path: "),
        ({"sweeps": 3, "swap_every": 2}, "at least 2 rounds"),
        ({"start": "data"}, "needs data"),
        ({"beta": 0}, "beta: "),
        ({"beta": 2.0, "path": "dilution"}, "beta must be 1"),
        ({"replicas": True}, "replicas: "),
    ],
)
def test_bad_spec_is_one_line(bad, message, source):
    with pytest.raises(InvalidInput, match=message) as error:
        spec(source, **bad)
    assert "\n" not in str(error.value)


def test_unknown_kind_of_run(source, tmp_path):
    ended(pr.record(spec(source), tmp_path / "run"))
    about = json.loads((tmp_path / "run" / "run.json").read_text())
    assert about["kind"] == "temper"
    (tmp_path / "run" / "run.json").write_text(json.dumps({**about, "kind": "cook"}))
    with pytest.raises(InvalidInput, match="unknown kind of run 'cook'"):
        pr.open_run(tmp_path / "run")
