import numpy as np
import pytest
from enumeration import machine, random_states

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.observables import data_modes, modes, principal_components, project, singular_vectors


def planted(n_visible, n_hidden, strengths, seed=0):
    """Machine of couplings sum_a w_a u_a v_a^T with orthonormal u, v, and the u."""
    rng = np.random.default_rng(seed)
    u, _ = np.linalg.qr(rng.normal(size=(n_visible, len(strengths))))
    v, _ = np.linalg.qr(rng.normal(size=(n_hidden, len(strengths))))
    return RBM.from_spins((u * strengths) @ v.T, np.zeros(n_visible), np.zeros(n_hidden)), u


def test_planted_vectors_are_found_with_the_largest_component_positive():
    rbm, u = planted(30, 20, [5.0, 3.0, 2.0])
    found = singular_vectors(rbm, 3)
    for a in range(3):
        k = np.argmax(np.abs(u[:, a]))
        np.testing.assert_allclose(found[:, a], u[:, a] * np.sign(u[k, a]), atol=1e-12)
        assert found[:, a].max() == np.abs(found[:, a]).max()


def test_projections_against_loops():
    rbm = machine(6, 5, seed=1)
    v, _ = random_states(rbm, 4, seed=2)
    u = singular_vectors(rbm, 2)
    for c in range(4):
        for a in range(2):
            m = sum(u[i, a] * (2 * int(v[c, i]) - 1) for i in range(6)) / 6**0.5
            assert modes(rbm, v, 2)[c, a] == pytest.approx(m, abs=1e-14)


def test_all_modes_together_hold_the_whole_state():
    """A complete basis: sum_a m_a^2 = |s|^2 / Nv = 1."""
    rbm = RBM.from_dense(np.random.default_rng(3).normal(size=(6, 8)), np.zeros(6), np.zeros(8))
    m = modes(rbm, random_states(rbm, 10, seed=4)[0], 6)
    assert m.shape == (10, 6)
    np.testing.assert_allclose((m**2).sum(1), 1)


def test_condensed_states_have_one():
    pattern = np.random.default_rng(5).integers(0, 2, 50).astype(np.uint8)
    s = 2.0 * pattern - 1
    rbm = RBM.from_spins(np.outer(s, np.ones(10)), np.zeros(50), np.zeros(10))
    sign = s[0]  # all components are equal: the first one is positive
    np.testing.assert_allclose(modes(rbm, np.stack([pattern, 1 - pattern]), 1)[:, 0], [sign, -sign])


def test_round_off_does_not_choose_the_sign():
    """Of components equal up to 1e-9 the first is positive, also where the last is the largest."""
    s = np.array([1.0, -1.0, 1.0, -1.0 - 1e-9])
    for sign in (1, -1):
        rbm = RBM.from_spins(sign * np.outer(s, np.ones(3)), np.zeros(4), np.zeros(3))
        np.testing.assert_allclose(singular_vectors(rbm, 1)[:, 0], s / 2, rtol=1e-8)


@pytest.mark.parametrize("sizes", [(1500, 1100), (1100, 1500)])
def test_sparse_solver_finds_the_dense_vectors_again(sizes):
    """1,100 units of the smaller layer, above the limit, against those of the matrix of inner products."""
    rng = np.random.default_rng(6)
    keep = np.unique(rng.integers(0, sizes[0] * sizes[1], 8000))
    i, j = np.divmod(keep, sizes[1])
    rbm = RBM.from_bonds(i, j, rng.normal(size=keep.size), np.zeros(sizes[0]), np.zeros(sizes[1]))
    found = singular_vectors(rbm, 3)
    assert (found == singular_vectors(rbm, 3)).all()
    w = rbm.weights()
    squared = np.square(w.T @ found).sum(0)
    np.testing.assert_allclose(w @ (w.T @ found), squared * found, atol=1e-10 * squared[0])
    np.testing.assert_allclose(found.T @ found, np.eye(3), atol=1e-12)
    assert squared[0] > squared[1] > squared[2]
    assert squared.sum() <= np.square(w).sum()
    random = rng.normal(size=(sizes[1], 1))
    for _ in range(100):  # power iteration from another start climbs no higher
        random = w.T @ (w @ random)
        random /= np.linalg.norm(random)
    assert np.linalg.norm(w @ random) <= squared[0] ** 0.5 * (1 + 1e-9)


def test_data_modes_of_the_data_are_centred_uncorrelated_and_ordered():
    rng = np.random.default_rng(7)
    hidden = rng.random((400, 1)) < 0.5
    data = (rng.random((400, 12)) < np.where(hidden, 0.8, 0.2)).astype(np.uint8)
    m = data_modes(data, data, 12)
    np.testing.assert_allclose(m.mean(0), 0, atol=1e-14)
    covariance = m.T @ m / 400
    variance = np.linalg.eigvalsh(np.cov(2.0 * data.T - 1, ddof=0))[::-1] / 12
    np.testing.assert_allclose(covariance, np.diag(variance), atol=1e-13)
    first = principal_components(data, 1)[:, 0]
    assert (first > 0).all()  # the common factor
    np.testing.assert_allclose(data_modes(data, data[:5], 2), m[:5, :2], atol=1e-13)


@pytest.mark.parametrize(
    "call",
    [
        lambda: singular_vectors(machine(4, 3), 0),
        lambda: singular_vectors(machine(4, 3), 4),
        lambda: singular_vectors(machine(4, 3), 1.5),
        lambda: singular_vectors(planted(8, 6, [2.0, 1.0])[0], 3),
        lambda: singular_vectors(RBM.from_dense(np.zeros((4, 3)), np.zeros(4), np.zeros(3)), 1),
        lambda: principal_components(np.ones((5, 4)), 1),
        lambda: principal_components(np.eye(4)[:3], 3),
        lambda: principal_components(np.full((5, 4), 0.5), 1),
        lambda: modes(machine(4, 3), np.zeros((2, 3)), 1),
        lambda: modes(machine(4, 3), np.zeros(4), 1),
        lambda: project(np.eye(4), np.full((2, 4), 2)),
        lambda: data_modes(np.eye(4), np.zeros((2, 5)), 1),
    ],
)
def test_bad_input_is_one_line(call):
    with pytest.raises(InvalidInput) as error:
        call()
    assert "\n" not in str(error.value)
