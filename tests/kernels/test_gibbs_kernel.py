import naive
import numpy as np
import pytest
from scipy.stats import chisquare

from physrbm import exact, sampling
from physrbm.errors import InvalidInput
from physrbm.kernels import arithmetic, engine
from physrbm.model import RBM


def machine(seed, n_visible, n_hidden, dilution=0.0, scale=1.0):
    rng = np.random.default_rng(seed)
    fresh = RBM.initialise(n_visible, n_hidden, dilution=dilution, scale=scale, seed=seed)
    return RBM.from_bonds(*fresh.bonds, rng.normal(0, 0.5, n_visible), rng.normal(0, 0.5, n_hidden))


def test_exp2_is_accurate_and_its_twin():
    y = np.random.default_rng(0).uniform(-130, 130, 4000).astype(np.float32)
    ours = np.array([arithmetic.exp2(x) for x in y])
    twin = np.array([naive.exp2(x) for x in y])
    assert (ours == twin).all()
    exact_value = np.exp2(np.clip(y.astype(float), -126, 126))
    assert np.abs(ours / exact_value - 1).max() < 4e-7


@pytest.fixture(params=["simd", "portable"])
def path(request, monkeypatch):
    """Every test that takes it runs on both paths."""
    monkeypatch.setenv(engine.SWITCH, request.param)
    engine.engine.cache_clear()
    yield request.param
    monkeypatch.undo()
    engine.engine.cache_clear()


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("words", [1, 2, 4])
@pytest.mark.parametrize("dilution", [0.0, 0.6])
def test_kernel_is_the_naive_loop(words, dilution, scaled, path):
    n_chains = {1: 50, 2: 128, 4: 1024}[words]
    rbm = machine(words, 9, 7, dilution)
    rng = np.random.default_rng(5)
    base = rng.normal(0, 1, 9)
    chains = sampling.new_chains(sampling.random_states(n_chains, 9, 3, ()), 7, 3, ())
    assert chains.visible.shape[2] == words
    if scaled:
        chains.scale[:] = rng.uniform(0.2, 2, chains.scale.shape)
        chains.base_scale[:] = rng.uniform(0, 1, chains.scale.shape)
    packed = sampling.pack_machine(rbm, base)

    v, h = (sampling.unpack_states(x, 10**6) for x in (chains.visible, chains.hidden))
    weights = np.full((9, 7), np.nan, np.float32)
    weights[rbm.bonds.i, rbm.bonds.j] = packed.visible[4]
    width, g = 32 * words, packed.grouped
    assert g == (dilution < 0.5)
    streams = [[[int(x) for x in block[:, k]] for k in range(32)] for block in chains.rng]
    for block, stream in enumerate(streams):
        rows = slice(block * width, (block + 1) * width)
        s, r = chains.scale[block], chains.base_scale[block]
        for _ in range(3):
            naive.half_sweep(v[rows], h[rows], packed.hidden[0][0], weights, s, packed.hidden[1][0], r, stream, g)
            naive.half_sweep(h[rows], v[rows], packed.visible[0][0], weights.T, s, packed.visible[1][0], r, stream, g)
    sampling.sweep(packed, chains, 3)
    assert (v == sampling.unpack_states(chains.visible, 10**6)).all()
    assert (h == sampling.unpack_states(chains.hidden, 10**6)).all()
    assert (np.array(streams).transpose(0, 2, 1) == chains.rng).all()


@pytest.mark.parametrize("beta", [0.5, 1.0, 1.5])
def test_sampled_distribution_is_boltzmann(beta, path):
    """chi2 over 2^6 states, 20,000 independent chains at a fixed sweep; false alarms 1e-4 each."""
    rbm = machine(2, 3, 3)
    states = sampling.sample(rbm, n_chains=20_000, n_sweeps=60, beta=beta, seed=11)
    every = exact.configurations(6)
    weight = np.exp(-beta * rbm.energy(every[:, :3], every[:, 3:]))
    code = np.concatenate(states, axis=1) @ (1 << np.arange(6))
    counts = np.bincount(code, minlength=64)
    assert chisquare(counts, weight / weight.sum() * 20_000).pvalue > 1e-4


def test_threads_do_not_change_the_chains(path):
    import numba

    rbm = machine(4, 40, 30, 0.5)
    before = numba.get_num_threads()
    results = []
    try:
        for threads in (1, min(2, before)):
            numba.set_num_threads(threads)
            results.append(sampling.sample(rbm, n_chains=600, n_sweeps=20, seed=1))
    finally:
        numba.set_num_threads(before)
    assert all((a == b).all() for a, b in zip(*results, strict=True))


def test_packing_is_undone_by_unpacking():
    states = np.random.default_rng(0).integers(0, 2, (77, 13), dtype=np.uint8)
    for words in (1, 2, 4):
        assert (sampling.unpack_states(sampling.pack_states(states, words), 77) == states).all()


@pytest.mark.parametrize(
    "bad",
    [
        {"n_chains": 0},
        {"n_sweeps": 0},
        {"beta": -1.0},
        {"beta": np.nan},
        {"n_chains": 2, "start": np.full((2, 3), 2)},
        {"n_chains": 2, "start": np.zeros((2, 4))},
    ],
)
def test_bad_input_is_one_line(bad):
    with pytest.raises(InvalidInput) as error:
        sampling.sample(machine(0, 3, 2), **bad)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("n_chains", [1, 31, 32, 100, 300, 1500])
def test_pair_counts_are_the_means_of_the_states(n_chains, path):
    rbm = machine(6, 21, 13, 0.4)
    packed, chains = (
        sampling.pack_machine(rbm),
        sampling.new_chains(sampling.random_states(n_chains, 21, 7, ()), 13, 7, ()),
    )
    sampling.sweep(packed, chains, 3)
    v, h = (x.astype(float) for x in sampling.states(chains))
    counted = sampling.pair_counts(packed, chains)
    np.testing.assert_array_equal(counted.visible, v.mean(0))
    np.testing.assert_array_equal(counted.hidden, h.mean(0))
    np.testing.assert_array_equal(counted.bond, (v.T @ h / n_chains)[rbm.bonds.i, rbm.bonds.j])
