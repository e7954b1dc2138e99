"""A checksum behind the last byte of an HDF5 file; HDF5 itself ignores what stands there."""

import hashlib
from pathlib import Path

from physrbm.durable import open_regular, replace
from physrbm.errors import InvalidInput
from physrbm.hdf5.tree import Tree

_MARK = b"\nphysrbm seal "
_DIGEST = 16  # bytes
_SIZE = len(_MARK) + 2 * _DIGEST + 1
_PIECE = 2**20


def write(path: Path, tree: Tree) -> None:
    """Write `tree` to `path`, sealed, atomically. Raises OSError, leaving what was there."""
    content = _image(tree)
    replace(path, content + _MARK + _digest(content) + b"\n")


def check_seal(path: Path) -> int:
    """Size of the file `path`, if it is what was written. Raises InvalidInput otherwise, OSError if it is not there."""
    digest, size = hashlib.blake2b(digest_size=_DIGEST), path.stat().st_size
    with open_regular(path) as file:
        left = size - _SIZE
        while left > 0:
            piece = file.read(min(_PIECE, left))
            if not piece:
                break
            digest.update(piece)
            left -= len(piece)
        end = file.read(_SIZE + 1)
    if not end.startswith(_MARK):
        raise InvalidInput(f"{path}: not a file written by physrbm, or cut short (its seal is missing)")
    if end != _MARK + digest.hexdigest().encode() + b"\n":
        raise InvalidInput(f"{path}: damaged or changed since it was written (its checksum does not match)")
    return size


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST).hexdigest().encode()


def _image(tree: Tree) -> bytes:
    import h5py

    with h5py.File(f"image {id(tree)}", "w", driver="core", backing_store=False) as file:
        for name, array in tree.arrays.items():
            file[name] = array
        for name, attributes in tree.attributes.items():
            target = file if name == "" else file[name] if name in file else file.create_group(name)
            target.attrs.update(attributes)
        file.flush()
        return bytes(file.id.get_file_image())
