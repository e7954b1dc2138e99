"""Which score sees which failure of a generator: 599 digits that fail in a known way against 599 held-out digits.

`+`: seen, more than 5 standard deviations of the split halves off their mean. `0`: blind, less than 3. `.`: nothing is
claimed (this sample size, or this draw, decides). Everything is drawn with fixed seeds.
"""

import numpy as np
import pytest
from one_number import NUMBERS

import physrbm as pr
from physrbm import scores

N = 599
FAILURES = ["blur", "collapse", "copies", "noise", "missing", "shift", "independent"]
#                            blur collapse copies noise missing shift independent
TABLE = {
    "first_moments":        "  +     +       0     +      .      +       0",
    "second_moments":       "  +     +       0     +      +      .       +",
    "third_moments":        "  +     +       0     +      .      +       +",
    "spectrum":             "  +     +       0     +      0      +       +",
    "power_spectrum":       "  +     .       0     +      0      +       +",
    "compression_entropy":  "  +     +       0     +      0      +       +",
    "aai.truth":            "  +     +       0     +      0      +       +",
    "aai.synthetic":        "  .     +       0     +      0      +       .",
    "aai.eps":              "  +     +       0     +      0      +       +",
    "diversity.memorising": "  +     .       +     +      .      +       +",
    "diversity.spread":     "  +     .       0     +      0      +       0",
    "diversity.coverage":   "  +     +       0     +      .      +       +",
}  # fmt: skip
# the same scores, with the training set in the place of the held-out data
AGAINST_TRAINING = ["compression_entropy", "aai.truth", "aai.synthetic", "aai.eps"]


@pytest.fixture(scope="module")
def digits():
    """Training, held-out and further digits, with the labels of the last."""
    data = pr.load_data("digits")
    order = np.random.default_rng(0).permutation(1797)
    images = np.concatenate([data.train, data.test])[order]
    labels = np.concatenate([data.train_labels, data.test_labels])[order]
    return images[:N], images[N : 2 * N], images[2 * N :], labels[2 * N :]


@pytest.fixture(scope="module")
def failed(digits):
    """Failure -> generated samples."""
    train, held_out, good, labels = digits
    rng = np.random.default_rng(1)
    means = np.concatenate([train, held_out, good]).mean(0)
    return {
        "blur": blurred(good, rng),
        "collapse": good[rng.integers(0, 20, N)],
        "copies": rng.permutation(train),
        "noise": good ^ (rng.random(good.shape) < 0.1),
        "missing": good[labels != 0],
        "shift": good | (rng.random(good.shape) < 0.1),
        "independent": (rng.random(good.shape) < means).astype(np.uint8),
    }


def blurred(images, rng):
    """Every pixel drawn anew with the mean of its 3x3 neighbourhood."""
    padded = np.pad(images.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)), mode="edge")
    mean = sum(padded[:, i : i + 8, j : j + 8] / 9 for i in range(3) for j in range(3))
    return (rng.random(mean.shape) < mean).astype(np.uint8).reshape(len(images), -1)


def deviations(name, digits, failed, against):
    """Deviation of every failure from split halves, in their standard deviations."""
    train, held_out, good, _ = digits

    def number(a, b):
        return NUMBERS[name](train, a, b, (8, 8))

    expected = scores.split_half(number, np.concatenate([held_out, good]), N)
    found = {x: number(against[: len(made)], made).value for x, made in failed.items()}
    return {x: (value - expected.mean) / expected.sd for x, value in found.items()}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_score_sees_its_failures_and_is_blind_to_others(name, digits, failed):
    z = deviations(name, digits, failed, digits[1])
    marks = dict(zip(FAILURES, TABLE[name].split(), strict=True))
    assert {x: z[x] for x, mark in marks.items() if mark == "+" and abs(z[x]) <= 5} == {}
    assert {x: z[x] for x, mark in marks.items() if mark == "0" and abs(z[x]) >= 3} == {}


@pytest.mark.parametrize("name", AGAINST_TRAINING)
def test_copies_are_seen_against_the_training_set(name, digits, failed):
    copies = {"copies": failed["copies"]}
    assert abs(deviations(name, digits, copies, digits[0])["copies"]) > 5


def test_every_failure_is_seen_by_some_score():
    seen = {x for row in TABLE.values() for x, mark in zip(FAILURES, row.split(), strict=True) if mark == "+"}
    assert seen == set(FAILURES)
