import gzip
import hashlib
import runpy
import subprocess
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from physrbm.data import NAMED, load_data
from physrbm.errors import InvalidInput

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "data" / "digits"


@pytest.fixture(scope="module")
def source_rows():
    with gzip.open(SOURCE / "optdigits.csv.gz", "rt") as lines:
        return [tuple(map(int, line.split(","))) for line in lines]


@pytest.fixture(scope="module")
def packaged():
    with np.load(str(resources.files("physrbm.data") / "digits.npz"), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def test_the_packaged_file_holds_exactly_the_source_images_with_their_labels(source_rows, packaged):
    flat = np.column_stack([packaged["pixels"].reshape(-1, 64), packaged["labels"]])
    assert len(source_rows) == 1797
    assert sorted(map(tuple, flat.tolist())) == sorted(source_rows)


def test_make_reproduces_the_packaged_file(packaged):
    made = runpy.run_path(str(SOURCE / "make.py"))["arrays"]()
    assert set(made) == set(packaged)
    for name, array in made.items():
        assert array.dtype == packaged[name].dtype == np.uint8
        np.testing.assert_array_equal(array, packaged[name])


def test_split_sizes_and_equal_shares_of_every_digit():
    data = load_data("digits")
    assert (data.train.shape, data.test.shape) == ((1500, 64), (297, 64))
    assert (data.shape, data.n_visible, data.name) == ((8, 8), 64, "digits")
    in_train = np.bincount(data.train_labels, minlength=10)
    in_test = np.bincount(data.test_labels, minlength=10)
    share = 297 / 1797
    assert np.all(np.abs(in_test - share * (in_train + in_test)) <= 1)


def test_threshold_is_strict_and_the_values_are_the_pixels_over_16(packaged):
    data = load_data("digits", binarise=0.5)
    np.testing.assert_array_equal(data.train, packaged["pixels"][:1500].reshape(-1, 64) > 8)
    assert data.train.dtype == np.uint8
    assert data.train_labels.dtype == np.int64


def test_digest_is_of_the_bits_the_split_and_the_shape():
    data = load_data("digits")
    expected = hashlib.sha256(b"1500 297 (8, 8)" + data.train.tobytes() + data.test.tobytes()).hexdigest()
    assert data.digest == expected
    assert load_data("digits").digest == expected
    assert load_data("digits", binarise=0.25).digest != expected
    assert load_data("digits", binarise="stochastic", seed=1).digest != expected


def test_stochastic_equal_seeds_give_equal_bits_and_other_seeds_others():
    one, again, other = (load_data("digits", binarise="stochastic", seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.train, again.train)
    np.testing.assert_array_equal(one.test, again.test)
    assert np.any(one.train != other.train)


def test_shape_resizes_the_images():
    data = load_data("digits", shape=(4, 6))
    assert (data.shape, data.train.shape) == ((4, 6), (1500, 24))


def test_grey_images_need_a_rule():
    with pytest.raises(InvalidInput, match=r"values other than 0 and 1.*binarise=0\.5 or 'stochastic'"):
        load_data("digits", binarise=None)


@pytest.mark.parametrize("source", ["digit", "DIGITS", "mnits", "no such thing", "", "a\nb", "a\0b", "x" * 5000])
def test_unknown_source_names_what_is_allowed_in_one_line(source):
    with pytest.raises(InvalidInput) as caught:
        load_data(source)
    message = str(caught.value)
    assert "\n" not in message
    assert all(name in message for name in NAMED)
    close = {"digit": "digits", "DIGITS": "digits", "mnits": "mnist"}.get(source)
    assert ("did you mean" in message) == (close is not None)
    assert close is None or f"did you mean {close!r}?" in message


def test_negative_seed_is_refused():
    with pytest.raises(InvalidInput, match="seed is -1"):
        load_data("digits", binarise="stochastic", seed=-1)


def test_importing_the_package_loads_nothing_heavy():
    heavy = "{'h5py', 'pooch', 'scipy', 'platformdirs', 'numba'}"
    code = f"import sys, physrbm.data; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
