"""Multi-spin coded tempering of spin glasses against enumeration and against the states themselves."""

import numpy as np
import pytest

from physrbm import ensembles, exact, observables, sampling
from physrbm.errors import InvalidInput
from physrbm.sampling import multispin, planes
from physrbm.tempering.glass import RUNGS, temper_glass

BETAS = np.linspace(0.2, 1.2, RUNGS)


def overlaps(rbm, beta):
    """<q^2> and <|q(k)|^2> of two independent replicas, by enumeration: sums of <s_i s_j>^2."""
    every = exact.configurations(16)
    energy = rbm.energy(every[:, :8], every[:, 8:])
    p = np.exp(-beta * (energy - energy.min()))
    p /= p.sum()
    s = 2 * every - 1
    squared = ((s * p[:, None]).T @ s) ** 2
    layer, unit = rbm.sites.reshape(-1, 2).T
    order = layer * 8 + unit  # sites row by row -> columns of s
    squared = squared[np.ix_(order, order)]
    place = np.indices((4, 4)).reshape(2, -1)
    phase = [np.exp(2j * np.pi * x / 4) for x in place]
    return squared.sum() / 256, np.mean([(f.conj() @ squared @ f).real for f in phase]) / 256, p @ energy / 16


def test_averages_are_those_of_enumeration():
    """40 instances of 4 x 4, every one against its own exact value: pooled 4 sigma over instances, at two rungs."""
    instances = [ensembles.edwards_anderson((4, 4), seed=s) for s in range(40)]
    q2, qk, e = (np.zeros((40, RUNGS)) for _ in range(3))
    found = [x for x in temper_glass(instances, BETAS, 4000, 2, 4, seed=3) if x.sweep > 400]
    for total, values in ((q2, "overlap"), (qk, "overlap_k"), (e, "energy")):
        total += np.mean([getattr(x, values) ** (2 if values == "overlap" else 1) for x in found], axis=0)
    for rung in (5, RUNGS - 1):
        exact_values = np.array([overlaps(rbm, BETAS[rung]) for rbm in instances]).T
        for ours, truth in zip((q2, qk, e), exact_values, strict=True):
            difference = ours[:, rung] - truth
            assert abs(difference.mean()) < 4 * difference.std(ddof=1) / 40**0.5
    assert (found[-1].round_trips > 0).all()
    assert ((found[-1].acceptance > 0.1) & (found[-1].acceptance <= 1)).all()


def test_planes_add_up_to_the_overlaps_of_the_states():
    rbm = ensembles.edwards_anderson((6, 6, 6), seed=1)
    chains = multispin.start_spins(multispin.random_spins(2, 108, 5, (0,)), 108, 5, (0,))
    multispin.sweep_spins(
        multispin.pack_glass([rbm]),
        chains,
        multispin.spread(multispin.pack_glass([rbm]), np.array([0.5]), np.zeros((2, 1024), int)),
        3,
    )
    lane = np.random.default_rng(2).permuted(np.tile(np.arange(32), (2, 32, 1)), axis=-1).reshape(2, 32, 2, 16)
    found = planes.plane_overlaps(chains, lane, planes.plane_masks(rbm), (6, 6, 6))
    v, h = multispin.spin_states(chains)
    for block, w, rung in ((0, 0, 0), (0, 31, 15), (1, 7, 3)):
        one, other = ((block * 32 + w) * 32 + lane[block, w, r, rung] for r in (0, 1))
        spins = [2.0 * np.array([v[c], h[c]]) - 1 for c in (one, other)]
        q = (spins[0] * spins[1])[rbm.sites[..., 0], rbm.sites[..., 1]]
        for axis in range(3):
            assert (found[block, w, rung, axis] == q.sum(tuple(a for a in range(3) if a != axis))).all()
        pair = [sampling.Samples(v[c : c + 1], h[c : c + 1]) for c in (one, other)]
        k = np.abs(found[block, w, rung] @ np.exp(2j * np.pi * np.arange(6) / 6) / 216) ** 2
        assert k.mean() == pytest.approx(observables.PAIRS["overlap_k"](rbm, *pair)[0])


@pytest.mark.parametrize(
    "make",
    [
        lambda: temper_glass([ensembles.edwards_anderson((4, 4))], BETAS[:5], 10, 1, 1),
        lambda: temper_glass([ensembles.edwards_anderson((4, 4))], BETAS, 10, 3, 4),
        lambda: temper_glass([ensembles.edwards_anderson((4, 6))], BETAS, 10, 1, 1),
        lambda: temper_glass([ensembles.sherrington_kirkpatrick(5, 5)], BETAS, 10, 1, 1),
    ],
)
def test_bad_input_is_one_line(make):
    with pytest.raises(InvalidInput) as error:
        next(make())
    assert "\n" not in str(error.value)
