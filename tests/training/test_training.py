import numpy as np
import pytest
from scipy.stats import chi2

import physrbm as pr
from physrbm import exact, sampling, training
from physrbm.errors import Diverged, InvalidInput
from physrbm.model import RBM
from physrbm.training import Settings, equal_cycles
from physrbm.training.curriculum import easiest_first


def machine(seed=0, n_visible=5, n_hidden=4, dilution=0.4, scale=1.0):
    rng = np.random.default_rng(seed)
    fresh = RBM.initialise(n_visible, n_hidden, dilution=dilution, scale=scale, seed=seed)
    return RBM.from_bonds(*fresh.bonds, rng.normal(0, 0.5, n_visible), rng.normal(0, 0.5, n_hidden))


def every_visible(rbm):
    v = exact.configurations(rbm.n_visible)
    weight = np.exp(-rbm.free_energy(v))
    return v, weight / weight.sum()


def conditional(fields):
    return 1 / (1 + np.exp(-fields))


def transition(rbm):
    """P[v, v'] of one sweep: hidden layer given v, then visible given hidden."""
    v, h = exact.configurations(rbm.n_visible), exact.configurations(rbm.n_hidden)

    def table(p, states):
        return np.prod(np.where(states[None] == 1, p[:, None], 1 - p[:, None]), axis=2)

    return table(conditional(rbm.hidden_fields(v)), h) @ table(conditional(rbm.visible_fields(h)), v)


def pairs(rbm, v):
    return v[:, rbm.bonds.i] * conditional(rbm.hidden_fields(v))[:, rbm.bonds.j]


def joint_p_value(rbm, states, expected):
    """chi2 of the mean of v_i <h_j|v> over independent chains against its expectation, all bonds jointly."""
    x = pairs(rbm, states)
    deviation = x.mean(0) - expected
    covariance = np.cov(x.T) / len(x)
    return chi2.sf(deviation @ np.linalg.solve(covariance, deviation), deviation.size)


@pytest.mark.parametrize("dilution", [0.0, 0.5])
@pytest.mark.parametrize("n_states", [1, 77, 300])
def test_moments_are_the_float64_averages(dilution, n_states):
    rbm = machine(1, 23, 11, dilution)
    v = np.random.default_rng(0).integers(0, 2, (n_states, 23), dtype=np.uint8)
    packed = sampling.pack_states(v, sampling.block_words(n_states))
    m = sampling.moments(rbm, sampling.pack_machine(rbm), packed, n_states)
    np.testing.assert_allclose(m.visible, v.mean(0), atol=1e-12)
    np.testing.assert_allclose(m.hidden, conditional(rbm.hidden_fields(v)).mean(0), atol=1e-6)
    np.testing.assert_allclose(m.bond, pairs(rbm, v.astype(float)).mean(0), atol=1e-6)


def test_thermalised_pair_moments_are_those_of_enumeration():
    """Joint chi2 over all bonds, 20,000 independent chains after 100 sweeps; false alarm 1e-3."""
    rbm = machine(2)
    v, p = every_visible(rbm)
    states = sampling.sample(rbm, n_chains=20_000, n_sweeps=100, seed=4).visible.astype(float)
    assert joint_p_value(rbm, states, p @ pairs(rbm, v)) > 1e-3


@pytest.mark.parametrize("k", [1, 3])
def test_cd_k_matches_its_expectation_from_the_transition_matrix(k):
    """k sweeps from one start state; joint chi2 over all bonds, 20,000 chains; false alarm 1e-3 each."""
    rbm = machine(3)
    v, _ = every_visible(rbm)
    start = np.tile(v[21].astype(np.uint8), (20_000, 1))
    states = sampling.sample(rbm, n_chains=20_000, n_sweeps=k, start=start, seed=5).visible.astype(float)
    after = np.linalg.matrix_power(transition(rbm), k)[21]
    assert joint_p_value(rbm, states, after @ pairs(rbm, v)) > 1e-3


def test_plain_gradient_is_the_derivative_of_the_likelihood():
    """Exact moments in, finite differences of the exact log-likelihood out."""
    rbm = machine(4)
    data = np.random.default_rng(1).integers(0, 2, (6, 5))

    def likelihood(a, b, w):
        moved = RBM.from_bonds(rbm.bonds.i, rbm.bonds.j, w, a, b)
        return -moved.free_energy(data).mean() - exact.log_z(moved)

    v, p = every_visible(rbm)
    uniform = np.full(len(data), 1 / len(data))
    data_moments, model_moments = (
        sampling.Moments(q @ x, q @ conditional(rbm.hidden_fields(x)), q @ pairs(rbm, x))
        for x, q in ((data.astype(float), uniform), (v, p))
    )
    found = sampling.difference(data_moments, model_moments)
    values = [rbm.visible_bias, rbm.hidden_bias, rbm.bonds.weight]
    for which in range(3):
        for k in range(values[which].size):
            up, down = ([x.copy() for x in values] for _ in range(2))
            up[which][k] += 1e-5
            down[which][k] -= 1e-5
            assert found[which][k] == pytest.approx((likelihood(*up) - likelihood(*down)) / 2e-5, abs=1e-8)


def test_centred_gradient_is_the_plain_one_of_centred_parameters():
    """With E = -a'.(v-mu) - b'.(h-lam) - sum w (v-mu)(h-lam), a = a' - sum w lam: the chain rule, by hand."""
    rbm = machine(5)
    rng = np.random.default_rng(2)
    mu, lam = rng.random(5), rng.random(4)
    d, m = (sampling.Moments(rng.random(5), rng.random(4), rng.random(rbm.n_bonds)) for _ in range(2))
    found = sampling.centred(sampling.pack_machine(rbm), sampling.difference(d, m), mu, lam)
    mask = np.zeros((5, 4))
    mask[rbm.bonds.i, rbm.bonds.j] = 1
    pair = np.zeros((5, 4))
    pair[rbm.bonds.i, rbm.bonds.j] = d.bond - m.bond
    dv, dh = d.visible - m.visible, d.hidden - m.hidden
    dw = mask * (pair - np.outer(dv, lam) - np.outer(mu, dh))
    np.testing.assert_allclose(found.bond, dw[rbm.bonds.i, rbm.bonds.j], atol=1e-14)
    np.testing.assert_allclose(found.visible, dv - dw @ lam, atol=1e-14)
    np.testing.assert_allclose(found.hidden, dh - mu @ dw, atol=1e-14)


@pytest.mark.parametrize(
    ("sampler", "centred", "statistics"),
    [
        ("pcd", True, "means"),
        ("pcd", False, "means"),
        ("cd", True, "means"),
        ("cd", False, "counts"),
        ("pcd", True, "counts"),
    ],
)
def test_training_raises_the_exact_likelihood_of_digits(sampler, centred, statistics):
    """64 x 12 at p = .5 on the real digits: from independent pixels up by more than a nat, exactly enumerated."""
    data = pr.load_data("digits")
    rbm = RBM.initialise(data.train, 12, dilution=0.5, seed=1)
    before = -rbm.free_energy(data.test).mean() - exact.log_z(rbm)
    settings = {
        "updates": 600,
        "sampler": sampler,
        "centred": centred,
        "statistics": statistics,
        "sweeps": 3,
        "n_chains": 256,
    }
    settings |= {"learning_rate": 0.1, "decay": 1.0}
    *_, last = training.train(rbm, data.train, seed=1, batch_size=256, **settings)
    after = -last.rbm.free_energy(data.test).mean() - exact.log_z(last.rbm)
    assert after > before + 1
    assert (last.rbm.bonds.i == rbm.bonds.i).all()
    assert (last.rbm.bonds.j == rbm.bonds.j).all()


def test_equal_seeds_give_equal_bytes():
    data = pr.load_data("digits").train

    def final(seed):
        *_, last = training.train(RBM.initialise(data, 20, dilution=0.8), data, seed=seed, updates=5)
        return last.rbm.bonds.weight.tobytes() + last.chains.visible.tobytes()

    assert final(1) == final(1)
    assert final(1) != final(2)


def test_divergence_stops_with_the_remedy():
    data = pr.load_data("digits").train
    run = training.train(RBM.initialise(data, 20), data, updates=100, learning_rate=1e4, decay=1.0)
    with pytest.raises(Diverged, match="choose a smaller learning rate or penalty"):
        list(run)


@pytest.mark.parametrize(
    "bad",
    [
        {"sampler": "magic"},
        {"sweeps": 0},
        {"n_chains": 0},
        {"batch_size": 0},
        {"updates": -1},
        {"learning_rate": 0.0},
        {"learning_rate": np.nan},
        {"l1": -1.0},
        {"momentum": 0.5},
    ],
)
def test_bad_settings_are_one_line(bad):
    data = pr.load_data("digits").train
    with pytest.raises(InvalidInput) as error:
        next(training.train(RBM.initialise(data, 5), data, **bad))
    assert "\n" not in str(error.value)


def test_laws_of_the_learning_rate():
    def rates(**more):
        plan = Settings(updates=40, learning_rate=0.5, decay=0.1, **more)
        return np.array([plan.rate(k) for k in range(45)]) / 0.5

    x = np.arange(20) / 19
    np.testing.assert_allclose(rates()[:40], 0.1 ** (np.arange(40) / 39))
    twice = {"cycle_starts": equal_cycles(2, 40)}
    np.testing.assert_allclose(rates(**twice)[:40], np.tile(0.1**x, 2))
    cosine = rates(rate_law="cosine", **twice)[:40]
    np.testing.assert_allclose(cosine, np.tile(0.1 + 0.45 * (1 + np.cos(np.pi * x)), 2))
    up_and_down = rates(rate_law="triangular", **twice)[:20]
    np.testing.assert_allclose(up_and_down, up_and_down[::-1])
    assert up_and_down[0] == pytest.approx(0.1)
    assert (np.diff(up_and_down[:10]) > 0).all()
    back = rates(cycle_starts=(0, 10, 25), set_back=0.25)
    np.testing.assert_allclose(back[10:25], 0.1 ** (0.25 + 0.75 * np.arange(15) / 14))
    for more in ({}, twice, {"rate_law": "cosine"}, {"rate_law": "triangular"}):
        assert (rates(**more)[40:] == rates(**more)[39]).all()


def test_curriculum_shows_easy_samples_first():
    data = np.random.default_rng(1).random((400, 20)) < np.linspace(0.05, 0.9, 20)
    data = data.astype(np.uint8)
    order = easiest_first(data)
    mean = data.mean(0)
    score = data @ np.log(mean) + (1 - data) @ np.log1p(-mean)
    assert (np.diff(score[order]) <= 1e-9).all()
    plan = Settings(updates=100, curriculum=0.5, batch_size=40)
    assert [round(plan.share(k), 3) for k in (0, 25, 50, 99)] == [0.1, 0.55, 1.0, 1.0]
    first = training._batch(data, plan, 0, seed=1)
    easy = {row.tobytes() for row in data[order[:40]]}
    assert {row.tobytes() for row in first} <= easy
    assert (
        training._batch(data, plan, 70, 1) == training._batch(data, Settings(updates=100, batch_size=40), 70, 1)
    ).all()
