import numpy as np
import pytest

from physrbm import exact
from physrbm.errors import InvalidInput
from physrbm.model import RBM, load


def machine(seed=0, n_visible=6, n_hidden=4, dilution=0.4):
    rng = np.random.default_rng(seed)
    fresh = RBM.initialise(n_visible, n_hidden, dilution=dilution, scale=1.0, seed=seed)
    fields = rng.normal(size=n_visible), rng.normal(size=n_hidden)
    return RBM.from_bonds(*fresh.bonds, *fields, constant=0.7)


def every_state(rbm):
    states = exact.configurations(rbm.n_visible + rbm.n_hidden)
    return states[:, : rbm.n_visible], states[:, rbm.n_visible :]


def test_energy_is_the_dense_formula():
    rbm = machine()
    v, h = every_state(rbm)
    dense = 0.7 - v @ rbm.visible_bias - h @ rbm.hidden_bias - np.einsum("ci,ij,cj->c", v, rbm.weights(), h)
    np.testing.assert_allclose(rbm.energy(v, h), dense, atol=1e-12)


def test_free_energy_sums_out_the_hidden_layer():
    rbm = machine()
    v, h = every_state(rbm)
    energy = rbm.energy(v, h).reshape(2**rbm.n_hidden, -1)
    np.testing.assert_allclose(
        rbm.free_energy(v[: 2**rbm.n_visible]), -np.logaddexp.reduce(-energy, axis=0), atol=1e-12
    )


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (14, 3)])
@pytest.mark.parametrize("beta", [0.3, 1.0, 2.0])
def test_exact_log_z_is_the_sum_over_all_states(shape, beta):
    rbm = machine(1, *shape)
    energy = rbm.energy(*every_state(rbm))
    assert exact.log_z(rbm, beta) == pytest.approx(np.logaddexp.reduce(-beta * energy), abs=1e-10)


def test_exact_log_z_in_several_blocks():
    """14 units of the smaller layer need four blocks; without couplings the sum is a product."""
    rbm = RBM.from_dense(np.zeros((14, 20)), np.linspace(-1, 1, 14), np.linspace(-2, 1, 20))
    product = np.logaddexp(0, rbm.visible_bias).sum() + np.logaddexp(0, rbm.hidden_bias).sum()
    assert exact.log_z(rbm) == pytest.approx(product, abs=1e-10)


def test_spins_keep_the_energy_and_come_back():
    rbm = machine(3)
    v, h = every_state(rbm)
    spins = rbm.to_spins()
    s, t = 2 * v - 1, 2 * h - 1
    bonds = (s[:, spins.J.i] * t[:, spins.J.j]) @ spins.J.weight
    energy = spins.constant - bonds - s @ spins.H_visible - t @ spins.H_hidden
    np.testing.assert_allclose(energy, rbm.energy(v, h), atol=1e-12)
    back = RBM.from_spins(*spins)
    np.testing.assert_allclose(back.energy(v, h), energy, atol=1e-12)


def test_fresh_survivors_carry_the_couplings_of_the_dense_machine():
    dense = RBM.initialise(30, 20, seed=5).weights()
    diluted = RBM.initialise(30, 20, dilution=0.85, seed=5)
    assert diluted.n_bonds == round(0.15 * 600)
    assert (diluted.bonds.weight == dense[diluted.bonds.i, diluted.bonds.j]).all()
    normal = RBM.initialise(300, 200, scale=1.0, seed=1).bonds.weight  # 60,000 numbers
    assert abs(normal.mean()) < 4 / 60_000**0.5
    assert abs(normal.var() - 1) < 4 * (2 / 60_000) ** 0.5


def test_a_huge_sparse_machine_costs_its_bonds_only():
    rbm = RBM.initialise(65_536, 65_536, dilution=0.9999995, seed=0)
    assert rbm.n_bonds == round(5e-7 * 65_536**2)


def test_saved_machine_comes_back_exactly(tmp_path):
    rbm = machine(4)
    rbm.save(tmp_path / "machine.h5")
    back = load(tmp_path / "machine.h5")
    assert all((a == b).all() for a, b in zip(rbm.bonds, back.bonds, strict=True))
    assert (rbm.visible_bias == back.visible_bias).all()
    assert (rbm.hidden_bias == back.hidden_bias).all()
    assert (back.constant, back.n_possible) == (rbm.constant, rbm.n_possible)


def test_file_that_is_no_machine_is_refused_in_one_line(tmp_path):
    (tmp_path / "text.h5").write_text("hello")
    for name in ("text.h5", "missing.h5"):
        with pytest.raises(InvalidInput, match=name) as error:
            load(tmp_path / name)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "build",
    [
        lambda: RBM.initialise(4, 3, dilution=1.0),
        lambda: RBM.initialise(4, 3, dilution=-0.1),
        lambda: RBM.initialise(4, 3, dilution=np.nan),
        lambda: RBM.initialise(4, 3, rule="magic"),
        lambda: RBM.initialise(0, 3),
        lambda: RBM.initialise(np.full((3, 4), 0.5), 3),
        lambda: RBM.from_dense(np.full((4, 3), np.nan), np.zeros(4), np.zeros(3)),
        lambda: RBM.from_dense(np.zeros((3, 4)), np.zeros(4), np.zeros(3)),
        lambda: RBM.from_bonds([0, 0], [1, 1], [1.0, 2.0], np.zeros(2), np.zeros(2)),
        lambda: RBM.from_bonds([2], [0], [1.0], np.zeros(2), np.zeros(2)),
        lambda: exact.log_z(RBM.from_dense(np.zeros((26, 26)), np.zeros(26), np.zeros(26))),
    ],
)
def test_bad_input_is_one_line(build):
    with pytest.raises(InvalidInput) as error:
        build()
    assert "\n" not in str(error.value)
