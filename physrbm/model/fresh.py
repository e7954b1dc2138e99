"""Fresh machines, sparse from the start: the memory is that of the surviving bonds."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model.bonds import Bonds
from physrbm.streams import Stream, generator, sequence

_CHUNK = 2**20  # integers


def n_kept(n_possible: int, dilution: float) -> int:
    """round((1 - p) n_possible), the bonds left. Raises InvalidInput outside [0, 1) or for none left."""
    if not 0.0 <= dilution < 1.0:
        raise InvalidInput(f"dilution must be in [0, 1), got {dilution}")
    kept = round((1.0 - dilution) * n_possible)
    if kept == 0:
        raise InvalidInput(f"dilution {dilution} leaves none of {n_possible} bonds; choose a smaller one")
    return kept


def check_fresh(n_visible: int, n_hidden: int, dilution: float, scale: float) -> int:
    """Bonds that a fresh machine will have. Raises InvalidInput where there can be no such machine."""
    if n_visible < 1 or n_hidden < 1:
        raise InvalidInput(f"a machine needs at least one unit a layer, got {n_visible} x {n_hidden}")
    if not (np.isfinite(scale) and scale >= 0):
        raise InvalidInput(f"scale must be finite and not negative, got {scale}")
    return n_kept(n_visible * n_hidden, dilution)


def random_subset(n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Sorted `size` distinct integers of range(n), every subset equally likely, in memory of the order of `size`."""
    if size < n / 50 or n <= _CHUNK:  # numpy itself is sparse below 1/50
        return np.sort(rng.choice(n, size=size, replace=False, shuffle=False))
    chunks = np.full(-(-n // _CHUNK), _CHUNK)
    chunks[-1] -= chunks.sum() - n
    sizes = rng.multivariate_hypergeometric(chunks, size, method="marginals")
    parts = [np.sort(rng.choice(c, size=s, replace=False, shuffle=False)) for c, s in zip(chunks, sizes, strict=True)]
    return np.concatenate([k * _CHUNK + part for k, part in enumerate(parts)])


def gaussian_bonds(n_visible: int, n_hidden: int, dilution: float, scale: float, seed: int) -> Bonds:
    """Random bonds with couplings N(0, scale^2).

    A coupling depends on the seed and on its own pair alone, so the survivors of any dilution carry what the
    dense machine of that seed carries there.
    """
    n_bonds = check_fresh(n_visible, n_hidden, dilution, scale)
    pair = random_subset(n_visible * n_hidden, n_bonds, generator(seed, Stream.DILUTION))
    i, j = np.divmod(pair, n_hidden)
    return Bonds(i.astype(np.int32), j.astype(np.int32), scale * normal_of(pair, seed))


def normal_of(index: np.ndarray, seed: int) -> np.ndarray:
    """Standard normal of every index: SplitMix64 at that place of its sequence, through the quantile."""
    from scipy.special import ndtri

    key = sequence(seed, Stream.COUPLINGS).generate_state(1, np.uint64)[0]
    with np.errstate(over="ignore"):
        z = key + (index.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    normal: np.ndarray = ndtri(((z >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)
    return normal
