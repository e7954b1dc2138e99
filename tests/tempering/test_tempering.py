import numpy as np
import pytest
from scipy.stats import chisquare

import physrbm as pr
from physrbm import exact, paths, tempering
from physrbm.errors import InvalidInput
from physrbm.model import RBM


def machine(seed=1, scale=1.5):
    rng = np.random.default_rng(seed)
    fresh = RBM.initialise(4, 3, scale=scale, seed=seed)
    return RBM.from_bonds(*fresh.bonds, rng.normal(0, 0.5, 4), rng.normal(0, 0.5, 3))


def two_valleys():
    """A ferromagnet of 20 spins whose magnetisation Gibbs sweeps turn around once in e^17 sweeps or so."""
    return RBM.from_spins(np.full((12, 8), 0.42), np.zeros(12), np.zeros(8))


def p_value(rbm, scale, base_scale, base, states):
    """chi2 of the states over all 2^7 configurations; independent replicas."""
    every = exact.configurations(7)
    weight = np.exp(-scale * rbm.energy(every[:, :4], every[:, 4:]) + base_scale * every[:, :4] @ base)
    counts = np.bincount((np.concatenate(states, axis=1) @ (1 << np.arange(7))).astype(int), minlength=128)
    return chisquare(counts, weight / weight.sum() * counts.sum()).pvalue


@pytest.mark.parametrize("rung", [0, 2, 4])
def test_rungs_of_a_straight_path_are_sampled_as_they_should(rung):
    """6,000 replicas after 40 rounds with swaps every sweep; false alarms 1e-4 each."""
    rbm, data = machine(), np.random.default_rng(2).integers(0, 2, (30, 4))
    ladder = paths.from_independent(5).bind(rbm, data)
    walkers = ladder.start(6000, None, 3, (0,))
    for _ in tempering.rounds(ladder, walkers, 0, 40, 1, 3, (0,)):
        pass
    assert p_value(rbm, *ladder.scales[rung], ladder.base, ladder.states(walkers, rung)) > 1e-4


@pytest.mark.parametrize("rung", [0, 1, 2])
def test_rungs_of_a_path_of_machines_are_sampled_as_they_should(rung):
    """As above, along a dilution."""
    rbm = machine()
    ladder = paths.dilution(rbm, [0.75, 0.34]).bind(rbm)
    walkers = ladder.start(6016, None, 4, (0,))
    for _ in tempering.rounds(ladder, walkers, 0, 40, 1, 4, (0,)):
        pass
    assert p_value(ladder.machines[rung], 1.0, 0.0, np.zeros(4), ladder.states(walkers, rung)) > 1e-4


def test_swaps_alone_leave_the_joint_distribution_as_it_is():
    """Exact states of two rungs, no sweep, one swap: the joint chi2 over both rungs' energies stays; false alarm 1e-4.

    A swap that used F(v) of one rung and the joint energy of the other would fail here by hundreds of sigma.
    """
    rbm, n = machine(5, 2.0), 20_000
    ladder = paths.temperature([0.3, 1.0]).bind(rbm)
    every, rng = exact.configurations(7), np.random.default_rng(6)
    energy = rbm.energy(every[:, :4], every[:, 4:])
    p = [np.exp(-b * (energy - energy.min())) for b in (0.3, 1.0)]
    x, y = (rng.choice(128, n, p=q / q.sum()) for q in p)
    gain = 0.3 * energy[x] + 1.0 * energy[y] - 0.3 * energy[y] - 1.0 * energy[x]
    weights = np.stack([[0.3 * energy[x]] * 2 + [1.0 * energy[x]], [0.3 * energy[y]] + [1.0 * energy[y]] * 2])
    fake = Fixed(ladder, weights.transpose(0, 2, 1))
    (now,) = tempering.rounds(fake, ladder.start(n, None, 7, (0,)), 0, 1, 1, 7, (0,))
    accepted = now.accepted[0]
    assert (accepted[gain >= 0]).all()
    x, y = np.where(accepted, y, x), np.where(accepted, x, y)
    assert chisquare(np.bincount(x, minlength=128), p[0] / p[0].sum() * n).pvalue > 1e-4
    assert chisquare(np.bincount(y, minlength=128), p[1] / p[1].sum() * n).pvalue > 1e-4


class Fixed:
    """A ladder that does not move."""

    def __init__(self, ladder, weights):
        self.ladder, self.weights = ladder, weights

    def advance(self, walkers, n_sweeps):
        return self.weights

    def exchange(self, walkers, accepted):
        self.ladder.exchange(walkers, accepted)


def test_two_far_valleys_are_flagged_by_gibbs_and_passed_by_tempering():
    rbm = two_valleys()
    plain = pr.sample(rbm, 64, 2000, seed=1, measure_every=5, observables=("magnetisation",))
    assert not pr.statistics.verdict({"magnetisation": plain.series["magnetisation"]}, sweeps_between=5).equilibrated
    run = pr.temper(rbm, n_sweeps=4000, seed=1, observables=("magnetisation",))
    assert run.verdict.equilibrated
    m = run.series["magnetisation"]
    mean = pr.statistics.mean(m)
    assert abs(mean.value) < 4 * mean.error
    assert np.abs(m).mean() > 0.9


def test_a_frozen_machine_is_not_called_equilibrated():
    rng = np.random.default_rng(3)
    rbm = RBM.from_spins(30 * rng.normal(size=(20, 20)), np.zeros(20), np.zeros(20))
    run = pr.temper(rbm, paths.temperature([0.9, 1.0]), n_sweeps=400, seed=2)
    assert not run.verdict.equilibrated
    assert "not equilibrated" in str(run.verdict)
    assert not pr.log_z(rbm, "bar", path=paths.temperature([0.0, 1.0]), n_sweeps=400).estimated


def test_tuning_makes_rejections_equal():
    rbm = RBM.from_spins(np.random.default_rng(4).normal(0, 0.35, (20, 15)), np.zeros(20), np.zeros(15))
    tuned = tempering.tune(paths.from_independent(), rbm, None, 1)
    run = pr.temper(rbm, tuned.path, n_sweeps=4000, seed=5)
    rejection = 1 - run.acceptance
    assert rejection.std() / rejection.mean() < 0.25
    assert run.barrier == pytest.approx(tuned.barrier, rel=0.2)


def test_a_run_goes_on_until_it_is_equilibrated_and_no_longer():
    """As one that was long enough at once, to the last bit; not at all where the first length does."""
    rbm = machine()
    path = paths.from_independent(4)
    short, again, whole = (
        pr.temper(rbm, path, n_sweeps=n, seed=6, most_sweeps=most) for n, most in ((64, 0), (64, 64_000), (2048, 0))
    )
    assert not short.verdict.equilibrated
    assert again.verdict.equilibrated
    n = 2 * len(again.weights)
    assert n in (128 << k for k in range(9))
    assert whole.verdict.equilibrated == (n <= 2048)
    at_once = pr.temper(rbm, path, n_sweeps=n, seed=6)
    for name in ("visible", "hidden", "pool", "weights", "acceptance", "round_trips"):
        np.testing.assert_array_equal(getattr(again, name), getattr(at_once, name))
    enough = pr.temper(rbm, path, n_sweeps=4096, seed=6, most_sweeps=64_000)
    assert len(enough.weights) == 2048


def test_round_trips_of_a_walker_led_by_hand():
    walker = np.array([[0], [1], [2]])
    trips = tempering.RoundTrips.none(walker)
    for order in ([0, 1, 2], [1, 0, 2], [1, 2, 0], [1, 2, 0], [2, 1, 0], [0, 2, 1], [2, 0, 1], [2, 1, 0], [1, 2, 0]):
        walker[:, 0] = order
        trips.see(walker)
    assert trips.trips.tolist() == [1, 1, 0]


def test_same_seed_same_run_and_replicas_differ():
    rbm = machine()
    a, b = (pr.temper(rbm, paths.from_independent(4), n_sweeps=100, seed=6) for _ in range(2))
    assert (a.weights == b.weights).all()
    assert (a.visible == b.visible).all()
    assert a.series["energy"].std(1).any()


@pytest.mark.parametrize(
    "bad", [{"n_replicas": 0}, {"n_sweeps": 1}, {"sweeps": 0}, {"observables": ("heat",)}, {"start": np.ones((2, 9))}]
)
def test_bad_input_is_one_line(bad):
    with pytest.raises(InvalidInput) as error:
        pr.temper(machine(), **bad)
    assert "\n" not in str(error.value)
