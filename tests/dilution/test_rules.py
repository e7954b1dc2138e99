"""Contracts that every rule keeps, and what each promises beside them."""

from dataclasses import replace

import numpy as np
import pytest

from physrbm import exact
from physrbm.dilution import RULES, View, dilute
from physrbm.dilution.choosing import equal_quotas
from physrbm.dilution.information import log_z_change
from physrbm.errors import InvalidInput
from physrbm.model import RBM, Bonds
from physrbm.structure import degrees

N_VISIBLE, N_HIDDEN = 12, 9
GAUGES = ("binary", "ising", "centred")


def dense(seed=1):
    rng = np.random.default_rng(seed)
    return RBM.from_dense(rng.normal(size=(12, 9)), rng.normal(size=12), rng.normal(size=9))


MACHINES = {"dense": dense(), "diluted": dilute(dense(), 0.25, seed=2)}
DATA = np.random.default_rng(3).integers(0, 2, (60, N_VISIBLE)).astype(np.uint8)


def diluted(rbm, p, rule, gauge="binary", seed=3):
    return dilute(rbm, p, rule, gauge, DATA, shape=(4, 3), seed=seed)


def degree(rbm):
    return [x.tolist() for x in degrees(rbm)]


@pytest.mark.parametrize("kind", MACHINES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("p", [0.25, 0.5, 0.85, 0.98])
def test_count_survivors_and_stream(rule, kind, p):
    rbm = MACHINES[kind]
    found = diluted(rbm, p, rule)
    if RULES[rule].exact_count:
        assert found.n_bonds == round((1 - p) * 108)
    assert (found.bonds.weight == rbm.weights()[found.bonds.i, found.bonds.j]).all()
    assert (found.bonds.weight != 0).all()  # so every survivor was a bond before
    again = diluted(rbm, p, rule)
    assert all((x == y).all() for x, y in zip(found.bonds, again.bonds, strict=True))
    if RULES[rule].exact_count:
        assert diluted(found, p, rule).n_bonds == found.n_bonds


@pytest.mark.parametrize("rule", RULES)
def test_source_and_cost_are_stated(rule):
    assert RULES[rule].source
    assert RULES[rule].cost
    assert RULES[rule].about.endswith((".", ":", ",")) or len(RULES[rule].about) > 20


@pytest.mark.parametrize("gauge", GAUGES)
@pytest.mark.parametrize("rule", RULES)
def test_gauge_is_exact_for_every_rule(rule, gauge):
    """E_before - E_after is -sum of w (v - mu)(h - lambda) over the removed bonds, configuration by configuration."""
    rng = np.random.default_rng(4)
    rbm = RBM.from_dense(rng.normal(size=(6, 4)), rng.normal(size=6), rng.normal(size=4))
    data = rng.integers(0, 2, (40, 6)).astype(np.uint8)
    found = dilute(rbm, 0.5, rule, gauge, data, shape=(2, 3), seed=1)
    v, h = np.split(exact.configurations(10), [6], axis=1)
    mu, lam = {"binary": (0, 0), "ising": (0.5, 0.5), "centred": (data.mean(0), rbm.hidden_means(data).mean(0))}[gauge]
    term = np.einsum("ci,ij,cj->c", v - mu, rbm.weights() - found.weights(), h - lam)
    np.testing.assert_allclose(rbm.energy(v, h) - found.energy(v, h), -term, atol=1e-12)


def offsets(rbm, gauge):
    """mu and lambda."""
    if gauge == "centred":
        return DATA.mean(0), rbm.hidden_means(DATA).mean(0)
    return tuple(np.full(n, 0.0 if gauge == "binary" else 0.5) for n in (12, 9))


def without(rbm, k, mu, lam):
    """The machine without its bond k."""
    i, j, w = (x[k] for x in rbm.bonds)
    a, b = rbm.visible_bias.copy(), rbm.hidden_bias.copy()
    a[i] += w * lam[j]
    b[j] += w * mu[i]
    bonds = Bonds(*(np.delete(x, k) for x in rbm.bonds))
    return replace(rbm, bonds=bonds, visible_bias=a, hidden_bias=b, constant=rbm.constant + w * mu[i] * lam[j])


@pytest.mark.parametrize("gauge", GAUGES)
@pytest.mark.parametrize("kind", MACHINES)
def test_leave_one_out_is_brute_force(kind, gauge):
    rbm = MACHINES[kind]
    mu, lam = offsets(rbm, gauge)
    brute = [exact.log_z(without(rbm, k, mu, lam)) - exact.log_z(rbm) for k in range(rbm.n_bonds)]
    np.testing.assert_allclose(log_z_change(rbm, View(mu, lam, None, None, 0)), brute, atol=1e-10)
    kept = diluted(rbm, 0.5, "leave_one_out", gauge)
    there = kept.weights()[rbm.bonds.i, rbm.bonds.j] != 0
    assert np.abs(brute)[there].min() >= np.abs(brute)[~there].max()


def test_leave_one_out_by_sampling_agrees_with_enumeration(monkeypatch):
    """Chains where one could enumerate: 2048 of them, 108 bonds, every change within 5 of its standard errors."""
    rbm = MACHINES["dense"]
    view = View(np.zeros(12), np.zeros(9), None, None, 5)
    truth = log_z_change(rbm, view)
    monkeypatch.setattr("physrbm.dilution.pairs.ENUMERATED", 0)
    spread = np.abs(np.expm1(-rbm.bonds.weight)) / np.exp(truth) * 0.5 / np.sqrt(2048)  # Var of a bit is at most 1/4
    deviation = (log_z_change(rbm, view) - truth) / spread
    assert np.abs(deviation).max() < 5
    assert np.abs(deviation).max() > 0


def test_fisher_information_is_the_variance_under_the_data():
    rbm = MACHINES["dense"]
    for gauge, mu, lam in (("binary", 0, 0), ("centred", DATA.mean(0), rbm.hidden_means(DATA).mean(0))):
        hidden = rbm.hidden_means(DATA)
        v = DATA[:, :, None] - np.reshape(mu, (-1, 1)) * np.ones((12, 1))
        on, off = ((x - np.reshape(lam, (1, -1)) * np.ones((1, 9))) for x in (1, 0))
        first = (v * (hidden[:, None] * on + (1 - hidden[:, None]) * off)).mean(0)
        second = (v**2 * (hidden[:, None] * on**2 + (1 - hidden[:, None]) * off**2)).mean(0)
        saliency = rbm.weights() ** 2 * (second - first**2)
        kept = diluted(rbm, 0.6, "fisher", gauge).weights() != 0
        assert saliency[kept].min() >= saliency[~kept].max() * (1 - 1e-5)  # moments are sums of 2^-15


@pytest.mark.parametrize("gauge", GAUGES)
def test_gradient_keeps_what_moves_the_likelihood_most(gauge):
    """The slope of the exact likelihood as a bond fades in that gauge, by finite differences."""
    rbm = MACHINES["diluted"]
    means = {"binary": (0.0, 0.0), "ising": (0.5, 0.5), "centred": (DATA.mean(0), rbm.hidden_means(DATA).mean(0))}[
        gauge
    ]
    mu, lam = (np.full(n, x) if np.ndim(x) == 0 else x for x, n in zip(means, (12, 9), strict=True))
    h, slope = 1e-5, []
    likelihood = (-rbm.free_energy(DATA)).mean() - exact.log_z(rbm)
    for k in range(rbm.n_bonds):
        i, j, w = (x[k] for x in rbm.bonds)
        weight, a, b = rbm.bonds.weight.copy(), rbm.visible_bias.copy(), rbm.hidden_bias.copy()
        weight[k] -= h * w
        a[i] += h * w * lam[j]
        b[j] += h * w * mu[i]
        moved = replace(rbm, bonds=rbm.bonds._replace(weight=weight), visible_bias=a, hidden_bias=b)
        slope.append(((-moved.free_energy(DATA)).mean() - exact.log_z(moved) - likelihood) / h)
    saliency = np.abs(slope)
    kept = diluted(rbm, 0.6, "gradient", gauge).weights()[rbm.bonds.i, rbm.bonds.j] != 0
    assert saliency[kept].min() >= saliency[~kept].max() - 1e-3


def test_magnitude_smallest_and_largest_are_complements():
    small, large = (diluted(MACHINES["dense"], p, rule) for p, rule in ((0.4, "magnitude"), (0.6, "largest_magnitude")))
    assert np.abs(large.bonds.weight).max() <= np.abs(small.bonds.weight).min()
    assert large.n_bonds + small.n_bonds == 108


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_degrees_are_equal_where_they_shall_be(p):
    for rule, layers in (
        ("regular_visible", [0]), ("magnitude_visible", [0]), ("regular_hidden", [1]), ("magnitude_hidden", [1]),
        ("local", [1]), ("biregular", [0, 1]),
    ):  # fmt: skip
        for layer in layers:
            found = degree(diluted(MACHINES["dense"], p, rule))[layer]
            assert max(found) - min(found) <= 1, rule
    kept = diluted(MACHINES["dense"], p, "magnitude_hidden").weights()
    for j in range(N_HIDDEN):
        on = kept[:, j] != 0
        assert np.abs(kept[on, j]).min() >= np.abs(MACHINES["dense"].weights()[~on, j]).max(initial=0)


def test_biregular_says_where_it_cannot_be():
    stars = RBM.from_bonds([0, 1, 2, 2], [0, 0, 1, 2], np.ones(4), np.zeros(3), np.zeros(3))
    with pytest.raises(InvalidInput, match="do not allow equal degrees"):
        dilute(stars, 1 - 3 / 9, "biregular")


def test_local_fields_are_the_nearest_pixels():
    rbm = RBM.from_dense(np.ones((64, 5)), np.zeros(64), np.zeros(5))
    found = dilute(rbm, 0.75, "local", shape=(8, 8), seed=1).weights()
    for j in range(5):
        x, y = np.divmod(np.flatnonzero(found[:, j]), 8)
        assert np.ptp(x) <= 6
        assert np.ptp(y) <= 6
        assert x.size == 16
    with pytest.raises(InvalidInput, match="images of 64 pixels"):
        dilute(rbm, 0.5, "local", shape=(7, 7))


def test_hidden_units_go_as_a_whole():
    rbm = MACHINES["dense"]
    found = np.array(degree(diluted(rbm, 0.5, "hidden_units"))[1])
    assert sorted(found)[:4] == [0, 0, 0, 0]
    assert sorted(found)[5:] == [12] * 4  # 54 bonds: 4 units whole, half of one
    norm = (rbm.weights() ** 2).sum(0)
    assert norm[found == 0].max() < norm[found > 0].min()


def test_controls_keep_what_they_say():
    for rbm in MACHINES.values():
        magnitude, signs, permuted = (diluted(rbm, 0.6, rule) for rule in ("magnitude", "sign_preserving", "permuted"))
        assert (signs.bonds.weight > 0).sum() == (magnitude.bonds.weight > 0).sum()
        assert degree(permuted) == degree(magnitude)
        assert (permuted.weights() != magnitude.weights()).any()


def test_bernoulli_counts_are_binomial():
    """400 seeds: mean and variance of the count within 4 standard errors (6e-5 each)."""
    counts = np.array([diluted(MACHINES["dense"], 0.5, "bernoulli", seed=s).n_bonds for s in range(400)])
    assert abs(counts.mean() - 54) < 4 * np.sqrt(27 / 400)
    assert abs(counts.var(ddof=1) - 27) < 4 * 27 * np.sqrt(2 / 399)


def test_quotas_are_as_equal_as_degrees_allow():
    rng = np.random.default_rng(6)
    for _ in range(300):
        most = rng.integers(0, 9, 6)
        n = int(rng.integers(0, most.sum() + 1))
        quota = equal_quotas(most, n, rng)
        assert quota.sum() == n
        assert (quota <= most).all()
        assert all(quota.max() - q <= 1 for q, m in zip(quota, most, strict=True) if q < m)


@pytest.mark.parametrize(("rule", "needs"), [(k, r.needs) for k, r in RULES.items() if r.needs])
def test_what_a_rule_needs_is_asked_for(rule, needs):
    with pytest.raises(InvalidInput, match=f"{rule!r} needs {needs[0]}"):
        dilute(MACHINES["dense"], 0.5, rule)
