"""What recording and resuming need to know of a run of `anneal`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from physrbm import store, training
from physrbm.errors import InvalidInput
from physrbm.experiment.jobs import check_position
from physrbm.experiment.measuring import report
from physrbm.experiment.running import Measurement, run, settings
from physrbm.hdf5 import Tree
from physrbm.model import RBM, from_tree, to_tree
from physrbm.sampling import RNG, check_streams, states
from physrbm.scores import UNITS
from physrbm.spec import RunSpec
from physrbm.tickets import rewind


class Annealing(NamedTuple):
    """A `Job`."""

    spec: RunSpec
    data_dir: str | Path | None

    @property
    def units(self) -> dict[str, str]:
        """As in `Job`."""
        return UNITS

    def steps(self, state: training.State | None, seconds: float, extra: Callable[[], int]) -> Iterator[Measurement]:
        """As in `Job`."""
        return run(self.spec, self.data_dir, state, seconds, extra)

    def digest(self, first: Measurement) -> str:
        """As in `Job`."""
        return first.data.digest

    def freeze(self, step: Measurement) -> Tree:
        """As in `Job`."""
        arrays = Tree(training.freeze(step.state), {"": {"rng": RNG}})
        tree = to_tree(step.rbm).below("machine") | arrays.below("training")
        anchor = step.state.anchor
        return tree if anchor is None else tree | to_tree(anchor).below("anchor")

    def thaw(self, saved: store.Saved, folder: Path) -> training.State:
        """As in `Job`."""
        return thaw(saved, self.spec)

    def block(self, step: Measurement) -> None:
        """As in `Job`."""

    def look(self, step: Measurement) -> dict[str, Any]:
        """As in `Job`; the states are those of the persistent chains."""
        return store.picture(step.update, step.rbm, states(step.state.chains).visible, step.data.shape)

    def report(self, step: Measurement) -> dict[str, Any]:
        """As in `Job`."""
        assert step.final is not None
        return report(self.spec, step.update, step.rbm, step.final, step.seconds)


def thaw(saved: store.Saved, spec: RunSpec) -> training.State:
    """The state in a checkpoint. Raises InvalidInput where it is none of a run with this spec."""
    inner = saved.state.at("training")
    check_streams(inner.attribute("rng", str))
    check_position(saved, spec)
    state = training.thaw(saved.update, from_tree(saved.state.at("machine")), inner.arrays, settings(spec))
    return state._replace(anchor=_anchor(saved, spec, state.rbm))


def _anchor(saved: store.Saved, spec: RunSpec, rbm: RBM) -> RBM | None:
    """The machine whose couplings are gone back to: there if the spec says so, with all bonds of the run's machine."""
    tree = saved.state.at("anchor")
    due = spec.rewind is not None and (spec.rewinds_to is None or saved.update >= spec.rewinds_to)
    if due != bool(tree.arrays):
        raise InvalidInput("the machine to go back to is missing, or is none of this run")
    if not due:
        return None
    anchor = from_tree(tree)
    rewind(rbm, anchor, spec.inherit)  # raises where it has not all the bonds
    return anchor
