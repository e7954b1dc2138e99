"""How a dilution is reached in several steps. The laws need no memory: what is left to do says what comes next."""

from collections.abc import Callable

from physrbm.errors import InvalidInput


def once(now: float, target: float, left: int) -> float:
    """All at once."""
    return target


def iterative(now: float, target: float, left: int) -> float:
    """The same fraction of the bonds that are left at every step (Han et al. 2015; Frankle & Carbin 2019)."""
    return 1 - (1 - now) * float(((1 - target) / (1 - now)) ** (1 / left))


def gradual(now: float, target: float, left: int) -> float:
    """p_k = p + (p_0 - p)(1 - k/n)^3: most bonds go early (Zhu & Gupta 2017)."""
    return target + (now - target) * ((left - 1) / left) ** 3


SCHEDULES: dict[str, Callable[[float, float, int], float]] = {
    "once": once,
    "iterative": iterative,
    "gradual": gradual,
}


def next_dilution(schedule: str, now: float, target: float, left: int) -> float:
    """Dilution after the next of `left` steps from the dilution `now` to `target`; `now` where that is beyond it.

    Whole bonds, or a rule without an exact count, may overshoot a little. Raises InvalidInput for an unknown schedule.
    """
    if schedule not in SCHEDULES:
        raise InvalidInput(f"unknown schedule {schedule!r}; allowed: {', '.join(SCHEDULES)}")
    if target <= now:
        return now
    return target if left <= 1 else SCHEDULES[schedule](now, target, left)
