"""Both paths, and builds for other processors, give the same bits."""

import os
import subprocess
import sys

import numba
import numpy as np
import pytest

from physrbm import sampling
from physrbm.errors import InvalidInput
from physrbm.kernels import anneal, anneal_simd, engine, gibbs, gibbs_simd, moments, moments_simd, processor
from physrbm.model import RBM

SIZES = [(1, 0.0), (40, 0.5), (130, 0.85), (1100, 0.0), (1500, 0.99)]


def machine(n_chains, dilution, n_visible=150, n_hidden=70):
    rng = np.random.default_rng(n_chains)
    fresh = RBM.initialise(n_visible, n_hidden, dilution, scale=0.7, seed=1)
    rbm = RBM.from_bonds(*fresh.bonds, rng.normal(size=n_visible), rng.normal(size=n_hidden))
    packed = sampling.pack_machine(rbm, rng.normal(size=n_visible))
    start = sampling.random_states(n_chains, n_visible, 1, ())
    return rbm, packed, [sampling.new_chains(start, n_hidden, 1, ()) for _ in range(2)]


def equal(a, b):
    return all((x == y).all() for x, y in zip(a[:3], b[:3], strict=True))


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize(("n_chains", "dilution"), SIZES)
def test_sweeps(n_chains, dilution, scaled):
    _, packed, (a, b) = machine(n_chains, dilution)
    if scaled:
        a.scale[:] = b.scale[:] = np.linspace(0.1, 1.5, a.scale.size).reshape(a.scale.shape)
        a.base_scale[:] = b.base_scale[:] = 1 - a.scale
    gibbs_simd.sweep(a[:-1], packed.visible, packed.hidden, 5)
    gibbs.sweep(b[:-1], packed.visible, packed.hidden, 5)
    assert equal(a, b)
    assert a.hidden.any()


@pytest.mark.parametrize(("n_chains", "dilution"), [(1, 0.0), (130, 0.3), (300, 0.0), (1100, 0.49)])
@pytest.mark.parametrize(("n_visible", "n_hidden"), [(150, 70), (64, 33), (5, 3)])
def test_sweeps_of_weakly_diluted_machines(n_chains, dilution, n_visible, n_hidden):
    if not processor.features() & {"avx512f", "avx2"}:
        pytest.skip("sums are looked up with AVX-512 or AVX2 only")
    from physrbm.kernels import gibbs_tables

    _, packed, (a, b) = machine(n_chains, dilution, n_visible, n_hidden)
    a.scale[:] = b.scale[:] = np.linspace(0.1, 1.5, a.scale.size).reshape(a.scale.shape)
    a.base_scale[:] = b.base_scale[:] = 1 - a.scale
    layers = packed.visible, packed.hidden
    gibbs_tables.sweep_grouped(a[:-1], *layers, gibbs_tables.tables(layers, (n_visible, n_hidden)), 5)
    gibbs.sweep_grouped(b[:-1], *layers, None, 5)
    assert equal(a, b)
    assert packed.grouped
    assert a.hidden.any()


@pytest.mark.parametrize(("n_chains", "dilution"), SIZES)
def test_annealing(n_chains, dilution):
    _, packed, (a, b) = machine(n_chains, dilution, n_hidden=600)  # more than one fold
    ladder = np.linspace(0, 1, 6).astype(np.float32)
    work = [np.zeros(a.scale.shape) for _ in range(2)]
    for kernel, chains, own in ((anneal_simd, a, work[0]), (anneal, b, work[1])):
        args = chains.visible, chains.hidden, chains.rng, own, ladder, 1 - ladder, packed.visible, packed.hidden
        kernel.anneal(*args)
    assert equal(a, b)
    assert work[0].tobytes() == work[1].tobytes()
    assert work[0].any()


@pytest.mark.parametrize(("n_chains", "dilution"), [*SIZES, (9000, 0.99)])
def test_moments(n_chains, dilution):
    rbm, packed, (a, _) = machine(n_chains, dilution)
    found = []
    for kernel in (moments_simd, moments):
        sums = np.zeros(rbm.n_hidden, np.int64), np.zeros(rbm.n_bonds, np.int64)
        kernel.moments(a.visible, n_chains, packed.hidden, packed.hidden_order, *sums)
        found.append(sums)
    assert all((x == y).all() for x, y in zip(*found, strict=True))
    assert found[0][1].any()


DIGEST = """
import hashlib, physrbm as pr
rbm = pr.RBM.initialise(60, 30, 0.5, scale=0.6, seed=1)
v, h = pr.sample(rbm, 200, 50, beta=0.9, seed=2)
dense = pr.sample(pr.RBM.initialise(60, 30, scale=0.6, seed=1), 300, 50, seed=2)
z = pr.log_z(rbm, n_chains=128, n_rungs=50, seed=3)
*_, last = pr.train(rbm, v, seed=4, updates=5, n_chains=64, batch_size=50)
*_, counted = pr.train(rbm, v, seed=4, updates=5, n_chains=64, batch_size=50, statistics="counts")
tempered = pr.temper(rbm, pr.paths.from_independent(4), 20, 9, data=v, seed=5)
diluted = pr.temper(rbm, pr.paths.dilution(rbm, [0.9, 0.7]), 20, 40, seed=6)
spins = pr.sample(pr.ensembles.edwards_anderson((4, 6), dilution=0.2), 600, 20, beta=0.8, seed=7, measure_every=20)
arrays = v, h, *dense, last.rbm.bonds.weight, last.chains.rng, counted.rbm.bonds.weight
arrays += tempered.weights, tempered.visible, diluted.weights, diluted.visible, spins.visible, spins.series["energy"]
print(hashlib.sha256(b"".join(x.tobytes() for x in arrays)).hexdigest(), z.value.hex())
"""

X86_64_V3 = "+avx,+avx2,+bmi,+bmi2,+cx16,+f16c,+fma,+lzcnt,+movbe,+popcnt,+sse,+sse2,+sse3,+sse4.1,+sse4.2,+ssse3"


@pytest.mark.parametrize(
    "build",
    [
        {engine.SWITCH: "portable"},
        {"NUMBA_CPU_NAME": "x86-64-v3", "NUMBA_CPU_FEATURES": X86_64_V3},
    ],
    ids=["portable", "avx2"],
)
def test_a_run_gives_the_same_bytes_on_every_path_and_build(build):
    if "NUMBA_CPU_NAME" in build and "avx2" not in processor.features():
        pytest.skip("no AVX2 here")
    command, env = [sys.executable, "-c", DIGEST], os.environ | build
    here = subprocess.run(command, capture_output=True, text=True, check=True)
    other = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert other.stdout == here.stdout


def test_what_numba_may_not_use_is_not_there(monkeypatch):
    monkeypatch.setattr(numba.config, "CPU_FEATURES", X86_64_V3 + ",+avx512f")
    assert {"avx2", "avx512f", "fma"} <= processor.features()
    monkeypatch.setattr(numba.config, "ENABLE_AVX", 0)  # tables would be compiled for what is not there
    assert processor.features() & {"avx", "avx2", "avx512f", "fma"} == {"fma"}


def test_switch_that_is_none_is_one_line(monkeypatch):
    monkeypatch.setenv(engine.SWITCH, "fast")
    engine.engine.cache_clear()
    with pytest.raises(InvalidInput, match="auto, simd, portable, got 'fast'"):
        engine.engine()
    monkeypatch.undo()
    engine.engine.cache_clear()


@pytest.mark.parametrize("simd", [True, False])
@pytest.mark.parametrize(("n_chains", "dilution"), [(40, 0.5), (300, 0.0), (1100, 0.85)])
def test_energy_of_a_measured_sweep_is_that_of_its_states(n_chains, dilution, simd, monkeypatch):
    monkeypatch.setenv(engine.SWITCH, "simd" if simd else "portable")
    engine.engine.cache_clear()
    rbm, packed, (a, b) = machine(n_chains, dilution)
    base = -packed.visible[1][0] * np.log(2)
    energy = sampling.sweep_measured(packed, a, 5)
    sampling.sweep(packed, b, 5)
    assert equal(a, b)
    v, h = sampling.states(a)
    np.testing.assert_allclose(energy[:, 0], rbm.energy(v, h), rtol=2e-6, atol=1e-4)
    np.testing.assert_allclose(energy[:, 1], -(v @ base), rtol=2e-6, atol=1e-4)
    monkeypatch.undo()
    engine.engine.cache_clear()
