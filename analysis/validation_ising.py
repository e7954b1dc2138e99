"""Known physics of ferromagnets: a ring, the square lattice at and off its critical point, unequal axes."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from kaufman import T_C, kaufman, magnetisation
from scipy.optimize import brentq, newton
from validation_rows import Row, Run, energy_per_spin, heat_per_spin, lanes, windows_agree

import physrbm as pr
from physrbm import sampling, statistics

BINDER = 0.61069  # at T_c on a torus of equal sides, L to infinity (Salas & Sokal 2000)
OMEGA = 1.75  # the regular background of chi is smaller than chi by L^(-7/4), the leading correction of U
POINTS = np.array([2.255, 2.2625, 2.27, 2.2775, 2.285])


def ring(quick: bool) -> Iterator[Row]:
    """Ring of N = 8 at T = 1: u = -(t + t^(N-1)) / (1 + t^N), t = tanh(1) (transfer matrix)."""
    rbm, t = pr.ensembles.ising_lattice((8,)), np.tanh(1.0)
    for name, n_chains in (("multi-spin", 1024), ("general", 500)):
        found = pr.sample(rbm, n_chains, 1000 if quick else 20000, seed=1, measure_every=5)
        energy = found.series["energy"][20:]
        u = energy_per_spin(energy, 8)
        yield Row(f"u ring, {name}", u, -(t + t**7) / (1 + t**8), "transfer matrix", windows_agree(energy))


def torus_run(L: int, n_sweeps: int) -> Run:
    """The slowest even mode of the heat bath remembers tau = 0.12 L^2 sweeps at T_c (measured): 20 tau before."""
    every = max(20, L * L // 16)
    return Run(max(200, 5 * L * L // 2), n_sweeps // every, every)


def square(quick: bool) -> Iterator[Row]:
    """u and C at three temperatures against Kaufman (1949); from all up, as random states freeze into stripes."""
    for L in (8, 16, 32) if quick else (8, 16, 32, 64):
        rbm = pr.ensembles.ising_lattice((L, L))
        T = np.repeat([T_C, 2.0, 2.5], (1024, 512, 512)).reshape(2, 1024)
        series = lanes([rbm], T, torus_run(L, 10_000 if quick else 60_000), seed=100 + L, up=True)
        for value, name in ((2.0, "2"), (T_C, "Tc"), (2.5, "2.5")):
            here = T.ravel() == value
            energy, fine = series.energy[:, here], series.thermalised(here)
            u, C = kaufman(L, value)
            yield Row(f"u square {L}, T={name}", energy_per_spin(energy, L * L), u, "Kaufman", fine)
            yield Row(f"C square {L}, T={name}", heat_per_spin(energy, value, L * L), C, "Kaufman", fine)


class Cumulants(NamedTuple):
    """Moments of m of one size, for U and where it meets that of another size."""

    points: np.ndarray
    """temperatures (point,)"""
    m2: np.ndarray
    """<m^2> of a lane (lane, point)"""
    m4: np.ndarray
    thermalised: bool

    @classmethod
    def of(cls, m: np.ndarray, T: np.ndarray, points: np.ndarray, thermalised: bool) -> "Cumulants":
        """From m (measurement, lane) of lanes at temperatures T (lane,)."""
        at = [m[:, point == T] for point in points]
        n = min(x.shape[1] for x in at)
        m2, m4 = (np.stack([(x[:, :n] ** k).mean(0) for x in at], 1) for k in (2, 4))
        return cls(points, m2, m4, thermalised)

    def at(self, T: float) -> pr.Estimate:
        """U at T, from a parabola through the points; jackknife over lanes."""
        return statistics.jackknife(lambda a, b: np.polyval(self._parabola(a, b), T - self.points[2]), self.m2, self.m4)

    def _parabola(self, m2: np.ndarray, m4: np.ndarray) -> np.ndarray:
        return np.polyfit(self.points - self.points[2], statistics.binder_cumulant(m2, m4), 2)

    def crossings(self, other: "Cumulants") -> np.ndarray:
        """Temperatures (1 + block,) where the two parabolas meet: of all lanes, then without one block of lanes."""

        def meet(a2: np.ndarray, a4: np.ndarray, b2: np.ndarray, b4: np.ndarray) -> float:
            roots = np.roots(self._parabola(a2, a4) - self._parabola(b2, b4))
            return float(self.points[2] + roots[np.argmin(np.abs(roots))].real)

        arrays = (self.m2, self.m4, other.m2, other.m4)
        whole = meet(*(x.mean(0) for x in arrays))
        return np.array([whole, *statistics.replicates(meet, *arrays, blocks=64)])


def estimate(x: np.ndarray) -> pr.Estimate:
    """Value and jackknife error of (1 + block,)."""
    return pr.Estimate(float(x[0]), float(statistics.jackknife_error(x[1:])), len(x) - 1)


def binder(L: int, T: float, J: tuple[float, float]) -> float:
    """Exact binder_cumulant of small lattices."""
    m, p = magnetisation(L, T, J)
    return float(statistics.binder_cumulant(p @ m**2, p @ m**4))


def transition(
    name: str,
    J: tuple[float, float],
    known: float,
    sizes: Sequence[int],
    measured: Callable[[int, np.ndarray], Cumulants],
) -> Iterator[Row]:
    """Crossings of (4, 8) and U of L = 8 against exact ones; crossings of larger sizes against T_c.

    Finite sizes shift a crossing by L^-(omega + 1/nu), nu = 1: the last two are extrapolated with it. Small ones
    fall more slowly, from (4, 8) to (8, 16) with powers 2.4 (square) and 2.2 (J2/J1 = 1/2), measured; allowed is the
    exact shift of (4, 8) times (4/L)^2.
    """
    low = newton(lambda T: binder(8, T, J) - binder(4, T, J), known, x1=0.99 * known, tol=1e-7)
    small = [measured(L, POINTS / POINTS[2] * low) for L in (4, 8)]
    fine = all(x.thermalised for x in small)
    yield Row(f"Tc {name} (4, 8)", estimate(small[0].crossings(small[1])), low, "transfer matrix", fine)
    found = {L: measured(L, POINTS / POINTS[2] * np.round(known, 2)) for L in sizes}
    fine = all(x.thermalised for x in found.values())
    pairs = {L: found[L].crossings(found[2 * L]) for L in sizes[:-1]}
    for L, crossing in pairs.items():
        allowed = abs(low - known) * (4 / L) ** 2
        yield Row(f"Tc {name} ({L}, {2 * L})", estimate(crossing), known, "exact, L infinite", fine, allowed)
    first, second = list(pairs.values())[-2:]
    limit = estimate(second + (second - first) / (2 ** (OMEGA + 1) - 1))
    yield Row(f"Tc {name}, L to infinity", limit, known, "exact", fine)
    U = binder(8, known, J)
    yield Row(f"binder_cumulant {name} 8, Tc", found[8].at(known), U, "transfer matrix", fine)
    if J[0] == J[1]:  # U depends on the shape in units of the correlation lengths
        L = sizes[-1]
        allowed = (U - BINDER) * (8 / L) ** OMEGA
        yield Row(f"binder_cumulant {name} {L}, Tc", found[L].at(known), BINDER, "L infinite", fine, allowed)


def crossings(quick: bool) -> Iterator[Row]:
    """T_c of the square lattice from crossings of binder_cumulant, and its value there."""

    def measured(L: int, points: np.ndarray) -> Cumulants:
        T = points[np.arange(2048) % 5].reshape(2, 1024)
        run = torus_run(L, 10_000 if quick else 60_000)
        series = lanes([pr.ensembles.ising_lattice((L, L))], T, run, seed=200 + L, up=True)
        return Cumulants.of(series.m, T.ravel(), points, series.thermalised())

    yield from transition("square", (1.0, 1.0), T_C, (8, 16, 32) if quick else (8, 16, 32, 64), measured)


def anisotropic(quick: bool) -> Iterator[Row]:
    """J = (1, 1/2): sinh(2 J1/T) sinh(2 J2/T) = 1 at T_c (Onsager 1944); not +-J, so by the general sweep."""
    J = (1.0, 0.5)
    known = brentq(lambda T: np.sinh(2 * J[0] / T) * np.sinh(2 * J[1] / T) - 1, 1, 3)

    def measured(L: int, points: np.ndarray) -> Cumulants:
        T = points[np.arange(1024) % 5]
        run = Run(max(200, 5 * L * L), 200 if quick else 1600, max(10, L * L // 20))
        energy, m = general(pr.ensembles.ising_lattice((L, L), J), T, run, seed=300 + L)
        return Cumulants.of(m, T, points, windows_agree(energy, m**2))

    yield from transition("J2/J1 = 1/2", J, known, (8, 16, 32), measured)


def general(rbm: pr.RBM, T: np.ndarray, run: Run, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Energy and magnetisation a spin (measurement, chain) of chains at temperatures T (chain,), from all up."""
    chains = sampling.new_chains(np.ones((T.size, rbm.n_visible), np.uint8), rbm.n_hidden, seed, ())
    chains = chains._replace(scale=(1 / T).astype(np.float32).reshape(chains.scale.shape))
    machine = sampling.pack_machine(rbm)
    sampling.sweep(machine, chains, run.warm)
    energy, m = [], []
    for _ in range(run.n):
        energy.append(sampling.sweep_measured(machine, chains, run.every)[:, 0])
        m.append(2 * np.concatenate(sampling.states(chains), 1).mean(1) - 1)
    return np.stack(energy) + rbm.constant, np.stack(m)
