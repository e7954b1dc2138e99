"""The settings of one run of a sweep: its own, those of the grid, and what it has from the run it starts from."""

import os
from pathlib import Path
from typing import Any

from physrbm.campaign.families import SHARED
from physrbm.campaign.manifest import Entry
from physrbm.data import NAMED, Dataset, load_data
from physrbm.errors import InvalidInput
from physrbm.experiment import Size, kept
from physrbm.spec import RunSpec, Spec
from physrbm.store import read_machine

_FRESH_ONLY = ("hidden", "scale")  # a machine that comes from elsewhere brings its own


class Known:
    """Data and machines that were read for one run and serve the others too."""

    def __init__(self, data_dir: str | Path | None) -> None:
        """data_dir: folder that holds MNIST."""
        self._data_dir = data_dir
        self._data: dict[tuple[Any, ...], Dataset] = {}
        self._sizes: dict[str, Size] = {}

    def data(self, spec: Spec) -> Dataset | None:
        """What the spec names, if it does. Raises InvalidInput, DataUnavailable."""
        if spec.data is None:
            return None
        key = spec.data, spec.binarise, spec.shape
        if key not in self._data:
            self._data[key] = load_data(spec.data, binarise=spec.binarise, shape=spec.shape, data_dir=self._data_dir)
        return self._data[key]

    def size(self, spec: Spec, parent: Entry | None) -> Size | None:
        """Of the machine that a run starts from; None for a fresh one. Raises InvalidInput, NoCheckpoint."""
        source = spec.origin if isinstance(spec, RunSpec) else spec.source
        rewind = spec.rewind if isinstance(spec, RunSpec) and spec.rewinds_to is None else None
        if rewind is not None and (parent is None or not rewind.startswith(f"{parent.folder}@")):
            self._machine(rewind)  # must be there
        return parent.size if parent is not None else None if source is None else self._machine(source)

    def _machine(self, source: str) -> Size:
        if source not in self._sizes:
            self._sizes[source] = Size.of(read_machine(source))
        return self._sizes[source]


def settings_of(kind: str, common: dict[str, Any], chosen: dict[str, Any], parent: Entry | None) -> dict[str, Any]:
    """Settings of a run of `kind`: `chosen` before those of the `parent` before those `common` to the grid.

    Of the parent a run has data and seed. Raises InvalidInput for a machine to start from that is not there.
    """
    values = {name: x for name, x in common.items() if kind == "anneal" or name in SHARED}
    starts = "origin" if kind == "anneal" else "source"
    if parent is not None or starts in chosen:
        values = {name: x for name, x in values.items() if name not in _FRESH_ONLY}
    if parent is not None:
        values |= {
            name: getattr(parent.spec, name) for name in SHARED if parent.spec.data is not None or name == "seed"
        }
        values[starts] = str(parent.folder)
    elif kind == "temper" and "source" not in chosen:
        raise InvalidInput("a machine is needed: from, another family, or source, a run or a file")
    values |= chosen
    for name in ("data", "origin", "source", "rewind"):
        if name in values and (parent is None or name != starts) and (name != "data" or values[name] not in NAMED):
            values[name] = _found(values[name], parent if name == "rewind" else None)
    if isinstance(values.get("protocol"), str):
        values["protocol"] = values["protocol"].replace("+", ",")
    return values


def _found(source: Any, parent: Entry | None) -> Any:
    """A path as one that holds in any folder; `@update` is the parent then. Raises InvalidInput."""
    if isinstance(source, str) and source.startswith("@"):
        return _of_parent(source, parent)
    folder, at, update = str(source).rpartition("@")
    for path, rest in ((str(source), ""), (folder, at + update)):
        if path and os.path.exists(path) and not str(source).isdigit():
            return str(Path(path).resolve()) + rest
    return source


def _of_parent(source: str, parent: Entry | None) -> str:
    if parent is None or not isinstance(parent.spec, RunSpec):
        raise InvalidInput(f"rewind {source!r} is an update of the run of `from`, and this family has none of anneal")
    there = kept(parent.spec)
    if source[1:] not in map(str, there):
        raise InvalidInput(
            f"rewind {source!r}: {parent.name} keeps the machines of the updates {', '.join(map(str, there))}"
        )
    return f"{parent.folder}{source}"
