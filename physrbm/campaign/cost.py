"""What a run costs, as far as its settings tell: the weights of progress and of the order in which runs begin."""

from typing import NamedTuple

from physrbm.campaign.manifest import Entry
from physrbm.spec import RunSpec, TemperSpec


class Rates(NamedTuple):
    """Seconds of the parts of a run."""

    start: float
    """to load the data and to make the machine"""
    update: float
    """of an update (a round), whatever the machine"""
    addition: float
    """of a bond of a chain in a sweep"""
    look: float
    """of a measurement on the way"""
    end: float
    """of what is measured at the end, whatever the machine"""
    end_addition: float
    """of a bond of a generated configuration in a sweep, log Z and the rest included"""


# digits on one core of a laptop; a pilot knows better
USUAL = {
    "anneal": Rates(0.02, 2e-3, 1.5e-10, 0.08, 1.5, 1e-9),
    "temper": Rates(0.05, 1e-3, 1.5e-10, 0.0, 1.0, 0.0),
}  # fmt: skip
_RUNGS = 12  # of a ladder that is not known yet


def additions(entry: Entry) -> float:
    """Couplings that are added to fields in an update (a round) of a run."""
    spec, bonds = entry.spec, 2.0 * entry.size.n_bonds  # either layer
    if isinstance(spec, TemperSpec):
        return bonds * spec.replicas * spec.swap_every * rungs(spec)
    return bonds * spec.sweeps * (spec.chains if spec.sampler == "pcd" else spec.batch)


def rungs(spec: TemperSpec) -> int:
    """Of its ladder, or a guess where pilots will place them."""
    if spec.path == "none":
        return 1
    if "," in spec.ladder:
        return spec.ladder.count(",") + 1
    return int(float(spec.ladder)) if spec.ladder != "auto" else _RUNGS


def end_additions(entry: Entry) -> float:
    """The same for the configurations that are generated at the end."""
    spec = entry.spec
    return 2.0 * entry.size.n_bonds * spec.samples * spec.sample_sweeps if isinstance(spec, RunSpec) else 0.0


def seconds(entry: Entry, rates: Rates | None = None) -> float:
    """Of a run, from start to end."""
    r = USUAL[entry.spec.kind] if rates is None else rates
    looks = entry.spec.measurements if isinstance(entry.spec, RunSpec) else 0
    going = entry.spec.updates * (r.update + r.addition * additions(entry))
    return r.start + going + looks * r.look + r.end + r.end_addition * end_additions(entry)


def longest_chains(entries: tuple[Entry, ...], each: dict[str, float]) -> dict[str, float]:
    """Seconds of a run and of the longest chain of runs that wait for it, from those of `each`."""
    after: dict[str, float] = {}
    found: dict[str, float] = {}
    for entry in reversed(entries):  # those that wait stand behind those that they wait for
        found[entry.name] = each[entry.name] + after.get(entry.name, 0.0)
        for name in entry.needs:
            after[name] = max(after.get(name, 0.0), found[entry.name])
    return found
