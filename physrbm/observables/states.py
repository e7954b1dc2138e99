"""States of both layers: checked once, and compared."""

from collections.abc import Sequence

import numpy as np

from physrbm.errors import InvalidInput

States = tuple[np.ndarray, np.ndarray]
"""v (chain, Nv) and h (chain, Nh) of {0,1}"""


def checked(states: Sequence[np.ndarray], n_visible: int, n_hidden: int) -> States:
    """v (chain, `n_visible`) and h (chain, `n_hidden`) as uint8. Raises InvalidInput for shapes, or not {0,1}."""
    layers = [np.asarray(x) for x in states]
    shapes = [x.shape for x in layers]
    wanted = f"states must be (chain, {n_visible}) and (chain, {n_hidden}) of the same chains"
    if len(layers) != 2 or shapes != [(len(x), n) for x, n in zip(layers, (n_visible, n_hidden), strict=True)]:
        raise InvalidInput(f"{wanted}, got the shapes {shapes[:3]}")
    v, h = (bits(x) for x in layers)
    if len(v) != len(h):
        raise InvalidInput(f"{wanted}, got {len(v)} and {len(h)}")
    return v, h


def checked_replicas(replicas: Sequence[Sequence[np.ndarray]], n_visible: int, n_hidden: int) -> list[States]:
    """Replicas of as many chains each, as in `checked`: chain c of one belongs to chain c of all others."""
    states = [checked(replica, n_visible, n_hidden) for replica in replicas]
    counts = [len(v) for v, _ in states]
    if len(set(counts)) > 1:
        raise InvalidInput(f"replicas must have the same number of chains, got {counts}")
    return states


def bits(x: np.ndarray) -> np.ndarray:
    """`x` as uint8. Raises InvalidInput for values that are not 0 or 1."""
    if x.dtype.kind not in "biuf":
        raise InvalidInput(f"states must be numbers 0 and 1, got {x.dtype}")
    wrong = (x != 0) & (x != 1)
    if wrong.any():
        raise InvalidInput(f"states must hold only 0 and 1, got {x[wrong][0]}")
    return x.astype(np.uint8, copy=False)


def spins(x: np.ndarray) -> np.ndarray:
    """s = 2x - 1, float64."""
    return 2.0 * x - 1.0


def unequal(one: States, other: States) -> States:
    """Units that differ, {0,1} (chain, Nv) and (chain, Nh): the spins of these states are s_i s'_i up to the sign."""
    return one[0] ^ other[0], one[1] ^ other[1]


def mean_overlap(one: States, other: States) -> np.ndarray:
    """q = (1/N) sum_i s_i s'_i over both layers, (chain,) float64: 1 - 2 (units that differ) / N, exact counts."""
    v, h = unequal(one, other)
    differ = np.count_nonzero(v, axis=1) + np.count_nonzero(h, axis=1)
    q: np.ndarray = 1 - 2 * differ / (v.shape[1] + h.shape[1])
    return q
