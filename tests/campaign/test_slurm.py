"""The recipe for SLURM on a real node: an array that is warned before its limit queues again and ends the sweep."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kill_sweeps import check, comparable, differ, drive, starts
from slurm_node import cluster, why_not

import physrbm as pr

RECIPE = Path(__file__).parents[2] / "analysis" / "sweeps" / "sweep.sbatch"
GRID = {
    "settings": {"updates": 400, "measurements": 10, "chains": 64, "batch": 64, "ais_chains": 100, "samples": 40,
                 "sample_sweeps": 5},
    "family": [
        {"name": "dense", "hidden": 12, "seeds": 6},
        {"name": "retrain", "from": "dense", "dilution": [0.5, 0.8], "rule": "magnitude"},
    ],
}  # fmt: skip


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_a_job_array_that_is_warned_ends_with_the_table_of_this_machine(tmp_path):
    calm, sweep, folder = tmp_path / "calm", tmp_path / "sweep", tmp_path / "bin"
    for one in (calm, sweep):
        pr.campaign.plan(GRID, one)
    check(drive(calm), (0,))
    folder.mkdir()
    text = "from physrbm_cli.main import main\nif __name__ == '__main__':\n    main()\n"
    (folder / "physrbm").write_text(f"#!{sys.executable}\n{text}")
    (folder / "physrbm").chmod(0o755)
    shutil.copy(RECIPE, tmp_path)
    with cluster() as env:
        env = {**env, "PATH": f"{folder}:{env['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
        job = said(env, tmp_path, "sbatch", "--parsable", "--array=1-2", "--cpus-per-task=1", "--mem-per-cpu=0",
                   "--time=10", RECIPE.name, str(sweep)).strip()  # fmt: skip
        wait(lambda: sum("/9 done" in text for text in logs(tmp_path)) == 2)  # both listen to signals by then
        said(env, tmp_path, "scancel", "--signal=USR1", "--batch", job)  # as slurm does before the limit
        wait(lambda: restarts(env, tmp_path, job) >= 1)
        left = pr.campaign.status(sweep).counts
        assert left.get("done", 0) < 18
        wait(lambda: subprocess.run(["pgrep", "-f", "slurm_script"], capture_output=True).returncode)
        time.sleep(5)  # slurm has them wait for two minutes, so that nothing is left of them when they begin again

        def all_done():
            for k in (1, 2):
                said(env, tmp_path, "scontrol", "update", f"JobId={job}_{k}", "StartTime=now")
            return pr.campaign.status(sweep).counts == {"done": 18}

        wait(all_done)
    assert differ(comparable(calm), comparable(sweep)) == []
    assert set(starts(sweep).values()) == {1}
    text = "".join(logs(tmp_path))
    assert "Traceback" not in text, text
    assert "SIGUSR1" in text, text


def logs(folder):
    return [path.read_text() for path in folder.glob("physrbm-sweep-*.log")]


def said(env, folder, *words):
    return subprocess.run(words, env=env, cwd=folder, capture_output=True, text=True).stdout


def restarts(env, folder, job):
    """How often tasks of the array were put back into the queue."""
    shown = said(env, folder, "scontrol", "show", "job", job)
    return sum(int(word.removeprefix("Restarts=")) for word in shown.split() if word.startswith("Restarts="))


def wait(holds):
    for _ in range(600):
        if holds():
            return
        time.sleep(0.2)
    raise AssertionError("it never came to that")
