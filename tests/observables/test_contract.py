"""What every observable must do, whatever it measures."""

import numpy as np
import pytest
from enumeration import machine, random_states

from physrbm import ensembles
from physrbm.errors import InvalidInput
from physrbm.observables import OBSERVABLES, PAIRS

LATTICE = ensembles.edwards_anderson((4, 6), "gaussian", dilution=0.25, seed=1)
CHAINS = 7
ALL = {**OBSERVABLES, **PAIRS}


def call(name, *replicas):
    return OBSERVABLES[name](LATTICE, *replicas[0]) if name in OBSERVABLES else PAIRS[name](LATTICE, *replicas)


def two(n=CHAINS):
    return random_states(LATTICE, n, 2), random_states(LATTICE, n, 3)


def test_no_name_is_in_both():
    assert len(ALL) == len(OBSERVABLES) + len(PAIRS)


@pytest.mark.parametrize("name", ALL)
def test_one_number_a_chain(name):
    value = call(name, *two())
    assert value.shape == (CHAINS,)
    assert value.dtype == np.float64
    assert np.isfinite(value).all()
    assert value.std() > 0
    assert call(name, *two(0)).shape == (0,)


@pytest.mark.parametrize("name", ALL)
def test_chains_do_not_see_each_other(name):
    order = np.random.default_rng(4).permutation(CHAINS)
    replicas = two()
    permuted = call(name, *[(v[order], h[order]) for v, h in replicas])
    np.testing.assert_allclose(permuted, call(name, *replicas)[order], rtol=1e-12, atol=1e-15)
    alone = call(name, *[(v[2:3], h[2:3]) for v, h in replicas])
    np.testing.assert_allclose(alone, call(name, *replicas)[2:3], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", [bool, np.int64, np.float32])
def test_any_kind_of_numbers_0_and_1(name, dtype):
    replicas = two()
    other = call(name, *[(v.astype(dtype), h.astype(dtype)) for v, h in replicas])
    assert (other == call(name, *replicas)).all()


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_are_symmetric(name):
    one, other = two()
    assert (call(name, one, other) == call(name, other, one)).all()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda v, h: (v[:, 1:], h),
        lambda v, h: (v, h[:, 1:]),
        lambda v, h: (v[1:], h),
        lambda v, h: (v[0], h[0]),
        lambda v, h: (v[None], h[None]),
        lambda v, h: (2 * v, h),
        lambda v, h: (v, h - 0.5),
        lambda v, h: (np.full(v.shape, np.nan), h),
        lambda v, h: (v.astype(str), h),
    ],
    ids=["Nv", "Nh", "chains", "1-d", "3-d", "2", "-0.5", "nan", "text"],
)
@pytest.mark.parametrize("name", ALL)
def test_bad_states_are_one_line(name, spoil):
    one, other = two()
    with pytest.raises(InvalidInput, match="states must") as error:
        call(name, spoil(*one), other)
    assert "\n" not in str(error.value)
    if name in PAIRS:
        with pytest.raises(InvalidInput, match="states must"):
            call(name, one, spoil(*other))


@pytest.mark.parametrize("name", PAIRS)
def test_replicas_need_the_same_chains(name):
    with pytest.raises(InvalidInput, match=r"same number of chains, got \[7, 3\]"):
        call(name, two()[0], two(3)[1])
    with pytest.raises(InvalidInput, match="states must be"):
        call(name, two()[0], (*two()[1], two()[1][0]))


@pytest.mark.parametrize("name", ["magnetisation_k", "overlap_k"])
def test_waves_need_a_lattice(name):
    rbm = machine(4, 3)
    one = random_states(rbm, 5, 1)
    with pytest.raises(InvalidInput, match="lattice"):
        OBSERVABLES[name](rbm, *one) if name in OBSERVABLES else PAIRS[name](rbm, one, one)
