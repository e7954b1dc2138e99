"""Numbers in files that anybody may have written."""

from typing import Any

_MOST = 2**53


def whole(x: Any) -> int | None:
    """A count below 2^53; None for anything else."""
    return x if type(x) is int and 0 <= x < _MOST else None


def real(x: Any) -> float:
    """A number as a float; NaN for anything else, also for a whole number that no float holds exactly."""
    if type(x) is float:
        return x
    return float(x) if type(x) is int and abs(x) < _MOST else float("nan")
