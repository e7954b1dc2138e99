import gzip
import pickle
import struct
import zipfile

import h5py
import numpy as np
import pytest

from physrbm.data import load_data
from physrbm.data.files import READERS, read_file
from physrbm.errors import InvalidInput

BITS = np.random.default_rng(0).integers(0, 2, (12, 6)).astype(np.uint8)
BYTES = np.random.default_rng(1).integers(0, 256, (12, 3, 4)).astype(np.uint8)


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def csv(array):
    return "".join(",".join(map(str, row)) + "\n" for row in array.tolist()).encode()


def hdf5(path, **arrays):
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array


def write(path, array):
    """`array` in the format of the name of `path`."""
    name = path.name
    if name.endswith(".npy"):
        np.save(path, array)
    elif name.endswith(".npz"):
        np.savez_compressed(path, samples=array)
    elif name.endswith(("h5", "hdf5")):
        hdf5(path, samples=array)
    else:
        content = csv(array) if ".csv" in name else idx(array)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def refusal(path):
    """The one line with which a file is refused; it names the file."""
    with pytest.raises(InvalidInput) as caught:
        read_file(path)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    return message


def rows(*parts):
    return sorted(map(tuple, np.concatenate(parts).reshape(sum(map(len, parts)), -1).tolist()))


@pytest.mark.parametrize("end", READERS)
def test_every_format_gives_the_rows_of_the_file(tmp_path, end):
    data = load_data(write(tmp_path / f"bits{end}", BITS), binarise=None)
    assert (len(data.train), len(data.test), data.shape, data.n_visible) == (10, 2, (6,), 6)
    assert rows(data.train, data.test) == rows(BITS)
    assert data.name == f"bits{end}"
    assert data.train_labels is None


@pytest.mark.parametrize("end", [end for end in READERS if "csv" not in end])
def test_images_of_bytes_are_over_255_and_keep_their_shape(tmp_path, end):
    grey = read_file(write(tmp_path / f"images{end}", BYTES))
    assert grey.train.shape == (10, 3, 4)
    assert grey.train.dtype == np.float32
    assert rows(grey.train, grey.test) == rows(BYTES.astype(np.float32) / np.float32(255))


@pytest.mark.parametrize("dtype", [bool, "i1", "u2", ">i8", "f2", ">f4", "f8", "longdouble"])
def test_bits_of_any_type_are_the_same_data(tmp_path, dtype):
    plain = load_data(write(tmp_path / "a.npy", BITS))
    assert load_data(write(tmp_path / "b.npy", BITS.astype(dtype))).digest == plain.digest


def test_floats_between_0_and_1_are_grey_values(tmp_path):
    values = np.random.default_rng(2).random((12, 5))
    grey = read_file(write(tmp_path / "a.csv", values))
    assert rows(grey.train, grey.test) == rows(values.astype(np.float32))


@pytest.mark.parametrize("end", READERS)
def test_endings_may_be_in_capitals(tmp_path, end):
    path = write(tmp_path / f"bits{end}", BITS)
    assert read_file(path.rename(tmp_path / f"BITS{end.upper()}")).train.shape == (10, 6)


def test_the_held_out_sixth_is_fixed_and_at_least_one_row(tmp_path):
    path = write(tmp_path / "a.npy", BITS)
    np.testing.assert_array_equal(read_file(path).test, read_file(path).test)
    for n, n_test in ((2, 1), (5, 1), (11, 1), (12, 2)):
        grey = read_file(write(tmp_path / "b.npy", BITS[:n]))
        assert (len(grey.train), len(grey.test)) == (n - n_test, n_test)


@pytest.mark.parametrize("end", [".npz", ".h5"])
def test_named_parts_and_labels(tmp_path, end):
    parts = {
        "train": BYTES[:9], "test": BYTES[9:] // 200, "train_labels": np.arange(9, dtype=np.uint8),
        "test_labels": np.arange(3), "notes": np.zeros(2),
    }  # fmt: skip
    path = tmp_path / f"parts{end}"
    np.savez(path, **parts) if end == ".npz" else hdf5(path, **parts)
    grey = read_file(path)
    np.testing.assert_array_equal(grey.train, BYTES[:9].astype(np.float32) / np.float32(255))
    # all 0 and 1, but on the scale of the training part
    np.testing.assert_array_equal(grey.test, (BYTES[9:] // 200).astype(np.float32) / np.float32(255))
    assert grey.train_labels.tolist() == list(range(9))
    assert grey.test_labels.dtype == np.int64


def test_labels_follow_their_rows_into_the_held_out_part(tmp_path):
    values = 200 + np.arange(24, dtype=np.uint8).reshape(12, 2)
    np.savez(tmp_path / "a.npz", train=values, train_labels=np.arange(12))
    grey = read_file(tmp_path / "a.npz")
    for part, labels in ((grey.train, grey.train_labels), (grey.test, grey.test_labels)):
        np.testing.assert_array_equal(np.rint(part[:, 0] * 255), 200 + 2 * labels)


def test_an_array_named_data_is_taken_among_others(tmp_path):
    hdf5(tmp_path / "a.h5", data=BITS, other=np.zeros(3))
    assert read_file(tmp_path / "a.h5").train.shape == (10, 6)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"a": BITS, "b": BITS}, "['a', 'b']"),
        ({"test": BITS, "labels": BITS}, "needed are 'train'"),
        ({"train": BITS, "test": BITS[:, :3]}, "equal shapes"),
        ({"train": BITS, "test": np.array(1)}, "test array of shape ()"),
        ({"train": BITS, "test": BITS[:0]}, "0 test rows"),
        ({"train": BITS, "test": np.full((2, 6), "a")}, "values of type str"),
        ({"train": BITS, "train_labels": np.arange(3)}, "12 integers are needed"),
        ({"train": BITS, "train_labels": np.arange(12.0)}, "float64"),
        ({"train": BITS, "test_labels": np.arange(12)}, "without test"),
        ({"train": BITS, "test": BITS, "test_labels": np.arange(3)}, "12 integers are needed"),
    ],
)
def test_parts_that_do_not_fit_are_refused(tmp_path, parts, words):
    np.savez(tmp_path / "a.npz", **parts)
    assert words in refusal(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([[0, 1], [float("nan"), 1]], "value nan"),
        ([[0, 1], [float("inf"), 1]], "value inf"),
        ([[0, 1], [-float("inf"), 1]], "value -inf"),
        ([[0, 1], [0, -1]], "value -1"),
        ([[0, 1], [0, 256]], "value 256"),
        ([[0, 1], [0, 1.5]], "value 1.5"),
        ([[0, 1], [0, -0.5]], "value -0.5"),
        ([["a", "b"], ["c", "d"]], "type str"),
        ([[0, 1], [1j, 0]], "type complex128"),
        (np.zeros((2, 2), "M8[s]"), "type datetime64"),
        (np.zeros((2, 2), "i1,f4"), "values of type void"),
        (np.zeros((3, 0)), "no side 0"),
        (np.zeros((3, 2, 0)), "no side 0"),
        (np.zeros(3), "shape (3,)"),
        (np.array(1), "shape ()"),
        (np.zeros((2, 2, 2, 2)), "shape (2, 2, 2, 2)"),
        (np.zeros((1, 3)), "1 train rows; at least 2"),
        (np.zeros((0, 3)), "0 train rows; at least 2"),
    ],
)
def test_values_and_shapes_that_are_not_data_are_refused(tmp_path, values, words):
    np.save(tmp_path / "a.npy", values)
    assert words in refusal(tmp_path / "a.npy")


def test_a_header_line_a_byte_order_mark_and_empty_lines_are_skipped(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfup,down\r\n0, 1\r\n\r\n1,0\r\n")
    grey = read_file(path)
    assert rows(grey.train, grey.test) == [(0, 1), (1, 0)]
    path.write_text("\ufeff0,1\n1,1\n")
    assert len(read_file(path).train) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0,1\n1\n", "line 2 has 1 fields; 2 are needed"),
        ("a,b\n0,1\n1,0\n0,1,1\n", "line 4 has 3 fields"),
        ("0,x\n1,1\n", "line 1 holds 'x'"),
        ("0,1\nc,d\n", "line 2 holds 'c'"),
        ("0,1\n0,\n", "line 2 holds ''"),
        ("0;1\n1;1\n0;0\n", "line 2 holds '1;1'"),
        ("0,nan\n1,1\n", "value nan"),
        ("0,1e300\n1,1\n", "value 1e+300"),
        ("0,1000\n1,1\n", "value 1000"),
        ("0,300.5\n1,1\n", "value 300.5"),
        ("", "shape (0,)"),
        ("a,b\n", "shape (0,)"),
        ("0,1\n", "1 train rows"),
    ],
)
def test_bad_csv_files_are_refused_with_the_line(tmp_path, text, words):
    (tmp_path / "a.csv").write_text(text)
    assert words in refusal(tmp_path / "a.csv")


@pytest.mark.parametrize("end", READERS)
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00some bytes\n of another kind, 1\n", bytes(200)])
def test_a_file_of_another_kind_is_refused_in_every_format(tmp_path, end, content):
    path = tmp_path / f"a{end}"
    path.write_bytes(content)
    refusal(path)


@pytest.mark.parametrize("end", [end for end in READERS if end != ".csv"])
def test_a_truncated_file_is_refused_in_every_format(tmp_path, end):
    path = write(tmp_path / f"a{end}", np.random.default_rng(3).integers(0, 2, (300, 9)).astype(np.uint8))
    path.write_bytes(path.read_bytes()[:-20])
    refusal(path)


def test_a_zip_with_a_damaged_member_is_refused(tmp_path):
    path = write(tmp_path / "a.npz", BYTES)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)
    refusal(path)


def test_missing_files_folders_and_unknown_endings_are_refused(tmp_path):
    assert "is not a file" in refusal(tmp_path / "missing.npy")
    (tmp_path / "folder.npy").mkdir()
    assert "is not a file" in refusal(tmp_path / "folder.npy")
    (tmp_path / "a.txt").write_text("0,1\n")
    message = refusal(tmp_path / "a.txt")
    assert all(end in message for end in READERS)


def test_a_name_with_a_line_break_still_gives_one_line(tmp_path):
    (tmp_path / "a\nb.npy").write_bytes(b"nothing")
    with pytest.raises(InvalidInput) as caught:
        read_file(tmp_path / "a\nb.npy")
    assert "\n" not in str(caught.value)


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("a file was unpickled",))


@pytest.mark.parametrize("end", [".npy", ".npz", ".h5", ".csv", ".idx"])
def test_pickles_are_never_loaded(tmp_path, end):
    path = tmp_path / f"a{end}"
    path.write_bytes(pickle.dumps(Trap()))
    refusal(path)


@pytest.mark.parametrize("end", [".npy", ".npz"])
def test_object_arrays_are_refused(tmp_path, end):
    trap = np.array([[Trap()], [Trap()]], dtype=object)
    path = tmp_path / f"a{end}"
    np.save(path, trap, allow_pickle=True) if end == ".npy" else np.savez(path, trap)
    assert "object" in refusal(path).lower()


@pytest.mark.parametrize("kind", ["external link", "soft link", "virtual", "external array"])
def test_hdf5_that_points_elsewhere_is_refused(tmp_path, kind):
    hdf5(tmp_path / "secret.h5", train=BITS)
    (tmp_path / "secret.raw").write_bytes(BITS.tobytes())
    with h5py.File(tmp_path / "a.h5", "w") as file:
        if kind == "external link":
            file["train"] = h5py.ExternalLink("secret.h5", "/train")
        elif kind == "soft link":
            file["other"] = BITS
            file["train"] = h5py.SoftLink("/other")
        elif kind == "virtual":
            layout = h5py.VirtualLayout(BITS.shape, BITS.dtype)
            layout[:] = h5py.VirtualSource(tmp_path / "secret.h5", "train", BITS.shape)
            file.create_virtual_dataset("train", layout)
        else:
            raw = [(str(tmp_path / "secret.raw"), 0, h5py.h5f.UNLIMITED)]
            file.create_dataset("train", BITS.shape, BITS.dtype, external=raw)
    assert "'train'" in refusal(tmp_path / "a.h5")


def test_hdf5_without_arrays_or_with_strings_is_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_group("train")
    assert "holds the arrays []" in refusal(tmp_path / "a.h5")
    hdf5(tmp_path / "b.h5", data=[["a", "b"], ["c", "d"]])
    assert "type object" in refusal(tmp_path / "b.h5")


def test_claims_of_huge_sizes_are_refused_before_anything_is_allocated(tmp_path):
    header = bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**31, 2**31, 4)
    (tmp_path / "a.idx.gz").write_bytes(gzip.compress(header))
    assert "claims" in refusal(tmp_path / "a.idx.gz")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("train", (2**20, 2**20), "u1", chunks=(2**10, 2**10))
    assert "at most" in refusal(tmp_path / "a.h5")
    preamble = np.lib.format.magic(1, 0)
    text = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1099511627776, 64), }\n"
    npy = preamble + struct.pack("<H", len(text)) + text
    (tmp_path / "a.npy").write_bytes(npy)
    refusal(tmp_path / "a.npy")
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("train.npy", npy)
    refusal(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\0\0\x0d\x02" + bytes(20), "starts with the bytes 00000d02"),
        (b"\0\0\x08\x04" + bytes(20), "starts with the bytes 00000804"),
        (b"\0\0", "starts with the bytes 0000"),
        (b"\0\0\x08\x02\0\0", "inside its idx header"),
        (idx(BITS)[:-1], "and holds 71"),
        (idx(BITS) + b"\0", "and holds more"),
        (idx(BITS[:, 0]), "shape (12,)"),
    ],
)
def test_bad_idx_files_are_refused(tmp_path, content, words):
    (tmp_path / "a.idx").write_bytes(content)
    assert words in refusal(tmp_path / "a.idx")


def test_user_rows_have_no_shape_to_resize(tmp_path):
    with pytest.raises(InvalidInput, match="not images"):
        load_data(write(tmp_path / "a.npy", BITS), shape=(2, 3))
    assert load_data(write(tmp_path / "b.npy", BYTES), shape=(6, 2)).shape == (6, 2)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float32])
def test_spins_are_read_as_bits(dtype, tmp_path):
    np.save(tmp_path / "s.npy", (2 * BITS.astype(int) - 1).astype(dtype))
    grey = read_file(tmp_path / "s.npy")
    assert sorted(map(tuple, np.concatenate([grey.train, grey.test]))) == sorted(map(tuple, BITS))


def test_integers_on_another_scale_are_refused(tmp_path):
    np.save(tmp_path / "s.npy", np.arange(20).reshape(4, 5))
    with pytest.raises(InvalidInput, match="integers up to 19"):
        read_file(tmp_path / "s.npy")
