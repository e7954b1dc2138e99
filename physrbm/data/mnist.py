"""The MNIST handwritten digits: 60,000 training and 10,000 test images of 28x28 pixels.

Source: LeCun, Y., Cortes, C. & Burges, C. J. C., The MNIST database of handwritten digits; fetched once from
a public mirror when no local copy is found.
"""

import gzip
import hashlib
import io
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from physrbm.data.grey import Grey, GreyData
from physrbm.data.idx import read_idx
from physrbm.errors import DataUnavailable, InvalidInput

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


@dataclass(frozen=True, slots=True)
class _Expected:
    n_bytes: int
    sha256: str


# of the uncompressed bytes, because mirrors compress them differently
FILES = {
    "train-images-idx3-ubyte": _Expected(
        47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    ),
    "train-labels-idx1-ubyte": _Expected(60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    "t10k-images-idx3-ubyte": _Expected(7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    "t10k-labels-idx1-ubyte": _Expected(10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
}


def fetch(data_dir: str | Path | None = None) -> dict[str, Path]:
    """Paths of the four checked files by name, downloaded into the user cache if they are nowhere.

    They are looked for in `data_dir` and nowhere else when it is given, otherwise in the folder that
    PHYSRBM_DATA names and in the user cache; each folder may hold the files or a folder `mnist` with them,
    compressed (.gz) or not. Raises DataUnavailable when a file can be neither found nor downloaded and
    InvalidInput when a file is not the original.
    """
    return {name: _checked(name, data_dir)[0] for name in FILES}


def status(data_dir: str | Path | None = None) -> dict[str, tuple[Path | None, bool]]:
    """For each of the four files the path where it was found (or None) and whether it is the original."""
    report = {}
    for name in FILES:
        path = _locate(name, data_dir)
        report[name] = (path, path is not None and _is_original(name, path))
    return report


def read_mnist(data_dir: str | Path | None = None) -> GreyData:
    """The images, pixels 0..255 over 255, and labels of MNIST; looks and raises as `fetch` does."""
    arrays = {name: read_idx(io.BytesIO(_checked(name, data_dir)[1]), name) for name in FILES}
    train, train_labels, test, test_labels = arrays.values()
    return GreyData("mnist", _grey(train), _grey(test), train_labels.astype(np.int64), test_labels.astype(np.int64))


def cache_folder() -> Path:
    """Where downloads are kept."""
    import platformdirs

    return platformdirs.user_cache_path("physrbm") / "data" / "mnist"


def _grey(pixels: npt.NDArray[np.uint8]) -> Grey:
    return pixels.astype(np.float32) / np.float32(255)


def _locate(name: str, data_dir: str | Path | None) -> Path | None:
    if data_dir is not None:
        roots = [Path(data_dir)]
    else:
        env = os.environ.get("PHYSRBM_DATA")
        roots = [Path(env)] if env else []
        roots.append(cache_folder())
    places = (root / sub / (name + end) for root in roots for sub in ("", "mnist") for end in ("", ".gz"))
    return next((place for place in places if os.path.isfile(place)), None)


def _checked(name: str, data_dir: str | Path | None) -> tuple[Path, bytes]:
    """Path and uncompressed bytes of one file."""
    path = _locate(name, data_dir)
    if path is None and data_dir is not None:
        raise DataUnavailable(f"{str(data_dir)!r} does not hold the MNIST file {name} or {name}.gz")
    path = path or _download(name)
    try:
        return path, _original_bytes(name, path)
    except InvalidInput:
        # a bad download must not be found again
        if path.parent == cache_folder():
            path.unlink(missing_ok=True)
        raise


def _is_original(name: str, path: Path) -> bool:
    try:
        _original_bytes(name, path)
    except InvalidInput:
        return False
    return True


def _original_bytes(name: str, path: Path) -> bytes:
    expected = FILES[name]
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            # one byte too many is enough to fail the check, however much more there is
            contents = stream.read(expected.n_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{str(path)!r} cannot be read ({type(error).__name__}); {name} is needed") from error
    found = hashlib.sha256(contents).hexdigest()
    if found != expected.sha256:
        raise InvalidInput(f"{str(path)!r} has sha256 {found[:12]}...; {expected.sha256[:12]}... is needed")
    return contents


def _download(name: str) -> Path:
    import pooch

    # it reports every file that it fetches without a known hash; the hash that counts is checked here
    pooch.get_logger().setLevel("WARNING")
    reason = ""
    for mirror in MIRRORS:
        try:
            return Path(
                pooch.retrieve(
                    f"{mirror}{name}.gz",
                    known_hash=None,
                    fname=f"{name}.gz",
                    path=cache_folder(),
                    progressbar=False,
                )
            )
        except OSError as error:
            reason = type(error).__name__
    raise DataUnavailable(
        f"MNIST file {name} could not be downloaded ({reason}); put the four idx files in a folder and "
        "name it by PHYSRBM_DATA or --data-dir, or use --data digits"
    )
