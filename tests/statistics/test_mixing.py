import numpy as np
import pytest
from processes import ar1, tau_of

from physrbm.errors import InvalidInput
from physrbm.statistics import ess_bulk, ess_tail, rhat


def lattice(n, chains):
    """Numbers in [0,1) without a generator, so that the stored answers below hold for ever."""
    return (np.arange(1, n * chains + 1) * 0.6180339887498949 % 1).reshape(chains, n).T


SERIES = {
    "even": lattice(200, 4),
    "odd length": lattice(101, 3) ** 2,
    "two values": np.round(lattice(60, 4) - 0.2),
    "slow": lattice(300, 5).cumsum(0) - 0.5 * np.arange(1, 301)[:, None],
    "apart": lattice(100, 4) + 0.3 * np.arange(4),
    "wider": (lattice(100, 4) - 0.5) * [1, 1, 1, 3],
}

# R-hat, bulk and tail effective number of arviz-stats 0.8.0
ARVIZ = {
    "even": (0.9954318499, 1897.518583, 909.5139),
    "odd length": (0.9908551611, 743.1363764, 351.7270653),
    "two values": (0.984681202, 571.250698, 240),
    "slow": (1.503831127, 9.867170346, 27.44651576),
    "apart": (1.56122588, 8.489413351, 243.7026418),
    "wider": (1.178550224, 896.4254717, 240.6836224),
}


@pytest.mark.parametrize("name", SERIES)
def test_numbers_are_those_arviz_gave(name):
    x = SERIES[name]
    assert (rhat(x), ess_bulk(x), ess_tail(x)) == pytest.approx(ARVIZ[name], rel=1e-6)


def test_numbers_are_those_of_the_arviz_at_hand():
    arviz = pytest.importorskip("arviz_stats.base").array_stats
    rng = np.random.default_rng(21)
    axes = {"chain_axis": 1, "draw_axis": 0}
    for phi in (-0.6, 0.0, 0.3, 0.9, 0.99, 0.999):
        for n, chains in ((4, 2), (7, 3), (150, 4), (601, 8)):
            plain = ar1(rng, phi, n, chains)
            apart, drift = rng.standard_normal(chains), np.linspace(0, 3, n)[:, None]
            for x in (plain, np.round(2 * plain), plain + apart, plain + drift):
                if np.ptp(x) == 0:  # nan here, other answers there
                    continue
                with np.errstate(all="ignore"):  # ArviZ divides by the width of chains that do not move
                    assert min(rhat(x), 1e6) == pytest.approx(min(arviz.rhat(x, **axes), 1e6), rel=1e-6)
                assert ess_bulk(x) == pytest.approx(arviz.ess(x, method="bulk", **axes), rel=1e-6)
                tail = arviz.ess(x, method="tail", prob=(0.05, 0.95), **axes)
                assert ess_tail(x) == pytest.approx(tail, rel=1e-6)


def test_the_effective_number_is_that_of_the_process():
    """Mean of 50 estimates; 5 % is four of its standard errors: false alarm 6e-5."""
    rng = np.random.default_rng(22)
    found = [ess_bulk(ar1(rng, 0.8, 4000, 4)) for _ in range(50)]
    assert np.mean(found) == pytest.approx(16_000 / (1 + 2 * tau_of(0.8)), rel=0.05)


def test_what_does_not_move():
    still = np.full((50, 4), 7.0)
    assert np.isnan([rhat(still), ess_bulk(still), ess_tail(still)]).all()
    apart = np.ones((50, 4)) * np.arange(4)
    assert rhat(apart) == np.inf
    assert ess_bulk(apart) < 5


def test_one_chain_is_compared_with_itself():
    rng = np.random.default_rng(23)
    assert rhat(ar1(rng, 0.0, 1000, 1)) < 1.01
    assert rhat(ar1(rng, 0.0, 1000, 1) + np.linspace(0, 3, 1000)[:, None]) > 1.1
    assert 800 < ess_bulk(ar1(rng, 0.0, 1000, 1)) < 3000


def test_short_series_are_refused():
    for number in (rhat, ess_bulk, ess_tail):
        with pytest.raises(InvalidInput, match="at least 4"):
            number(np.zeros((3, 4)))
