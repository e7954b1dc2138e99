"""Requests, damage and locks at the moments where they hurt."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from physrbm_cli.main import app
from test_faults import TINY, arrays, ended
from typer.testing import CliRunner

import physrbm as pr
from physrbm.errors import InvalidInput, RunLocked
from physrbm.spec import make_spec
from physrbm.store import checkpoints, control, process
from physrbm.store.process import is_alive, this_process


def left_after(folder, after, **settings):
    """A run left by its process after so many updates."""
    run = pr.record(make_spec({**TINY, **settings}), folder)
    next(m for m in run if m.update == after)
    run.close()


@pytest.mark.parametrize("updates", [3, 4, 6])
def test_extension_taken_up_at_resume_survives_what_comes_next(updates, tmp_path):
    """Between measurements, at one, and at the end; the next process dies at once, twice."""
    left_after(tmp_path / "run", updates)
    control.send(tmp_path / "run", "extend", 5)
    for _ in range(2):
        run = pr.resume(tmp_path / "run")
        next(run)
        del run  # closed without another update
        assert not list((tmp_path / "run" / "control").iterdir())
    ended(pr.resume(tmp_path / "run"))
    assert pr.open_run(tmp_path / "run").report()["updates"] == 11


def test_extension_is_not_taken_up_twice_by_a_kill_before_its_request_is_removed(tmp_path, monkeypatch):
    left_after(tmp_path / "run", 3)
    control.send(tmp_path / "run", "extend", 5)
    with monkeypatch.context() as patch:
        patch.setattr(
            Path, "unlink", lambda path, missing_ok=False: os._exit(9) if path.name.endswith("d.json") else None
        )
        pid = os.fork()
        if pid == 0:
            next(pr.resume(tmp_path / "run"))
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    assert len(list((tmp_path / "run" / "control").iterdir())) == 1
    ended(pr.resume(tmp_path / "run"))
    assert pr.open_run(tmp_path / "run").report()["updates"] == 11


def test_results_stay_until_it_is_sure_that_the_run_can_go_on(tmp_path):
    bits = np.random.default_rng(0).integers(0, 2, (60, 9))
    np.save(tmp_path / "d.npy", bits)
    ended(pr.record(make_spec({**TINY, "data": str(tmp_path / "d.npy")}), tmp_path / "run"))
    before = arrays(tmp_path / "run")
    control.send(tmp_path / "run", "extend", 5)
    (tmp_path / "d.npy").rename(tmp_path / "away.npy")
    with pytest.raises(InvalidInput, match="no data set or file"):
        ended(pr.resume(tmp_path / "run"))
    assert arrays(tmp_path / "run") == before
    assert pr.open_run(tmp_path / "run").state == "done"
    (tmp_path / "away.npy").rename(tmp_path / "d.npy")
    ended(pr.resume(tmp_path / "run"))
    assert pr.open_run(tmp_path / "run").report()["updates"] == 11


def test_damaged_checkpoints_ahead_do_not_crowd_out_new_ones(tmp_path, monkeypatch):
    monkeypatch.setattr("physrbm.store.recording._EVERY", 3600.0)  # none in between, however slow this machine is
    left_after(tmp_path / "run", 12, updates=20, measurements=5)
    for path in sorted((tmp_path / "run" / "ckpt").iterdir())[2:]:
        path.write_bytes(b"damaged")
    run = pr.resume(tmp_path / "run")
    next(m for m in run if m.update == 5)
    run.close()
    assert sorted(checkpoints.checkpoints(tmp_path / "run")) == [0, 4, 5]


def test_lock_from_elsewhere_before_there_was_a_run(tmp_path, monkeypatch):
    from physrbm.store import lock

    monkeypatch.setattr(lock, "HEARTBEAT", 0.0)
    (tmp_path / "LOCK").write_text(json.dumps({**this_process()._asdict(), "host": "elsewhere"}))
    with pytest.raises(RunLocked, match="--takeover"):
        ended(pr.record(make_spec(TINY), tmp_path))
    ended(pr.record(make_spec(TINY), tmp_path, takeover=True))
    assert pr.open_run(tmp_path).state == "done"


def test_process_that_the_system_hides_may_be_alive(monkeypatch):
    def hidden(pid, number):
        raise PermissionError

    monkeypatch.setattr(process.os, "kill", hidden)
    monkeypatch.setattr(process, "_stat", lambda pid: ("", ""))
    assert is_alive(this_process()._replace(started="7")) is None


def test_what_is_no_file_of_ours_is_left_alone_and_not_waited_for(tmp_path):
    left_after(tmp_path / "run", 3)
    for name in (".ipynb_checkpoints", "control/folder"):
        (tmp_path / "run" / name).mkdir()
    for name in ("control/pipe.json", "ckpt/00009999.h5"):
        os.mkfifo(tmp_path / "run" / name)
    (tmp_path / "run" / ".notes").write_text("mine")
    (tmp_path / "run" / ".status.json.123").write_text("half a file")
    (tmp_path / "run" / "status.json").unlink()
    os.mkfifo(tmp_path / "run" / "status.json")
    assert pr.open_run(tmp_path / "run").state == "unknown"
    ended(pr.resume(tmp_path / "run"))
    assert (tmp_path / "run" / ".notes").read_text() == "mine"
    assert not (tmp_path / "run" / ".status.json.123").exists()


@pytest.mark.parametrize("status", ["", '{"time": "x"}', '{"state": "\\u001b]0;title", "time": 1e300}'])
def test_show_of_a_damaged_status(status, tmp_path):
    ended(pr.record(make_spec(TINY), tmp_path / "run"))
    (tmp_path / "run" / "status.json").write_text(status)
    shown = CliRunner().invoke(app, ["show", str(tmp_path / "run")])
    assert shown.exit_code == 0
    assert "\x1b" not in shown.stdout
    assert "log Z" in shown.stdout


def test_settings_of_the_end_are_checked_at_the_start(tmp_path):
    with pytest.raises(InvalidInput, match="ais_chains"):
        make_spec({**TINY, "ais_chains": 50})
