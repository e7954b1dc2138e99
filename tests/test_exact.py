"""Enumeration against the sum over all states of both layers."""

import numpy as np
import pytest

from physrbm import exact
from physrbm.model import RBM


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (14, 3)])
def test_moments_are_those_of_all_joint_states(shape):
    rng = np.random.default_rng(5)
    mask = rng.random(shape) < 0.6
    rbm = RBM.from_dense(rng.normal(size=shape), rng.normal(size=shape[0]), rng.normal(size=shape[1]), mask)
    v, h = np.split(exact.configurations(sum(shape)), [shape[0]], axis=1)
    p = np.exp(-rbm.energy(v, h) - exact.log_z(rbm))
    visible, hidden, bond = exact.moments(rbm)
    np.testing.assert_allclose(visible, p @ v, atol=1e-12)
    np.testing.assert_allclose(hidden, p @ h, atol=1e-12)
    np.testing.assert_allclose(bond, ((v * p[:, None]).T @ h)[rbm.bonds.i, rbm.bonds.j], atol=1e-12)
