import gzip
import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from physrbm.data import load_data, mnist
from physrbm.errors import DataUnavailable, InvalidInput

REAL = os.environ.get("PHYSRBM_DATA")


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Four small files in the place of MNIST, an empty cache and no network; returns their contents."""
    rng = np.random.default_rng(0)
    shapes = [(6, 28, 28), (6,), (3, 28, 28), (3,)]
    contents = {
        name: idx(rng.integers(0, 10, shape, dtype=np.uint8)) for name, shape in zip(mnist.FILES, shapes, strict=True)
    }
    expected = {n: mnist._Expected(len(c), hashlib.sha256(c).hexdigest()) for n, c in contents.items()}
    monkeypatch.setattr(mnist, "FILES", expected)
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path / "cache" / "mnist")
    monkeypatch.delenv("PHYSRBM_DATA", raising=False)
    monkeypatch.setattr("pooch.retrieve", offline)
    return contents


def offline(url, **options):
    raise ConnectionError(f"no route to {url}\nand a second line")


def put(contents, folder, end=""):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / (name + end)).write_bytes(gzip.compress(content, 1) if end else content)
    return folder


def one_line(caught):
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("sub", ["", "mnist"])
def test_files_are_found_in_the_folder_or_its_mnist_folder(small, tmp_path, end, sub):
    put(small, tmp_path / sub, end)
    assert mnist.fetch(tmp_path) == {name: tmp_path / sub / (name + end) for name in small}
    data = load_data("mnist", data_dir=str(tmp_path))
    assert (data.train.shape, data.test.shape, data.shape) == ((6, 784), (3, 784), (28, 28))


def test_the_argument_comes_before_the_variable_and_the_variable_before_the_cache(small, tmp_path, monkeypatch):
    cached = put(small, tmp_path / "cache" / "mnist")
    assert {path.parent for path in mnist.fetch().values()} == {cached}
    named = put(small, tmp_path / "env")
    monkeypatch.setenv("PHYSRBM_DATA", str(named))
    assert {path.parent for path in mnist.fetch().values()} == {named}
    given = put(small, tmp_path / "given")
    assert {path.parent for path in mnist.fetch(given).values()} == {given}


def test_a_variable_that_names_a_folder_without_the_files_falls_back_on_the_cache(small, tmp_path, monkeypatch):
    cached = put(small, tmp_path / "cache" / "mnist")
    monkeypatch.setenv("PHYSRBM_DATA", str(tmp_path / "nothing"))
    assert {path.parent for path in mnist.fetch().values()} == {cached}


def test_a_given_folder_without_the_files_is_an_error_even_if_the_cache_has_them(small, tmp_path):
    put(small, tmp_path / "cache" / "mnist")
    with pytest.raises(DataUnavailable, match="elsewhere' does not hold") as caught:
        mnist.fetch(tmp_path / "elsewhere")
    one_line(caught)


def test_without_network_the_message_says_what_to_do(small):
    with pytest.raises(DataUnavailable) as caught:
        load_data("mnist")
    message = one_line(caught)
    assert all(word in message for word in ("PHYSRBM_DATA", "--data-dir", "--data digits", "ConnectionError"))


def test_downloads_go_to_the_cache_from_the_second_mirror_if_the_first_fails(small, monkeypatch):
    asked = []

    def retrieve(url, *, known_hash, fname, path, progressbar):
        asked.append(url)
        if url.startswith(mnist.MIRRORS[0]):
            offline(url)
        path.mkdir(parents=True, exist_ok=True)
        (path / fname).write_bytes(gzip.compress(small[fname.removesuffix(".gz")]))
        return str(path / fname)

    monkeypatch.setattr("pooch.retrieve", retrieve)
    paths = mnist.fetch()
    assert asked == [f"{mirror}{name}.gz" for name in small for mirror in mnist.MIRRORS]
    assert all(path.parent == mnist.cache_folder() for path in paths.values())
    # a second call downloads nothing
    monkeypatch.setattr("pooch.retrieve", offline)
    assert mnist.fetch() == paths


@pytest.mark.parametrize(
    "damage", [b"<html>sign in</html>", gzip.compress(b"other", mtime=0), b"\x1f\x8b\x08\x00broken"]
)
def test_a_bad_download_is_refused_and_removed(small, tmp_path, damage):
    cached = put(small, tmp_path / "cache" / "mnist", ".gz")
    bad = cached / "train-images-idx3-ubyte.gz"
    bad.write_bytes(damage)
    assert mnist.status()["train-images-idx3-ubyte"] == (bad, False)
    with pytest.raises(InvalidInput, match="train-images-idx3-ubyte") as caught:
        mnist.fetch()
    one_line(caught)
    assert not bad.exists()


def test_a_tampered_file_of_the_user_is_refused_with_both_hashes_and_kept(small, tmp_path):
    put(small, tmp_path)
    name = "t10k-labels-idx1-ubyte"
    tampered = small[name][:-1] + b"\xff"
    (tmp_path / name).write_bytes(tampered)
    with pytest.raises(InvalidInput) as caught:
        mnist.fetch(tmp_path)
    message = one_line(caught)
    assert name in message
    assert hashlib.sha256(tampered).hexdigest()[:12] in message
    assert mnist.FILES[name].sha256[:12] in message
    assert (tmp_path / name).exists()


def test_a_file_that_inflates_beyond_its_size_is_refused_without_being_read_to_the_end(small, tmp_path):
    put(small, tmp_path, ".gz")
    name = "t10k-labels-idx1-ubyte"
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(small[name] + bytes(10**8), 1))
    assert mnist.status(tmp_path)[name] == (tmp_path / f"{name}.gz", False)


def test_status_of_an_empty_folder(small, tmp_path):
    assert mnist.status(tmp_path) == dict.fromkeys(small, (None, False))


@pytest.mark.mnist
def test_the_real_files():
    data = load_data("mnist", data_dir=REAL)
    assert (data.train.shape, data.test.shape, data.shape) == ((60_000, 784), (10_000, 784), (28, 28))
    # the first labels of both parts and the size of each class, as published with the data
    assert data.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert data.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(data.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert 0.1 < data.train.mean() < 0.15


@pytest.mark.mnist
def test_a_real_file_is_accepted_recompressed_and_refused_tampered(tmp_path):
    found = {name: path for name, (path, _) in mnist.status(REAL).items()}
    for path in found.values():
        shutil.copyfile(path, tmp_path / path.name)
    name = "t10k-labels-idx1-ubyte"
    with gzip.open(found[name]) if found[name].suffix else Path(found[name]).open("rb") as stream:
        contents = stream.read()
    (tmp_path / found[name].name).unlink()
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(contents, 1))
    assert mnist.status(tmp_path)[name] == (tmp_path / f"{name}.gz", True)
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(contents[:-1] + b"\0", 1))
    with pytest.raises(InvalidInput, match="ff7bcfd416de"):
        mnist.fetch(tmp_path)
