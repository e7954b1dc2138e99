"""Known physics of disordered machines: Nishimori line, Gaussian couplings, bipartite SK above its transition."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from validation_rows import Row, Run, lanes, spins_of, windows_agree

import physrbm as pr

Make = Callable[[int], pr.RBM]
"""Instance of a seed"""


def nishimori(quick: bool) -> Iterator[Row]:
    """+-J with P(+J) = (1 + tanh beta) / 2: [E] = -N_b tanh beta on any graph (Nishimori 1981).

    All up would be equilibrium from the start and test nothing: starts are random.
    """
    for shape, T in (((16, 16), 1.4), ((6, 6, 6), 1.7), ((8, 8, 8), 2.0)):
        yield from _nishimori_lattice(shape, T, Run(2000, 100 if quick else 1000, 20))
    n = 64 if quick else 960
    yield _nishimori_graphs("16^2 diluted 0.3", lambda s: _line((16, 16), 1.2, s), 1.2, range(n), 1024)
    yield _nishimori_graphs("6^3 diluted 0.3", lambda s: _line((6, 6, 6), 1.4, s), 1.4, range(1000, 1000 + n), 1024)
    seeds = range(2000, 2000 + n)
    yield _nishimori_graphs("random_regular(64, 48, 6)", lambda s: _regular(2.5, s), 2.5, seeds, 256)


def _p(T: float) -> float:
    """Probability of a positive coupling on the Nishimori line."""
    return float(1 + np.tanh(1 / T)) / 2


def _line(shape: tuple[int, ...], T: float, seed: int) -> pr.RBM:
    return pr.ensembles.edwards_anderson(shape, dilution=0.3, positive=_p(T), seed=seed)


def _regular(T: float, seed: int) -> pr.RBM:
    return pr.ensembles.random_regular(64, 48, 6, positive=_p(T), seed=seed)


def _nishimori_lattice(shape: tuple[int, ...], T: float, run: Run) -> Iterator[Row]:
    """1024 instances, each in a lane of its own and with a replica in another.

    Beside [E]: averaged over disorder, the satisfied bonds are independent (gauge symmetry), so that E is binomial and
    [<(E - [E])^2>] = N_b / cosh^2 beta; and [<m^2>] = [<q^2>].
    """
    instances = [pr.ensembles.edwards_anderson(shape, positive=_p(T), seed=10_000 * shape[0] + k) for k in range(1024)]
    series = lanes(instances, np.full((2, 1024), T), run, 5, instance=np.tile(np.arange(1024), (2, 1)))
    name, n_bonds, N = f"{shape[0]}^{len(shape)}, T={T}", instances[0].n_bonds, spins_of(instances[0])
    mean, fine = -n_bonds * np.tanh(1 / T), series.thermalised()

    def of(x: np.ndarray) -> pr.Estimate:
        return pr.Estimate.of(x.mean(0).reshape(-1, 1024).mean(0))

    yield Row(f"u Nishimori {name}", of(series.energy / N), mean / N, "exact", fine)
    variance = n_bonds / np.cosh(1 / T) ** 2
    yield Row(f"var E / N Nishimori {name}", of((series.energy - mean) ** 2 / N), variance / N, "exact", fine)
    m2 = (series.m**2).reshape(-1, 2, 1024).mean(1)
    yield Row(f"[m^2] - [q^2] Nishimori {name}", of(m2 - series.q**2), 0.0, "exact", fine)


def _nishimori_graphs(name: str, make: Make, T: float, seeds: range, n_chains: int) -> Row:
    """u over instances whose graphs differ, too."""
    energy = []
    for seed in seeds:
        rbm = make(seed)
        found = pr.sample(rbm, n_chains, 1600, 1 / T, seed=seed, measure_every=20).series["energy"]
        energy.append(found[20:].mean(1) / spins_of(rbm))
    series = np.stack(energy, 1)
    known = -rbm.n_bonds * np.tanh(1 / T) / spins_of(rbm)
    return Row(f"u Nishimori {name}, T={T}", pr.Estimate.of(series.mean(0)), known, "exact", windows_agree(series))


def gaussian(quick: bool) -> Iterator[Row]:
    """[E] = -beta s2 sum_b (1 - [<s s'>^2]) for couplings N(0, s2), by partial integration over each of them.

    <s s'>^2 = <s s' of one chain times that of another>: independent chains leave no bias.
    """
    n = 64 if quick else 512
    edwards_anderson, sk = pr.ensembles.edwards_anderson, pr.ensembles.sherrington_kirkpatrick
    ensembles: dict[str, tuple[float, float, Make]] = {
        "16^2": (1.2, 1.0, lambda s: edwards_anderson((16, 16), "gaussian", seed=s)),
        "6^3": (1.5, 1.0, lambda s: edwards_anderson((6, 6, 6), "gaussian", seed=s)),
        "6^3 diluted 0.3": (1.3, 1.0, lambda s: edwards_anderson((6, 6, 6), "gaussian", 0.3, seed=s)),
        "SK 48 x 32": (0.9, 1536**-0.5, lambda s: sk(48, 32, seed=s)),
    }
    for k, (name, (T, s2, make)) in enumerate(ensembles.items()):
        yield _gaussian_identity(f"{name}, T={T}", make, T, s2, range(1000 * k, 1000 * k + n))


def _gaussian_identity(name: str, make: Make, T: float, s2: float, seeds: range) -> Row:
    """[E]/N beside the right side of the identity; the error is that of their difference over instances."""
    left, right, series = [], [], []
    for seed in seeds:
        rbm = make(seed)
        found = pr.sample(rbm, 256, 2000, 1 / T, seed=seed, measure_every=40)
        left.append(found.series["energy"][-1].mean() / spins_of(rbm))
        right.append(-s2 / T * (1 - link_overlap(rbm, found.visible, found.hidden)).sum() / spins_of(rbm))
        series.append(found.series["energy"][10:].mean(1))
    error = pr.Estimate.of(np.subtract(left, right)).error
    found = pr.Estimate(float(np.mean(left)), error, len(left))
    return Row(f"u Gaussian {name}", found, float(np.mean(right)), "identity", windows_agree(np.stack(series, 1)))


def link_overlap(rbm: pr.RBM, visible: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """<s s'>^2 (bond,) over pairs of different chains (chain, unit)."""
    bond = (visible[:, rbm.bonds.i] == hidden[:, rbm.bonds.j]).sum(0)
    n = len(visible)
    overlap: np.ndarray = ((2.0 * bond - n) ** 2 - n) / (n * (n - 1))
    return overlap


def mean_field(quick: bool) -> Iterator[Row]:
    """Bipartite SK above its transition, dense and with 15 % of the bonds, Gaussian and +-J couplings.

    u is held against the expansion to order 1/N of `high_temperature`, its correction alone against the second term
    (the first, -sum J tanh(beta J), is subtracted instance by instance), then u is extrapolated to large N.
    """
    n = 64 if quick else 256
    first = 0  # seed
    for dilution, couplings in ((0.0, "gaussian"), (0.0, "pm1"), (0.85, "gaussian"), (0.85, "pm1")):
        sizes = []
        for k in (1, 2, 4) if quick else (2, 4, 8):
            sizes.append(_mean_field_size(k, dilution, couplings, range(first, first + n)))
            yield from sizes[-1].rows(f"SK {couplings}, dilution {dilution}")
            first += n
        yield _extrapolated(f"SK {couplings}, dilution {dilution}", sizes)


BETA = 0.8


class MeanField(NamedTuple):
    """Energies of many instances of one size."""

    shape: tuple[int, int]
    u: np.ndarray
    """energy a spin (instance,)"""
    rest: np.ndarray
    """E + sum J tanh(beta J) (instance,)"""
    known: tuple[float, float]
    """of `high_temperature`"""
    thermalised: bool

    @property
    def N(self) -> int:
        """Number of spins."""
        return sum(self.shape)

    def rows(self, name: str) -> Iterator[Row]:
        """u, and E beyond its first term."""
        first, second = self.known
        label = f"{name}, {self.shape[0]} x {self.shape[1]}"
        yield Row(f"u {label}", pr.Estimate.of(self.u), (first + second) / self.N, "order 1/N", self.thermalised)
        yield Row(f"E + sum J tanh {label}", pr.Estimate.of(self.rest), second, "order 1", self.thermalised)


def _mean_field_size(k: int, dilution: float, couplings: str, seeds: range) -> MeanField:
    shape, u, rest, series = (64 * k, 48 * k), [], [], []
    for seed in seeds:
        rbm = pr.ensembles.sherrington_kirkpatrick(*shape, dilution, couplings, seed=seed)
        energy = pr.sample(rbm, 256, 240, BETA, seed=seed, measure_every=4).series["energy"]
        J = rbm.to_spins().J.weight
        series.append(energy[10:].mean(1))
        u.append(series[-1].mean() / spins_of(rbm))
        rest.append(series[-1].mean() + (J * np.tanh(BETA * J)).sum())
    known = high_temperature(*shape, rbm.n_bonds, couplings, BETA)
    return MeanField(shape, np.array(u), np.array(rest), known, windows_agree(np.stack(series, 1)))


def _extrapolated(name: str, sizes: list[MeanField]) -> Row:
    """Intercept of a line in 1/N through u, weighted by the errors.

    Known: -beta s2 Nv Nh / N with s2 = 1 / sqrt(Nv Nh) at infinite degree, which is the limit of all four ensembles.
    """
    x = np.array([1 / size.N for size in sizes])
    y = [pr.Estimate.of(size.u) for size in sizes]
    error = np.array([value.error for value in y])
    (_, u), covariance = np.polyfit(x, [value.value for value in y], 1, w=1 / error, cov="unscaled")
    found = pr.Estimate(float(u), float(covariance[1, 1] ** 0.5), y[0].n)
    n_visible, n_hidden = sizes[0].shape
    known = -BETA * (n_visible * n_hidden) ** 0.5 / (n_visible + n_hidden)
    return Row(f"u {name}, 1/N to 0", found, known, "exact", all(s.thermalised for s in sizes))


def high_temperature(n_visible: int, n_hidden: int, n_bonds: int, couplings: str, beta: float) -> tuple[float, float]:
    """[E] of the bipartite spin glass above its transition: the terms of order N and of order 1.

    ln Z = N ln 2 + sum_b ln cosh(beta J_b) + ln(1 + sum of closed loops of t = tanh(beta J)). The last term is normal
    with variance sigma^2 = sum_k (number of cycles of 2k bonds) [t^2]^2k and mean -sigma^2 / 2 (Aizenman, Lebowitz &
    Ruelle 1987). There are (c^2 Nv Nh)^k / 2k such cycles, k >= 2, at connectivity c and large degree, so that with
    a = c sqrt(Nv Nh) [t^2], which is 1 at the transition, sigma^2 = -(ln(1 - a^2) + a^2) / 2 and
    [E] = -N_b [J tanh(beta J)] + a' a^3 / (2 (1 - a^2)) + O(1/N), a' being da/dbeta. For dense Gaussian machines this
    is -beta s2 Nv Nh + beta^3 s2 / (1 - beta^4): the textbook's -beta s2 Nv Nh and its finite-size correction.
    """
    pairs = n_visible * n_hidden
    scale, c = (n_bonds / pairs * pairs**0.5) ** -0.5, n_bonds / pairs
    x, weight = np.polynomial.hermite_e.hermegauss(60)
    if couplings == "pm1":
        x, weight = np.ones(1), np.ones(1)
    J, weight = scale * x, weight / weight.sum()
    t = np.tanh(beta * J)
    a = c * pairs**0.5 * weight @ t**2
    slope = c * pairs**0.5 * weight @ (2 * J * t * (1 - t**2))
    return float(-n_bonds * weight @ (J * t)), float(slope * a**3 / (1 - a**2) / 2)
