"""Make the stored run of the present schema: python tests/store/make_schema.py. Never again for one that is there."""

import json
import shutil
import tempfile
from pathlib import Path

from test_faults import ended
from test_schema import digests

import physrbm as pr
from physrbm.spec import make_spec
from physrbm.store import layout

SPEC = {"hidden": 12, "dilution": 0.5, "updates": 20, "measurements": 4, "chains": 40, "batch": 40, "seed": 1}
SPEC |= {"ais_chains": 100, "samples": 40, "sample_sweeps": 5}

folder = Path(__file__).parent / f"schema-{layout.SCHEMA}"
run = pr.record(make_spec(SPEC), folder, command=["physrbm", "anneal"])
next(m for m in run if m.update == 10)
run.close()
with tempfile.TemporaryDirectory() as copy:
    shutil.copytree(folder, Path(copy) / "run")
    ended(pr.resume(Path(copy) / "run"))
    (folder / "expected.json").write_text(json.dumps(digests(Path(copy) / "run"), indent=1) + "\n")
