"""The scores of samples against direct formulas, and what they refuse."""

import itertools
import zlib

import numpy as np
import pytest
from one_number import NUMBERS

import physrbm as pr
from physrbm import scores
from physrbm.errors import InvalidInput

TRIPLES = list(itertools.combinations(range(12), 3))


@pytest.fixture(scope="module")
def sets():
    """Training, held-out and generated samples of 3x4 pixels with many ties and copies; different numbers."""
    rng = np.random.default_rng(0)
    p = rng.uniform(0.1, 0.9, 12)
    return [(rng.random((n, 12)) < p).astype(np.uint8) for n in (90, 57, 64)]


def thirds(x):
    dv = x - x.mean(0)
    return np.array([(dv[:, i] * dv[:, j] * dv[:, k]).mean() for i, j, k in TRIPLES])


def hamming(a, b):
    return np.array([[np.count_nonzero(x != y) for y in b] for x in a])


def test_first_moments_by_hand(sets):
    _, data, made = sets
    expected = ((data.mean(0) - made.mean(0)) ** 2).mean()
    assert scores.first_moments(data, made).value == pytest.approx(expected, rel=1e-12)


def test_third_moments_by_hand(sets):
    """All 220 triples."""
    _, data, made = sets
    expected = ((thirds(data) - thirds(made)) ** 2).mean()
    assert scores.third_moments(data, made).value == pytest.approx(expected, rel=1e-10)


def test_drawn_triples_are_those_of_all_triples_within_the_error_from_drawing():
    """64 pixels have 41,664 triples, 20,000 are drawn: 8 seeds against all, 4 standard errors (1e-3 in all)."""
    digits = pr.load_data("digits")
    data, made = digits.train[:300], digits.train[300:600]
    a, b = (x - x.mean(0) for x in (data, made))
    upper = np.triu_indices(64, 1)
    squares = []
    for i in range(62):
        rest = (upper[0] > i).nonzero()[0]
        j, k = upper[0][rest], upper[1][rest]
        squares.append(((a[:, i] @ (a[:, j] * a[:, k]) / 300) - (b[:, i] @ (b[:, j] * b[:, k]) / 300)) ** 2)
    squares = np.concatenate(squares)
    assert squares.size == 41_664
    error = squares.std() / 20_000**0.5
    found = [scores.third_moments(data, made, seed).value for seed in range(8)]
    assert np.abs(np.array(found) - squares.mean()).max() < 4 * error
    assert np.std(found) > error / 3  # seeds draw different triples


def test_third_moments_repeat_with_their_seed():
    digits = pr.load_data("digits").train
    assert scores.third_moments(digits[:99], digits[99:300], 3) == scores.third_moments(digits[:99], digits[99:300], 3)


def test_spectrum_by_hand(sets):
    _, data, made = sets
    a, b = (np.sort(np.linalg.eigvalsh(np.cov(x.T, ddof=0))) for x in (data, made))
    expected = np.sqrt(((a - b) ** 2).sum()) / a.sum()
    assert scores.spectrum(data, made).value == pytest.approx(expected, rel=1e-10)


def test_power_spectrum_by_hand(sets):
    """Plane waves written out, ring by ring."""
    _, data, made = sets
    rows, columns = np.divmod(np.arange(12), 4)
    rings = {}
    for ky, kx in itertools.product((0, 1, -1), (0, 1, -1, 2)):
        wave = np.exp(2j * np.pi * (ky * rows / 3 + kx * columns / 4))
        size = round(np.hypot(ky / 3, kx / 4) * 4)
        if (ky, kx) != (0, 0):
            power = [np.var(x @ wave, ddof=1) for x in (data, made)]
            rings.setdefault(size, []).append(power)
    means = np.array([np.mean(ring, axis=0) for ring in rings.values()])
    expected = (np.log(means[:, 0] / means[:, 1]) ** 2).mean()
    assert scores.power_spectrum(data, made, (3, 4)).value == pytest.approx(expected, rel=1e-10)


def test_power_spectrum_of_one_sample_repeated_does_not_exist(sets):
    _, data, made = sets
    with pytest.raises(InvalidInput, match="does not vary at some wave number"):
        scores.power_spectrum(data, np.repeat(made[:1], 60, axis=0), (3, 4))


def test_power_spectrum_that_hangs_on_one_sample_has_no_error(sets):
    _, data, made = sets
    lone = np.repeat(made[:1], 60, axis=0)
    lone[7, 3] ^= 1
    found = scores.power_spectrum(data, lone, (3, 4))
    assert np.isfinite(found.value)
    assert np.isnan(found.error)


def test_aai_by_hand(sets):
    _, data, made = sets
    n = len(data)
    made = made[:n]
    across, accuracy = hamming(data, made), []
    for own, other in ((hamming(data, data), across), (hamming(made, made), across.T)):
        shares = []
        for i in range(n):
            of_own, of_other = np.delete(own[i], i), other[i]
            nearest = min(of_own.min(), of_other.min())
            k_own, k_other = np.count_nonzero(of_own == nearest), np.count_nonzero(of_other == nearest)
            shares.append(k_own / (k_own + k_other))
        accuracy.append(np.mean(shares))
    found = scores.aai(data, sets[2])
    assert found.truth.value == pytest.approx(accuracy[0], abs=1e-12)
    assert found.synthetic.value == pytest.approx(accuracy[1], abs=1e-12)
    assert found.eps.value == pytest.approx(((np.array(accuracy) - 0.5) ** 2).mean(), abs=1e-12)


def test_diversity_by_hand(sets):
    train, data, made = sets
    n = len(data)
    made = made[:n]
    found = scores.diversity(train, data, sets[2])
    memorising = hamming(made, train).min(1).mean() - hamming(data, train).min(1).mean()
    assert found.memorising.value == pytest.approx(memorising, abs=1e-6)
    pairs = np.triu_indices(n, 1)
    spread = hamming(made, made)[pairs].mean() - hamming(data, data)[pairs].mean()
    assert found.spread.value == pytest.approx(spread, abs=1e-12)
    fifth = [np.sort(np.delete(row, i))[4] for i, row in enumerate(hamming(data, data))]
    assert found.coverage.value == (hamming(data, made).min(1) < fifth).mean()


@pytest.mark.parametrize("name", ["aai.truth", "aai.eps", "diversity.memorising", "diversity.coverage"])
def test_neighbour_errors_leave_the_samples_of_a_block_out(sets, name):
    """The reused distances against the score of the samples that are left."""
    train, data, made = sets
    n, number = 57, NUMBERS[name]
    blocks = np.array_split(np.arange(n), 20)
    left = [number(train, np.delete(data, b, 0), np.delete(made[:n], b, 0), None).value for b in blocks]
    found = number(train, data, made, None)
    assert found.error == pytest.approx(np.sqrt(19 * np.var(left)), rel=1e-6)


def test_spectrum_error_is_near_that_of_the_eigenvalues_without_a_block():
    """First-order eigenvalues against new ones: within 10 % where the spectra differ."""
    digits = pr.load_data("digits").train
    data, made = digits[:600], digits[600:1200] ^ (np.random.default_rng(0).random((600, 64)) < 0.1)
    blocks = np.array_split(np.arange(600), 20)
    left = [scores.spectrum(np.delete(data, b, 0), np.delete(made, b, 0)).value for b in blocks]
    assert scores.spectrum(data, made).error == pytest.approx(np.sqrt(19 * np.var(left)), rel=0.1)


def test_compression_sees_copies_beyond_the_window_of_zlib():
    """1,000 random samples of 784 pixels and copies of them, 98 kB apart: a third of the half is shared."""
    rng = np.random.default_rng(1)
    data = rng.integers(0, 2, (1000, 784), dtype=np.uint8)
    found = scores.compression_entropy(data, rng.permutation(data))
    assert -0.3 < found.value < -0.2  # half of 1 of 2 halves is known: -1/4
    packed = np.packbits(data, axis=1).tobytes()
    assert len(zlib.compress(2 * packed, 9)) > 1.99 * len(packed)  # zlib sees none


def test_compression_of_independent_samples_knows_nothing():
    rng = np.random.default_rng(2)
    data, made = rng.integers(0, 2, (2, 400, 784), dtype=np.uint8)
    found = scores.compression_entropy(data, made)
    assert abs(found.value) < 1e-3
    assert found == scores.compression_entropy(data, made)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_score_does_not_depend_on_the_type_of_its_bits(sets, name):
    whole = NUMBERS[name](*sets, (3, 4))
    assert NUMBERS[name](*(x.astype(np.float64) for x in sets), (3, 4)) == whole


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: x[:39], "at least 40 samples on both sides, got 39"),
        (lambda x: x[:, :-1], "data must be"),
        (lambda x: x + 1, "only 0 and 1"),
    ],
)
def test_what_no_sample_score_takes(sets, name, spoil, message):
    train, data, made = sets
    with pytest.raises(InvalidInput, match=message):
        NUMBERS[name](train, data, spoil(made), (3, 4))


@pytest.mark.parametrize("shape", [(12,), (3, 5), (2, 2, 3), (-3, -4)])
def test_power_spectrum_needs_the_shape_of_images(sets, shape):
    with pytest.raises(InvalidInput, match="shape must be"):
        scores.power_spectrum(sets[1], sets[2], shape)


def test_what_single_scores_do_not_take(sets):
    _, data, made = sets
    with pytest.raises(InvalidInput, match="2 pixels"):
        scores.second_moments(data[:, :1], made[:, :1])
    with pytest.raises(InvalidInput, match="3 pixels"):
        scores.third_moments(data[:, :2], made[:, :2])
    with pytest.raises(InvalidInput, match="that vary"):
        scores.spectrum(np.repeat(data[:1], 50, axis=0), made)


@pytest.mark.parametrize(("n", "draws"), [(46, 10), (0, 10), (40, 1)])
def test_split_halves_are_disjoint(sets, n, draws):
    with pytest.raises(InvalidInput, match="split halves need"):
        scores.split_half(scores.first_moments, sets[0], n, draws=draws)


def test_split_half_shows_disjoint_rows_of_the_data():
    """Row r of the data says r in bits; the score looks at what it is given."""
    data = (np.arange(64)[:, None] >> np.arange(6) & 1).astype(np.uint8)

    def score(a, b):
        rows = [set((x @ (1 << np.arange(6))).tolist()) for x in (a, b)]
        assert [len(x) for x in rows] == [30, 30]
        assert not rows[0] & rows[1]
        return pr.Estimate(float(min(rows[0])), 0.0, 30)

    found = scores.split_half(score, data, 30, draws=30)
    assert found.sd > 0
    assert found == scores.split_half(score, data, 30, draws=30)
    assert found != scores.split_half(score, data, 30, seed=1, draws=30)


def test_every_number_has_its_unit():
    """By its name in the registry; `eps1` ... are the moments."""
    moments = {"first_moments": "eps1", "second_moments": "eps2", "third_moments": "eps3"}
    assert {moments.get(name, name.replace(".", "_")) for name in NUMBERS} <= set(scores.UNITS)
