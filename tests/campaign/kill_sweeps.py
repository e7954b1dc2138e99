"""Kill workers and drivers of sweeps at random moments, go on, and compare the table with that of a calm sweep.

python tests/campaign/kill_sweeps.py 50 [--executor local|dask] [--seed 1]
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from physrbm_cli.main import main as physrbm

import physrbm as pr
import physrbm.store.recording as recording

recording._EVERY, recording._SHARE = 0.05, 1.0  # workers import this file: checkpoints between measurements too

GRID = {
    "settings": {"updates": 60, "measurements": 6, "chains": 64, "batch": 64, "ais_chains": 100, "samples": 40,
                 "sample_sweeps": 5},
    "family": [
        {"name": "dense", "hidden": [8, 12], "seeds": 2},
        {"name": "retrain", "from": "dense", "dilution": 0.8, "rule": "magnitude", "rewind": "@30"},
        {"name": "temper", "from": "retrain", "kind": "temper", "sweeps": 2000, "swap_every": 5, "replicas": 8,
         "ladder": 4, "methods": "bar"},
    ],
}  # fmt: skip
TIMES = ("seconds_", "host")


def comparable(folder):
    """The table without what is another one every time."""
    columns = pr.campaign.collect(folder).columns
    return {name: x for name, x in columns.items() if not name.startswith(TIMES)}


def differ(a, b):
    """Names of the columns that are not the same, byte for byte."""
    return [
        name for name in a.keys() | b.keys() if name not in a or name not in b or a[name].tobytes() != b[name].tobytes()
    ]


def starts(folder):
    """How often every run was begun, by its log."""
    events = [(run, pr.open_run(run).events().events) for run in sorted((folder / "runs").iterdir())]
    return {run.name: sum(event["kind"] == "start" for event in found) for run, found in events}


def drive(folder, executor="local", *more):
    """A driver with two workers, in a session of its own."""
    words = ["sweep", "run", str(folder), "--executor", executor, "--workers", "2", "--quiet", *more]
    return subprocess.Popen(
        [sys.executable, __file__, "physrbm", *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def processes(driver):
    """Workers of a driver: its children, or their children, that run Python of ours."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    found, family = [], {driver.pid}
    for pid, parent, words in sorted(((int(a), int(b), c) for a, b, c in (r for r in rows if len(r) == 3))):
        if parent in family:
            family.add(pid)
            found += [pid] if "spawn_main" in words else []
    return found


def disturb(folder, grid, executor, rng, kills, longest):
    """Run a sweep with so many kills, or fewer if it is done before; how many workers and drivers were killed."""
    killed = {"worker": 0, "driver": 0}
    pr.campaign.plan(grid, folder)
    driver = drive(folder, executor)
    while sum(killed.values()) < kills:
        try:
            driver.wait(rng.uniform(0, longest))
        except subprocess.TimeoutExpired:
            whom = rng.choice(("worker", "worker", "driver"))
            found = processes(driver) if whom == "worker" else [driver.pid]
            with suppress(ProcessLookupError):
                for pid in found and [rng.choice(found)]:  # a driver that starts has no workers yet
                    os.kill(pid, signal.SIGKILL)
                    killed[whom] += 1
        if driver.poll() is not None:
            check(driver, (0, 1, -signal.SIGKILL))
            if driver.returncode == 0:
                break
            driver = drive(folder, executor)
    if driver.returncode is None:
        check(driver, (0, 1, -signal.SIGKILL))
    if driver.returncode != 0:  # killed last, or a run was killed more often than it is tried again
        check(drive(folder, executor), (0,))
    return killed


def check(driver, allowed):
    said = driver.communicate()[1].decode()
    assert driver.returncode in allowed, (driver.returncode, said)
    assert "Traceback" not in said, said


def campaign(n, executor="local", seed=1, kills=6, longest=4.0):
    """Sweeps with at least `n` kills in all: how many there were, how many came out equal, and the kills."""
    rng, killed, sweeps, equal = random.Random(seed), {"worker": 0, "driver": 0}, 0, 0
    with tempfile.TemporaryDirectory() as root:
        calm = Path(root) / "calm"
        pr.campaign.plan(GRID, calm)
        check(driver := drive(calm), (0,))
        assert driver.returncode == 0
        wanted = comparable(calm)
        assert set(wanted["state"]) == {"done"}
        while sum(killed.values()) < n:
            folder = Path(root) / f"sweep-{sweeps}"
            new = disturb(folder, GRID, executor, rng, min(kills, n - sum(killed.values())), longest)
            killed = {whom: count + new[whom] for whom, count in killed.items()}
            different, begun = differ(wanted, comparable(folder)), starts(folder)
            again = [name for name, count in begun.items() if count != 1]
            if different or again:
                print(f"sweep {sweeps}: {different} differ; begun not once: {again}", flush=True)
            sweeps, equal = sweeps + 1, equal + (not different and not again)
    return sweeps, equal, killed


def main():
    if sys.argv[1:2] == ["physrbm"]:
        sys.argv[0] = sys.argv.pop(1)
        physrbm()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int)
    parser.add_argument("--executor", choices=("local", "dask"), default="local")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    sweeps, equal, killed = campaign(given.n, given.executor, given.seed)
    words = f"{killed['worker']} workers and {killed['driver']} drivers killed"
    print(f"{equal} of {sweeps} sweeps identical; {words}; {time.monotonic() - began:.0f} s")
    sys.exit(equal != sweeps)


if __name__ == "__main__":
    main()
