"""A machine as the content of a file: checked in full before it is a machine."""

from pathlib import Path

from physrbm import hdf5
from physrbm.errors import InvalidInput
from physrbm.hdf5 import Scalar, Tree
from physrbm.model.rbm import RBM

_FORMAT = "physrbm machine 1"


def to_tree(rbm: RBM) -> Tree:
    """`rbm` as arrays and attributes."""
    arrays = {"bonds/i": rbm.bonds.i, "bonds/j": rbm.bonds.j, "bonds/weight": rbm.bonds.weight}
    arrays |= {"visible_bias": rbm.visible_bias, "hidden_bias": rbm.hidden_bias}
    energy = "E = constant - visible_bias.v - hidden_bias.h - sum weight v_i h_j; v, h in {0,1}"
    if rbm.sites is not None:
        arrays["sites"] = rbm.sites
    about: dict[str, Scalar] = {
        "format": _FORMAT,
        "n_possible": rbm.n_possible,
        "constant": rbm.constant,
        "energy": energy,
    }
    return Tree(arrays, {"": about})


def from_tree(tree: Tree) -> RBM:
    """The machine in `tree`. Raises InvalidInput."""
    if tree.attributes.get("", {}).get("format") != _FORMAT:
        raise InvalidInput(f"it holds no machine (attribute format = {_FORMAT!r})")
    i, j = (tree.array(f"bonds/{name}", "iu", (None,)) for name in "ij")
    w, a, b = (tree.array(name, "f", (None,)) for name in ("bonds/weight", "visible_bias", "hidden_bias"))
    n_possible, constant = tree.attribute("n_possible", int), tree.attribute("constant", float)
    return RBM.from_bonds(i, j, w, a, b, int(n_possible), float(constant), tree.arrays.get("sites"))


def save(rbm: RBM, path: str | Path) -> None:
    """Write the machine to `path`, atomically."""
    hdf5.write(Path(path), to_tree(rbm))


def load(path: str | Path) -> RBM:
    """Machine of a file written by `RBM.save`, of a checkpoint, or of a run's results.h5.

    Raises InvalidInput naming the file and what is wrong with it.
    """
    tree = hdf5.read_sealed(Path(path))
    inner = tree.at("machine")
    try:
        return from_tree(inner if inner.arrays else tree)
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from error
