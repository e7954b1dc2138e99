"""Mean-field machines: bipartite Sherrington-Kirkpatrick, and random graphs of fixed degree."""

import numpy as np

from physrbm.ensembles.couplings import draw, survivors
from physrbm.errors import InvalidInput
from physrbm.model import RBM, Bonds
from physrbm.streams import Stream, generator


def sherrington_kirkpatrick(
    n_visible: int, n_hidden: int, dilution: float = 0.0, couplings: str = "gaussian", seed: int = 0
) -> RBM:
    """Bipartite spin glass E = -sum J_ij s_i t_j on all pairs, or on those that random dilution leaves.

    J has the variance 1 / ((1 - dilution) sqrt(Nv Nh)): the dense machine freezes at beta = 1, the diluted one where
    c sqrt(Nv Nh) <tanh^2 beta J> = 1, c being the connectivity. Raises InvalidInput.
    """
    _check(n_visible, n_hidden)
    bond = survivors(n_visible * n_hidden, dilution, seed)
    scale = (bond.size / (n_visible * n_hidden) * np.sqrt(n_visible * n_hidden)) ** -0.5
    i, j = np.divmod(bond, n_hidden)
    return _spins(i, j, scale * draw(bond, couplings, 0.5, seed), n_visible, n_hidden)


def random_regular(
    n_visible: int, n_hidden: int, degree: int, couplings: str = "pm1", positive: float = 0.5, seed: int = 0
) -> RBM:
    """Spin glass on a random bipartite graph: `degree` bonds a visible unit, degree Nv / Nh a hidden one.

    Bonds are paired at random and pairs that occur twice are exchanged with random others until none is left.
    couplings: "pm1", +1 with probability `positive`, else -1; or "gaussian", N(0, 1). Raises InvalidInput.
    """
    _check(n_visible, n_hidden)
    if not 1 <= degree <= n_hidden or n_visible * degree % n_hidden:
        raise InvalidInput(
            f"degree must be in 1..{n_hidden} with {n_visible} degree / {n_hidden} a whole number, got {degree}"
        )
    rng = generator(seed, Stream.DILUTION)
    i = np.repeat(np.arange(n_visible), degree)
    j = rng.permutation(np.repeat(np.arange(n_hidden), n_visible * degree // n_hidden))
    while (twice := _repeated(i * n_hidden + j)).size:
        with_whom = rng.integers(0, j.size, twice.size)
        for one, other in zip(twice, with_whom, strict=True):
            j[[one, other]] = j[[other, one]]
    order = np.argsort(i * n_hidden + j)
    i, j = i[order], j[order]
    return _spins(i, j, draw(i * n_hidden + j, couplings, positive, seed), n_visible, n_hidden)


def _repeated(pair: np.ndarray) -> np.ndarray:
    """Places at which a pair stands again."""
    order = np.argsort(pair, kind="stable")
    again = np.flatnonzero(pair[order][1:] == pair[order][:-1]) + 1
    places: np.ndarray = order[again]
    return places


def _spins(i: np.ndarray, j: np.ndarray, J: np.ndarray, n_visible: int, n_hidden: int) -> RBM:
    bonds = Bonds(i.astype(np.int32), j.astype(np.int32), J)
    return RBM.from_spins(bonds, np.zeros(n_visible), np.zeros(n_hidden))


def _check(n_visible: int, n_hidden: int) -> None:
    if n_visible < 1 or n_hidden < 1:
        raise InvalidInput(f"a machine needs at least one unit a layer, got {n_visible} x {n_hidden}")
