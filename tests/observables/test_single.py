import numpy as np
import pytest
from enumeration import all_states, machine, random_states

from physrbm import ensembles, exact
from physrbm.observables import OBSERVABLES


def test_against_loops_over_units():
    rbm = machine(5, 3, seed=1)
    v, h = random_states(rbm, 20, seed=2)
    for c in range(20):
        s = [2 * int(x) - 1 for x in v[c]]
        t = [2 * int(x) - 1 for x in h[c]]
        energy = rbm.constant - sum(a * x for a, x in zip(rbm.visible_bias, v[c], strict=True))
        energy -= sum(b * x for b, x in zip(rbm.hidden_bias, h[c], strict=True))
        energy -= sum(w * v[c, i] * h[c, j] for i, j, w in zip(*rbm.bonds, strict=True))
        expected = {
            "energy_per_spin": energy / 8,
            "magnetisation": sum(s + t) / 8,
            "magnetisation_visible": sum(s) / 5,
            "magnetisation_hidden": sum(t) / 3,
            "hidden_activity": sum(int(x) for x in h[c]) / 3,
        }
        for name, value in expected.items():
            assert OBSERVABLES[name](rbm, v, h)[c] == pytest.approx(value, abs=1e-13), name


def test_mean_energy_is_the_derivative_of_log_z():
    rbm, step = machine(5, 4, seed=3), 1e-4
    v, h, p = all_states(rbm, beta=0.7)
    slope = (exact.log_z(rbm, 0.7 + step) - exact.log_z(rbm, 0.7 - step)) / (2 * step)
    assert 9 * p @ OBSERVABLES["energy_per_spin"](rbm, v, h) == pytest.approx(-slope, rel=1e-7)


@pytest.mark.parametrize("shape", [(4,), (4, 6), (4, 4, 6)])
def test_wave_against_an_explicit_fourier_sum(shape):
    rbm = ensembles.edwards_anderson(shape, seed=4)
    units = random_states(rbm, 3, seed=5)
    n = rbm.n_visible + rbm.n_hidden
    for c in range(3):
        total = 0.0
        for axis, side in enumerate(shape):
            m = 0j
            for site in np.ndindex(shape):
                layer, unit = rbm.sites[site]
                m += (2.0 * units[layer][c, unit] - 1) * np.exp(2j * np.pi * site[axis] / side) / n
            total += abs(m) ** 2 / len(shape)
        assert OBSERVABLES["magnetisation_k"](rbm, *units)[c] == pytest.approx(total, abs=1e-14)


def test_wave_of_free_spins_of_a_cosine_and_of_one_direction():
    rbm = ensembles.ising_lattice((4, 4))
    v, h, _ = all_states(rbm)
    assert 16 * OBSERVABLES["magnetisation_k"](rbm, v, h).mean() == pytest.approx(1)  # chi(k) of free spins
    up = np.ones((1, 8), np.uint8)
    assert OBSERVABLES["magnetisation_k"](rbm, up, up)[0] == pytest.approx(0, abs=1e-30)
    stripe = (np.indices((4, 4))[1] < 2).astype(np.uint8)  # + + - - along one axis: |1 + i - (-1) - (-i)|^2 / 16 = 1/2
    units = np.empty((2, 1, 8), np.uint8)
    units[rbm.sites[..., 0], 0, rbm.sites[..., 1]] = stripe
    assert OBSERVABLES["magnetisation_k"](rbm, *units)[0] == pytest.approx(0.5 / 2)
