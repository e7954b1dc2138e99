import naive
import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import chisquare

from physrbm import ensembles, exact, sampling
from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.sampling import multispin


def instances(n, dilution):
    lattice = ensembles.edwards_anderson((4, 4), dilution=dilution, seed=1)
    spins = lattice.to_spins()
    signs = np.random.default_rng(2).choice([-1.0, 1.0], (n, lattice.n_bonds))
    none = np.zeros(8)
    return [RBM.from_spins(spins.J._replace(weight=sign), none, none, n_possible=32) for sign in signs]


@pytest.mark.parametrize("several", [True, False])
@pytest.mark.parametrize("dilution", [0.0, 0.4])
def test_kernel_is_the_naive_loop(dilution, several):
    machines = instances(5 if several else 1, dilution)
    rng = np.random.default_rng(3)
    instance = rng.integers(0, len(machines), (2, 1024))
    glass = multispin.pack_glass(machines, instance if several else None)
    rung, beta = rng.integers(0, 6, (2, 1024)), np.array([0.0, 0.2, 0.5, 1.0, 5.0, 500.0])
    size = np.array([[0, 2, 4, 6], [1, 3, 5, 7]])
    levels = np.floor(expit(-2 * beta[:, None, None] * size) * 2.0**32).astype(np.int64)
    chains = multispin.start_spins(multispin.random_spins(2, 8, 4, (0,)), 8, 4, (0,))
    v, h = (x.reshape(2, 1024, -1).transpose(0, 2, 1).copy() for x in multispin.spin_states(chains))
    streams = [[[int(x) for x in block[:, k]] for k in range(32)] for block in chains.rng]
    J = np.stack([np.sign(m.weights()) for m in machines])
    for block in range(2):
        own, t = J[instance[block]].transpose(1, 2, 0), levels[rung[block]]
        for _ in range(2):
            naive.multispin_half_sweep(v[block], h[block], own, t, streams[block])
            naive.multispin_half_sweep(h[block], v[block], own.transpose(1, 0, 2), t, streams[block])
    energy = multispin.sweep_spins(glass, chains, multispin.spread(glass, beta, rung), 2)
    states = multispin.spin_states(chains)
    assert (states.visible == v.transpose(0, 2, 1).reshape(2048, -1)).all()
    assert (states.hidden == h.transpose(0, 2, 1).reshape(2048, -1)).all()
    assert (np.array(streams).transpose(0, 2, 1) == chains.rng).all()
    for lane in range(0, 2048, 37):
        machine = machines[instance.ravel()[lane]]
        assert energy.ravel()[lane] == pytest.approx(machine.energy(states.visible[lane], states.hidden[lane])[0])


@pytest.mark.parametrize("beta", [0.3, 0.7])
def test_sampled_distribution_is_boltzmann(beta):
    """chi2 over 2^9 states, degrees odd and even, 40,000 chains at a fixed sweep; false alarms 1e-4 each."""
    i, j = np.array([0, 0, 0, 1, 1, 2, 3, 3, 4, 4]), np.array([0, 1, 2, 0, 3, 1, 2, 3, 0, 1])
    sign = np.array([1.0, -1, 1, 1, 1, -1, 1, -1, 1, 1])
    rbm = RBM.from_spins(RBM.from_bonds(i, j, sign, np.zeros(5), np.zeros(4)).bonds, np.zeros(5), np.zeros(4))
    assert not multispin.refusal(rbm)
    states = sampling.sample(rbm, n_chains=40_000, n_sweeps=50, beta=beta, seed=5)
    every = exact.configurations(9)
    weight = np.exp(-beta * rbm.energy(every[:, :5], every[:, 5:]))
    counts = np.bincount((np.concatenate(states, axis=1) @ (1 << np.arange(9))).astype(int), minlength=512)
    assert chisquare(counts, weight / weight.sum() * 40_000).pvalue > 1e-4


def test_lanes_are_independent():
    """Correlation of the magnetisations of neighbouring lanes over 2,000 pairs and 20 seeds: 5 sigma."""
    rbm, total = ensembles.ising_lattice((4, 4)), []
    for seed in range(20):
        v, h = sampling.sample(rbm, n_chains=2048, n_sweeps=30, beta=0.2, seed=seed)
        m = np.concatenate([v, h], axis=1).astype(float).mean(1) - 0.5
        total += [m[:-1] * m[1:] / m.var(), m[:-32] * m[32:] / m.var()]
    pooled = np.concatenate(total)
    assert abs(pooled.mean()) < 5 * pooled.std() / pooled.size**0.5


@pytest.mark.parametrize(
    ("rbm", "why"),
    [
        (ensembles.edwards_anderson((4, 4), "gaussian"), "not [+]-J"),
        (ensembles.sherrington_kirkpatrick(9, 9, couplings="pm1"), "9 bonds, at most 7"),
        (RBM.initialise(9, 9, 0.5), "not [+]-J"),
        (RBM.from_spins(np.ones((2, 2)), np.ones(2), np.zeros(2)), "fields"),
    ],
)
def test_machines_that_do_not_fit_are_refused_with_the_reason(rbm, why):
    with pytest.raises(InvalidInput, match=why):
        multispin.pack_glass([rbm])


def test_instances_of_different_graphs_are_refused():
    with pytest.raises(InvalidInput, match="signs"):
        multispin.pack_glass([*instances(1, 0.4), ensembles.edwards_anderson((4, 4), seed=1)])
