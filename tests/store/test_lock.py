import json
import os
from pathlib import Path

import pytest
from test_faults import TINY, arrays, ended

import physrbm as pr
from physrbm.errors import NoCheckpoint, RunLocked
from physrbm.spec import make_spec
from physrbm.store import Lock, lock
from physrbm.store.process import is_alive, this_process


@pytest.fixture
def begun(tmp_path):
    """A run that was left by its process after two updates."""
    run = pr.record(make_spec(TINY), tmp_path / "run")
    for _ in range(3):
        next(run)
    run.close()
    return tmp_path / "run"


def leave_lock(folder, **changes):
    (folder / "LOCK").write_text(json.dumps({**this_process()._asdict(), **changes}))


def test_two_writers(begun):
    with Lock(begun):
        with pytest.raises(RunLocked, match=f"process {os.getpid()}"):
            Lock(begun)
        with pytest.raises(RunLocked):
            ended(pr.resume(begun))
    ended(pr.resume(begun))


@pytest.mark.parametrize("changes", [{"pid": 2**22 + 1}, {"started": "1"}, {"boot": "earlier"}])
def test_lock_of_a_dead_process_is_no_obstacle(begun, changes):
    """Gone; its number taken by another; from before the host booted."""
    leave_lock(begun, **changes)
    ended(pr.resume(begun))
    assert pr.open_run(begun).state == "done"
    assert not (begun / "LOCK").exists()


def test_process_killed_but_not_yet_waited_for_is_dead():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    started = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    assert is_alive(this_process()._replace(pid=pid, started=started)) is False
    os.waitpid(pid, 0)


@pytest.mark.parametrize("content", [{"host": "elsewhere"}, {"space": "another container"}, b"\x00garbage"])
def test_lock_from_elsewhere_needs_takeover_and_silence(begun, content, monkeypatch):
    def leave():
        leave_lock(begun, **content) if isinstance(content, dict) else (begun / "LOCK").write_bytes(content)

    monkeypatch.setattr(lock, "HEARTBEAT", 0.01)
    leave()
    with pytest.raises(RunLocked, match="--takeover"):
        ended(pr.resume(begun))

    def beat(seconds):
        (begun / "status.json").write_text(json.dumps({"beat": os.urandom(4).hex()}))

    with monkeypatch.context() as patch:
        patch.setattr(lock.time, "sleep", beat)
        with pytest.raises(RunLocked, match="sign of life"):
            ended(pr.resume(begun, takeover=True))
    ended(pr.resume(begun, takeover=True))
    assert pr.open_run(begun).state == "done"


def test_empty_lock_was_left_by_a_kill(begun, monkeypatch):
    (begun / "LOCK").touch()
    monkeypatch.setattr(lock.time, "sleep", lambda seconds: None)
    ended(pr.resume(begun))


def test_writer_that_was_taken_over_writes_no_more(begun):
    run = pr.resume(begun)
    next(run)
    leave_lock(begun, host="elsewhere")
    before = {path: path.read_bytes() for path in begun.rglob("*") if path.is_file()}
    with pytest.raises(RunLocked, match="taken over"):
        ended(run)
    assert {path: path.read_bytes() for path in begun.rglob("*") if path.is_file()} == before


def test_clock_that_jumps_changes_nothing(tmp_path, monkeypatch):
    import itertools
    import time

    ended(pr.record(make_spec(TINY), tmp_path / "calm"))
    jumps = itertools.cycle((0.0, 2e9, -5e8, 1.0))
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    ended(pr.record(make_spec(TINY), tmp_path / "jumping"))
    assert arrays(tmp_path / "calm") == arrays(tmp_path / "jumping")


def test_damaged_checkpoint_is_passed_over_and_said(begun):
    newest = max((begun / "ckpt").iterdir())
    newest.write_bytes(newest.read_bytes()[:-100])
    ended(pr.resume(begun))
    said = [e for e in pr.open_run(begun).events().events if e["kind"] == "warning"]
    assert newest.name in said[0]["text"]


def test_no_usable_checkpoint(begun):
    for path in (begun / "ckpt").iterdir():
        path.write_bytes(b"")
    with pytest.raises(NoCheckpoint, match="no usable checkpoint") as error:
        ended(pr.resume(begun))
    assert "\n" not in str(error.value)
