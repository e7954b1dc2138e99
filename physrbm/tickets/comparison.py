"""All that two tickets have in common."""

from typing import Any, NamedTuple

import numpy as np

from physrbm.estimate import plain
from physrbm.model import RBM
from physrbm.tickets.masks import MaskOverlap, mask_overlap
from physrbm.tickets.matching import Matching, matched
from physrbm.tickets.profiles import Profiles, profiles


class Comparison(NamedTuple):
    """Two machines of the same size: masks, degrees, and both after matching of the hidden units."""

    masks: MaskOverlap
    profiles: Profiles
    matching: Matching

    def plain(self) -> dict[str, Any]:
        """Nested dicts of numbers, lists, and None for NaN: what JSON can hold."""
        tree: dict[str, Any] = plain(_tree(self))
        return tree


def compare(a: RBM, b: RBM, allowed: RBM | None = None, seed: int = 0) -> Comparison:
    """`mask_overlap`, `profiles` and `matched` of two machines; `allowed` as in `mask_overlap`. Raises InvalidInput."""
    return Comparison(mask_overlap(a, b, allowed, seed=seed), profiles(a, b, seed), matched(a, b, seed=seed))


def _tree(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return x.tolist()
    if isinstance(x, tuple) and hasattr(x, "_asdict"):
        return {name: _tree(value) for name, value in x._asdict().items()}
    return x
