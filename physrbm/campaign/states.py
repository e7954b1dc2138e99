"""How the runs of a sweep stand, as their folders say; nothing else is kept of that."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from physrbm.campaign.manifest import Entry, Manifest, read_manifest
from physrbm.watching.liveness import look

_STATES = {
    "new": "ready", "deleted": "ready", "running": "running", "stalled": "stalled", "done": "done", "failed": "failed",
    "stopped": "partial", "interrupted": "partial", "died": "partial", "unreadable": "failed",
    "damaged": "failed",
}  # fmt: skip
STATES = ("done", "running", "stalled", "partial", "ready", "waiting", "blocked", "failed")


class State(NamedTuple):
    """How a run stands."""

    name: str
    """running; stalled: no sign of life, though its process seems to be there; partial: it can go on; ready: it can
    begin; waiting: for runs that it needs, which are to be done; blocked: for runs that have failed; done; failed"""
    reason: str = ""
    checkpoint: int = -1
    """update of the newest one; -1 if there is none"""
    silent: float = 0.0
    """seconds without a sign of life, of one that is stalled"""


class Status(NamedTuple):
    """How a sweep stands."""

    folder: Path
    runs: dict[str, State]
    """by name, in the order of the manifest"""
    families: dict[str, dict[str, int]]
    """runs of every family in every state"""

    @property
    def counts(self) -> dict[str, int]:
        """Runs in every state that there are runs in."""
        count = Counter(state.name for state in self.runs.values())
        return {name: count[name] for name in STATES if count[name]}


def status(folder: str | Path) -> Status:
    """How the sweep in `folder` stands. Raises InvalidInput where there is none."""
    manifest = read_manifest(folder)
    runs = states(manifest)
    families: dict[str, Counter[str]] = {}
    for entry in manifest.entries:
        families.setdefault(entry.family, Counter())[runs[entry.name].name] += 1
    table = {family: {name: count[name] for name in STATES if count[name]} for family, count in families.items()}
    return Status(manifest.folder, runs, table)


def states(manifest: Manifest) -> dict[str, State]:
    """State of every run by name."""
    found: dict[str, State] = {}
    for entry in manifest.entries:
        state = state_of(manifest.folder, entry)
        above = {found[name].name for name in entry.needs}
        if state.name == "ready" and above - {"done"}:
            state = State("blocked" if above & {"failed", "blocked"} else "waiting")
        found[entry.name] = state
    return found


def state_of(sweep: Path, entry: Entry) -> State:
    """State of a run, but for what it needs."""
    life = look(sweep / entry.folder)
    if life.run is None:
        return State(_STATES[life.state], life.reason if life.state in ("unreadable", "damaged") else "")
    if life.run.spec != entry.spec:
        return State("failed", f"{sweep / entry.folder}: holds another run than the manifest says; move it away")
    if life.state == "done":
        return State("done" if life.run.has_results else "partial")
    return State(_STATES[life.state], life.reason, max(life.run.steps, default=-1), life.seconds)
