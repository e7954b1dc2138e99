import os
import signal
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from physrbm import hdf5
from physrbm.errors import InvalidInput
from physrbm.hdf5 import Tree, child, reader

ARRAYS = {"a": np.arange(6, dtype=np.int32).reshape(2, 3), "g/b": np.array([1.5, np.nan])}
ARRAYS |= {"g/n": np.array(7), "e": np.ones((0, 4))}
TREE = Tree(ARRAYS, {"": {"name": "x", "n": 3, "x": 0.1}, "g": {"about": "é"}, "a": {"unit": "one"}})


def test_what_is_written_is_read(tmp_path):
    hdf5.write(tmp_path / "x.h5", TREE)
    found = hdf5.read_sealed(tmp_path / "x.h5")
    assert found.attributes == TREE.attributes
    assert found.arrays.keys() == TREE.arrays.keys()
    for name, x in TREE.arrays.items():
        assert found.arrays[name].dtype == x.dtype
        assert found.arrays[name].shape == x.shape
        assert found.arrays[name].tobytes() == x.tobytes()
    with h5py.File(tmp_path / "x.h5") as file:  # the seal is in nobody's way
        assert file["a"][1, 2] == 5


def test_relative_path_is_read_from_where_the_program_is_now(tmp_path, monkeypatch):
    hdf5.write(tmp_path / "x.h5", TREE)
    hdf5.read_sealed(tmp_path / "x.h5")  # the child process runs, in the folder of before
    monkeypatch.chdir(tmp_path)
    assert hdf5.read_sealed(Path("x.h5")).attributes == TREE.attributes


def test_equal_trees_are_equal_files(tmp_path):
    for name in "xy":
        hdf5.write(tmp_path / name, TREE)
    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()


def test_part_of_a_tree_and_back():
    assert TREE.at("g").below("g").arrays.keys() == {"g/b", "g/n"}
    assert TREE.at("g").attributes == {"": {"about": "é"}}
    assert TREE.below("k").at("k").attributes == TREE.attributes


def test_every_changed_byte_and_every_missing_end_is_seen(tmp_path):
    hdf5.write(tmp_path / "x.h5", TREE)
    content = (tmp_path / "x.h5").read_bytes()
    for at in range(0, len(content), 97):
        for damaged in (content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :], content[:at]):
            (tmp_path / "y.h5").write_bytes(damaged)
            with pytest.raises(InvalidInput, match=r"y\.h5"):
                hdf5.read_sealed(tmp_path / "y.h5")


def test_file_that_claims_too_much_is_refused_before_memory_is_taken(tmp_path):
    with h5py.File(tmp_path / "big.h5", "w") as file:
        file.create_dataset("train", (10**12, 1), "u1", chunks=(1024, 1), compression="gzip")
    with pytest.raises(InvalidInput, match="claims 1000000000000 bytes"):
        hdf5.read(tmp_path / "big.h5", None)


def test_group_within_itself(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["g/x"] = [1]
        file["g/g"] = file["g"]
    with pytest.raises(InvalidInput, match="deep"):
        hdf5.read(tmp_path / "x.h5", None)


def test_child_that_crashes_is_replaced(tmp_path, monkeypatch):
    hdf5.write(tmp_path / "x.h5", TREE)
    hdf5.read_sealed(tmp_path / "x.h5")
    os.kill(reader._child.pid, signal.SIGSEGV)
    time.sleep(0.1)
    assert hdf5.read_sealed(tmp_path / "x.h5").arrays["a"][1, 2] == 5


def test_child_that_hangs_is_ended(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.h5")  # opening it for reading never returns
    monkeypatch.setattr(reader, "_SECONDS", 0.2)
    began = time.monotonic()
    with pytest.raises(InvalidInput, match="did not end"):
        hdf5.read(tmp_path / "pipe.h5", None, 0)
    assert time.monotonic() - began < 30
    hdf5.write(tmp_path / "x.h5", TREE)
    monkeypatch.undo()
    assert hdf5.read_sealed(tmp_path / "x.h5").arrays["a"][1, 2] == 5


def test_memory_of_the_child_is_bounded():
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    try:
        child._limit(2**20)
        assert resource.getrlimit(resource.RLIMIT_AS)[0] == 2**30 + 3 * 2**20
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
