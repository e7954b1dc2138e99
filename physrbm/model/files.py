"""A machine as an HDF5 group: arrays checked for kind and size before they are read."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model.rbm import RBM

_FORMAT = "physrbm machine 1"
_MAX = 2**31  # entries of one array: more cannot be indexed by int32


def write_rbm(group: Any, rbm: RBM) -> None:
    """Store `rbm` in an open HDF5 group."""
    group["bonds/i"], group["bonds/j"], group["bonds/weight"] = rbm.bonds
    group["visible_bias"], group["hidden_bias"] = rbm.visible_bias, rbm.hidden_bias
    group.attrs["format"] = _FORMAT
    group.attrs["n_possible"], group.attrs["constant"] = rbm.n_possible, rbm.constant
    group.attrs["energy"] = "E = constant - visible_bias.v - hidden_bias.h - sum weight v_i h_j; v, h in {0,1}"


def read_rbm(group: Any) -> RBM:
    """Machine of an open HDF5 group, validated. Raises InvalidInput."""
    if group.attrs.get("format") != _FORMAT:
        raise InvalidInput(f"it holds no machine (attribute format = {_FORMAT!r})")
    i, j = (_array(group, f"bonds/{name}", "iu") for name in "ij")
    w, a, b = (_array(group, name, "f") for name in ("bonds/weight", "visible_bias", "hidden_bias"))
    n_possible, constant = group.attrs.get("n_possible"), group.attrs.get("constant")
    if not isinstance(n_possible, int | np.integer) or not isinstance(constant, float):
        raise InvalidInput("n_possible (integer) or constant (number) is missing")
    return RBM.from_bonds(i, j, w, a, b, int(n_possible), float(constant))


def save(rbm: RBM, path: str | Path) -> None:
    """Write the machine to `path`: a temporary file, then a rename."""
    import h5py

    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with h5py.File(temporary, "w") as file:
            write_rbm(file, rbm)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def load(path: str | Path) -> RBM:
    """Machine of a file written by `RBM.save`, or of a run's results.h5.

    Raises InvalidInput naming the file and what is wrong with it.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            inner = file.get("machine", getlink=True)
            return read_rbm(file["machine"] if isinstance(inner, h5py.HardLink) else file)
    except FileNotFoundError as error:
        raise InvalidInput(f"{path}: no such file") from error
    except (OSError, RuntimeError, KeyError, InvalidInput) as error:
        reason = error if isinstance(error, InvalidInput) else "not a readable HDF5 file"
        raise InvalidInput(f"{path}: {reason}") from error


def _array(group: Any, name: str, kinds: str) -> np.ndarray:
    import h5py

    parent = group
    for part in name.split("/"):
        if not isinstance(parent, h5py.Group) or not isinstance(parent.get(part, getlink=True), h5py.HardLink):
            raise InvalidInput(f"the array {name} is missing")
        parent = parent[part]
    data = parent
    if not isinstance(data, h5py.Dataset) or data.ndim != 1 or data.dtype.kind not in kinds:
        raise InvalidInput(f"{name} must be a 1-d array of kind {kinds!r}")
    if data.size > _MAX or data.is_virtual or data.external:
        raise InvalidInput(f"{name} has {data.size} entries or is stored elsewhere; at most {_MAX}, in the file")
    return np.asarray(data[:])
