"""The one tidy table that a sweep comes to: a row a run, in the order of the manifest."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from physrbm.campaign.manifest import Entry, Manifest, read_manifest
from physrbm.campaign.states import State, states
from physrbm.campaign.table import Table, column, is_text
from physrbm.errors import PhysRBMError
from physrbm.scores import UNITS
from physrbm.spec import RunSpec
from physrbm.store import layout, open_run, read_events
from physrbm.watching.numbers import real

_TAIL = 2**18  # bytes of an event log, in which the report is
_NAME = re.compile(r"[A-Za-z0-9_.+-]{1,100}")
_SIZES = ("n_visible", "n_hidden", "n_possible", "n_bonds")
_OF_THE_REPORT = {  # in the report -> in the table
    "log_z": "log_z", "log_likelihood": "log_likelihood_", "independent_pixels": "independent_pixels_", "scores": "",
    "anchors": "anchor_", "anchors_independent": "anchor_independent_", "energy": "energy_a_unit",
    "observables": "", "round_trips": "round_trips", "log_z_by": "log_z_by_",
}  # fmt: skip
_UNITS = {
    "update": "updates", "updates": "updates", "dilution_reached": "fraction of the bonds removed",
    "dilution": "fraction of the bonds removed", "n_visible": "units", "n_hidden": "units", "n_possible": "bonds",
    "n_bonds": "bonds", "energy_a_unit": "energy per unit", "learning_rate": "per update", "rungs": "rungs",
    "round_trips": "round trips of a walker", "acceptance_least": "fraction of swaps", "rhat": "1",
    "barrier": "rejected swaps along the ladder", "mean_degree_visible": "bonds", "mean_degree_hidden": "bonds",
    "isolated_visible": "units", "isolated_hidden": "units", "giant_fraction": "fraction of units",
    "expected_giant_fraction": "fraction of units", "core_size": "units", "spectral_norm": "coupling",
    "random_matrix_edge": "coupling",
}  # fmt: skip
Row = tuple[dict[str, Any], ...]
"""what the run is, its settings, its size, what was measured, seconds, provenance"""


def collect(folder: str | Path) -> Table:
    """The table of the sweep in `folder`; runs that are not done have settings and a state. Raises InvalidInput.

    A value that was not estimated is missing, with its `_estimated` 0 and its `_reason`.
    """
    manifest = read_manifest(folder)
    found = states(manifest)
    rows = [_row(manifest, entry, found[entry.name]) for entry in manifest.entries]
    names = [
        name for k in range(len(rows[0]) if rows else 0) for name in dict.fromkeys(n for row in rows for n in row[k])
    ]
    flat = [{name: x for part in row for name, x in part.items()} for row in rows]
    columns = {name: column([row.get(name) for row in flat], is_text(name)) for name in names}
    return Table(columns, {name: _unit(name) for name in names})


def _row(manifest: Manifest, entry: Entry, state: State) -> Row:
    about = {"name": entry.name, "family": entry.family, "kind": entry.spec.kind, "state": state.name}
    settings = {name: _plain(x) for name, x in entry.spec.model_dump().items()}
    if isinstance(entry.spec, RunSpec) and entry.spec.origin is not None:
        settings["hidden"] = None  # a default that says nothing of the machine
    row: Row = ({**about, "digest": entry.digest}, settings, {}, {}, {}, {})
    if state.name != "done":
        return row
    try:
        report = _report(manifest.folder / entry.folder)
        return *row[:2], _size(report), dict(_measured(report)), _seconds(report), _provenance(manifest.folder, entry)
    except (PhysRBMError, OSError, TypeError, ValueError, KeyError, AttributeError) as error:
        about["state"] = "damaged"
        return ({**about, "digest": entry.digest, "reason": str(error)}, *row[1:])


def _report(folder: Path) -> dict[str, Any]:
    """What was measured at the end, from the log, or from the results where the log does not reach that far."""
    found: dict[str, Any] | None = None
    size = os.path.getsize(folder / layout.EVENTS)
    for event in read_events(folder, max(0, size - _TAIL), _TAIL).events:
        if event["kind"] in ("report", "rewind"):  # one that was gone on with since has other results
            found = event if event["kind"] == "report" else None
    return open_run(folder).report() if found is None else found


def _size(report: dict[str, Any]) -> dict[str, Any]:
    counts = {name: _number(report.get(name)) for name in _SIZES}
    graph = {name: _number(x) for name, x in dict(report.get("structure", {})).items() if name not in counts}
    reached = {"dilution_reached": _number(report.get("dilution"))}
    return {"update": _number(report.get("updates")), **counts, **reached, **graph}


def _measured(report: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, prefix in _OF_THE_REPORT.items():
        x = report.get(key)
        if not isinstance(x, dict):
            continue
        if "value" in x:
            yield from _estimate(prefix, x)
            continue
        for name, value in x.items():
            if isinstance(value, dict) and _NAME.fullmatch(str(name)):
                yield from _estimate(f"{prefix}{name}", value)
    if isinstance(verdict := report.get("verdict"), dict):
        yield from (
            ("rungs", _number(report.get("rungs"))),
            ("barrier", _number(report.get("barrier"))),
            ("acceptance_least", min(map(real, dict(report.get("acceptance", {})).values()), default=None)),
            ("equilibrated", int(bool(verdict.get("equilibrated")))),
            ("equilibrated_reason", str(verdict.get("reason", ""))),
            *((name, _number(verdict.get(name))) for name in ("rhat", "ess", "missing")),
            *(_estimate("tau", {"value": verdict["tau"]["tau"], "error": verdict["tau"]["error"]})),
        )


def _estimate(name: str, x: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A value with its error, interval and how it was made, as far as there are; withheld where it was."""
    estimated = x.get("estimated", True) is True
    yield name, _number(x.get("value")) if estimated else None
    for end in ("error", "lower", "upper"):
        if end in x:
            yield f"{name}_{end}", _number(x[end]) if estimated else None
    if "estimated" in x:
        yield f"{name}_estimated", int(estimated)
        yield f"{name}_reason", str(x.get("reason", ""))
    if "method" in x:
        yield f"{name}_method", str(x["method"])
        yield f"{name}_ess", _number(x.get("ess"))


def _seconds(report: dict[str, Any]) -> dict[str, Any]:
    spent = report.get("seconds")
    return {f"seconds_{name}": _number(x) for name, x in dict(spent or {}).items() if _NAME.fullmatch(str(name))}


def _provenance(sweep: Path, entry: Entry) -> dict[str, Any]:
    about = layout.read_json(sweep / entry.folder / layout.RUN)
    version = dict(about["versions"]).get("physrbm")
    return {"version": str(version), "host": str(about.get("host", "")), "data_digest": str(about.get("data", ""))}


def _number(x: Any) -> int | float | None:
    if type(x) is int and abs(x) < 2**53:
        return x
    return x if type(x) is float else None


def _plain(x: Any) -> Any:
    if isinstance(x, list | tuple):
        return ",".join(map(str, x))
    return int(x) if isinstance(x, bool) else x


def _unit(name: str) -> str:
    if name in _UNITS:
        return _UNITS[name]
    if name.startswith("seconds_"):
        return "s"
    stem = name.removeprefix("anchor_independent_").removeprefix("anchor_")
    for end in ("_error", "_lower", "_upper"):
        stem = stem.removesuffix(end)
    if name.startswith("log_z") and not name.endswith(("_estimated", "_reason", "_method", "_ess")):
        return "nats"
    if stem.startswith(("log_likelihood_", "independent_pixels_")) and not name.endswith(("_estimated", "_reason")):
        return "nats per sample"
    return UNITS.get(stem, _UNITS.get(stem, "" if is_text(name) else "1"))
