"""Estimators over enumerated replicas: exact expectations where they can be summed, else samples of the exact law."""

from itertools import permutations, product

import numpy as np
import pytest
from enumeration import all_states, draw, machine, moments, random_states

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.observables import PAIRS, chi_sg, chi_sg_of_sets, edwards_anderson_q


def exact_chi(rbm):
    mean, second = moments(rbm)
    return np.square(second - np.outer(mean, mean)).sum() / mean.size


def symmetric(n_visible, n_hidden, seed):
    """Machine without fields on its spins."""
    J = np.random.default_rng(seed).normal(size=(n_visible, n_hidden))
    return RBM.from_spins(J, np.zeros(n_visible), np.zeros(n_hidden))


def test_chi_sg_of_all_quadruples_of_states_is_exact():
    """Its mean over 16^4 weighted quadruples is the sum over the exact covariances, with fields and without."""
    for rbm in (machine(2, 2, seed=1), machine(3, 1, seed=2), symmetric(2, 2, seed=3)):
        v, h, p = all_states(rbm)
        index = [x.ravel() for x in np.indices((16,) * 4)]
        weight = np.prod([p[k] for k in index], axis=0)
        chi = chi_sg([(v[k], h[k]) for k in index])
        assert weight @ chi == pytest.approx(exact_chi(rbm), rel=1e-12)
        assert (chi >= 0).all()


def test_chi_sg_is_the_mean_over_all_orders_of_the_four():
    """(1/N) sum_ij (s_i^a s_j^a - s_i^a s_j^b)(s_i^c s_j^c - s_i^c s_j^d), summed over i and j."""
    rbm = machine(4, 3, seed=4)
    replicas = [random_states(rbm, 3, seed) for seed in (5, 6, 7, 8)]
    spin = [2.0 * np.hstack(replica) - 1 for replica in replicas]
    for measurement in range(3):
        s, total = [x[measurement] for x in spin], 0.0
        for a, b, c, d in permutations(s):
            total += ((np.outer(a, a) - np.outer(a, b)) * (np.outer(c, c) - np.outer(c, d))).sum() / 7 / 24
        assert chi_sg(replicas)[measurement] == pytest.approx(total, abs=1e-13)


def test_chi_sg_in_samples_of_a_larger_machine():
    """5 sigma of 40,000 measurements of 12 spins in fields, false alarm 6e-7; N <q^2> is another number."""
    rbm, rng = machine(7, 5, seed=9), np.random.default_rng(10)
    replicas = [draw(rbm, 40_000, rng) for _ in range(4)]
    chi = chi_sg(replicas)
    error = chi.std() / 40_000**0.5
    assert abs(chi.mean() - exact_chi(rbm)) < 5 * error
    assert 12 * np.mean(PAIRS["overlap"](rbm, *replicas[:2]) ** 2) > exact_chi(rbm) + 20 * error


def sets(v, h, p, sizes):
    """All choices of two sets of these sizes: states and probability."""
    n = sum(sizes)
    for index in product(range(len(p)), repeat=n):
        one, other = list(index[: sizes[0]]), list(index[sizes[0] :])
        yield (v[one], h[one]), (v[other], h[other]), np.prod(p[list(index)])


def test_sets_of_chains_give_q_ea_and_chi_sg_without_bias():
    """Expectations over all choices of few chains, exactly."""
    rbm = machine(2, 1, seed=11)
    mean, _ = moments(rbm)
    q = sum(w * edwards_anderson_q(*both).value for *both, w in sets(*all_states(rbm), (2, 2)))
    assert q == pytest.approx(np.mean(mean**2), rel=1e-12)
    rbm = machine(1, 1, seed=12)
    chi = sum(w * chi_sg_of_sets(*both).value for *both, w in sets(*all_states(rbm), (3, 3)))
    assert chi == pytest.approx(exact_chi(rbm), rel=1e-12)


@pytest.mark.parametrize("estimator", [edwards_anderson_q, chi_sg_of_sets])
def test_error_of_sets_is_their_scatter(estimator):
    """200 pairs of sets of 150 and 100 chains: scatter known to 5 %, asked for within 20 %; mean within 4 sigma."""
    rbm, rng = machine(5, 4, seed=13), np.random.default_rng(14)
    found = [estimator(draw(rbm, 150, rng), draw(rbm, 100, rng)) for _ in range(200)]
    values = np.array([x.value for x in found])
    exact = np.mean(moments(rbm)[0] ** 2) if estimator is edwards_anderson_q else exact_chi(rbm)
    assert abs(values.mean() - exact) < 4 * values.std() / 200**0.5
    assert np.sqrt(np.mean([x.error**2 for x in found])) == pytest.approx(values.std(), rel=0.2)
    assert found[0].n == 250


def test_error_of_q_ea_is_on_the_safe_side_where_it_is_zero():
    """Without fields: sqrt 2 times the scatter of 400 pairs of sets, known to 3.5 %, within 15 %."""
    rbm, rng = symmetric(5, 4, seed=21), np.random.default_rng(22)
    found = [edwards_anderson_q(draw(rbm, 100, rng), draw(rbm, 100, rng)) for _ in range(400)]
    values = np.array([x.value for x in found])
    assert abs(values.mean()) < 4 * values.std() / 400**0.5
    assert np.sqrt(np.mean([x.error**2 for x in found])) == pytest.approx(2**0.5 * values.std(), rel=0.15)


def test_jackknife_of_chi_sg_leaves_each_chain_out():
    rbm = machine(4, 3, seed=15)
    first, second = random_states(rbm, 9, 16), random_states(rbm, 6, 17)
    variance = 0.0
    for which, n in ((0, 9), (1, 6)):
        left_out = []
        for c in range(n):
            both = [first, second]
            both[which] = tuple(np.delete(x, c, 0) for x in both[which])
            left_out.append(chi_sg_of_sets(*both).value)
        variance += (n - 1) * np.var(left_out)
    assert chi_sg_of_sets(first, second).error == pytest.approx(variance**0.5, rel=1e-12)


def test_q_ea_is_the_mean_overlap_of_all_pairs():
    rbm = machine(4, 3, seed=18)
    first, second = random_states(rbm, 8, 19), random_states(rbm, 5, 20)
    k, m = (x.ravel() for x in np.indices((8, 5)))
    overlaps = PAIRS["overlap"](rbm, (first[0][k], first[1][k]), (second[0][m], second[1][m]))
    assert edwards_anderson_q(first, second).value == pytest.approx(overlaps.mean())


RBM_43 = machine(4, 3)
FOUR = [random_states(RBM_43, 5, seed) for seed in range(4)]


@pytest.mark.parametrize(
    "call",
    [
        lambda: chi_sg(FOUR[:3]),
        lambda: chi_sg([*FOUR[:3], random_states(RBM_43, 4, 9)]),
        lambda: chi_sg([*FOUR[:3], random_states(machine(3, 4), 5, 9)]),
        lambda: chi_sg([FOUR[0][0]] * 4),
        lambda: chi_sg([*FOUR[:3], (FOUR[3][0] + 1, FOUR[3][1])]),
        lambda: edwards_anderson_q(FOUR[0], random_states(RBM_43, 1, 9)),
        lambda: edwards_anderson_q(FOUR[0], random_states(machine(3, 4), 5, 9)),
        lambda: chi_sg_of_sets(FOUR[0], random_states(RBM_43, 2, 9)),
        lambda: chi_sg_of_sets((np.zeros((3, 8000)), np.zeros((3, 193))), (np.zeros((3, 8000)), np.zeros((3, 193)))),
    ],
)
def test_bad_input_is_one_line(call):
    with pytest.raises(InvalidInput) as error:
        call()
    assert "\n" not in str(error.value)
