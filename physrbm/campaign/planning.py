"""From a grid to the runs of a sweep, every one checked before anything is written."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from physrbm.campaign.axes import MOST
from physrbm.campaign.families import Family, families
from physrbm.campaign.manifest import Entry, Manifest, digest_of, write
from physrbm.campaign.naming import labels_of, named
from physrbm.campaign.settings import Known, settings_of
from physrbm.errors import InvalidInput
from physrbm.experiment import Size, check
from physrbm.spec import Spec, make_spec, read_settings


class _Made(NamedTuple):
    """A run, and what its name is made of."""

    entry: Entry
    labels: dict[str, str]


def plan(
    grid: Mapping[str, Any] | str | Path,
    out: str | Path,
    data_dir: str | Path | None = None,
    most: int = MOST,
) -> Manifest:
    """Plan the sweep of `grid` (a TOML file, or what one says) in the folder `out`.

    Equal grids give equal runs. Where the same sweep is there already nothing happens. Raises RunExists where another
    one is, InvalidInput naming what is wrong with the grid; nothing is written then.
    """
    given = dict(grid) if isinstance(grid, Mapping) else read_settings(Path(grid))
    manifest = Manifest(Path(out), given, tuple(entries(given, data_dir, most)))
    write(manifest)
    return manifest


def entries(grid: Mapping[str, Any], data_dir: str | Path | None = None, most: int = MOST) -> Iterator[Entry]:
    """The runs of a grid, those that others start from before these. Raises InvalidInput."""
    made: dict[str, list[_Made]] = {}
    known, taken = Known(data_dir), dict[str, str]()
    for family in families(grid, most):
        try:
            made[family.name] = _runs(family, made.get(family.parent or "", []), known, taken)
        except InvalidInput as error:
            raise InvalidInput(f"family {family.name!r}: {error}") from error
        yield from (run.entry for run in made[family.name])


def _runs(family: Family, parents: list[_Made], known: Known, taken: dict[str, str]) -> list[_Made]:
    starts: list[_Made | None] = [*parents] or [None]
    drafts = [run for parent in starts for run in _of_parent(family, parent, known)]
    names = named([(family.name, run.labels, run.entry.digest) for run in drafts])
    for name, run in zip(names, drafts, strict=True):
        if name in taken:
            raise InvalidInput(f"the run {name} is planned twice; a value, or all of a family, stands there twice")
        taken[name] = run.entry.digest
    return [run._replace(entry=run.entry._replace(name=name)) for name, run in zip(names, drafts, strict=True)]


def _of_parent(family: Family, parent: _Made | None, known: Known) -> Iterator[_Made]:
    """The runs that start from `parent`, without their names."""
    above = None if parent is None else parent.entry
    names = [axis.name for axis in family.axes]
    for values in product(*(axis.values for axis in family.axes)):
        chosen = dict(zip(names, values, strict=True))
        spec = make_spec(settings_of(family.kind, family.common, chosen, above), family.kind)
        size = check(spec, known.data(spec), known.size(spec, above))
        labels = {} if parent is None else parent.labels
        labels = {**labels, **labels_of(spec, family.axes)}
        yield _Made(_entry(family, spec, above, size), labels)


def _entry(family: Family, spec: Spec, parent: Entry | None, size: Size) -> Entry:
    needed = () if parent is None else (parent,)
    digest = digest_of(spec, [entry.digest for entry in needed])
    return Entry("", family.name, spec, tuple(entry.name for entry in needed), size, digest)
