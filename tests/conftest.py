"""Tests that need the real MNIST files are skipped where PHYSRBM_DATA does not name them."""

import os
import signal

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices of tests are small; threads that wait cost more
if (
    signal.getsignal(signal.SIGINT) == signal.SIG_IGN
):  # as in the background of a script; programs under test inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

import pytest

from physrbm.data import mnist

REAL = os.environ.get("PHYSRBM_DATA")
IS_THERE = REAL is not None and all(ok for _, ok in mnist.status(REAL).values())


def pytest_runtest_setup(item):
    if item.get_closest_marker("mnist") and not IS_THERE:
        pytest.skip("PHYSRBM_DATA does not name a folder with the four MNIST files")
