import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physrbm.estimate import Estimate, LogLikelihood, LogZ, compact, rounded


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (-18.8512, 0.2431, "-18.85(24)"),
        (657.6823, 0.0405, "657.682(40)"),
        (1.189e-4, 1.6e-5, "1.19(16)e-04"),
        (0.00756, 0.00041, "7.56(41)e-03"),
        (12.0, 0.0996, "12.00(10)"),
        (1234.5, 99.6, "1234(100)"),
        (5.25, 0.0, "5.25"),
        (5.25, float("nan"), "5.25(?)"),
    ],
)
def test_compact_notation(value, error, text):
    assert compact(value, error) == text


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e3))
def test_compact_notation_can_be_read_back(value, error):
    text = compact(value, error)
    mantissa, rest = text.split("(")
    digits, _, exponent = rest.partition(")")
    power = 10.0 ** int(exponent[1:] or 0)
    decimals = len(mantissa.partition(".")[2])
    assert float(mantissa) * power == pytest.approx(value, abs=0.06 * error + 0.51 * (error > 10))
    assert int(digits) * power / 10**decimals == pytest.approx(error, rel=0.06, abs=0.51 * (error > 10))


def test_estimate_of_samples():
    x = np.array([1.0, 2.0, 4.0, 5.0])
    assert Estimate.of(x) == (3.0, pytest.approx(np.sqrt(10 / 3 / 4)), 4)
    assert np.isnan(Estimate.of(x[:1]).error)


def test_what_is_not_estimated_is_not_printed():
    z = LogZ(123.456, 3.0, 120.0, 126.0, 4.0, "ais", False, "too few")
    likelihood = LogLikelihood(-98.76, 0.1, 3.0, -104.0, -92.0, False, "too few")
    assert "123" not in str(z)
    assert "98" not in str(likelihood)
    assert "too few" in str(z)
    assert rounded(1.23456, 0.012) == "1.235"


def test_huge_and_tiny_numbers_stay_short():
    for value, error in ((5e-324, 5e-324), (1e300, 1e290), (-1e300, 2e299), (1e16, 1e14), (3e-301, 1e-302)):
        assert len(compact(value, error)) < 24
    assert compact(1e16, 1e14) == "1.000(10)e+16"
