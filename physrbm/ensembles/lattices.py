"""Hypercubic lattices with periodic, even sides: bipartite, so a block Gibbs sweep is a checkerboard heat bath."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from physrbm.ensembles.couplings import draw, survivors
from physrbm.errors import InvalidInput
from physrbm.model import RBM, Bonds


def ising_lattice(shape: Sequence[int], J: float | Sequence[float] = 1.0) -> RBM:
    """Ferromagnet E = -sum J s s' over nearest neighbours; J is one number, or one an axis.

    Sites of even coordinate sum are the visible layer; `rbm.sites[x, y, ...]` is (layer, unit). The energy is in spin
    units: all up has minus the sum of J over the bonds. Raises InvalidInput for sides that are odd or below 4.
    """
    sides = _check(shape)
    each = np.broadcast_to(np.asarray(J, np.float64), len(sides)) if np.ndim(J) == 0 else np.asarray(J, np.float64)
    if each.shape != (len(sides),) or not np.isfinite(each).all():
        raise InvalidInput(f"J must be one finite number or {len(sides)}, one an axis, got {J}")
    return _lattice(sides, np.arange(len(sides) * np.prod(sides)), np.repeat(each, np.prod(sides)))


def edwards_anderson(
    shape: Sequence[int], couplings: str = "pm1", dilution: float = 0.0, positive: float = 0.5, seed: int = 0
) -> RBM:
    """Spin glass of Edwards & Anderson (1975): E = -sum J s s' over the surviving nearest-neighbour bonds.

    couplings: "pm1", +1 with probability `positive`, else -1; or "gaussian", N(0, 1). On the Nishimori line `positive`
    is (1 + tanh beta) / 2. Sites as in `ising_lattice`. Raises InvalidInput.
    """
    sides = _check(shape)
    bond = survivors(len(sides) * int(np.prod(sides)), dilution, seed)
    return _lattice(sides, bond, draw(bond, couplings, positive, seed))


def _check(shape: Sequence[int]) -> tuple[int, ...]:
    sides = tuple(int(side) for side in shape)
    if not sides or sides != tuple(shape) or any(side < 4 or side % 2 for side in sides):
        raise InvalidInput(f"lattice sides must be even and at least 4, got {tuple(shape)}")
    return sides


def _lattice(sides: tuple[int, ...], bond: np.ndarray, J: np.ndarray) -> RBM:
    """Machine with the bonds numbered axis * n_sites + site: from that site one step up that axis."""
    n_sites = int(np.prod(sides))
    position = np.indices(sides)
    layer = position.sum(0).ravel() % 2
    unit = np.empty(n_sites, np.int32)
    for k in (0, 1):
        unit[layer == k] = np.arange(n_sites // 2)
    axis, one = np.divmod(bond, n_sites)
    number = np.arange(n_sites).reshape(sides)
    other = np.stack([np.roll(number, -1, k).ravel() for k in range(len(sides))])[axis, one]
    visible = np.where(layer[one] == 0, one, other)
    ends = Bonds(unit[visible], unit[one + other - visible], J)
    none = np.zeros(n_sites // 2)
    rbm = RBM.from_spins(ends, none, none, n_possible=len(sides) * n_sites)
    return replace(rbm, sites=np.stack([layer, unit], -1).astype(np.int32).reshape(*sides, 2))
