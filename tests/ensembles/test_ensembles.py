import numpy as np
import pytest

from physrbm import ensembles, model, sampling
from physrbm.errors import InvalidInput


def lattice_energy(rbm, spin):
    """E of spins (*shape) from the couplings of neighbouring sites, looked up one by one."""
    J, energy = rbm.weights() / 4, 0.0
    shape = spin.shape
    for site in np.ndindex(shape):
        for axis in range(len(shape)):
            other = list(site)
            other[axis] = (other[axis] + 1) % shape[axis]
            (a, i), (b, j) = rbm.sites[site], rbm.sites[tuple(other)]
            assert a != b
            energy -= (J[i, j] if a == 0 else J[j, i]) * spin[site] * spin[tuple(other)]
    return energy


@pytest.mark.parametrize(
    "rbm",
    [
        ensembles.ising_lattice((4, 6), J=(1.0, 0.5)),
        ensembles.edwards_anderson((4, 4, 4), dilution=0.3, seed=3),
        ensembles.edwards_anderson((6, 4), "gaussian", seed=4),
    ],
)
def test_energy_of_a_lattice_is_the_sum_over_its_neighbours(rbm):
    shape = rbm.sites.shape[:-1]
    units = np.random.default_rng(0).integers(0, 2, (2, rbm.n_visible))
    spin = 2 * units[rbm.sites[..., 0], rbm.sites[..., 1]] - 1
    assert rbm.energy(units[0], units[1])[0] == pytest.approx(lattice_energy(rbm, spin.reshape(shape)))


def test_all_up_has_minus_the_sum_of_the_couplings():
    rbm = ensembles.ising_lattice((4, 6, 4), J=(1.0, 0.5, 2.0))
    assert rbm.energy(np.ones(48), np.ones(48))[0] == pytest.approx(-96 * 3.5)
    assert rbm.n_possible == rbm.n_bonds == 3 * 96


def test_couplings_of_survivors_do_not_depend_on_the_dilution():
    whole = ensembles.edwards_anderson((6, 6), "gaussian", seed=5)
    part = ensembles.edwards_anderson((6, 6), "gaussian", dilution=0.5, seed=5)
    assert part.n_bonds == 36
    assert part.dilution == 0.5
    assert (part.weights()[part.bonds.i, part.bonds.j] == whole.weights()[part.bonds.i, part.bonds.j]).all()


def test_couplings_have_their_moments():
    """5 sigma of 12,288 couplings."""
    gauss = ensembles.edwards_anderson((16, 16, 16), "gaussian", seed=6).bonds.weight / 4
    n = gauss.size
    assert abs(gauss.mean()) < 5 / n**0.5
    assert abs(gauss.var() - 1) < 5 * (2 / n) ** 0.5
    signs = ensembles.edwards_anderson((16, 16, 16), positive=0.7, seed=6).bonds.weight / 4
    assert set(signs) == {-1.0, 1.0}
    assert abs((signs == 1).mean() - 0.7) < 5 * (0.21 / n) ** 0.5
    sk = ensembles.sherrington_kirkpatrick(120, 80, dilution=0.25, seed=7).bonds.weight / 4
    assert sk.var() * 0.75 * 9600**0.5 == pytest.approx(1, abs=5 * (2 / sk.size) ** 0.5)


def test_random_regular_graph_has_its_degrees_and_no_bond_twice():
    rbm = ensembles.random_regular(60, 40, 6, seed=8)
    assert (np.bincount(rbm.bonds.i) == 6).all()
    assert (np.bincount(rbm.bonds.j) == 9).all()
    full = ensembles.random_regular(5, 5, 5, seed=1)
    assert full.n_bonds == 25


def test_sites_survive_a_file_and_an_exchange_of_layers(tmp_path):
    rbm = ensembles.edwards_anderson((4, 6), seed=9)
    rbm.save(tmp_path / "m.h5")
    assert (model.load(tmp_path / "m.h5").sites == rbm.sites).all()
    swapped = rbm.exchanged()
    assert (swapped.sites[..., 0] == 1 - rbm.sites[..., 0]).all()
    assert model.RBM.from_bonds(*swapped.bonds, np.zeros(12), np.zeros(12), sites=swapped.sites).sites is not None
    with pytest.raises(InvalidInput, match="once"):
        model.RBM.from_bonds(*rbm.bonds, np.zeros(12), np.zeros(12), sites=np.zeros((4, 6, 2), int))


@pytest.mark.parametrize("J", [(0.4, 0.4), (0.7, 0.2)])
def test_energy_of_the_ising_model_in_its_disordered_phase(J):
    """32 x 32 against the transfer matrix of an infinite lattice (corrections e^-32/xi): 4 sigma of 1024 chains."""
    rbm = ensembles.ising_lattice((32, 32), J)
    beta = 0.6
    v, h = sampling.sample(rbm, n_chains=500, n_sweeps=300, beta=beta, seed=10)
    u = rbm.energy(v, h) / 1024
    assert abs(u.mean() - onsager(*J, beta)) < 4 * u.std() / 500**0.5


def onsager(Jx, Jy, beta):
    """u = -d log z / d beta of the infinite lattice, log z as Onsager's (1944) double integral."""
    q = (np.arange(512) + 0.5) * np.pi / 512

    def log_z(b):
        x, y = 2 * b * Jx, 2 * b * Jy
        inner = np.cosh(x) * np.cosh(y) - np.sinh(x) * np.cos(q)[:, None] - np.sinh(y) * np.cos(q)
        return np.log(2) + 0.5 * np.log(inner).mean()

    return -(log_z(beta + 1e-5) - log_z(beta - 1e-5)) / 2e-5


@pytest.mark.parametrize(
    "make",
    [
        lambda: ensembles.ising_lattice((4, 5)),
        lambda: ensembles.ising_lattice((2, 4)),
        lambda: ensembles.ising_lattice(()),
        lambda: ensembles.ising_lattice((4, 4), J=(1.0,)),
        lambda: ensembles.edwards_anderson((4, 4), "binary"),
        lambda: ensembles.edwards_anderson((4, 4), positive=1.5),
        lambda: ensembles.edwards_anderson((4, 4), dilution=1.0),
        lambda: ensembles.random_regular(4, 3, 2),
        lambda: ensembles.sherrington_kirkpatrick(0, 3),
    ],
)
def test_bad_input_is_one_line(make):
    with pytest.raises(InvalidInput) as error:
        make()
    assert "\n" not in str(error.value)
