import itertools
from math import comb

import numpy as np
import pytest

from physrbm import exact
from physrbm.effective import effective_ising
from physrbm.model import RBM

LN2 = np.log(2.0)


def log_cosh(x):
    return np.logaddexp(x, -x) - LN2


def enumerated(rbm):
    """Fourier-Walsh coefficients of log p(v): couplings (Nv, Nv) and fields (Nv,), over all states."""
    v = exact.configurations(rbm.n_visible)
    sigma, log_p = 2.0 * v - 1, -rbm.free_energy(v)
    log_p -= log_p.mean()
    couplings = (sigma.T * log_p) @ sigma / len(v)
    np.fill_diagonal(couplings, 0.0)
    return couplings, sigma.T @ log_p / len(v)


def random_machine(n_visible, n_hidden, scale, kept, seed=0):
    rng = np.random.default_rng(seed)
    weights = rng.normal(0, scale, (n_visible, n_hidden))
    mask = rng.random(weights.shape) < kept
    return RBM.from_dense(weights, rng.normal(size=n_visible), rng.normal(0, 2, n_hidden), mask)


def one_hidden(w, theta):
    """Machine of one hidden unit with the spin couplings w and the spin field theta."""
    return RBM.from_spins(np.asarray(w)[:, None], np.zeros(len(w)), np.array([theta]))


def pair_term(wi, wj, x):
    """The summand of J_ij where the field and all other bonds add up to x."""
    same, other = (log_cosh(x + w) + log_cosh(x - w) for w in (wi + wj, wi - wj))
    return (same - other) / 4


def stepped(w, theta, heavy, points=40):
    """J_01 of one hidden unit as in the literature: `heavy` largest other bonds enumerated, Gaussian for the rest."""
    rest = sorted(w[2:], key=abs, reverse=True)
    node, weight = np.polynomial.hermite_e.hermegauss(points)
    gauss = theta + np.sqrt(np.sum(np.square(rest[heavy:]))) * node
    signs = itertools.product((-1, 1), repeat=min(heavy, len(rest)))
    means = [pair_term(w[0], w[1], gauss + np.dot(s, rest[:heavy])) @ weight / weight.sum() for s in signs]
    return float(np.mean(means))


@pytest.mark.parametrize("kept", [1.0, 0.3])
@pytest.mark.parametrize("scale", [0.1, 1.0, 8.0, 60.0])
def test_fields_and_couplings_are_those_of_enumeration(scale, kept):
    """12 x 6 units; the tolerance is the round-off of a sum of 4096 log-probabilities of size 12 x 6 x scale."""
    rbm = random_machine(12, 6, scale, kept)
    couplings, fields = enumerated(rbm)
    found = effective_ising(rbm)
    np.testing.assert_allclose(found.couplings, couplings, rtol=0, atol=1e-14 * (1 + 8 * scale))
    np.testing.assert_allclose(found.fields, fields, rtol=0, atol=1e-14 * (1 + 8 * scale))
    assert np.abs(couplings).max() > 1e-4 * scale


def test_two_bonds_have_the_closed_form():
    w, theta = (0.7, -1.3), 0.4
    found = effective_ising(one_hidden(w, theta))
    assert found.couplings[0, 1] == pytest.approx(pair_term(*w, theta), abs=1e-15)
    x = theta + np.array([1, -1]) * w[1]
    by_hand = (log_cosh(x + w[0]) - log_cosh(x - w[0])).mean() / 2
    assert found.fields[0] == pytest.approx(by_hand, abs=1e-15)


@pytest.mark.parametrize("theta", [0.0, 0.5, 12.0, 300.0])
@pytest.mark.parametrize(("n", "w"), [(784, 0.05), (784, 0.4), (118, 1.0), (30, 5.0)])
def test_many_equal_bonds_are_a_binomial_mean(n, w, theta):
    """X = w (2k - n + 2), k binomial: exact at full size, for deep saturation as well."""
    rest = n - 2
    k = np.arange(rest + 1)
    p = np.array([comb(rest, int(m)) / 2**rest for m in k])
    found = effective_ising(one_hidden(np.full(n, w), theta)).couplings[0, 1]
    x = theta + w * (2 * k - rest)
    # cosh(x + 2w) cosh(x - 2w) = cosh(x)^2 + sinh(2w)^2: no digits are lost where the result is small
    term = np.log1p((np.sinh(2 * w) / np.cosh(x)) ** 2) / 4
    assert found == pytest.approx(p @ term, abs=1e-14 * w**2)


def test_units_without_a_common_hidden_unit_are_not_coupled():
    rbm = random_machine(40, 12, 2.0, 0.1, seed=3)
    bond = rbm.weights() != 0
    shared = bond.astype(int) @ bond.T > 0
    np.fill_diagonal(shared, False)
    assert ((effective_ising(rbm).couplings != 0) == shared).all()


def test_a_machine_without_bonds_has_its_fields_alone():
    found = effective_ising(RBM.from_dense(np.zeros((3, 2)), np.array([1.0, -2, 0]), np.ones(2), np.zeros((3, 2))))
    assert not found.couplings.any()
    assert found.fields == pytest.approx([0.5, -1, 0])


@pytest.mark.parametrize(("w", "wrong_by"), [([3.0, 3.0, 3.0], 1.19), ([0.3, 0.3, 3.0], 22.9)])
def test_the_gaussian_step_fails_for_few_strong_bonds(w, wrong_by):
    """Too large by 19 % among three strong bonds, by a factor of 23 for a weak pair beside one."""
    found = effective_ising(one_hidden(w, 0.0)).couplings[0, 1]
    assert stepped(w, 0.0, heavy=1) == pytest.approx(found, abs=1e-14)
    assert stepped(w, 0.0, heavy=0, points=200) / found == pytest.approx(wrong_by, rel=0.02)


def test_enumerating_the_largest_bonds_mends_the_gaussian_step():
    """6 bonds of 1.5 among 112 of 0.05: wrong by 3.5 % without, by 2e-6 with the four other heavy ones enumerated."""
    w, theta = [1.5] * 6 + [0.05] * 112, 1.0
    found = effective_ising(one_hidden(w, theta)).couplings[0, 1]
    wrong = [abs(stepped(w, theta, heavy) / found - 1) for heavy in (0, 2, 4)]
    assert wrong[0] == pytest.approx(0.035, abs=0.001)
    assert wrong[2] < 2e-6


def test_the_gaussian_step_is_good_for_many_equal_bonds():
    """118 bonds, as 15 % of 784, of 0.1: to 0.2 %."""
    rng = np.random.default_rng(1)
    w = rng.normal(0, 0.1, 118)
    found = effective_ising(one_hidden(w, 0.5)).couplings[0, 1]
    assert stepped(w, 0.5, heavy=0) == pytest.approx(found, rel=0.002)
