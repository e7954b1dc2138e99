"""What does a sweep of very many runs cost besides the runs: seconds and bytes to plan, to look at, and to collect it?

One short run is made; the others are copies of its report under their own settings, so that `status` and `collect` read
what they would read of real ones. Figures are given for `--runs`, and a run of them.

python analysis/sweep_scale.py                      2,000 runs, half a minute
python analysis/sweep_scale.py --runs 100000        some minutes, a million small files and links
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import physrbm as pr

SETTINGS = {"hidden": 20, "updates": 100, "measurements": 10, "chains": 64, "batch": 64, "ais_chains": 100,
            "samples": 64, "sample_sweeps": 20}  # fmt: skip


def measure(n: int) -> dict[str, float]:
    """Seconds and bytes of a sweep of `n` runs."""
    root = Path(tempfile.mkdtemp(prefix="sweep-scale-"))
    try:
        found: dict[str, float] = {"runs": n}
        grid = {"settings": SETTINGS, "grid": {"dilution": "0:0.9:0.1", "seeds": -(-n // 10)}}
        began = time.monotonic()
        manifest = pr.campaign.plan(grid, root / "sweep", most=2 * n)
        found["seconds to plan"] = time.monotonic() - began
        found["bytes of the manifest a run"] = (root / "sweep" / "manifest.jsonl").stat().st_size / len(
            manifest.entries
        )
        found["bytes of a finished run"] = imitate(manifest, root / "one")
        for name, look in (("look at", pr.campaign.status), ("collect", pr.campaign.collect)):
            began = time.monotonic()
            result = look(root / "sweep")
            found[f"seconds to {name}"] = time.monotonic() - began
        began = time.monotonic()
        pr.campaign.write_table(root / "table.csv", result)
        found["seconds to write the table"] = time.monotonic() - began
        found["bytes of the table a run"] = (root / "table.csv").stat().st_size / len(manifest.entries)
        return found
    finally:
        shutil.rmtree(root)


def imitate(manifest: "pr.campaign.Manifest", folder: Path) -> float:
    """Fill the folders of all runs from one that is made in `folder`; its bytes."""
    for _ in pr.record(manifest.entries[0].spec, folder):
        pass
    about = json.loads((folder / "run.json").read_text())
    for entry in manifest.entries:
        run = manifest.folder / entry.folder
        run.mkdir(parents=True)
        (run / "run.json").write_text(json.dumps({**about, "spec": entry.spec.model_dump(), "seed": entry.spec.seed}))
        for name in ("status.json", "events.jsonl", "results.h5", "ckpt"):
            os.symlink(folder / name, run / name)
    return float(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--json", type=Path, help="write the figures there")
    given = parser.parse_args()
    found = measure(given.runs)
    for name, value in found.items():
        print(f"{name:<32}{value:,.4g}")
    if given.json:
        given.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
