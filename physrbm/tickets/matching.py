"""Which hidden unit of one machine is which of another.

The hidden units of a machine can be exchanged, so two machines are compared under the assignment that makes the sum of
cosines of their columns of couplings largest. The cosine has its sign: a unit h -> 1 - h with the couplings -w_j has
the same P(v) only together with visible fields a + w_j, so at given fields a unit and its reverse are different units.
Equal norms are not asked for: lengths grow with training. Everything is dense, (Nv, Nh) and (Nh, Nh).
"""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.streams import Stream, generator
from physrbm.tickets.graphs import check_sizes, mask
from physrbm.tickets.masks import PERMUTATIONS
from physrbm.tickets.null import AgainstNull


class Matching(NamedTuple):
    """Hidden units of two machines, matched one to one.

    The null of all three numbers: the visible units of the second machine are permuted, all columns alike, and its
    hidden units matched anew. This keeps the norms and angles among its columns, the degrees and the freedom of the
    matching; it destroys what the machines share, and so also that both may use the same visible units most.
    """

    order: np.ndarray
    """(Nh,) int64: unit j of the first machine is unit order[j] of the second"""
    cosine: np.ndarray
    """(Nh,) float64: cosine of the couplings of unit j and its partner; 0 where either has none"""
    mean_cosine: AgainstNull
    weight_overlap: AgainstNull
    """cosine of all couplings, sum w w' / (|w| |w'|), after the matching; NaN where either has none"""
    mask_overlap: AgainstNull
    """common bonds after the matching, as a fraction of the smaller mask; NaN where either is empty"""


def matched(a: RBM, b: RBM, n_null: int = 10, seed: int = 0) -> Matching:
    """Hidden units of `b` assigned to those of `a`, with the largest sum of cosines; null of `n_null` >= 2 draws.

    Raises InvalidInput, also for machines of different sizes.
    """
    check_sizes(a, b)
    if n_null < 2:
        raise InvalidInput(f"n_null must be at least 2, got {n_null}")
    first, second = (a.weights(), mask(a)), (b.weights(), mask(b))
    rng = generator(seed, Stream.TICKETS, PERMUTATIONS)
    order, cosine = _assigned(first[0], second[0])
    value = _overlaps(first, second, order, cosine)
    draws = np.empty((n_null, len(value)))
    for k in range(n_null):
        unit = rng.permutation(b.n_visible)
        unrelated = second[0][unit], second[1][unit]
        draws[k] = _overlaps(first, unrelated, *_assigned(first[0], unrelated[0]))
    return Matching(order, cosine, *(AgainstNull.of(x, draws[:, k]) for k, x in enumerate(value)))


def _assigned(w: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.optimize import linear_sum_assignment

    cosines = _unit(w).T @ _unit(other)
    rows, order = linear_sum_assignment(cosines, maximize=True)
    return order, cosines[rows, order]


def _unit(w: np.ndarray) -> np.ndarray:
    norm = np.linalg.norm(w, axis=0)
    columns: np.ndarray = w / np.where(norm > 0, norm, 1.0)
    return columns


def _overlaps(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray], order: np.ndarray, cosine: np.ndarray
) -> tuple[float, float, float]:
    (w, there), (other, other_there) = first, second
    norm = float(np.linalg.norm(w) * np.linalg.norm(other))
    smaller = int(min(np.count_nonzero(there), np.count_nonzero(other_there)))
    common = int(np.count_nonzero(there & other_there[:, order]))
    return (
        float(cosine.mean()),
        float(np.vdot(w, other[:, order])) / norm if norm else float("nan"),
        common / smaller if smaller else float("nan"),
    )
