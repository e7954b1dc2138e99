"""Following a run from outside: what is seen while it goes on, is killed, resumed, damaged or removed."""

import json
import os
import shutil
import time

import numpy as np
import pytest

import physrbm as pr
from physrbm.errors import Stopped
from physrbm.experiment import record, resume
from physrbm.spec import make_spec
from physrbm.store import recording
from physrbm.watching import Follower, at

TINY = {"hidden": 8, "updates": 60, "measurements": 12, "chains": 64, "batch": 64, "ais_chains": 100, "samples": 40,
        "sample_sweeps": 5, "seed": 1}  # fmt: skip


@pytest.fixture
def every_event(monkeypatch):
    monkeypatch.setattr(recording, "_EVENT_EVERY", 0.0)


def read_all(follower):
    while (view := follower.poll()).behind:
        pass
    return view


def same(a, b):
    return a.series.keys() == b.series.keys() and all(
        np.array_equal(x, y, equal_nan=True)
        for name in a.series
        for x, y in zip(a.series[name], b.series[name], strict=True)
    )


def test_follower_beside_a_run_sees_what_a_late_one_sees(every_event, tmp_path):
    beside = None
    for m in record(make_spec(TINY), tmp_path / "run"):
        beside = beside or Follower(tmp_path / "run")
        view = beside.poll()
        if m.final is None:
            assert view.state == "running"
            assert view.series["chains_eps2"].update[-1] <= m.update
    view, late = read_all(beside), read_all(Follower(tmp_path / "run"))
    assert same(view, late)
    assert view.state == "done"
    assert view.series["pseudo_likelihood"].update.tolist() == list(range(0, 61, 5))
    series = pr.open_run(tmp_path / "run").series("pseudo_likelihood")
    assert np.array_equal(np.stack(view.series["pseudo_likelihood"], 1), series[:, :3])
    assert view.report["log_likelihood"] == pr.open_run(tmp_path / "run").report()["log_likelihood"]
    assert view.resume == ""


def test_what_came_after_the_checkpoint_of_a_rewind_does_not_count(every_event, tmp_path):
    folder = tmp_path / "run"
    run = record(make_spec(TINY), folder)
    next(m for m in run if m.update == 30)
    run.close()
    beside = Follower(folder)
    assert beside.poll().state == "stopped"
    assert "--resume" in beside.poll().resume
    with (folder / "events.jsonl").open("a") as log:  # a measurement of which the checkpoint knows nothing
        log.write(json.dumps({"seq": 99, "time": 1.0, "kind": "measurement", "update": 35, "values": {
            "pseudo_likelihood": {"value": 7.0, "error": 0.1, "n": 1}}}) + "\n")  # fmt: skip
    assert beside.poll().series["pseudo_likelihood"].value[-1] == 7.0
    for _ in resume(folder):
        beside.poll()
    view = read_all(beside)
    assert 7.0 not in view.series["pseudo_likelihood"].value
    assert same(view, read_all(Follower(folder)))
    twin = tmp_path / "twin"
    list(record(make_spec(TINY), twin))
    assert same(view, read_all(Follower(twin)))


def test_time_travel_is_what_was_seen_then(every_event, tmp_path):
    then = {}
    for m in record(make_spec(TINY), tmp_path / "run"):
        if m.values:
            then[m.update] = read_all(Follower(tmp_path / "run"))
    now = read_all(Follower(tmp_path / "run"))
    for update in (5, 30):
        assert same(at(now, update), then[update])
        assert at(now, update).report is None
        assert at(now, update).update == update
    assert same(at(now, 60), now)
    assert at(now, 60).report == now.report


def test_torn_tail_waits_and_bad_middle_is_counted(tmp_path):
    list(record(make_spec(TINY), tmp_path / "run"))
    log = tmp_path / "run" / "events.jsonl"
    whole = log.read_bytes()
    lines = whole.splitlines(keepends=True)
    log.write_bytes(lines[0] + b"\x00{damaged\n" + lines[1] + lines[2][:20])
    follower = Follower(tmp_path / "run")
    view = follower.poll()
    assert view.n_bad == 1
    assert len(view.log) == 1  # the start
    with log.open("ab") as file:
        file.write(lines[2][20:])
    assert follower.poll().n_bad == 1
    log.unlink()
    log.write_bytes(whole)  # another log in its place
    assert follower.poll().n_bad == 0
    assert same(read_all(follower), read_all(Follower(tmp_path / "run")))


def test_a_run_that_is_gone_or_unreadable_is_a_state(tmp_path):
    list(record(make_spec(TINY), tmp_path / "run"))
    follower = Follower(tmp_path / "run")
    read_all(follower)
    (tmp_path / "run" / "run.json").write_text("{torn")
    assert follower.poll().state == "damaged"
    (tmp_path / "run" / "run.json").unlink()
    (tmp_path / "run" / "run.json").mkdir()  # a file that no permission helps to read, whoever asks
    view = follower.poll()
    assert view.state == "unreadable"
    assert "run.json: cannot be read (not a regular file)" in view.reason
    (tmp_path / "run" / "run.json").rmdir()
    assert follower.poll().state == "new"
    shutil.rmtree(tmp_path / "run")
    view = follower.poll()
    assert (view.state, view.run) == ("deleted", None)
    assert view.updates == 0


def test_stalled_and_died(every_event, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    run = record(make_spec(TINY), folder)
    next(m for m in run if m.update == 10)
    assert Follower(folder).poll().state == "running"
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 60)
    assert Follower(folder).poll().state == "stalled"
    monkeypatch.undo()
    status = json.loads((folder / "status.json").read_text())
    (folder / "status.json").write_text(json.dumps({**status, "pid": 2**22 - 3}))
    view = Follower(folder).poll()
    assert view.state == "died"
    assert view.resume.startswith("physrbm anneal --out ")
    run.close()


def test_pace_and_end_are_those_of_the_recorder(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "HEARTBEAT", 0.0)
    folder = tmp_path / "run"
    run = record(make_spec({**TINY, "updates": 2000}), folder)
    for m in run:
        if m.update == 400:
            break
    status = json.loads((folder / "status.json").read_text())
    view = Follower(folder).poll()
    assert view.rate == status["rate"]
    assert view.eta == status["eta"]
    run.close()


def test_a_million_lines_in_pieces(tmp_path):
    """A piece at every poll; here 60,000 lines, 20 MB."""
    list(record(make_spec(TINY), tmp_path / "run"))
    pad = {"value": 0.5, "error": 0.1, "n": 5}
    with (tmp_path / "run" / "events.jsonl").open("w") as log:
        for k in range(60_000):
            values = {f"score_{j}": pad for j in range(6)}
            log.write(json.dumps({"seq": k, "time": 0.0, "kind": "measurement", "update": k, "values": values}) + "\n")
    follower = Follower(tmp_path / "run")
    assert follower.poll().behind
    assert read_all(follower).series["score_3"].update.tolist() == list(range(60_000))


def test_hostile_events_do_no_harm(tmp_path):
    list(record(make_spec(TINY), tmp_path / "run"))
    bad = [
        {"kind": "measurement", "update": "x", "values": {}},
        {"kind": "measurement", "update": 5, "values": [1]},
        {"kind": "measurement", "update": 5, "values": {"a": 3, "b": {"value": "x"}}},
        {"kind": "measurement", "update": 10**400, "values": {"b": {"value": 1.0}}},
        {"kind": "measurement", "update": 6, "values": {"b": {"value": 10**400, "error": True}}},
        {"kind": "rewind", "update": None},
        {"kind": "report", "log_likelihood": 5},
        {"kind": "stopped", "update": True, "reason": [1, 2], "time": "now"},
    ]
    with (tmp_path / "run" / "events.jsonl").open("a") as log:
        for k, event in enumerate(bad):
            log.write(json.dumps({"seq": 1000 + k, "time": 0.0, **event}) + "\n")
    view = read_all(Follower(tmp_path / "run"))
    assert np.isnan(view.series["b"].value).all()
    assert view.report["log_likelihood"] == 5


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permission_error_is_a_state(tmp_path):
    list(record(make_spec(TINY), tmp_path / "run"))
    (tmp_path / "run").chmod(0)
    try:
        assert Follower(tmp_path / "run").poll().state == "unreadable"
    finally:
        (tmp_path / "run").chmod(0o700)


def test_interrupted_by_a_reason(every_event, tmp_path):
    calls = iter(range(10**9))
    run = record(make_spec(TINY), tmp_path / "run", stop=lambda: "time is up" if next(calls) > 100 else "")
    with pytest.raises(Stopped):
        list(run)
    view = read_all(Follower(tmp_path / "run"))
    assert (view.state, view.reason) == ("stopped", "time is up")
    assert view.log[-1].kind == "stopped"
    assert view.log[-1].text == "time is up"
