"""The manifest: what a sweep is, one line a run; written once and never changed."""

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import physrbm
from physrbm.durable import read, replace
from physrbm.errors import InvalidInput, RunExists
from physrbm.experiment import Size
from physrbm.spec import Spec, make_spec
from physrbm.store import layout

SCHEMA = 1
_MAX = 2**31  # bytes
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+.-]{0,199}")


class Entry(NamedTuple):
    """A run that is planned."""

    name: str
    """of its folder"""
    family: str
    spec: Spec
    """all settings; what it starts from is named relative to the folder of the sweep"""
    needs: tuple[str, ...]
    """runs that must be done first"""
    size: Size
    """of the machine that it ends with"""
    digest: str
    """of the settings, and of those of the runs that it needs"""

    @property
    def folder(self) -> Path:
        """Relative to the folder of the sweep."""
        return Path(layout.RUNS) / self.name


class Manifest(NamedTuple):
    """A sweep, its runs in the order that they are written: those that are needed by others before these."""

    folder: Path
    grid: dict[str, Any]
    """as it was given"""
    entries: tuple[Entry, ...]


def digest_of(spec: Spec, needed: Iterable[str]) -> str:
    """Of a run, given those of the runs that it needs: 16 hexadecimal digits of sha256."""
    content = json.dumps([spec.kind, spec.model_dump(), list(needed)], sort_keys=True)
    return sha256(content.encode()).hexdigest()[:16]


def write(manifest: Manifest) -> bool:
    """Put the manifest into its folder; False where the very same is there already.

    Raises RunExists where another one is, InvalidInput where the folder cannot be written.
    """
    path, text = manifest.folder / layout.MANIFEST, "".join(_lines(manifest)).encode()
    try:
        if path.exists():
            if _same(read(path, _MAX), text):
                return False
            raise RunExists(f"{manifest.folder}: there is another sweep already; choose another --out")
        (manifest.folder / layout.RUNS).mkdir(parents=True, exist_ok=True)
        replace(path, text)
    except OSError as error:
        raise InvalidInput(f"{manifest.folder}: cannot be written ({error.strerror})") from error
    return True


def read_manifest(folder: str | Path) -> Manifest:
    """The sweep in `folder`. Raises InvalidInput where there is none or where it is not what it must be."""
    folder = Path(folder)
    path = folder / layout.MANIFEST
    try:
        head, *lines = read(path, _MAX).splitlines()
        about = json.loads(head)
        if about["schema"] != SCHEMA:
            raise InvalidInput(f"{path}: written with schema {about['schema']!r}, this version reads {SCHEMA}")
        entries = tuple(_entry(json.loads(line)) for line in lines)
        if len(entries) != about["runs"]:
            raise InvalidInput(f"{path}: cut short, it has {len(entries)} of {about['runs']} runs")
        _check(entries)
        return Manifest(folder, dict(about["grid"]), entries)
    except OSError as error:
        raise InvalidInput(f"{folder}: holds no sweep ({layout.MANIFEST}); physrbm sweep plan makes one") from error
    except InvalidInput as error:
        raise error if str(folder) in str(error) else InvalidInput(f"{path}: {error}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidInput(f"{path}: damaged, what it says is no sweep") from error


def _lines(manifest: Manifest) -> Iterable[str]:
    head = {"schema": SCHEMA, "physrbm": physrbm.__version__, "runs": len(manifest.entries), "grid": manifest.grid}
    yield json.dumps(head) + "\n"
    for e in manifest.entries:
        about = {"name": e.name, "digest": e.digest, "kind": e.spec.kind, "family": e.family, "needs": e.needs}
        yield json.dumps({**about, "machine": e.size._asdict(), "spec": e.spec.model_dump()}) + "\n"


def _same(old: bytes, new: bytes) -> bool:
    """Whether two manifests have the same runs; the same grid may be written in several ways."""
    return old.splitlines()[1:] == new.splitlines()[1:]


def _entry(line: dict[str, Any]) -> Entry:
    spec = make_spec(dict(line["spec"]), str(line["kind"]))
    size = Size(*(int(line["machine"][name]) for name in Size._fields))
    needs = tuple(map(str, line["needs"]))
    return Entry(str(line["name"]), str(line["family"]), spec, needs, size, str(line["digest"]))


def _check(entries: Iterable[Entry]) -> None:
    """Raise InvalidInput where a name is no plain one, or a run is needed that does not stand before."""
    digests: dict[str, str] = {}
    for entry in entries:
        if not _NAME.fullmatch(entry.name) or entry.name in digests:
            raise InvalidInput(f"{entry.name!r} is no name of a run, or stands there twice")
        missing = [name for name in entry.needs if name not in digests]
        if missing or entry.digest != digest_of(entry.spec, [digests[name] for name in entry.needs]):
            raise InvalidInput(f"the line of {entry.name!r} was changed, or {missing} does not stand before it")
        digests[entry.name] = entry.digest
