"""Quenched couplings: each depends on the seed and on the number of its bond alone, whatever else is removed."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import n_kept, normal_of, random_subset
from physrbm.streams import Stream, generator

KINDS = ("gaussian", "pm1")


def draw(bond: np.ndarray, kind: str, positive: float, seed: int) -> np.ndarray:
    """Couplings (bond,) of the bonds numbered `bond`: N(0, 1), or +-1 with probability `positive` of +1."""
    if kind not in KINDS:
        raise InvalidInput(f"unknown couplings {kind!r}; allowed: {', '.join(KINDS)}")
    if not 0.0 <= positive <= 1.0:
        raise InvalidInput(f"the probability of a positive coupling must be in [0, 1], got {positive}")
    if kind == "gaussian" and positive != 0.5:
        raise InvalidInput(f"a probability of positive couplings ({positive}) goes with 'pm1' only")
    normal = normal_of(bond, seed)
    if kind == "gaussian":
        return normal
    from scipy.special import ndtri

    return np.where(normal < ndtri(positive), 1.0, -1.0)


def survivors(n_possible: int, dilution: float, seed: int) -> np.ndarray:
    """Numbers (bond,) of the round((1 - dilution) n_possible) bonds left by random dilution, sorted."""
    return random_subset(n_possible, n_kept(n_possible, dilution), generator(seed, Stream.DILUTION))
