import numpy as np
import pytest
from enumeration import all_states, machine, moments, random_states

from physrbm import ensembles
from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.observables import OBSERVABLES, PAIRS


def test_against_loops_over_units_and_bonds():
    rbm = machine(6, 4, seed=1)
    one, other = random_states(rbm, 20, 2), random_states(rbm, 20, 3)
    spin = [[2.0 * x - 1 for x in replica] for replica in (one, other)]
    for c in range(20):
        (s, t), (s2, t2) = ((v[c], h[c]) for v, h in spin)
        v = [s[i] * s2[i] for i in range(6)]
        h = [t[j] * t2[j] for j in range(4)]
        expected = {
            "overlap": sum(v + h) / 10,
            "overlap_visible": sum(v) / 6,
            "overlap_hidden": sum(h) / 4,
            "link_overlap": sum(v[i] * h[j] for i, j in zip(*rbm.bonds[:2], strict=True)) / rbm.n_bonds,
        }
        for name, value in expected.items():
            assert PAIRS[name](rbm, one, other)[c] == pytest.approx(value, abs=1e-14), name


def test_means_over_two_enumerated_replicas():
    """<q> = (1/N) sum <s_i>^2 and <q_l> = (1/n_bonds) sum <s_i t_j>^2, exactly."""
    rbm = machine(4, 3, seed=2)
    v, h, p = all_states(rbm)
    k, m = (x.ravel() for x in np.indices((len(p), len(p))))
    pairs, weight = ((v[k], h[k]), (v[m], h[m])), p[k] * p[m]
    mean, second = moments(rbm)
    assert weight @ PAIRS["overlap"](rbm, *pairs) == pytest.approx(np.mean(mean**2))
    assert weight @ PAIRS["overlap_visible"](rbm, *pairs) == pytest.approx(np.mean(mean[:4] ** 2))
    assert weight @ PAIRS["overlap_hidden"](rbm, *pairs) == pytest.approx(np.mean(mean[4:] ** 2))
    links = second[rbm.bonds.i, 4 + rbm.bonds.j]
    assert weight @ PAIRS["link_overlap"](rbm, *pairs) == pytest.approx(np.mean(links**2))


def test_energy_and_link_overlap_obey_the_gaussian_identity():
    """[E] = -beta s2 n_bonds (1 - [<q_l>]) for normal couplings: 4 sigma of 20,000 instances, false alarm 6e-5."""
    beta, s2, n = 0.8, 1.7, 20_000
    graph = RBM.from_spins(np.ones((2, 2)), np.zeros(2), np.zeros(2))
    v, h, _ = all_states(graph)
    k, m = (x.ravel() for x in np.indices((16, 16)))
    link = PAIRS["link_overlap"](graph, (v[k], h[k]), (v[m], h[m])).reshape(16, 16)
    s, t = 2.0 * v - 1, 2.0 * h - 1
    J = np.random.default_rng(5).normal(0, s2**0.5, (n, 2, 2))
    energy = -np.einsum("nij,ci,cj->nc", J, s, t)
    one = RBM.from_spins(J[0], np.zeros(2), np.zeros(2))
    np.testing.assert_allclose(4 * OBSERVABLES["energy_per_spin"](one, v, h), energy[0], atol=1e-13)
    p = np.exp(-beta * energy)
    p /= p.sum(1, keepdims=True)
    expected = -beta * s2 * 4 * (1 - np.einsum("nc,cd,nd->n", p, link, p))
    excess = (p * energy).sum(1) - expected
    assert abs(excess.mean()) < 4 * excess.std() / n**0.5
    assert abs(excess.mean()) < 0.02 * abs(expected.mean())


@pytest.mark.parametrize("shape", [(4,), (6, 4), (4, 6, 4)])
def test_wave_against_an_explicit_fourier_sum(shape):
    rbm = ensembles.edwards_anderson(shape, seed=4)
    one, other = random_states(rbm, 3, 5), random_states(rbm, 3, 6)
    n = rbm.n_visible + rbm.n_hidden
    for c in range(3):
        total = 0.0
        for axis, side in enumerate(shape):
            q = 0j
            for site in np.ndindex(shape):
                layer, unit = rbm.sites[site]
                product = (2.0 * one[layer][c, unit] - 1) * (2.0 * other[layer][c, unit] - 1)
                q += product * np.exp(2j * np.pi * site[axis] / side) / n
            total += abs(q) ** 2 / len(shape)
        assert PAIRS["overlap_k"](rbm, one, other)[c] == pytest.approx(total, abs=1e-14)


def test_replica_with_itself_and_with_its_mirror_image():
    rbm = ensembles.edwards_anderson((4, 4), seed=7)
    one = random_states(rbm, 5, 8)
    mirror = (1 - one[0], 1 - one[1])
    for name in ("overlap", "overlap_visible", "overlap_hidden"):
        assert (PAIRS[name](rbm, one, one) == 1).all()
        assert (PAIRS[name](rbm, one, mirror) == -1).all()
    assert (PAIRS["link_overlap"](rbm, one, one) == 1).all()
    assert (PAIRS["link_overlap"](rbm, one, mirror) == 1).all()
    assert np.allclose(PAIRS["overlap_k"](rbm, one, one), 0, atol=1e-30)


def test_link_overlap_needs_a_bond():
    rbm = RBM.from_bonds(np.array([], int), np.array([], int), np.array([]), np.zeros(3), np.zeros(2))
    with pytest.raises(InvalidInput, match="bonds"):
        PAIRS["link_overlap"](rbm, random_states(rbm, 2, 1), random_states(rbm, 2, 2))
