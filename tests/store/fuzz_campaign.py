"""Open damaged and hostile files: every one opens or is refused with one line; nothing crashes, hangs or grows.

python tests/store/fuzz_campaign.py 100000 [--seed 1] [--keep FOLDER]
"""

import argparse
import gzip
import hashlib
import json
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

import h5py
import numpy as np
from physrbm_cli.settings import resolve

import physrbm as pr
from physrbm.errors import PhysRBMError
from physrbm.experiment.annealed import thaw
from physrbm.experiment.tempering_job import Tempering
from physrbm.hdf5 import seal
from physrbm.spec import make_spec
from physrbm.store import Lock, control, latest
from physrbm.store.checkpoints import read_checkpoint

SPEC = {"hidden": 8, "dilution": 0.5, "updates": 130, "measurements": 130, "chains": 32, "batch": 32, "seed": 1}
SPEC |= {"ais_chains": 100, "samples": 40, "sample_sweeps": 5}
TEMPER = {"sweeps": 90, "replicas": 8, "path": "dilution", "ladder": "3", "methods": "bar", "seed": 1}
SECONDS = 2.0  # a file that takes longer counts as a hang; the child process that parses HDF5 has ten


def open_checkpoint(path):
    thaw(read_checkpoint(path), make_spec(SPEC))
    pr.load(path)


def open_results(path):
    run = pr.open_run(path.parent)
    run.series("reconstruction" if run.spec.kind == "anneal" else "energy")
    run.samples()
    run.report()
    pr.load(path)


def open_run(path):
    run = pr.open_run(path.parent)
    str(run.state), run.steps, run.events()


def open_segment(path):
    latest(path.parents[1], lambda saved: thaw(saved, make_spec(SPEC)))


def open_tempering(path):
    run = pr.open_run(path.parents[1])
    latest(run.folder, lambda saved: Tempering(run.spec, None).thaw(saved, run.folder))


def open_lock(path):
    with Lock(path.parent):
        pass


def open_config(path):
    resolve({}, path)


def open_control(path):
    control.pending(path.parents[1])


def open_data(path):
    pr.load_data(path, binarise=0.5)


def make_files(root):
    """Target -> (file, its content, how it is opened)."""
    run = root / "run"
    for _ in pr.record(make_spec(SPEC), run):
        pass
    source, tempering = str(run / "results.h5"), root / "temper"
    for _ in pr.record(make_spec({**TEMPER, "source": source}, "temper"), tempering):
        pass
    for old in sorted((tempering / "ckpt").glob("*.h5"))[:-1]:  # so that what is damaged must be read
        old.unlink()
    control.send(run, "extend", 5)
    (run / "LOCK").write_text(
        json.dumps({"pid": 2**22 + 1, "host": "h", "space": "", "boot": "", "started": "", "token": ""})
    )
    (root / "config.toml").write_text('hidden = 20\ndilution = 0.85\ndata = "digits"\ncentred = true\nshape = "8x8"\n')
    bits = (np.random.default_rng(0).random((30, 4, 4)) < 0.5).astype(np.uint8)
    np.save(root / "d.npy", bits)
    np.savez_compressed(root / "d.npz", train=bits, test=bits, train_labels=np.arange(30))
    (root / "d.csv").write_text("\n".join(",".join(map(str, row)) for row in bits.reshape(30, -1)))
    (root / "d.csv.gz").write_bytes(gzip.compress((root / "d.csv").read_bytes()))
    idx = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in bits.shape) + (bits * 255).tobytes()
    (root / "d.idx").write_bytes(idx)
    (root / "d.idx.gz").write_bytes(gzip.compress(idx))
    with h5py.File(root / "d.h5", "w") as file:
        file.create_dataset("train", data=bits, compression="gzip", chunks=(8, 4, 4))
        file["test"] = bits
    steps = sorted((run / "ckpt").glob("*.h5"))
    openers = {
        steps[-1]: open_checkpoint, run / "results.h5": open_results, run / "segments" / "00000001.h5": open_segment,
        next((tempering / "ckpt").iterdir()): open_tempering, tempering / "results.h5": open_results,
        tempering / "segments" / "raw-00000000.h5": open_tempering,
        tempering / "segments" / "raw-00000040.h5": open_tempering, tempering / "run.json": open_run,
        run / "events.jsonl": open_run, run / "run.json": open_run, run / "status.json": open_run,
        run / "LOCK": open_lock, next((run / "control").iterdir()): open_control, root / "config.toml": open_config,
        **{root / f"d{end}": open_data for end in (".npy", ".npz", ".csv", ".csv.gz", ".idx", ".idx.gz", ".h5")},
    }  # fmt: skip
    names = {path: "-".join(path.relative_to(root).parts) for path in openers}
    return {names[path]: (path, path.read_bytes(), opener) for path, opener in openers.items()}


def mutated(content, name, rng):
    """Damage of one kind or several; of a sealed file often with a new seal, as an enemy would."""
    sealed = name.endswith(".h5") and name != "d.h5"
    data = bytearray(content[: -seal._SIZE] if sealed else content)
    if name.endswith((".json", "LOCK")) and rng.random() < 0.5:
        return json.dumps(_nasty(json.loads(content), rng)).encode()
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        _damage(data, rng)
    if not sealed:
        return bytes(data)
    digest = hashlib.blake2b(data, digest_size=seal._DIGEST).hexdigest().encode()
    resealed = bytes(data) + seal._MARK + digest + b"\n"
    return resealed if rng.random() < 0.7 else bytes(data) + content[-seal._SIZE :]


def _damage(data, rng):
    if not data:
        return
    at = rng.randrange(min(len(data), 4096) if rng.random() < 0.7 else len(data))
    kind = rng.random()
    if kind < 0.6:
        data[at] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256), data[at] ^ 1 << rng.randrange(8)))
    elif kind < 0.75:
        value = rng.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1, 10**12))
        data[at : at + 8] = value.to_bytes(8, rng.choice(("little", "big")))
    elif kind < 0.85:
        del data[at:]
    elif kind < 0.9:
        data[at:at] = bytes(rng.randrange(256) for _ in range(rng.choice((1, 8, 100))))
    elif kind < 0.95:
        data[at : at + rng.randrange(64)] = b""
    else:
        data[at:at] = rng.choice(
            (b"[" * 3000, b'{"a":' * 3000, b"9" * 5000, b"nan", b"1e999", b"\x00" * 50, b"\xff\xfe")
        )


def _nasty(value, rng):
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        return {**value, key: _nasty(value[key], rng)}
    deep = []
    for _ in range(500):
        deep = [deep]
    return rng.choice((None, True, -1, 0, 2**31, 2**63, 10**400, 1.5, float("nan"), float("inf"), "", "x" * 10**5,
                       [], {}, deep, "../../../etc/passwd", "\ud800", "mnist\n", [1, 2], "-h"))  # fmt: skip


def campaign(n, seed=1, keep=None):
    """Counter of outcomes; the descriptions of what must not happen."""
    rng, outcomes, faults = random.Random(seed), Counter(), []
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as root:
        files = make_files(Path(root))
        assert all(_attempt(opener, path) == "opened" for path, _, opener in files.values() if path.name != "LOCK")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for k in range(n):
            name = rng.choice(list(files))
            path, content, opener = files[name]
            data = mutated(content, name, rng)
            path.write_bytes(data)
            began = time.monotonic()
            said = _attempt(opener, path)
            seconds = time.monotonic() - began
            path.write_bytes(content)
            slow = seconds > SECONDS
            outcomes[f"{name} {'slow' if slow else said.split(':')[0]}"] += 1
            if said.startswith("FAULT") or (slow and not name.endswith(".h5")):
                faults.append(f"{k} {name} {seconds:.1f} s {said}")
                if keep is not None:
                    (keep / f"{k}-{name}").write_bytes(data)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    return outcomes, faults, grown


def _attempt(opener, path):
    try:
        opener(path)
    except PhysRBMError as error:
        return "refused" if "\n" not in str(error) and len(str(error)) < 2000 else f"FAULT: {str(error)[:300]!r}"
    except Exception:
        return f"FAULT: {traceback.format_exc(limit=-3)}"
    return "opened"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    began = time.monotonic()
    outcomes, faults, grown = campaign(given.n, given.seed, given.keep)
    for name, count in sorted(outcomes.items()):
        print(f"{name:<48}{count}")
    print(*faults[:20], sep="\n")
    seconds = time.monotonic() - began
    print(f"{given.n} files in {seconds:.0f} s, {len(faults)} faults, memory grew by {grown} MiB")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
