"""The state that a run of `anneal` starts from."""

from physrbm import store, training
from physrbm.data import Dataset
from physrbm.errors import InvalidInput
from physrbm.experiment.changes import events, less, settled
from physrbm.model import RBM
from physrbm.spec import RunSpec


def first_state(spec: RunSpec, data: Dataset, plan: training.Settings) -> training.State:
    """State before the first update: the machine fresh or from elsewhere, diluted if that is due at once."""
    steps = events(spec)
    anchor = _anchor(spec)
    rbm = _machine(spec, data, steps)
    if spec.origin is not None and rbm.n_visible != data.n_visible:
        raise InvalidInput(f"the machine has {rbm.n_visible} visible units, {spec.data} has {data.n_visible} pixels")
    if 0 in steps and not _is_fresh_and_sparse(spec, steps):
        rbm = less(rbm, spec, data, steps[0])
    if spec.origin is not None and (anchor is not None or spec.inherit != "values"):
        rbm = settled(rbm, anchor, spec, data)
    state = training.start(rbm, data.train, plan, spec.seed)._replace(anchor=anchor)
    if spec.rewinds_to == 0:
        state = state._replace(anchor=rbm)
    return _with_chains(state, spec, plan) if spec.keep_chains else state


def _machine(spec: RunSpec, data: Dataset, steps: dict[int, int]) -> RBM:
    if spec.origin is not None:
        return store.read_machine(spec.origin)
    dilution = spec.dilution if _is_fresh_and_sparse(spec, steps) else None
    return RBM.initialise(data.train, spec.hidden, dilution or 0.0, scale=spec.scale, seed=spec.seed)


def _is_fresh_and_sparse(spec: RunSpec, steps: dict[int, int]) -> bool:
    """Whether the machine is diluted before it is made, so that the dense one never takes memory."""
    plain = (spec.rule, spec.gauge, spec.schedule, spec.inherit) == ("random", "binary", "once", "values")
    return spec.origin is None and 0 in steps and plain


def _anchor(spec: RunSpec) -> RBM | None:
    """The machine of elsewhere whose couplings are gone back to."""
    return None if spec.rewind is None or spec.rewinds_to is not None else store.read_machine(spec.rewind)


def _with_chains(state: training.State, spec: RunSpec, plan: training.Settings) -> training.State:
    """The state with the persistent chains of the run that the machine comes from."""
    assert spec.origin is not None
    kept = store.read_saved(spec.origin).state.at("training").arrays
    chains = {name: x for name, x in kept.items() if name.startswith("chains/")}
    if not chains:
        raise InvalidInput(f"keep_chains needs a run of anneal that the machine comes from, got {spec.origin}")
    return training.thaw(0, state.rbm, {**training.freeze(state), **chains}, plan)._replace(anchor=state.anchor)
