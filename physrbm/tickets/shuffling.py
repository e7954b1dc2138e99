"""Random graphs with the degrees of a given one, by curveball trades.

A trade takes two units of one layer and deals out the neighbours that only one of them has anew, each unit getting as
many as it had (Strona et al. 2014). In a round the units of a layer are paired at random and all pairs trade (Carstens
et al. 2018); rounds of the two layers alternate. Every round is symmetric and may leave a graph as it is, and trades
hold all switches of two bonds, which connect all graphs with these degrees (Ryser 1957): the chain ends up uniform on
them (Carstens 2015).
"""

from dataclasses import replace
from math import ceil

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, Bonds
from physrbm.model.bonds import sorted_bonds
from physrbm.tickets.graphs import check_sizes, mask

_LEFT = 1e-5  # in 100,000 bonds, one: far below the fluctuations of any overlap


def shuffled(rbm: RBM, rng: np.random.Generator, allowed: RBM | None = None) -> RBM:
    """Machine on a uniformly random graph in which every unit of both layers has the degree it has in `rbm`.

    Its couplings are those of `rbm` in random order, everything else is that of `rbm`; a lattice loses its sites.
    `allowed`: the diluted machine that `rbm` was chosen from; only its bonds are used, see `shuffled_pairs`.
    Raises InvalidInput, also for a machine whose n_possible is less than Nv x Nh when `allowed` does not say which
    pairs are possible.
    """
    if allowed is None and rbm.n_possible < rbm.n_visible * rbm.n_hidden:
        pairs = rbm.n_visible * rbm.n_hidden
        raise InvalidInput(f"only {rbm.n_possible} of {pairs} pairs are possible bonds; say which with allowed")
    if allowed is not None:
        check_sizes(rbm, allowed)
    there = None if allowed is None else mask(allowed)
    i, j = shuffled_pairs(rbm.bonds.i, rbm.bonds.j, rbm.n_visible, rbm.n_hidden, rng, there)
    return replace(rbm, bonds=Bonds(i, j, rng.permutation(rbm.bonds.weight)), sites=None)


def shuffled_pairs(
    i: np.ndarray,
    j: np.ndarray,
    n_visible: int,
    n_hidden: int,
    rng: np.random.Generator,
    allowed: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs i, j (bond,) int32 of a random graph with the degrees of the one given, sorted by (i, j).

    With `allowed` (Nv, Nh) bool a trade deals out only what both units may have. The graph is then uniform among those
    that switches of two bonds within the allowed pairs lead to from the start; these need not be all with the degrees.
    A graph that no switch can change comes back as it is.

    The number of rounds is `n_rounds`. Raises InvalidInput for pairs that are no graph, and for an `allowed` of another
    shape or without a given pair.
    """
    i, j, _ = sorted_bonds(i, j, np.zeros(np.shape(i)), n_visible, n_hidden)
    if allowed is not None:
        allowed = np.asarray(allowed, dtype=bool)
        if allowed.shape != (n_visible, n_hidden):
            raise InvalidInput(f"allowed must have the shape {(n_visible, n_hidden)}, got {allowed.shape}")
        outside = int(np.count_nonzero(~allowed[i, j]))
        if outside:
            raise InvalidInput(f"{outside} of {len(i)} bonds are not among the allowed pairs")
    transposed = None if allowed is None else allowed.T
    for _ in range(n_rounds(i, j, n_visible, n_hidden, allowed)):
        i = traded(i, j, n_visible, n_hidden, rng, allowed)
        j = traded(j, i, n_hidden, n_visible, rng, transposed)
    order = np.lexsort((j, i))
    return i[order].astype(np.int32), j[order].astype(np.int32)


def traded(
    row: np.ndarray,
    column: np.ndarray,
    n_rows: int,
    n_columns: int,
    rng: np.random.Generator,
    allowed: np.ndarray | None,
) -> np.ndarray:
    """New rows (bond,) of the bonds in `column` after one round of trades between random pairs of rows."""
    place = rng.permutation(n_rows)  # rows at 2k and 2k + 1 trade; the last of an odd number sits out
    pair, side = np.divmod(place[row], 2)
    slot = pair * n_columns + column
    order = np.argsort(slot, kind="stable")
    fresh = np.diff(slot[order], prepend=-1, append=-1) != 0
    own = order[fresh[:-1] & fresh[1:]]  # bonds in a column that only one row of the pair has
    at = np.append(np.argsort(place), -1)
    if allowed is not None:
        other = at[place[row[own]] ^ 1]
        own = own[allowed[other, column[own]] & (other >= 0)]
    dealt = side[own][np.lexsort((rng.random(own.size), pair[own]))]  # the sides of each pair in random order
    new = row.copy()
    new[own] = at[2 * pair[own] + dealt]
    return new


def n_rounds(i: np.ndarray, j: np.ndarray, n_visible: int, n_hidden: int, allowed: np.ndarray | None = None) -> int:
    """Rounds, of both layers each, after which 1e-5 of what the bonds remember of the start is left, on average.

    Where rows of the densities x and y meet, what is left of the correlation of x with its start falls by the fraction
    y (1 - y) / (x (1 - y) + y (1 - x)), 1/2 for equal ones, if their common neighbours are as many as by chance;
    averaged over partners it is the rate of a row. A bond loses its memory with the sum of the rates of its units. With
    `allowed` densities are those among allowed pairs, and a rate is reduced to the share of partners that may trade.
    """
    shape = (n_visible, n_hidden)
    room = [np.full(n, m) for n, m in (shape, shape[::-1])] if allowed is None else [allowed.sum(1), allowed.sum(0)]
    rate = [_rates(np.bincount(unit, minlength=n), r) for unit, n, r in zip((i, j), shape, room, strict=True)]
    moves = (rate[0][i] > 0) & (rate[1][j] > 0)
    if not moves.any():
        return 0
    i, j = i[moves], j[moves]
    share = [(r - 1) / max(n - 1, 1) for r, n in zip(room, shape[::-1], strict=True)]
    rates = rate[0][i] * share[1][j] + rate[1][j] * share[0][i]
    rounds: int = ceil(-np.log(_LEFT) / rates.mean())  # enough if all bonds had this rate, else too few
    while np.exp(-rates * rounds).mean() > _LEFT:
        rounds += ceil(rounds / 10)
    return rounds


def _rates(degree: np.ndarray, room: np.ndarray) -> np.ndarray:
    """(unit,) rates of the units of one layer among all partners; 0 for those that never change."""
    rate = np.zeros(degree.size)
    free = (degree > 0) & (degree < room)
    if free.any():
        x, kind, count = np.unique(degree[free] / room[free], return_inverse=True, return_counts=True)
        lost = x * (1 - x) / (np.outer(x, 1 - x) + np.outer(1 - x, x))
        rate[free] = (((lost * count).sum(1) - lost.diagonal()) / max(degree.size - 1, 1))[kind]
    return rate
