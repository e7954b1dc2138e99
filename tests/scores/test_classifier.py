import sys
from dataclasses import replace

import numpy as np
import pytest

import physrbm as pr
from physrbm import scores
from physrbm.data.dataset import digest_of
from physrbm.errors import InvalidInput
from physrbm.estimate import Estimate
from physrbm.scores import Classifier, classifier
from physrbm.scores.network import Network, trained

DIGITS = pr.load_data("digits")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache") / "not yet there"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "cache_folder", lambda: folder)
        yield folder


@pytest.fixture(scope="module")
def of_digits(cache):
    return scores.trained_classifier(DIGITS)


def two_classes(n=200, seed=0):
    """Rows of 6 bits, labelled 3 or 8 by the first bit."""
    bits = np.random.default_rng(seed).integers(0, 2, (n, 6), np.uint8)
    labels = np.where(bits[:, 0], 8, 3)
    half = n // 2
    train, test = bits[:half], bits[half:]
    return pr.Dataset("two", train, test, labels[:half], labels[half:], (6,), digest_of(train, test, (6,)))


def by_lookup(p):
    """Classifier of one-hot samples (K pixels): p(y | pixel k) = p[k]."""
    network = Network(np.eye(len(p)), np.zeros(len(p)), np.log(p), np.zeros(p.shape[1]))
    return Classifier(np.arange(p.shape[1]), network, Estimate(1.0, 0.0, 1))


def one_hot(pixels, n=4):
    return np.eye(n, dtype=np.uint8)[pixels]


def no_training(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.neural_network", None)  # importing it raises ImportError


def test_it_learns_digits(of_digits):
    """0.95 within two errors of a test part of 297; six seeds gave 0.943 to 0.960."""
    accuracy = of_digits.accuracy
    assert accuracy.value + 2 * accuracy.error > 0.95
    right = of_digits.network.probabilities(DIGITS.test).argmax(1) == DIGITS.test_labels
    assert of_digits.accuracy.value == right.mean()
    assert of_digits.accuracy.error == pytest.approx(np.sqrt(right.mean() * (1 - right.mean()) / 296))


def test_the_arrays_predict_what_scikit_learn_predicts(monkeypatch):
    """Up to the rounding of the weights and the float32 of scikit-learn."""
    from sklearn.neural_network import MLPClassifier

    made = []
    fit = MLPClassifier.partial_fit
    monkeypatch.setattr(MLPClassifier, "partial_fit", lambda self, *a, **k: made.append(self) or fit(self, *a, **k))
    for y in (DIGITS.train_labels, DIGITS.train_labels % 2):
        network = trained(DIGITS.train, y, 16, 100, 0.01, np.random.SeedSequence(1))
        expected = made[-1].predict_proba(DIGITS.test.astype(np.float32))
        np.testing.assert_allclose(network.probabilities(DIGITS.test), expected, rtol=0, atol=1e-3)


def test_equal_seeds_give_equal_bytes_for_any_number_of_threads():
    from threadpoolctl import threadpool_limits

    found = []
    for threads, seed in ((1, 1), (2, 1), (2, 2)):
        with threadpool_limits(threads):
            network = trained(DIGITS.train, DIGITS.train_labels, 64, 100, 0.01, np.random.SeedSequence(seed))
            found.append(b"".join(x.tobytes() for x in (*network, network.probabilities(DIGITS.test))))
    assert found[0] == found[1] != found[2]


def test_the_second_call_reads_the_cache_without_scikit_learn(of_digits, cache, monkeypatch):
    (path,) = cache.iterdir()
    no_training(monkeypatch)
    again = scores.trained_classifier(DIGITS)
    assert all((a == b).all() for a, b in zip(again.network, of_digits.network, strict=True))
    assert again.accuracy == of_digits.accuracy
    assert path.read_bytes()[:8] == b"\x89HDF\r\n\x1a\n"


def test_other_seeds_and_labels_are_other_classifiers(tmp_path, monkeypatch):
    monkeypatch.setattr(classifier, "cache_folder", lambda: tmp_path)
    data = two_classes()
    scores.trained_classifier(data)
    scores.trained_classifier(data, seed=1)
    scores.trained_classifier(replace(data, train_labels=data.train_labels[::-1].copy()))
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("harm", ["cut", "flip", "other"])
def test_a_damaged_or_foreign_file_is_replaced_by_the_same_bytes(harm, tmp_path, monkeypatch):
    monkeypatch.setattr(classifier, "cache_folder", lambda: tmp_path)
    data = two_classes()
    scores.trained_classifier(data)
    (path,) = tmp_path.iterdir()
    good = path.read_bytes()
    if harm == "cut":
        path.write_bytes(good[:-100])
    elif harm == "flip":
        path.write_bytes(good[:3000] + bytes([good[3000] ^ 1]) + good[3001:])
    else:
        scores.trained_classifier(data, seed=1)
        (other,) = set(tmp_path.iterdir()) - {path}
        path.write_bytes(other.read_bytes())
    assert path.read_bytes() != good
    scores.trained_classifier(data)
    assert path.read_bytes() == good


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(classifier, "cache_folder", lambda: tmp_path / "file" / "folder")
    assert scores.trained_classifier(two_classes()).accuracy.value > 0.95


def test_two_classes_keep_their_labels(tmp_path, monkeypatch):
    monkeypatch.setattr(classifier, "cache_folder", lambda: tmp_path)
    found = scores.trained_classifier(two_classes())
    assert found.classes.tolist() == [3, 8]
    assert found.accuracy.value > 0.95


def test_what_has_no_classes_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(classifier, "cache_folder", lambda: tmp_path)
    data = two_classes()
    with pytest.raises(InvalidInput, match="'two' has no labels"):
        scores.trained_classifier(replace(data, train_labels=None))
    with pytest.raises(InvalidInput, match="one class only, 3"):
        scores.trained_classifier(replace(data, train_labels=np.full(100, 3)))
    no_training(monkeypatch)
    with pytest.raises(InvalidInput, match=r"needs scikit-learn: pip install 'physrbm\[classify\]'"):
        scores.trained_classifier(data)


def test_scores_are_the_sums_by_hand():
    p = np.array([[0.7, 0.1, 0.2], [0.2, 0.6, 0.2], [0.9, 0.05, 0.05], [0.3, 0.3, 0.4]])
    pixels = np.random.default_rng(0).integers(0, 4, 200)
    found, q = scores.class_scores(by_lookup(p), one_hot(pixels)), p[pixels]
    assert found.confidence.value == pytest.approx(q.max(1).mean())
    assert found.confidence.n == 200
    share = np.bincount(q.argmax(1)) / 200
    assert found.coverage.value == pytest.approx(-(share * np.log(share)).sum() / np.log(3))
    divergence = (q * np.log(q / q.mean(0))).sum(1)
    assert found.inception.value == pytest.approx(np.exp(divergence.mean()))


def test_scores_at_their_ends():
    sure = by_lookup(np.clip(np.eye(4), 1e-300, None))
    even = scores.class_scores(sure, one_hot(np.arange(80) % 4))
    assert [x.value for x in even] == pytest.approx([1, 1, 4])
    collapsed = scores.class_scores(sure, one_hot(np.zeros(80, int)))
    assert [x.value for x in collapsed] == pytest.approx([1, 0, 1])
    assert [x.error for x in collapsed] == pytest.approx([0, 0, 0], abs=1e-14)


def test_errors_are_the_scatter_over_repeats():
    """200 repeats of 400 samples, classes of unequal shares: within a factor of 1.25."""
    rng = np.random.default_rng(1)
    judge = by_lookup(np.array([[0.7, 0.1, 0.2], [0.2, 0.6, 0.2], [0.9, 0.05, 0.05], [0.3, 0.3, 0.4]]))
    found = [scores.class_scores(judge, one_hot(rng.choice(4, 400, p=[0.5, 0.1, 0.3, 0.1]))) for _ in range(200)]
    for one in zip(*found, strict=True):
        ratio = np.mean([x.error for x in one]) / np.std([x.value for x in one], ddof=1)
        assert 1 / 1.25 < ratio < 1.25


def test_held_out_digits_are_confident_and_of_all_classes(of_digits):
    found = scores.class_scores(of_digits, DIGITS.test)
    assert found.confidence.value > 0.96
    assert found.coverage.value > 0.99
    assert found.inception.value > 9


def test_noise_a_missing_class_and_collapse_are_detected(of_digits):
    """Each is 4 standard errors of the difference below the held-out digits (false alarm 3e-5)."""
    rng = np.random.default_rng(2)
    anchor = scores.class_scores(of_digits, DIGITS.test)

    def below(samples, score):
        a, b = getattr(anchor, score), getattr(scores.class_scores(of_digits, samples), score)
        return (a.value - b.value) / np.hypot(a.error, b.error)

    noise = (rng.random(DIGITS.test.shape) < DIGITS.train.mean(0)).astype(np.uint8)
    assert below(noise, "confidence") > 4
    assert below(DIGITS.test[DIGITS.test_labels != 3], "coverage") > 4
    few = DIGITS.train[rng.integers(0, 4, 297)]
    assert below(few, "coverage") > 4
    assert below(few, "inception") > 4


def test_samples_that_do_not_fit_are_refused(of_digits):
    with pytest.raises(InvalidInput, match="at least 40 samples, got 39"):
        scores.class_scores(of_digits, DIGITS.test[:39])
    with pytest.raises(InvalidInput, match=r"\(sample, 64\)"):
        scores.class_scores(of_digits, DIGITS.test[:, :63])


@pytest.mark.mnist
def test_it_learns_mnist(tmp_path, monkeypatch):
    monkeypatch.setattr(classifier, "cache_folder", lambda: tmp_path)
    data = pr.load_data("mnist")
    found = scores.trained_classifier(data)
    assert found.accuracy.value > 0.97
    held_out = scores.class_scores(found, data.test)
    assert held_out.confidence.value > 0.96
    assert held_out.coverage.value > 0.995
