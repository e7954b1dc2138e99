"""The state that a run of `anneal` starts from."""

from typing import NamedTuple

from physrbm import store, training
from physrbm.data import Dataset
from physrbm.dilution import check_rule
from physrbm.errors import InvalidInput
from physrbm.experiment.changes import events, less, settled
from physrbm.model import RBM, n_kept
from physrbm.sampling import check_streams
from physrbm.spec import RunSpec


class Size(NamedTuple):
    """Of a machine."""

    n_visible: int
    n_hidden: int
    n_possible: int
    n_bonds: int

    @classmethod
    def of(cls, rbm: RBM) -> "Size":
        """The size of `rbm`."""
        return cls(rbm.n_visible, rbm.n_hidden, rbm.n_possible, rbm.n_bonds)


def check_fit(spec: RunSpec, data: Dataset, size: Size) -> Size:
    """Size of a machine of `size` after the dilution of the spec. Raises InvalidInput where one does not fit."""
    if size.n_visible != data.n_visible:
        raise InvalidInput(f"the machine has {size.n_visible} visible units, {spec.data} has {data.n_visible} pixels")
    if spec.dilution is None:
        return size
    check_rule(spec.rule, spec.gauge, True, data.shape, data.n_visible)
    n_bonds = n_kept(size.n_possible, spec.dilution)
    if n_bonds > size.n_bonds:
        now = 1 - size.n_bonds / size.n_possible
        raise InvalidInput(f"dilution {spec.dilution}: {now:.6g} is there already, bonds never return")
    return size._replace(n_bonds=n_bonds)


def first_state(spec: RunSpec, data: Dataset, plan: training.Settings) -> training.State:
    """State before the first update: the machine fresh or from elsewhere, diluted if that is due at once.

    What is due later is checked here too: a run must not end on a wrong setting half way.
    """
    steps = events(spec)
    anchor = None if spec.rewind is None or spec.rewinds_to is not None else store.read_machine(spec.rewind)
    rbm = _machine(spec, data, steps)
    check_fit(spec, data, Size.of(rbm))
    if anchor is not None:
        settled(rbm, anchor, spec, data)  # raises where it has not all the bonds
    if 0 in steps and not _is_fresh_and_sparse(spec, steps):
        rbm = less(rbm, spec, data, steps[0])
    if spec.sets_back and (0 in steps or not steps):
        rbm = settled(rbm, anchor, spec, data)
    state = training.start(rbm, data.train, plan, spec.seed)
    state = state._replace(anchor=rbm if spec.rewinds_to == 0 else anchor)
    return _with_chains(state, spec, plan) if spec.keep_chains else state


def _machine(spec: RunSpec, data: Dataset, steps: dict[int, int]) -> RBM:
    if spec.origin is not None:
        return store.read_machine(spec.origin)
    dilution = spec.dilution if _is_fresh_and_sparse(spec, steps) else None
    return RBM.initialise(data.train, spec.hidden, dilution or 0.0, scale=spec.scale, seed=spec.seed)


def _is_fresh_and_sparse(spec: RunSpec, steps: dict[int, int]) -> bool:
    """Whether the machine is diluted before it is made, so that the dense one never takes memory."""
    plain = (spec.rule, spec.gauge, spec.schedule) == ("random", "binary", "once")
    return spec.origin is None and 0 in steps and plain


def _with_chains(state: training.State, spec: RunSpec, plan: training.Settings) -> training.State:
    """The state with the persistent chains of the run that the machine comes from."""
    assert spec.origin is not None
    inner = store.read_saved(spec.origin).state.at("training")
    chains = {name: x for name, x in inner.arrays.items() if name.startswith("chains/")}
    if not chains:
        raise InvalidInput(f"keep_chains needs a run of anneal that the machine comes from, got {spec.origin}")
    check_streams(inner.attribute("rng", str))
    return training.thaw(0, state.rbm, {**training.freeze(state), **chains}, plan)._replace(anchor=state.anchor)
