import numpy as np
import pytest

from physrbm.effective import coupling_overlap, effective_ising
from physrbm.errors import InvalidInput
from physrbm.model import RBM


def symmetric(rng, n=30, mean=0.0):
    upper = np.triu(rng.normal(mean, 1, (n, n)), 1)
    return upper + upper.T


def mixed(rng, n=30, share=0.6):
    common = symmetric(rng, n)
    return tuple(share * common + (1 - share) * symmetric(rng, n) for _ in range(2))


def test_the_same_couplings_up_to_a_scale():
    a = symmetric(np.random.default_rng(0))
    for factor in (2.0, -0.5):
        found = coupling_overlap(a, factor * a)
        assert found.cosine.value == pytest.approx(np.sign(factor), abs=1e-14)
        assert found.cosine.error < 1e-14


def test_the_names_of_the_hidden_units_do_not_enter():
    """A machine against itself with permuted hidden units whose spins are flipped (w, b -> -w, -b)."""
    rng = np.random.default_rng(1)
    a, w, b = rng.normal(size=8), rng.normal(size=(8, 5)), rng.normal(size=5)
    order, sign = rng.permutation(5), np.array([1, -1, -1, 1, 1])
    machine = RBM.from_spins(w, a, b)
    renamed = RBM.from_spins(w[:, order] * sign, a, b[order] * sign)
    found = coupling_overlap(effective_ising(machine).couplings, effective_ising(renamed).couplings)
    assert found.cosine.value == pytest.approx(1, abs=1e-13)


def test_value_and_jackknife_are_those_of_deletion_by_hand():
    a, b = mixed(np.random.default_rng(2), 12)

    def cosine(keep):
        x, y = (m[np.ix_(keep, keep)][np.triu_indices(len(keep), 1)] for m in (a, b))
        return x @ y / np.sqrt(x @ x * (y @ y))

    found, every = coupling_overlap(a, b), np.arange(12)
    left_out = np.array([cosine(np.delete(every, i)) for i in every])
    assert found.cosine.value == pytest.approx(cosine(every), abs=1e-14)
    assert found.cosine.error == pytest.approx(np.sqrt(11 / 12 * ((left_out - left_out.mean()) ** 2).sum()), abs=1e-14)
    assert found.cosine.n == 12


def test_the_error_is_the_scatter_of_other_visible_units():
    """Couplings x_i x_j s_ij of heterogeneous units, 200 draws: the jackknife error is the scatter, within 1.5."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(200):
        size = np.outer(*(2 * [rng.exponential(size=40)]))
        common = symmetric(rng, 40)
        mix = rng.random(40)
        blend = np.sqrt(np.outer(mix, mix))
        a, b = (size * (blend * common + (1 - blend) * symmetric(rng, 40)) for _ in range(2))
        found.append(coupling_overlap(a, b, n_shuffles=2).cosine)
    ratio = np.mean([x.error for x in found]) / np.std([x.value for x in found], ddof=1)
    assert 1 / 1.5 < ratio < 1.5


def test_unrelated_couplings_lie_in_the_null():
    """40 pairs: z of the cosine has mean 0 and variance 1, each within 4 standard errors (false alarm 1e-4)."""
    rng = np.random.default_rng(4)
    z = []
    for seed in range(40):
        found = coupling_overlap(symmetric(rng), symmetric(rng), seed=seed)
        z.append((found.cosine.value - found.null.value) / found.null_sd)
    assert abs(np.mean(z)) < 4 / np.sqrt(40)
    assert abs(np.var(z) - 1) < 4 * np.sqrt(2 / 40)


def test_a_common_mean_is_no_similarity_and_a_common_part_is():
    rng = np.random.default_rng(5)
    plain = coupling_overlap(symmetric(rng, mean=3), symmetric(rng, mean=3))
    assert plain.cosine.value > 0.85
    assert abs(plain.cosine.value - plain.null.value) < 4 * plain.null_sd
    alike = coupling_overlap(*mixed(rng))
    assert alike.cosine.value > alike.null.value + 10 * alike.null_sd
    assert alike.null.error == pytest.approx(alike.null_sd / 10)


def test_a_star_leaves_nothing_without_its_centre():
    star = np.zeros((5, 5))
    star[0, 1:] = star[1:, 0] = [0.1, 0.2, 0.3, 0.7]
    found = coupling_overlap(star, star)
    assert found.cosine.value == pytest.approx(1)
    assert found.cosine.error == pytest.approx(0.8)  # the replicates are 0, 1, 1, 1, 1


def test_equal_seeds_give_equal_numbers():
    a, b = mixed(np.random.default_rng(6))
    assert coupling_overlap(a, b, seed=1) == coupling_overlap(a, b, seed=1)
    assert coupling_overlap(a, b, seed=1).null != coupling_overlap(a, b, seed=2).null


@pytest.mark.parametrize(
    ("a", "b", "n", "message"),
    [
        (np.ones((4, 4)), np.ones((5, 5)), 9, "same visible units"),
        (np.ones((4, 4)), np.eye(4), 9, "all couplings are zero"),
        (np.triu(np.ones((4, 4))), np.ones((4, 4)), 9, "symmetric"),
        (np.ones((2, 2)), np.ones((2, 2)), 9, "at least 3 x 3"),
        (np.full((4, 4), np.nan), np.ones((4, 4)), 9, "finite"),
        (np.ones((4, 4)), np.ones((4, 4)), 1, "at least 2"),
    ],
)
def test_what_is_refused(a, b, n, message):
    with pytest.raises(InvalidInput, match=message):
        coupling_overlap(a, b, n_shuffles=n)
