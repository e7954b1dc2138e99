"""A run that an earlier version stored and left half done must open and go on for ever, to the same bytes."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from test_faults import ended

import physrbm as pr
from physrbm import hdf5
from physrbm.store import layout
from physrbm.store.checkpoints import checkpoints

STORED = sorted(Path(__file__).parent.glob("schema-*"))


def digests(folder):
    """Of the couplings, fields, chains and random streams at the end."""
    tree = hdf5.read_sealed(checkpoints(folder)[20])
    return {name: hashlib.sha256(x.tobytes()).hexdigest() for name, x in tree.arrays.items() if "series" not in name}


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.name)
def test_stored_run_opens_and_goes_on(stored, tmp_path):
    shutil.copytree(stored, tmp_path / "run")
    found = pr.open_run(tmp_path / "run")
    assert found.state == "stopped"
    assert found.steps == [0, 5, 10]
    ended(pr.resume(tmp_path / "run"))
    assert digests(tmp_path / "run") == json.loads((stored / "expected.json").read_text())
    assert pr.open_run(tmp_path / "run").series("reconstruction")[:, 0].tolist() == [0, 5, 10, 15, 20]


def test_there_is_one_of_every_schema():
    assert [path.name for path in STORED] == [f"schema-{n}" for n in range(1, layout.SCHEMA + 1)]
