import numpy as np
import pytest

from physrbm.statistics import (
    EVALUABLES,
    binder_cumulant,
    binder_ratio,
    correlation_length,
    jackknife,
    specific_heat,
    susceptibility,
)

T_C = 2 / np.log(1 + np.sqrt(2))


def ising_4x4(temperature):
    """Exact <E>, <E^2> and <|m|^k> of the 4x4 torus by enumeration."""
    spins = 1 - 2 * (np.arange(2**16)[:, None] >> np.arange(16) & 1).reshape(-1, 4, 4)
    energy = -sum((spins * np.roll(spins, 1, axis)).sum((1, 2)) for axis in (1, 2))
    weight = np.exp(-(energy + 32) / temperature)
    weight /= weight.sum()
    m = np.abs(spins.mean((1, 2)))
    return weight @ energy, weight @ energy**2, [weight @ m**k for k in (1, 2, 4)]


def test_of_the_4x4_ising_torus():
    """Kaufman 1949 for the specific heat at T_c; the others as enumerated elsewhere."""
    e, e2, (_, m2, m4) = ising_4x4(T_C)
    assert specific_heat(e, e2, 1 / T_C, 16) == pytest.approx(0.7832668259, rel=1e-9)
    assert binder_cumulant(m2, m4) == pytest.approx(0.6171993184, rel=1e-9)
    _, _, (m1, m2, m4) = ising_4x4(2.5)
    assert binder_cumulant(m2, m4) == pytest.approx(0.5815276591, rel=1e-9)
    assert binder_ratio(m2, m4) == pytest.approx(3 * (1 - 0.5815276591), rel=1e-9)
    assert susceptibility(m2, m1, 16) == pytest.approx(16 * (0.6548257569 - 0.7647123932**2), rel=1e-8)


def test_binder_of_one_value_and_of_a_normal_distribution():
    assert (binder_ratio(0.25, 0.0625), binder_cumulant(0.25, 0.0625)) == (1, pytest.approx(2 / 3))
    assert (binder_ratio(2.0, 12.0), binder_cumulant(2.0, 12.0)) == (3, pytest.approx(0))


def test_susceptibility_of_a_normal_magnetisation():
    """m normal with variance 1/N: <|m|>^2 = 2/(pi N), chi = 1 - 2/pi; without order 1."""
    n = 400
    assert susceptibility(1 / n, np.sqrt(2 / (np.pi * n)), n) == pytest.approx(1 - 2 / np.pi)
    assert susceptibility(1 / n, 0, n) == pytest.approx(1)


def test_specific_heat_of_free_spins_and_its_digits():
    """N spins in a field h: C = beta^2 h^2 / cosh^2(beta h), also 1e9 away from the origin if E is shifted."""
    n, beta, h = 50, 0.7, 1.3
    m = np.tanh(beta * h)
    e, variance = -n * h * m, n * h**2 * (1 - m**2)
    exact = (beta * h / np.cosh(beta * h)) ** 2
    assert specific_heat(e, variance + e**2, beta, n) == pytest.approx(exact, rel=1e-12)
    energy = 1e9 + e + np.sqrt(variance) * np.array([-1.0, 1.0])
    shifted = energy - energy[0]
    assert specific_heat(shifted.mean(), (shifted**2).mean(), beta, n) == pytest.approx(exact, rel=1e-6)


def test_the_scatter_of_instances_is_no_heat():
    """Instances of free spins with fields h: [C] of instances, from energies measured from their own means."""
    h = np.array([0.5, 1.0, 2.0, 3.0])
    exact = (h / np.cosh(h)) ** 2
    variance = 20 * h**2 / np.cosh(h) ** 2
    found = jackknife(lambda e, e2: specific_heat(e, e2, 1.0, 20), 0 * h, variance)
    assert found.value == pytest.approx(exact.mean())
    assert found.error == pytest.approx(exact.std(ddof=1) / 2)


@pytest.mark.parametrize("beta", [0.2, 1.0, 2.0])
def test_correlation_length_of_the_chain(beta):
    """1D Ising: chi(k) = (1-t^2)/(1 - 2t cos k + t^2), t = tanh beta, so that xi = sqrt(t)/(1-t) for every k."""
    t, k = np.tanh(beta), 2 * np.pi / np.array([4, 8, 100])
    chi_0, chi_k = (1 + t) / (1 - t), (1 - t**2) / (1 - 2 * t * np.cos(k) + t**2)
    np.testing.assert_allclose(correlation_length(chi_0, chi_k, k), np.sqrt(t) / (1 - t), rtol=1e-10)


# name -> moments, and the value each leaves; every evaluable takes arrays, and gives nan rather than a warning
CASES = {
    "binder_cumulant": ((1.0, 3.0), 0.0),
    "binder_ratio": ((2.0, 4.0), 1.0),
    "susceptibility": ((0.5, 0.5, 4), 1.0),
    "specific_heat": ((1.0, 3.0, 2.0, 4), 2.0),
    "correlation_length": ((5.0, 1.0, np.pi), 1.0),
}


@pytest.mark.parametrize("name", EVALUABLES)
def test_every_evaluable(name):
    moments, value = CASES[name]
    assert EVALUABLES[name](*moments) == pytest.approx(value, abs=1e-15)
    twice = EVALUABLES[name](*(np.array([x, x]) for x in moments[:2]), *moments[2:])
    np.testing.assert_allclose(twice, [value, value], atol=1e-15)


def test_noise_that_leaves_no_value():
    assert np.isnan(binder_ratio(0.0, 0.0))
    assert np.isnan(binder_cumulant(np.zeros(2), np.ones(2))).all()
    assert np.isnan(correlation_length(0.9, 1.0, 0.1))
    assert np.isnan(correlation_length(0.9, 0.0, 0.1))
