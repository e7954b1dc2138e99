"""What data or the machine itself say of the two ends of every bond."""

from collections.abc import Callable

import numpy as np

from physrbm import exact
from physrbm.dilution.view import View
from physrbm.model import RBM
from physrbm.sampling import Moments, block_words, moments, new_chains, pack_machine, pack_states, random_states, sweep
from physrbm.streams import Use

ENUMERATED = 16  # units of the smaller layer up to which the machine is enumerated
_CHAINS, _SWEEPS = 2048, 1000


def under_data(rbm: RBM, data: np.ndarray) -> Moments:
    """<v_i>, <h_a>, <v_i h_a> with v from data (n, Nv) and h from P(h|v)."""
    return moments(rbm, pack_machine(rbm), pack_states(data, block_words(len(data))), len(data))


def under_model(rbm: RBM, seed: int) -> Moments:
    """The same under the machine: enumerated, or of _CHAINS Gibbs chains after _SWEEPS sweeps from random states."""
    if min(rbm.n_visible, rbm.n_hidden) <= ENUMERATED:
        return Moments(*exact.moments(rbm))
    start = random_states(_CHAINS, rbm.n_visible, seed, (Use.DILUTION,))
    machine, chains = pack_machine(rbm), new_chains(start, rbm.n_hidden, seed, (Use.DILUTION,))
    sweep(machine, chains, _SWEEPS)
    return moments(rbm, machine, chains.visible, _CHAINS)


def average(rbm: RBM, under: Moments, view: View, of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """<of((v_i - mu_i)(h_a - lambda_a))> of every bond, (bond,): the two units have four states."""
    i, j, _ = rbm.bonds
    v, h, both = under.visible[i], under.hidden[j], under.bond
    mu, lam = view.mu[i], view.lam[j]
    states = (
        (both, (1 - mu) * (1 - lam)),
        (v - both, (1 - mu) * -lam),
        (h - both, -mu * (1 - lam)),
        (1 - v - h + both, mu * lam),
    )
    mean: np.ndarray = sum(np.clip(p, 0, 1) * of(x) for p, x in states)
    return mean
