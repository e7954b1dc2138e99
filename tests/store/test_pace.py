"""The rate of a run, by which it says when it will be done."""

import pytest

from physrbm.store.pace import Pace


def test_before_the_first_measurement_it_is_that_of_what_there_is():
    pace = Pace(100, 50.0)
    assert pace.rate(100, 60.0) == 0
    assert pace.rate(120, 60.0) == pytest.approx(2.0)


def test_measurements_count_once_a_period():
    """100 updates take 1 s, the measurement after them 1 s: 50 a second, wherever within a period it is asked."""
    pace = Pace(0, 0.0)
    for k in range(1, 4):
        pace.measured(100 * k, 2.0 * k)
    for update, clock in ((300, 6.0), (399, 6.99), (400, 8.0)):
        assert pace.rate(update, clock) == pytest.approx(50.0)


def test_a_slow_beginning_is_forgotten():
    """The first period compiles for 100 s; then each of 10 updates takes 1 s."""
    pace = Pace(0, 0.0)
    for k in range(20):
        pace.measured(10 * (k + 1), 101.0 + k)
    assert pace.rate(200, 120.0) == pytest.approx(10.0)
