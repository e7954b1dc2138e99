import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from physrbm.data.images import binarise, resize
from physrbm.errors import InvalidInput
from physrbm.streams import Stream, generator

SIDES = st.integers(1, 9)
IMAGES = st.tuples(st.integers(1, 3), SIDES, SIDES).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.floats(0, 1, width=32))
)


def rng(seed=0):
    return generator(seed, Stream.BINARISATION)


@settings(deadline=None)
@given(images=IMAGES, shape=st.tuples(SIDES, SIDES))
def test_resize_keeps_the_mean_and_the_range(images, shape):
    small = resize(images, shape)
    assert small.dtype == np.float32
    assert small.shape == (len(images), *shape)
    assert small.min() >= 0
    assert small.max() <= 1
    np.testing.assert_allclose(small.mean(axis=(1, 2), dtype=float), images.mean(axis=(1, 2), dtype=float), atol=1e-6)


@settings(deadline=None)
@given(images=IMAGES)
def test_resize_to_the_same_shape_is_the_identity(images):
    np.testing.assert_array_equal(resize(images, images.shape[1:]), images)


@settings(deadline=None)
@given(bits=arrays(np.uint8, (2, 3, 4), elements=st.integers(0, 1)), factors=st.tuples(st.integers(1, 5), SIDES))
def test_enlarging_by_whole_factors_repeats_pixels_exactly(bits, factors):
    large = resize(bits.astype(np.float32), (3 * factors[0], 4 * factors[1]))
    np.testing.assert_array_equal(large, bits.repeat(factors[0], axis=1).repeat(factors[1], axis=2))


def test_resize_averages_areas():
    image = np.array([[[0.0, 0.5, 1.0]]], dtype=np.float32)
    # two cells of one and a half pixels each
    np.testing.assert_allclose(resize(image, (1, 2)), [[[0.25 / 1.5, 1.25 / 1.5]]], atol=1e-6)


def test_an_average_that_is_exactly_the_threshold_is_not_above_it():
    # 510 / (4 * 255) is 1/2, though none of the four quotients is a float32
    pixels = np.array([[[11, 244], [101, 154]]], dtype=np.float32) / np.float32(255)
    assert resize(pixels, (1, 1)).item() == 0.5


@pytest.mark.parametrize("shape", [(0, 3), (3, -1), (2.0, 3), (True, 3), (3,), (1, 2, 3), ("4", 4)])
def test_bad_shapes_are_refused(shape):
    with pytest.raises(InvalidInput, match="two integers >= 1") as caught:
        resize(np.zeros((2, 3, 3), np.float32), shape)
    assert "\n" not in str(caught.value)


def test_rows_that_are_not_images_cannot_be_resized():
    with pytest.raises(InvalidInput, match="not images but rows of 9 values"):
        resize(np.zeros((2, 9), np.float32), (3, 3))


@pytest.mark.parametrize("how", [1, 1.0, -0.1, float("nan"), float("inf"), "random", "0.5", True, [0.5]])
def test_bad_rules_are_refused(how):
    with pytest.raises(InvalidInput, match="binarise is") as caught:
        binarise(np.zeros((2, 3), np.float32), how, rng())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("how", [0, 0.5, 0.99, "stochastic", None])
def test_binary_values_stay_under_every_rule(how):
    bits = rng().integers(0, 2, (50, 7)).astype(np.float32)
    result = binarise(bits, how, rng())
    assert result.dtype == np.uint8
    np.testing.assert_array_equal(result, bits)


def test_none_refuses_grey_values_and_names_one():
    with pytest.raises(InvalidInput, match=r"such as 0\.25; choose binarise=0\.5 or 'stochastic'"):
        binarise(np.array([[0, 1, 0.25]], np.float32), None, rng())


@pytest.mark.parametrize("p", [0.02, 0.5, 0.9])
def test_stochastic_units_have_the_grey_value_as_mean(p):
    n = 200_000
    mean = binarise(np.full((n // 10, 10), p, np.float32), "stochastic", rng(1)).mean()
    assert abs(mean - p) < 4 * np.sqrt(p * (1 - p) / n)
