"""What is known exactly about physics, by the public API alone.

Fixed seeds; every estimate must lie within 4 standard errors, which fails for 6 of 100,000 right ones. Errors are over
independent chains or instances.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import physrbm as pr
from physrbm import statistics

_spec = importlib.util.spec_from_file_location("kaufman", Path(__file__).parents[1] / "analysis" / "kaufman.py")
kaufman = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(kaufman)
T_C = kaufman.T_C

SIGMAS = 4
TABLE = {  # u(2), C(2), u(T_c), C(T_c), u(2.5), C(2.5)
    4: (-1.75538028878, 0.6055326572, -1.56562378764, 0.7832668259, -1.37911648226, 0.8125152294),
    8: (-1.74568317029, 0.7141226029, -1.49158910744, 1.14555924, -1.22232064325, 1.100475889),
    16: (-1.74553066899, 0.7255087677, -1.45306485281, 1.498704959, -1.13131798441, 1.064976883),
    32: (-1.74556452703, 0.7248739782, -1.43365846615, 1.84676759, -1.10729166098, 0.8858125011),
    64: (-1.74556457531, 0.7248714486, -1.42393838983, 2.192211393, -1.10608299247, 0.8618550832),
}


def assert_near(estimate, exact):
    assert abs(estimate.value - exact) < SIGMAS * estimate.error, f"{estimate} is not {exact}"


@pytest.mark.parametrize("L", TABLE)
def test_kaufman_is_the_table(L):
    found = [x for T in (2.0, T_C, 2.5) for x in kaufman.kaufman(L, T)]
    assert found == pytest.approx(TABLE[L], rel=1e-9)


@pytest.mark.parametrize("T", [1.0, T_C, 2.5, 10.0])
def test_kaufman_and_magnetisations_are_those_of_all_configurations(T):
    rbm = pr.ensembles.ising_lattice((4, 4))
    bits = (np.arange(1 << 16)[:, None] >> np.arange(16)) & 1
    energy, m = rbm.energy(bits[:, :8], bits[:, 8:]), 2 * bits.mean(1) - 1
    p = np.exp(-(energy + 32) / T)
    p /= p.sum()
    u = p @ energy
    assert kaufman.kaufman(4, T) == pytest.approx((u / 16, p @ (energy - u) ** 2 / T**2 / 16), rel=1e-9)
    value, weight = kaufman.magnetisation(4, T)
    assert weight == pytest.approx([p[np.isclose(m, x)].sum() for x in value], abs=1e-12)


def test_magnetisation_knows_unequal_axes():
    """Over all configurations: rows are the first index of J there, columns the second."""
    rbm = pr.ensembles.ising_lattice((4, 4), J=(1.0, 0.5))
    bits = (np.arange(1 << 16)[:, None] >> np.arange(16)) & 1
    p = np.exp(-rbm.energy(bits[:, :8], bits[:, 8:]) / 1.7)
    m2 = p @ (2 * bits.mean(1) - 1) ** 2 / p.sum()
    value, weight = kaufman.magnetisation(4, 1.7, (1.0, 0.5))
    assert weight @ value**2 == pytest.approx(m2, rel=1e-9)


@pytest.mark.parametrize("n_chains", [1024, 500])  # multi-spin coded, and by the general sweep
def test_energy_of_a_ring(n_chains):
    """Sequential Metropolis that accepts dE = 0 is reducible here and finds -0.23 ... 0.005."""
    energy = pr.sample(pr.ensembles.ising_lattice((8,)), n_chains, 2000, seed=1, measure_every=5).series["energy"]
    t = np.tanh(1.0)
    assert_near(pr.Estimate.of(energy[20:].mean(0) / 8), -(t + t**7) / (1 + t**8))


@pytest.mark.parametrize("T", [T_C, 2.5])
@pytest.mark.parametrize("n_chains", [1024, 500])
def test_energy_and_heat_of_the_square_lattice(n_chains, T):
    found = pr.sample(pr.ensembles.ising_lattice((8, 8)), n_chains, 8000, 1 / T, seed=2, measure_every=10)
    energy = found.series["energy"][100:]
    u, C = kaufman.kaufman(8, T)
    assert_near(pr.Estimate.of(energy.mean(0) / 64), u)
    e = energy - 64 * u
    heat = statistics.jackknife(
        lambda a, b: statistics.specific_heat(a, b, 1 / T, 64), e.mean(0), (e**2).mean(0), blocks=100
    )
    assert_near(heat, C)


@pytest.mark.parametrize(
    ("T", "make"),
    [
        (1.5, lambda p, s: pr.ensembles.edwards_anderson((8, 8), positive=p, seed=s)),
        (1.8, lambda p, s: pr.ensembles.edwards_anderson((4, 4, 4), dilution=0.3, positive=p, seed=s)),
        (2.5, lambda p, s: pr.ensembles.random_regular(64, 48, 6, positive=p, seed=s)),  # too many bonds to be coded
    ],
)
def test_energy_on_the_nishimori_line(T, make):
    """[E] = -N_b tanh beta for P(+J) = (1 + tanh beta) / 2, on any graph (Nishimori 1981)."""
    energy = []
    for seed in range(128):
        rbm = make((1 + np.tanh(1 / T)) / 2, seed)
        energy.append(pr.sample(rbm, 512, 600, 1 / T, seed=seed, measure_every=20).series["energy"][15:].mean())
    assert_near(pr.Estimate.of(np.array(energy)), -rbm.n_bonds * np.tanh(1 / T))


def test_gaussian_identity():
    """[E] = -beta s2 sum_b (1 - [<s s'>^2]): partial integration; pairs of chains leave no bias in <s s'>^2."""
    beta, n, difference = 0.8, 128, []
    for seed in range(256):
        rbm = pr.ensembles.edwards_anderson((4, 4, 4), "gaussian", dilution=0.3, seed=seed)
        v, h = pr.sample(rbm, n, 500, beta, seed=seed)
        bond = (2.0 * (v[:, rbm.bonds.i] == h[:, rbm.bonds.j]) - 1).sum(0)
        overlap = (bond**2 - n) / (n * (n - 1))
        difference.append(rbm.energy(v, h).mean() + beta * (1 - overlap).sum())
    assert_near(pr.Estimate.of(np.array(difference)), 0.0)
