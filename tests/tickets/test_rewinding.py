import numpy as np
import pytest

from physrbm.dilution import dilute
from physrbm.ensembles import edwards_anderson
from physrbm.errors import InvalidInput
from physrbm.model import RBM, load
from physrbm.tickets import rewind


def dense(n_visible=20, n_hidden=15, seed=1):
    rng = np.random.default_rng(seed)
    rbm = RBM.from_dense(rng.normal(size=(n_visible, n_hidden)), rng.normal(size=n_visible), rng.normal(size=n_hidden))
    return dilute(rbm, 0.1, gauge="ising")  # leaves a constant


def graph():
    return dilute(dense(), 0.7, rule="magnitude")


def test_values_are_those_of_the_other_machine_bit_for_bit():
    to = dilute(dense(), 0.1)
    later = graph()
    new = rewind(later, to)
    assert (new.bonds.weight == to.weights()[later.bonds.i, later.bonds.j]).all()
    assert (new.bonds.i == later.bonds.i).all()
    assert (new.bonds.j == later.bonds.j).all()
    assert (new.visible_bias == to.visible_bias).all()
    assert (new.hidden_bias == to.hidden_bias).all()
    assert new.constant == to.constant != 0
    assert new.n_possible == later.n_possible
    assert new.dilution == later.dilution


def test_signs_keep_one_strength():
    to = dense()
    weight = to.bonds.weight.copy()
    weight[::7] = 0
    to = RBM.from_bonds(*to.bonds[:2], weight, to.visible_bias, to.hidden_bias, constant=2.5)
    later = graph()
    old, new = to.weights()[later.bonds.i, later.bonds.j], rewind(later, to, "signs")
    assert (old == 0).any()
    assert (np.sign(new.bonds.weight) == np.sign(old)).all()
    strength = (old**2).mean() ** 0.5
    np.testing.assert_allclose(abs(new.bonds.weight[old != 0]), strength, rtol=1e-14)
    assert (new.visible_bias == to.visible_bias).all()
    assert new.constant == 2.5


def test_mask_alone_has_the_fresh_couplings_of_its_seed():
    later, seed, scale = graph(), 5, 0.03
    new = rewind(later, dense(seed=9), "mask", scale=scale, seed=seed)
    fresh = RBM.initialise(20, 15, scale=scale, seed=seed)
    assert (new.bonds.weight == fresh.weights()[new.bonds.i, new.bonds.j]).all()
    assert (new.visible_bias == 0).all()
    assert (new.hidden_bias == 0).all()
    assert new.constant == 0
    assert (rewind(later, later, "mask", scale=scale, seed=seed).bonds.weight == new.bonds.weight).all()
    assert (rewind(later, later, "mask", scale=scale, seed=6).bonds.weight != new.bonds.weight).any()
    fields = np.arange(20.0)
    assert (rewind(later, later, "mask", visible_bias=fields).visible_bias == fields).all()


def test_a_ticket_is_saved_and_loaded_like_any_machine(tmp_path):
    ticket = rewind(graph(), dense())
    ticket.save(tmp_path / "ticket.h5")
    assert all((x == y).all() for x, y in zip(load(tmp_path / "ticket.h5").bonds, ticket.bonds, strict=True))


def test_lattices_keep_their_sites():
    lattice = edwards_anderson((4, 4))
    new = rewind(lattice, lattice)
    assert (new.sites == lattice.sites).all()
    assert new.n_possible == lattice.n_possible


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rewind(graph(), dense(15, 20)), "20 x 15 and 15 x 20"),
        (lambda: rewind(graph(), dense(), "magic"), "allowed: values, signs, mask"),
        (lambda: rewind(dense(), graph()), "180 of 270 bonds of the graph"),
        (lambda: rewind(dense(), graph(), "signs"), "180 of 270 bonds of the graph"),
        (lambda: rewind(graph(), dense(), visible_bias=np.zeros(20)), "goes with 'mask'"),
        (lambda: rewind(graph(), dense(), "mask", visible_bias=np.zeros(15)), "shape"),
        (lambda: rewind(graph(), dense(), "mask", scale=-1.0), "scale"),
        (lambda: rewind(graph(), dense(), "mask", scale=np.nan), "scale"),
        (lambda: rewind(graph(), dense(), "mask", seed=-1), "seed"),
    ],
)
def test_bad_input_is_one_line(call, words):
    with pytest.raises(InvalidInput, match=words) as error:
        call()
    assert "\n" not in str(error.value)
