"""What happens to a run whose folder cannot be written: one clear error, and nothing lost but the last steps."""

import errno
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

import physrbm as pr
from physrbm import hdf5
from physrbm.errors import StoreFailed
from physrbm.spec import make_spec

TINY = {"hidden": 8, "dilution": 0.5, "updates": 6, "measurements": 3, "chains": 32, "batch": 32, "seed": 1}
TINY |= {"ais_chains": 100, "samples": 40, "sample_sweeps": 5}


def ended(measurements):
    for _ in measurements:
        pass


def arrays(folder):
    tree = hdf5.read_sealed(folder / "results.h5")
    return {name: x.tobytes() for name, x in tree.arrays.items()}


def failure_of(measurements):
    try:
        ended(measurements)
    except StoreFailed as error:
        return str(error)
    return None


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calm") / "run"
    ended(pr.record(make_spec(TINY), folder))
    return arrays(folder)


class FullDisk:
    """From its `calm`-th write on, every write fails as on a full disk, until `free`."""

    def __init__(self, monkeypatch, calm):
        self.left, self.free = calm, False
        for name in ("fsync", "write"):
            monkeypatch.setattr(os, name, self.failing(getattr(os, name)))

    def failing(self, real):
        def call(*arguments):
            self.left -= 1
            if self.left < 0 and not self.free:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*arguments)

        return call


def test_disk_full_at_every_write(tmp_path, monkeypatch, calm):
    n_writes = 0
    while True:
        folder, disk = tmp_path / f"run-{n_writes}", FullDisk(monkeypatch, n_writes)
        failure = failure_of(pr.record(make_spec(TINY), folder))
        disk.free = True
        if failure is None:
            assert disk.left >= 0
            break
        assert "No space left" in failure
        assert "--resume" in failure
        assert "\n" not in failure
        again = pr.resume(folder) if (folder / "run.json").exists() else pr.record(make_spec(TINY), folder)
        ended(again)
        assert arrays(folder) == calm
        assert not (folder / "LOCK").exists()
        monkeypatch.undo()
        n_writes += 1
    assert n_writes >= 20


def test_folder_that_vanishes(tmp_path, calm):
    run = pr.record(make_spec(TINY), tmp_path / "run")
    next(run)
    shutil.rmtree(tmp_path / "run")
    with pytest.raises(StoreFailed, match="No such file"):
        ended(run)


@contextmanager
def mounted(folder, *options):
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "none", folder], capture_output=True)
    if done.returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("kib", [8, 24, 48, 96])
def test_small_file_system_that_fills(kib, tmp_path, calm):
    with mounted(tmp_path / "small", "-o", f"size={kib}k") as root:
        with pytest.raises(StoreFailed, match="No space left"):
            ended(pr.record(make_spec(TINY), root / "run"))
        subprocess.run(["mount", "-o", "remount,size=4m", root], check=True)
        begun = (root / "run" / "run.json").exists()
        ended(pr.resume(root / "run") if begun else pr.record(make_spec(TINY), root / "run"))
        assert arrays(root / "run") == calm


def cli(*arguments):
    code = "from physrbm_cli.main import main; main()"
    command = [sys.executable, "-c", code, "anneal", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def test_file_system_that_becomes_read_only(tmp_path):
    with mounted(tmp_path / "disk") as root:
        run = cli("--hidden", 8, "--updates", 10**6, "--measurements", 10**6, "--out", root / "run")
        while not (root / "run" / "status.json").exists():
            time.sleep(0.01)
        subprocess.run(["mount", "-o", "remount,ro", root], check=True)
        _, said = run.communicate()
        assert run.returncode == 1
        assert "Read-only file system" in said.splitlines()[-1]
        assert "Traceback" not in said
        subprocess.run(["mount", "-o", "remount,rw", root], check=True)
        again = cli("--out", root / "run", "--resume", "--max-time", "0s")
        _, said = again.communicate()
        assert again.returncode == 75, said
