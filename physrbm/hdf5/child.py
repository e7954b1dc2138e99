"""The process that parses HDF5 files: `python -m physrbm.hdf5.child`.

A request is a line of JSON on stdin: path, names (null: all arrays), list (only the names at the top), max_bytes.
The answer is a line of JSON on stdout, an `error` or the arrays (name, dtype, shape) and attributes, then their bytes.
"""

import json
import sys
from typing import Any

import h5py
import numpy as np

_OVERHEAD = 2**30  # address space of the interpreter, numpy and libhdf5
_MAX_OBJECTS, _MAX_DEPTH, _MAX_TEXT = 100_000, 8, 2**20


class Refused(Exception):
    """Said to the one who asked."""


def main() -> None:
    """Answer requests until stdin ends."""
    h5py._errors.silence_errors()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            header, arrays = _answer(request)
        except Refused as error:
            header, arrays = {"error": str(error)}, []
        except MemoryError:
            header, arrays = {"error": "it needs more memory than a file of its size may"}, []
        except Exception:  # whatever libhdf5 and h5py make of damaged bytes
            header, arrays = {"error": "not a readable HDF5 file"}, []
        sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
        for array in arrays:
            sys.stdout.buffer.write(np.ascontiguousarray(array).data)
        sys.stdout.buffer.flush()


def _answer(request: dict[str, Any]) -> tuple[dict[str, Any], list[np.ndarray]]:
    _limit(request["max_bytes"])
    with h5py.File(request["path"], "r") as file:
        if request["list"]:
            return {"names": [name for name in file if isinstance(_member(file, name), h5py.Dataset)]}, []
        found: dict[str, Any] = {"": file}
        if request["names"] is None:
            _collect(file, "", found, 0)
        else:
            found |= {name: _member(file, name) for name in request["names"]}
        return _content(found, request["max_bytes"])


def _limit(max_bytes: int) -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = _OVERHEAD + 3 * max_bytes  # as stored, as read, and once more for what libhdf5 keeps
    resource.setrlimit(resource.RLIMIT_AS, (soft if hard < 0 else min(soft, hard), hard))


def _member(group: Any, name: str) -> Any:
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise Refused(f"{name!r} is a link; only what is in the file itself is read")
    return group[name]


def _collect(group: Any, path: str, found: dict[str, Any], depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise Refused(f"groups stand more than {_MAX_DEPTH} deep in each other")
    for name in group:
        if len(found) > _MAX_OBJECTS:
            raise Refused(f"it has more than {_MAX_OBJECTS} objects")
        member = found[f"{path}{name}"] = _member(group, name)
        if isinstance(member, h5py.Group):
            _collect(member, f"{path}{name}/", found, depth + 1)


def _content(found: dict[str, Any], max_bytes: int) -> tuple[dict[str, Any], list[np.ndarray]]:
    datasets = {name: x for name, x in found.items() if isinstance(x, h5py.Dataset)}
    for name, x in datasets.items():
        if x.is_virtual or x.external:
            raise Refused(f"{name!r} is kept in another file; only what is in the file itself is read")
        if x.dtype.kind not in "biuf" or x.dtype.hasobject:
            raise Refused(f"{name!r} holds values of type {x.dtype}; numbers are needed")
    size = sum(x.size * x.dtype.itemsize for x in datasets.values())
    if size > max_bytes:
        raise Refused(f"it claims {size} bytes in arrays; at most {max_bytes} are allowed")
    arrays = {name: np.asarray(x[()]) for name, x in datasets.items()}
    described = [[name, x.dtype.newbyteorder("<").str, x.shape] for name, x in arrays.items()]
    attributes = {name: found_attributes for name, x in found.items() if (found_attributes := _attributes(x))}
    little = [x.astype(x.dtype.newbyteorder("<"), copy=False) for x in arrays.values()]
    return {"arrays": described, "attributes": attributes}, little


def _attributes(item: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name in item.attrs:
        kind = item.attrs.get_id(name)
        if kind.shape != () or kind.get_storage_size() > _MAX_TEXT:
            continue
        value = item.attrs[name]
        if isinstance(value, str | np.integer | np.floating):
            plain[name] = value if isinstance(value, str) else value.item()
    return plain


if __name__ == "__main__":
    main()
