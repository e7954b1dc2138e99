"""Kill runs at random moments, resume them, and compare them with a run that nobody disturbed, byte for byte.

python tests/store/kill_campaign.py 200 --how kill|term|time [--kind anneal|temper] [--reader] [--seed 1]
"""

import argparse
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import physrbm as pr
from physrbm import hdf5
from physrbm.errors import PhysRBMError
from physrbm.store.checkpoints import checkpoints

# every 50 ms a checkpoint between measurements, so that those are killed too
START = "import physrbm.store.recording as r; r._EVERY = 0.05; r._SHARE = 1; from physrbm_cli.main import main; main()"
ANNEAL = "anneal --dilution 0.85 --hidden 60 --updates 280 --measurements 70 --chains 64 --batch 64 --seed 5"
ANNEAL += " --ais-chains 100 --samples 64 --sample-sweeps 20 --quiet"
TEMPER = "logz SOURCE --method bar,ais_reverse --ladder 6 --sweeps 1500 --swap-every 5 --replicas 32 --seed 5 --quiet"
TEMPER += " --observables magnetisation"
RUNS = {"anneal": ANNEAL, "temper": TEMPER}
DONE = {"anneal": (0,), "temper": (0, 3)}  # so short a run may not be equilibrated


def command(folder, kind, *more):
    words = [str(folder.parent / "machine.h5") if word == "SOURCE" else word for word in RUNS[kind].split()]
    return [sys.executable, "-c", START, *words, "--out", str(folder), *more]


def contents(folder):
    """Everything that must be equal: bytes of arrays, and the report but for times and names."""
    run = pr.open_run(folder)
    assert run.state == "done"
    last = hdf5.read_sealed(checkpoints(folder)[max(run.steps)])
    trees = {"checkpoint": last, "results": hdf5.read_sealed(folder / "results.h5")}
    found = {
        f"{t}/{name}": (x.dtype.str, x.shape, x.tobytes())
        for t, tree in trees.items()
        for name, x in tree.arrays.items()
    }
    report = {k: v for k, v in run.report().items() if k not in ("run", "seconds")}
    raw = {path.name: hdf5.read_sealed(path).arrays for path in sorted((folder / "segments").glob("raw-*"))}
    found |= {f"{name}/{k}": x.tobytes() for name, arrays in raw.items() for k, x in arrays.items()}
    kept = [s for s in run.steps if s % 4 == 0] if run.spec.kind == "anneal" else []
    return found | {"report": json.dumps(report), "steps": kept}


def disturb(folder, kind, how, rng, seconds, kills):
    """Start, end and resume the run until it is done; how often it was ended."""
    ended = 0
    for k in itertools.count():
        last = k >= kills
        limit = rng.uniform(0, seconds if k else seconds / 2)  # the first end comes before the run is done
        more = ["--resume"] if how != "time" or last else ["--resume", "--max-time", f"{limit:.3f}s"]
        run = subprocess.Popen(command(folder, kind, *more), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if not last and how != "time":
            time.sleep(limit)
            run.send_signal({"kill": signal.SIGKILL, "term": signal.SIGTERM}[how])
        _, said = run.communicate()
        assert b"Traceback" not in said, said.decode()
        done = DONE[kind]
        if last:
            assert run.returncode in done, (run.returncode, said.decode())
            return ended
        assert run.returncode in {"kill": (-9,), "term": (75, -15), "time": (75,)}[how] + done, said.decode()
        ended += run.returncode not in done


def read_all_the_time(folder, stop):
    """Open every file ten times a second, as a monitor on another machine may."""
    while not stop.is_set():
        for path in folder.rglob("*"):
            with suppress(OSError):
                path.read_bytes()
        with suppress(PhysRBMError):
            run = pr.open_run(folder)
            run.events()
            run.series("reconstruction" if run.spec.kind == "anneal" else "energy")
        stop.wait(0.1)


def campaign(n, how="kill", reader=False, seed=1, kind="anneal"):
    """Number of runs that came out equal, and how often they were ended."""
    rng, equal, ended = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as root:
        pr.RBM.initialise(pr.load_data("digits").train, 30, 0.5, scale=0.5, seed=1).save(Path(root) / "machine.h5")
        for calm in (Path(root) / "warm", Path(root) / "calm"):  # the first may compile
            began = time.monotonic()
            subprocess.run(command(calm, kind), check=kind == "anneal", stdout=subprocess.DEVNULL)
        seconds, wanted = time.monotonic() - began, contents(calm)
        for k in range(n):
            folder, stop = Path(root) / f"run-{k}", threading.Event()
            watcher = threading.Thread(target=read_all_the_time, args=(folder, stop))
            if reader:
                watcher.start()
            ended += disturb(folder, kind, how, rng, seconds, rng.choice((1, 1, 2, 3)))
            stop.set()
            if reader:
                watcher.join()
            found = contents(folder)
            different = [name for name in wanted if found.get(name) != wanted[name]]
            if found.keys() != wanted.keys() or different:
                print(f"run {k} differs in {different or found.keys() ^ wanted.keys()}", flush=True)
            else:
                equal += 1
    return equal, ended


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int)
    parser.add_argument("--how", choices=("kill", "term", "time"), default="kill")
    parser.add_argument("--kind", choices=tuple(RUNS), default="anneal")
    parser.add_argument("--reader", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    equal, ended = campaign(given.n, given.how, given.reader, given.seed, given.kind)
    print(f"{equal} of {given.n} runs identical; ended {ended} times by {given.how}; {time.monotonic() - began:.0f} s")
    sys.exit(equal != given.n)


if __name__ == "__main__":
    os.environ["PYTHONUNBUFFERED"] = "1"
    main()
