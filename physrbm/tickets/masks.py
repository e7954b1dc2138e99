"""Bonds that two machines have in common, beside what chance and the degrees alone make common."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.streams import Stream, generator
from physrbm.tickets.graphs import check_sizes, pairs
from physrbm.tickets.null import AgainstNull
from physrbm.tickets.shuffling import shuffled

SHUFFLES, PERMUTATIONS, DEGREES = range(3)  # keys of the stream: what it is used for here


class MaskOverlap(NamedTuple):
    """Common bonds of two masks of A and B bonds, chosen among N pairs."""

    common: int
    fraction: float
    """common / min(A, B): 1 when one mask holds the other"""
    expected: float
    """mean of `common` for independent masks, uniformly random among the N pairs: A B / N"""
    sd: float
    """its standard deviation (hypergeometric): sqrt(A B (N - A)(N - B) / (N^2 (N - 1)))"""
    z: float
    """(common - expected) / sd; NaN for sd = 0"""
    fixed_degrees: AgainstNull
    """`common`, against shuffles of one mask that keep all degrees: what unequal degrees alone make common"""


def mask_overlap(a: RBM, b: RBM, allowed: RBM | None = None, n_shuffles: int = 20, seed: int = 0) -> MaskOverlap:
    """Overlap of the masks of two machines.

    N is their n_possible; if both were chosen from a diluted machine, give it as `allowed`: N are its bonds.
    The mask of `b` is shuffled `n_shuffles` >= 2 times (`tickets.shuffled`).
    Raises InvalidInput, also for machines of different sizes.
    """
    check_sizes(a, b)
    if n_shuffles < 2:
        raise InvalidInput(f"n_shuffles must be at least 2, got {n_shuffles}")
    if allowed is None and a.n_possible != b.n_possible:
        raise InvalidInput(f"the machines must have the same n_possible, got {a.n_possible} and {b.n_possible}")
    if allowed is not None:
        for rbm in (a, b):
            check_sizes(rbm, allowed)
            outside = rbm.n_bonds - common_bonds(rbm, allowed)
            if outside:
                raise InvalidInput(f"{outside} of {rbm.n_bonds} bonds are not among those of the allowed machine")
    common = common_bonds(a, b)
    mean, sd = hypergeometric(a.n_bonds, b.n_bonds, a.n_possible if allowed is None else allowed.n_bonds)
    rng = generator(seed, Stream.TICKETS, SHUFFLES)
    draws = np.array([common_bonds(a, shuffled(b, rng, allowed)) for _ in range(n_shuffles)], dtype=np.float64)
    smaller = min(a.n_bonds, b.n_bonds)
    return MaskOverlap(
        common,
        common / smaller if smaller else float("nan"),
        mean,
        sd,
        (common - mean) / sd if sd > 0 else float("nan"),
        AgainstNull.of(common, draws),
    )


def common_bonds(a: RBM, b: RBM) -> int:
    """Number of pairs that are bonds of both machines, which have the same numbers of units."""
    return np.intersect1d(pairs(a), pairs(b), assume_unique=True).size


def hypergeometric(size_a: int, size_b: int, n: int) -> tuple[float, float]:
    """Mean and standard deviation of the overlap of independent random subsets of `n` elements, of these sizes."""
    mean = size_a * size_b / n
    variance = mean * (n - size_a) * (n - size_b) / (n * (n - 1)) if n > 1 else 0.0
    return mean, variance**0.5
