import numpy as np
import pytest

from physrbm import ensembles, sampling
from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.observables import OBSERVABLES


@pytest.mark.parametrize("n_chains", [40, 600])
@pytest.mark.parametrize("rbm", [RBM.initialise(30, 20, 0.5, scale=0.8, seed=1), ensembles.edwards_anderson((4, 6))])
def test_measuring_changes_nothing_and_ends_with_the_states(rbm, n_chains):
    """General and multi-spin coded; the last row of a series is that of the configurations returned."""
    plain = sampling.sample(rbm, n_chains, 12, beta=0.7, seed=3)
    names = ("magnetisation", "hidden_activity")
    measured = sampling.sample(rbm, n_chains, 12, beta=0.7, seed=3, measure_every=4, observables=names)
    assert (plain.visible == measured.visible).all()
    assert (plain.hidden == measured.hidden).all()
    assert set(measured.series) == {"energy", *names}
    assert all(x.shape == (3, n_chains) for x in measured.series.values())
    np.testing.assert_allclose(measured.series["energy"][-1], rbm.energy(*plain), rtol=1e-5, atol=1e-4)
    for name in names:
        np.testing.assert_allclose(measured.series[name][-1], OBSERVABLES[name](rbm, *plain))
        assert measured.series[name].std()


@pytest.mark.parametrize(
    "bad",
    [
        {"measure_every": 5},
        {"measure_every": 0},
        {"observables": ("magnetisation",)},
        {"measure_every": 4, "observables": ("heat",)},
        {"measure_every": 4, "observables": ("magnetisation_k",)},
    ],
)
def test_bad_input_is_one_line(bad):
    with pytest.raises(InvalidInput) as error:
        sampling.sample(RBM.initialise(5, 4), 10, 12, **bad)
    assert "\n" not in str(error.value)
