import sys

import numpy as np
import pytest

import physrbm as pr
from physrbm.errors import InvalidInput
from physrbm.scores import discriminator_error

DIGITS = pr.load_data("digits")
SHUFFLED = np.random.default_rng(0).permutation(1500)
REAL, OTHER = DIGITS.train[SHUFFLED[:300]], DIGITS.train[SHUFFLED[300:]]


def test_data_against_data_is_one_half():
    """Four splits: each within 4 standard errors and their mean within 4 of its own (false alarm 3e-4 in all)."""
    found = []
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(1500)
        found.append(discriminator_error(DIGITS.train[order[:200]], DIGITS.train[order[200:400]], seed))
    z = [(x.value - 0.5) / x.error for x in found]
    assert np.abs(z).max() < 4
    assert abs(np.mean(z)) < 4 / 2
    assert found[0].n == 400
    assert found[0].error == pytest.approx(1.5 * 0.5 / 20, rel=0.02)


def test_noise_with_the_right_means_is_told():
    noise = (np.random.default_rng(1).random((300, 64)) < DIGITS.train.mean(0)).astype(np.uint8)
    assert discriminator_error(REAL, noise).value < 0.25


def test_few_prototypes_are_told_at_sight():
    assert discriminator_error(REAL, OTHER[np.random.default_rng(2).integers(0, 4, 300)]).value < 0.05


def test_missing_classes_are_told():
    """Classes 3 ... 9 are missing: 0.15 were they told without mistake; below 1/2 by 4 standard errors."""
    labels = DIGITS.train_labels[SHUFFLED[300:]]
    found = discriminator_error(REAL, OTHER[labels < 3])
    assert found.value < 0.5 - 4 * found.error


def test_copies_of_the_very_samples_are_above_one_half():
    found = discriminator_error(REAL, REAL)
    assert found.value > 0.5 + 4 * found.error


def test_equal_seeds_give_equal_numbers_and_the_larger_set_is_drawn_from():
    from threadpoolctl import threadpool_limits

    found = []
    for threads, seed in ((1, 1), (2, 1), (2, 2)):
        with threadpool_limits(threads):
            found.append(discriminator_error(REAL[:60], OTHER, seed))
    assert found[0] == found[1] != found[2]
    assert found[0].n == 120


def test_what_is_refused(monkeypatch):
    with pytest.raises(InvalidInput, match="at least 50 samples on both sides, got 49"):
        discriminator_error(REAL, OTHER[:49])
    with pytest.raises(InvalidInput, match=r"\(sample, 64\)"):
        discriminator_error(REAL, OTHER[:, :63])
    monkeypatch.setitem(sys.modules, "sklearn.neural_network", None)
    with pytest.raises(InvalidInput, match="needs scikit-learn"):
        discriminator_error(REAL, OTHER)
