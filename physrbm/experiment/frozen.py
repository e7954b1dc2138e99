"""A tempering run as trees, and back: every array that was read is checked before it is used."""

from typing import Any

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.experiment.tempered import Block, wants_weights
from physrbm.hdf5 import Tree
from physrbm.paths import Ladder, Walkers
from physrbm.sampling import RNG, Chains, check_streams
from physrbm.spec import TemperSpec
from physrbm.tempering import Look, RoundTrips, State, part

_COUNTS = ("number", "round_trips", "rejection")


def state_to_tree(state: State) -> Tree:
    """A state."""
    arrays = {f"chains/{name}": np.asarray(x) for name, x in state.walkers.chains._asdict().items()}
    arrays |= {"walker": state.walkers.walker, **state.trips._asdict(), "rejection": state.rejection}
    return Tree(arrays, {"": {"rng": RNG}})


def state_from_tree(tree: Tree, ladder: Ladder, update: int, spec: TemperSpec) -> State:
    """The state after `update` rounds on `ladder`. Raises InvalidInput."""
    check_streams(tree.attribute("rng", str))
    missing = [name for name in Chains._fields if f"chains/{name}" not in tree.arrays]
    if missing:
        raise InvalidInput(f"the array chains/{missing[0]} is missing")
    n = tree.array("chains/n_chains", "iu", ())
    parts: dict[str, Any] = {name: np.array(tree.arrays[f"chains/{name}"]) for name in Chains._fields}
    walkers = Walkers(Chains(**{**parts, "n_chains": int(n)}), np.array(tree.array("walker", "i", (None, None))))
    ladder.restore(walkers, spec.replicas)
    last_end, trips = (tree.array(name, "i", (walkers.walker.size,)) for name in RoundTrips._fields)
    rejection = tree.array("rejection", "f", (ladder.n_rungs - 1, 2)).astype(np.float64)
    if (last_end < -1).any() or (last_end > 1).any() or (trips < 0).any() or not np.isfinite(rejection).all():
        raise InvalidInput("counts of round trips or rejections are none")
    return State(update, walkers, RoundTrips(last_end.astype(np.int8), trips.astype(np.int64)), rejection)


def looks_to_tree(looks: Look) -> Tree:
    """Stacked looks."""
    arrays = {name: getattr(looks, name) for name in _COUNTS}
    arrays |= {f"series/{name}": x for name, x in looks.series.items()}
    return Tree(arrays | ({"weights": looks.weights} if looks.weights.size else {}), {})


def looks_from_tree(tree: Tree, ladder: Ladder, n_replicas: int, spec: TemperSpec) -> Look:
    """Stacked looks. Raises InvalidInput."""
    number = tree.array("number", "i", (None,))
    n, n_rungs = number.size, ladder.n_rungs
    weights = np.zeros((n, n_rungs, n_replicas, 0))
    if wants_weights(spec):
        weights = tree.array("weights", "f", (n, n_rungs, n_replicas, 3))
    names = ("energy", *spec.observables)
    series = {name: tree.array(f"series/{name}", "f", (n, n_replicas)) for name in names}
    trips, rejection = (
        tree.array("round_trips", "i", (n, n_replicas)),
        tree.array("rejection", "f", (n, n_rungs - 1, 2)),
    )
    if not n or not all(np.isfinite(x).all() for x in (weights, rejection, *series.values())):
        raise InvalidInput("no looks, or values in them that are not finite")
    return Look(number, weights, series, trips, rejection)


def block_to_tree(block: Block) -> Tree:
    """A block; its states as bits."""
    return looks_to_tree(block.looks) | Tree({"visible": np.packbits(block.visible, axis=1)}, {})


def block_from_tree(tree: Tree, ladder: Ladder, n_replicas: int, spec: TemperSpec) -> Block:
    """The block. Raises InvalidInput."""
    n_visible = ladder.target.n_visible
    bits = tree.array("visible", "u", (n_replicas, -(-n_visible // 8))).astype(np.uint8)
    return Block(looks_from_tree(tree, ladder, n_replicas, spec), np.unpackbits(bits, axis=1, count=n_visible))


def apart(looks: Look) -> tuple[Look, ...]:
    """Stacked looks, one by one."""
    singles = [part(looks, slice(k, k + 1)) for k in range(looks.number.size)]
    return tuple(
        Look(x.number[0], x.weights[0], {k: s[0] for k, s in x.series.items()}, x.round_trips[0], x.rejection[0])
        for x in singles
    )
