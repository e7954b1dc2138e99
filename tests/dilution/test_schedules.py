import numpy as np
import pytest

from physrbm.dilution import next_dilution
from physrbm.errors import InvalidInput


def steps(schedule, first, target, n):
    found = [first]
    for left in range(n, 0, -1):
        found.append(next_dilution(schedule, found[-1], target, left))
    return np.array(found)


def test_laws_without_memory_are_the_published_ones():
    k = np.arange(11)
    np.testing.assert_allclose(steps("gradual", 0.2, 0.95, 10), 0.95 + (0.2 - 0.95) * (1 - k / 10) ** 3, atol=1e-12)
    np.testing.assert_allclose(steps("iterative", 0.2, 0.95, 10), 1 - 0.8 * (0.05 / 0.8) ** (k / 10), atol=1e-12)
    assert steps("once", 0.2, 0.95, 1).tolist() == [0.2, 0.95]


def test_rounding_to_whole_bonds_does_not_miss_the_target():
    for schedule in ("iterative", "gradual"):
        n_bonds = 1000
        for left in range(7, 0, -1):
            n_bonds = round((1 - next_dilution(schedule, 1 - n_bonds / 1000, 0.9, left)) * 1000)
        assert n_bonds == 100


def test_bad_input_is_one_line():
    with pytest.raises(InvalidInput, match="unknown schedule"):
        next_dilution("magic", 0.0, 0.5, 2)


def test_what_is_beyond_the_target_stays():
    """Bonds never return: a rule without an exact count may have overshot."""
    for schedule in ("once", "iterative", "gradual"):
        assert next_dilution(schedule, 0.51, 0.5, 3) == 0.51
