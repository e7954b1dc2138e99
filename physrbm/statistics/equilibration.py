"""Is a run equilibrated: one verdict from several tests, none of which is enough alone."""

from collections.abc import Mapping
from math import ceil, inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.statistics.autocorrelation import IntegratedTime, integrated_time
from physrbm.statistics.mixing import ess_bulk, ess_tail, rhat
from physrbm.statistics.series import checked, is_constant
from physrbm.statistics.windows import ALARM, log2_windows

RHAT = 1.01  # Vehtari et al. 2021
ESS = 400  # the same: below it R-hat and the effective numbers themselves are not reliable
CHAINS = 4  # the same: fewer cannot be seen to be stuck apart
LENGTH = 50  # of each chain in units of g; shorter ones can hide a slow mode behind a fast one (emcee, Sokal 1997)
_LEAST = 8


class Verdict(NamedTuple):
    """Whether chains are equilibrated, and why not; `str` says it in one line."""

    equilibrated: bool
    reason: str
    missing: int | None
    """estimate of the sweeps that are missing for each chain; 0 if none, None if nothing can be said"""
    rhat: float
    """largest R-hat of the series"""
    ess: float
    """smallest effective number of samples, bulk or tail, of the series"""
    tau: IntegratedTime
    """longest integrated time of the series, in measurements"""

    def __str__(self) -> str:
        """As in "equilibrated (R-hat 1.003, effective 1,840, tau 12.1(4))"."""
        if self.equilibrated:
            return f"equilibrated ({self.reason})"
        more = "no telling how much longer" if self.missing is None else f"about {self.missing:,} more sweeps"
        return f"not equilibrated: {self.reason}; {more}"


class Fault(NamedTuple):
    """A test that was not passed, and how many more measurements would pass it."""

    text: str
    missing: float


class Numbers(NamedTuple):
    """What the tests of one series (measurement, chain) look at."""

    rhat: float
    ess: float
    tau: IntegratedTime


def verdict(
    series: Mapping[str, np.ndarray], cold: Mapping[str, np.ndarray] | None = None, *, sweeps_between: int = 1
) -> Verdict:
    """Whether all named `series` (measurement, chain) come from equilibrated chains of one machine.

    Every series must pass: no chain frozen, R-hat below `rhat_limit`, bulk and tail effective number >= 400, tau
    resolved, every chain >= 50 g, the last three log2 windows agree. With `cold`, the same series from other starts
    (their own numbers of measurements and chains), the means over the last halves must agree, too. The tests that
    compare means and R-hat each raise a false alarm for at most ALARM of all equilibrated runs.
    `missing` is in sweeps, with `sweeps_between` of them from one measurement to the next. Passing proves nothing about
    a valley that no chain has visited: start chains apart. Raises InvalidInput for no series, other names in `cold`,
    values that are not finite, or `sweeps_between` < 1.
    """
    cold = {} if cold is None else cold
    if not series or (cold and set(cold) != set(series)):
        raise InvalidInput(f"the same named series are needed from all starts, got {sorted(series)} and {sorted(cold)}")
    if sweeps_between < 1:
        raise InvalidInput(f"sweeps_between is {sweeps_between}; a whole number >= 1 is needed")
    hot = {name: checked(x, 0) for name, x in series.items()}
    shortest = min(len(checked(x, 0)) for x in [*series.values(), *cold.values()])
    if shortest < _LEAST:
        nothing = IntegratedTime(inf, np.nan, 0, shortest, False)
        return Verdict(False, f"{shortest} measurements, {_LEAST} are the least", None, np.nan, np.nan, nothing)
    alarm = ALARM / len(hot)
    numbers = {name: Numbers(rhat(x), min(ess_bulk(x), ess_tail(x)), integrated_time(x)) for name, x in hot.items()}
    faults = [fault for name, x in hot.items() for fault in _faults(name, x, numbers[name], alarm)]
    faults += [fault for name, x in cold.items() for fault in _cold_faults(name, hot[name], checked(x, 0), alarm)]
    return _summary(list(numbers.values()), faults, sweeps_between)


def rhat_limit(g: float, n: int, n_chains: int, alarm: float = ALARM) -> float:
    """R-hat below which `n_chains` chains of `n` measurements with inefficiency `g` count as mixed.

    1.01, or for short chains what perfectly mixed ones exceed with probability `alarm`: the means of their 2 n_chains
    halves scatter with variance g/(n/2), so that R-hat^2 = 1 + g/(n/2) chi2/(2 n_chains - 1).
    """
    from scipy.special import chdtri

    free = 2 * n_chains - 1
    return max(RHAT, sqrt(1 + g / (n // 2) * float(chdtri(free, alarm)) / free))


def _faults(name: str, x: np.ndarray, numbers: Numbers, alarm: float) -> list[Fault]:
    n, chains = x.shape
    g, faults = numbers.tau.inefficiency, []
    frozen = int(is_constant(x[n // 2 :]).sum())
    if frozen:
        return [Fault(f"{frozen} of {chains} chains of {name} frozen", inf)]
    if chains < CHAINS:
        faults.append(Fault(f"{chains} chains, {CHAINS} are the least", inf))
    # R-hat is the larger of two; chains stuck apart have a large g, which must not excuse them
    limit = rhat_limit(min(g, n / LENGTH), n, chains, alarm / 2)
    if not numbers.rhat < limit:
        # a slow mode that mixes in the end takes R-hat^2 - 1 down as 1/n
        times = (numbers.rhat**2 - 1) / (limit**2 - 1)
        faults.append(Fault(f"R-hat {numbers.rhat:.3g} of {name} above {limit:.3g}", n * (times - 1)))
    if not numbers.ess >= ESS:
        faults.append(Fault(f"effective number {numbers.ess:.0f} of {name} below {ESS}", n * (ESS / numbers.ess - 1)))
    if not n >= LENGTH * g:  # longer ones have tau resolved
        length = f"{n / g:.2g} g" if isfinite(g) else "no end of memory"
        faults.append(Fault(f"tau of {name} needs chains of {LENGTH} g, they show {length}", LENGTH * g - n))
    if chains >= 2 and not log2_windows(x, alarm).agree:
        faults.append(Fault(f"{name} still drifts", n))  # what was thermalisation until now is less than a half then
    return faults


def _cold_faults(name: str, hot: np.ndarray, cold: np.ndarray, alarm: float) -> list[Fault]:
    """Means over the last halves, chain by chain, compared by Welch's t test (1947)."""
    from scipy.special import stdtrit

    ends = [x[len(x) // 2 :] for x in (hot, cold)]
    if any(is_constant(end).any() or end.shape[1] < 2 for end in ends):
        return [Fault(f"{name} of hot and cold starts not comparable: frozen, or one chain", inf)]
    means = [end.mean(0) for end in ends]
    squares = np.array([mean.var(ddof=1) / mean.size for mean in means])
    apart, error = abs(means[0].mean() - means[1].mean()), sqrt(squares.sum())
    free = squares.sum() ** 2 / (squares**2 / [mean.size - 1 for mean in means]).sum() if error > 0 else 1
    if apart <= stdtrit(free, 1 - alarm / 2) * error:
        return []
    return [Fault(f"{name} differs by {apart:.3g} +- {error:.2g} between hot and cold starts", len(hot))]


def _summary(numbers: list[Numbers], faults: list[Fault], sweeps_between: int) -> Verdict:
    worst = float(np.max([x.rhat for x in numbers]))
    ess = float(np.min([x.ess for x in numbers]))
    tau = max((x.tau for x in numbers), key=lambda tau: tau.tau if tau.resolved else inf)
    if not faults:
        return Verdict(True, f"R-hat {worst:.3f}, effective {ess:,.0f}, tau {tau}", 0, worst, ess, tau)
    more = max(fault.missing for fault in faults)
    missing = ceil(more) * sweeps_between if isfinite(more) else None
    return Verdict(False, "; ".join(dict.fromkeys(f.text for f in faults)), missing, worst, ess, tau)
