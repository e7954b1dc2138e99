"""Times of the kernels, to see a change for the worse; nothing is asserted, and nothing runs unless the file is named:

pip install -e '.[test,benchmark]' && pytest tests/benchmarks/bench_kernels.py
"""

import numpy as np
import pytest

from physrbm import ensembles, sampling
from physrbm.model import RBM
from physrbm.sampling import multispin

pytest.importorskip("pytest_benchmark")

CHAINS = 512


def machine(dilution):
    rbm = RBM.initialise(784, 500, dilution, seed=1)
    start = sampling.random_states(CHAINS, 784, 1, ())
    return rbm, sampling.pack_machine(rbm), sampling.new_chains(start, 500, 1, ())


@pytest.mark.parametrize("dilution", [0.0, 0.5, 0.85, 0.95, 0.99])
def test_sweep(benchmark, dilution):
    _, packed, chains = machine(dilution)
    benchmark(sampling.sweep, packed, chains, 1)


def test_measured_sweep(benchmark):
    _, packed, chains = machine(0.85)
    benchmark(sampling.sweep_measured, packed, chains, 1)


def test_annealing_over_ten_rungs(benchmark):
    _, packed, chains = machine(0.85)
    ladder = np.linspace(0, 1, 11)
    benchmark(sampling.anneal, packed, chains, ladder, 1 - ladder)


def test_moments(benchmark):
    rbm, packed, chains = machine(0.85)
    benchmark(sampling.moments, rbm, packed, chains.visible, CHAINS)


def test_pair_counts(benchmark):
    _, packed, chains = machine(0.85)
    benchmark(sampling.pair_counts, packed, chains)


@pytest.mark.parametrize("shape", [(128, 128), (16, 16, 16)])
@pytest.mark.parametrize("coded", [True, False], ids=["multi-spin", "general"])
def test_lattice(benchmark, shape, coded):
    rbm = ensembles.edwards_anderson(shape, seed=1)
    start = sampling.random_states(1024, rbm.n_visible, 1, ())
    if coded:
        glass = multispin.pack_glass([rbm])
        spins = multispin.start_spins(sampling.pack_states(start, 32), rbm.n_hidden, 1, ())
        levels = multispin.spread(glass, np.array([0.3]), np.zeros((1, 1024), np.int64))
        benchmark(multispin.sweep_spins, glass, spins, levels, 10)
    else:
        chains = sampling.new_chains(start, rbm.n_hidden, 1, (), 0.3)
        benchmark(sampling.sweep, sampling.pack_machine(rbm), chains, 10)
