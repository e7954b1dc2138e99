"""Sweeps that run: on either engine, twice at once, stopped, failing; states, order and costs."""

import json
import random
import signal
import sys
import time
from pathlib import Path

import kill_sweeps
import numpy as np
import pytest
from kill_campaign import contents
from physrbm_cli.main import app
from typer.testing import CliRunner

import physrbm as pr
from physrbm import store
from physrbm.campaign import Options, board, cost
from physrbm.campaign.board import Board
from physrbm.campaign.states import State, state_of
from physrbm.campaign.work import Ended, Job, work
from physrbm.errors import InvalidInput

TINY = {
    "updates": 12,
    "measurements": 2,
    "chains": 64,
    "batch": 64,
    "ais_chains": 100,
    "samples": 40,
    "sample_sweeps": 5,
}
GRID = {
    "settings": TINY,
    "family": [
        {"name": "dense", "hidden": 8, "seeds": 2},
        {"name": "retrain", "from": "dense", "dilution": 0.8, "rule": "magnitude", "rewind": "@6"},
        {"name": "temper", "from": "retrain", "kind": "temper", "sweeps": 100, "replicas": 8, "ladder": 4},
    ],
}


def finished(folder, **options):
    """The last progress of a driver that runs here."""
    return list(pr.campaign.run(folder, Options(**{"workers": 2, **options})))[-1]


def typed(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweeps") / "calm"
    pr.campaign.plan(GRID, folder)
    last = finished(folder)
    assert (last.done, last.left, last.failures) == (6, 0, {})
    return folder


@pytest.fixture
def planned(tmp_path):
    return pr.campaign.plan(GRID, tmp_path / "sweep")


def test_dask_makes_the_same_bytes(calm, planned):
    assert finished(planned.folder, executor="dask").done == 6
    for entry in planned.entries:
        a, b = contents(calm / entry.folder), contents(planned.folder / entry.folder)
        assert a == b
    assert not kill_sweeps.differ(kill_sweeps.comparable(calm), kill_sweeps.comparable(planned.folder))


def test_two_drivers_never_run_a_run_twice(calm, planned):
    drivers = [kill_sweeps.drive(planned.folder) for _ in range(2)]
    for driver in drivers:
        kill_sweeps.check(driver, (0,))
    assert set(kill_sweeps.starts(planned.folder).values()) == {1}
    rewinds = [e for x in planned.entries for e in store.read_events(planned.folder / x.folder).events]
    assert not [e for e in rewinds if e["kind"] == "rewind"]
    assert not kill_sweeps.differ(kill_sweeps.comparable(calm), kill_sweeps.comparable(planned.folder))


def test_workers_and_drivers_that_are_killed_change_nothing(calm, tmp_path):
    """The short version of `kill_sweeps.py`."""
    wanted = kill_sweeps.comparable(calm)
    killed = kill_sweeps.disturb(tmp_path, GRID, "local", random.Random(4), 3, 2.5)
    assert 1 <= sum(killed.values()) <= 3  # a fast machine is done before
    assert not kill_sweeps.differ(wanted, kill_sweeps.comparable(tmp_path))
    assert set(kill_sweeps.starts(tmp_path).values()) == {1}


def test_what_is_done_is_skipped(calm):
    before = {path: path.stat().st_mtime_ns for path in calm.rglob("*")}
    result = typed("sweep", "run", calm, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["done"] == 6
    assert {path: path.stat().st_mtime_ns for path in calm.rglob("*")} == before


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGTERM])
def test_a_signal_stops_with_checkpoints_and_75(tmp_path, number):
    long = {"settings": {**TINY, "updates": 100_000}, "grid": {"hidden": [8, 9, 10]}}
    manifest = pr.campaign.plan(long, tmp_path)
    driver = kill_sweeps.drive(tmp_path)
    while pr.campaign.status(tmp_path).counts.get("running", 0) < 2:
        assert driver.poll() is None
        time.sleep(0.1)
    driver.send_signal(number)
    said = driver.communicate()[1].decode()
    assert driver.returncode == 75, said
    assert f"stopped with 3 runs left ({number.name}); go on with: physrbm sweep run" in said
    states = [state_of(tmp_path, entry) for entry in manifest.entries]
    assert sorted(state.name for state in states) == ["partial", "partial", "ready"]
    assert [state.reason for state in states if state.name == "partial"] == ["asked by ctl"] * 2


def test_workers_of_a_dead_driver_stop_with_a_checkpoint(tmp_path):
    pr.campaign.plan({"settings": {**TINY, "updates": 100_000}, "grid": {"hidden": [8, 9]}}, tmp_path)
    driver = kill_sweeps.drive(tmp_path)
    while pr.campaign.status(tmp_path).counts.get("running", 0) < 2:
        assert driver.poll() is None
        time.sleep(0.1)
    driver.kill()
    driver.communicate()
    while pr.campaign.status(tmp_path).counts != {"partial": 2}:
        time.sleep(0.1)
    reasons = {state.reason for state in pr.campaign.status(tmp_path).runs.values()}
    assert reasons == {"the worker is told to leave"}


def test_time_limit_then_the_rest(planned, calm):
    stopped = typed("sweep", "run", planned.folder, "--max-time", "0s", "--quiet")
    assert stopped.exception.exit_code == 75
    assert "6 runs left (time limit 0s)" in str(stopped.exception)
    for k in (1, 2):
        assert typed("sweep", "run", planned.folder, "--shard", f"{k}/2", "--workers", 1, "--quiet").exit_code == 0
    assert not kill_sweeps.differ(kill_sweeps.comparable(calm), kill_sweeps.comparable(planned.folder))


def test_a_run_that_fails_is_reported_and_blocks_its_children(tmp_path):
    grid = {"settings": TINY, "family": [{"name": "bad", "hidden": 8, "learning_rate": 1e9},
            {"name": "child", "from": "bad"}, {"name": "grandchild", "from": "child"}]}  # fmt: skip
    pr.campaign.plan(grid, tmp_path)
    result = typed("sweep", "run", tmp_path, "--workers", 1, "--retries", 1, "--quiet")
    assert result.exit_code == 1
    assert "1 runs failed, 2 more need one of them" in str(result.exception)
    status = json.loads(typed("sweep", "status", tmp_path, "--json").stdout)
    assert status["counts"] == {"blocked": 2, "failed": 1}
    assert "training diverged" in status["runs"]["bad-s0"]["reason"]
    assert "failed bad-s0: training diverged" in typed("sweep", "status", tmp_path).stdout
    events = [event["kind"] for event in pr.open_run(tmp_path / "runs" / "bad-s0").events().events]
    assert events.count("failed") == 2  # tried again once
    rows = pr.campaign.collect(tmp_path).columns
    assert rows["state"].tolist() == ["failed", "blocked", "blocked"]


def test_states_come_from_the_folders(planned, monkeypatch):
    a, b, child = (next(e for e in planned.entries if e.name == name) for name in
                   ("dense-s1", "dense-s2", "retrain-s1"))  # fmt: skip
    names = pr.campaign.status(planned.folder).runs
    assert (names[a.name].name, names[child.name].name) == ("ready", "waiting")
    job = Job(str(planned.folder), str(a.folder), a.spec, None, 1, False)
    steps = pr.record(b.spec, planned.folder / b.folder)
    next(steps)
    assert state_of(planned.folder, b).name == "running"
    monkeypatch.chdir(planned.folder)  # and back in the end: a worker goes there
    assert work(Job(str(planned.folder), str(b.folder), b.spec, None, 1, False)).how == "taken"
    assert work(job) == Ended("ended")
    steps.close()
    stopped = state_of(planned.folder, b)
    assert (stopped.name, stopped.checkpoint) == ("partial", 0)
    names = pr.campaign.status(planned.folder).runs
    assert (names[a.name].name, names[child.name].name) == ("done", "ready")
    (planned.folder / a.folder / "results.h5").unlink()
    assert state_of(planned.folder, a).name == "partial"
    (planned.folder / b.folder / "run.json").write_text((planned.folder / a.folder / "run.json").read_text())
    other = state_of(planned.folder, b)
    assert other.name == "failed"
    assert "another run than the manifest says" in other.reason


class _Folders:
    """What folders would say."""

    def __init__(self, monkeypatch):
        self.states = {}
        monkeypatch.setattr(board, "state_of", lambda sweep, entry: self.states.get(entry.name, State("ready")))


def test_how_often_a_run_is_tried_again(planned, monkeypatch):
    folders = _Folders(monkeypatch)
    found = Board(planned.folder, planned.entries, 2, False)
    entry, before = found.next()
    assert (entry.family, before) == ("dense", -1)
    for checkpoint in (3, 5, 9):  # its worker is killed, but it gets further every time
        folders.states[entry.name] = State("partial", "", checkpoint)
        found.take(entry, checkpoint - 1, Ended("lost", "killed"))
        assert found.next() == (entry, checkpoint)
    for _ in range(2):
        found.take(entry, 9, Ended("lost", "killed"))
        assert found.next()[0] == entry
    found.take(entry, 9, Ended("failed", "no more"))
    now = found.progress(0)
    assert (now.failures, now.blocked, now.left) == ({entry.name: "no more"}, 2, 3)
    assert found.next()[0].family == "dense"
    assert found.next() is None


def test_runs_of_others_are_waited_for(planned, monkeypatch):
    folders = _Folders(monkeypatch)
    monkeypatch.setattr(board, "_AGAIN", 0.0)
    folders.states |= {e.name: State("running") for e in planned.entries if e.family == "dense"}
    found = Board(planned.folder, planned.entries, 2, False)
    assert found.next() is None
    assert not found.is_over
    assert found.progress(0).elsewhere == 2
    folders.states["dense-s1"] = State("done")
    folders.states["dense-s2"] = State("stalled", "", 3, 1000.0)
    found.look_again()
    assert found.next()[0].name == "retrain-s1"
    assert "--takeover" in found.failures["dense-s2"]
    taking = Board(planned.folder, planned.entries, 2, True)
    assert {taking.next()[0].name, taking.next()[0].name} == {"retrain-s1", "dense-s2"}


def test_what_takes_longest_begins_first(tmp_path):
    grid = {"grid": {"hidden": [10, 400, 50], "updates": [100, 1000]}}
    entries = pr.campaign.plan(grid, tmp_path).entries
    found = Board(tmp_path, entries, 2, False)
    order = [found.next()[0] for _ in entries]
    assert [(e.spec.hidden, e.spec.updates) for e in order[:2]] == [(400, 1000), (400, 100)]
    assert cost.longest_chains(entries, dict.fromkeys((e.name for e in entries), 1.0)).keys() == {
        e.name for e in entries
    }
    tree = pr.campaign.plan(GRID, tmp_path / "tree").entries
    chains = cost.longest_chains(tree, dict.fromkeys((e.name for e in tree), 1.0))
    assert [chains[name] for name in ("dense-s1", "retrain-s1", "temper-s1")] == [3, 2, 1]


def test_costs_before_anything_is_run(planned):
    found = json.loads(typed("sweep", "run", planned.folder, "--dry-run", "--workers", 2, "--json").stdout)
    assert (found["runs"], found["left"], found["workers"]) == (6, 6, 2)
    assert 0 < found["hours"] <= found["cpu_hours"]
    assert found["mebibytes_a_worker"] > 10
    assert 0 < found["mebibytes_on_disk"] < 100
    assert "retrain-s1, dense-s2, temper-s1, temper-s2" in found["how"]  # cheapest and dearest
    assert list((planned.folder / "runs").iterdir()) == []


def test_size_on_disk_is_what_it_comes_to(calm, planned):
    """The pilots have the sizes of the runs; within a factor of two, as files of a run have fixed parts."""
    predicted = pr.campaign.estimate(planned.folder, Options(workers=1)).mebibytes_on_disk
    real = sum(path.stat().st_size for path in (calm / "runs").rglob("*") if path.is_file()) / 2**20
    assert real / 2 < predicted < 2 * real


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"executor": "slurm"}, "unknown executor 'slurm'; allowed: local, dask"),
        ({"scheduler": "tcp://a:1"}, "a scheduler is one of dask"),
        ({"workers": 0}, "workers must be at least 1"),
        ({"threads": 100_000}, "threads must be in 1"),
        ({"retries": -1}, "retries must be at least 0"),
        ({"shard": "3/2"}, "a shard is k/n"),
    ],
)
def test_bad_options(planned, options, message):
    with pytest.raises(InvalidInput, match=message):
        finished(planned.folder, **options)


def test_without_dask_it_says_what_to_install(planned, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidInput, match=r"pip install 'physrbm\[dask\]'"):
        finished(planned.folder, executor="dask")


def test_a_sweep_is_a_folder_of_runs_for_ls_and_monitor(calm):
    listed = json.loads(typed("ls", calm, "--json").stdout)
    assert {Path(row["run"]).name for row in listed} == set(pr.campaign.status(calm).runs)
    assert typed("monitor", calm, "--once").exit_code == 0


def test_flags_are_a_grid(tmp_path):
    words = ["--dilution", "0:0.9:0.3", "--hidden=10,20", "--seeds", 2, "--protocol", "before,retrain", "--l2", 0.1]
    result = typed("sweep", "plan", *words, "--out", tmp_path / "s", "--json")
    assert json.loads(result.stdout)["families"] == {"parent": 4, "before": 16, "retrain": 16}
    assert {e.spec.l2 for e in pr.campaign.read_manifest(tmp_path / "s").entries} == {0.1}
    for words, message in (
        (["--hiden", "3"], "did you mean 'hidden'"),
        (["--hidden"], "--hidden needs a value"),
        (["grid.toml", "--hidden", "3"], "not both"),
        (["--hidden", "3", "4"], "unexpected '4'"),
        (["nowhere.toml"], "cannot be read"),
        ([], "give a file"),
    ):
        result = typed("sweep", "plan", *words, "--out", tmp_path / "none")
        assert message in str(result.exception)
    assert not (tmp_path / "none").exists()


def test_results_do_not_depend_on_where_the_sweep_lies(calm, tmp_path):
    moved = calm.rename(tmp_path / "moved")
    try:
        assert pr.campaign.status(moved).counts == {"done": 6}
        assert np.isfinite(pr.campaign.collect(moved).columns["log_z"]).any()
    finally:
        moved.rename(calm)
