"""What the series say, in words that claim no more than they can."""

import numpy as np

from physrbm.estimate import compact, rounded
from physrbm.statistics.equilibration import ESS, RHAT
from physrbm.watching.view import RunView, Series

_FEW = 8  # measurements


def verdict(view: RunView) -> str:
    """Whether a tempering run is equilibrated, or whether a training still gains; one line, empty without series."""
    if view.report is not None and isinstance(view.report.get("verdict"), dict):
        return str(view.report["verdict"].get("text", ""))
    if "rhat" in view.series:
        return _mixing(view.series["rhat"], *(view.series.get(name) for name in ("ess", "tau")))
    if "pseudo_likelihood" in view.series:
        return _gain(view.series["pseudo_likelihood"])
    return ""


def likelihood(view: RunView) -> str:
    """The log-likelihood of test data with its 95 % interval, or why there is none; of a run that goes on, the last
    one on the way.
    """
    if view.report is None:
        return _on_the_way(view.series.get("log_likelihood"), view.series.get("ais_ess"))
    x = view.report.get("log_likelihood", {})
    x = x.get("test") if isinstance(x, dict) else None
    if not isinstance(x, dict):
        return ""
    try:
        if not x["estimated"]:
            return f"log-likelihood not estimated ({x['reason']})"
        lower, upper = (rounded(x[name], x["error"]) for name in ("lower", "upper"))
        return f"test log-likelihood {compact(x['value'], x['error'])}, 95 % {lower} ... {upper} nats"
    except (KeyError, TypeError, ValueError, OverflowError):
        return "its report is not one of physrbm"


def _on_the_way(found: Series | None, ess: Series | None) -> str:
    if ess is None or not ess.value.size:
        return ""
    if found is None or not found.value.size or found.update[-1] < ess.update[-1]:
        last = "" if found is None or not found.value.size else f", the last one is of update {found.update[-1]:.0f}"
        return f"log-likelihood withheld: AIS comes to {ess.value[-1]:.0f} effective chains{last}"
    x, error = float(found.value[-1]), float(found.error[-1])
    if not (np.isfinite(x) and error > 0):
        return ""
    lower, upper = (rounded(x + z * error, error) for z in (-1.96, 1.96))
    return f"log-likelihood {compact(x, error)}, 95 % {lower} ... {upper} nats, by AIS on the way"


def _mixing(rhat: Series, ess: Series | None, tau: Series | None) -> str:
    if rhat.value.size < _FEW:
        return f"too early to say: {rhat.value.size} measurements"
    last, n = float(rhat.value[-1]), float(rhat.update[-1])
    if not np.isfinite(last):
        return "not known: the energy has no R-hat, it does not vary or is not a number"
    if last > RHAT:
        more = n * ((last - 1) / (RHAT - 1) - 1)  # the excess falls like one over the length
        return f"not equilibrated: R-hat of the energy {last:.3f} above {RHAT}; about {more:.1g} more rounds"
    effective = float(ess.value[-1]) if ess is not None and ess.value.size else float("nan")
    if effective < ESS:
        more = n * (ESS / max(1.0, effective) - 1)
        return f"too short: effective number {effective:.0f} of the energy below {ESS}; about {more:.1g} more rounds"
    memory = ""
    if tau is not None and tau.value.size and tau.update[-1] == rhat.update[-1]:
        memory = f", tau {compact(tau.value[-1], tau.error[-1])} sweeps"
    good = f"R-hat {last:.3f}, effective {effective:,.0f}{memory}"
    return f"nothing speaks against equilibrium so far ({good}); the verdict comes at the end"


def _gain(series: Series) -> str:
    """The slope over the last quarter, weighted by the errors."""
    last = slice(-max(_FEW, series.value.size // 4), None)
    x, y, error = (column[last] for column in series)
    good = np.isfinite(y) & (error > 0)
    if good.sum() < _FEW:
        return f"too early to say: {series.value.size} measurements"
    x, y, error = x[good], y[good], error[good]
    weight = error**-2.0
    x = (x - (weight * x).sum() / weight.sum()) / 1000
    slope = float((weight * x * y).sum() / (weight * x * x).sum())
    # the same samples are looked at every time: their scatter about the line is the error, not that of a mean
    rest, spread = y - y.mean() - slope * (x - x.mean()), ((x - x.mean()) ** 2).sum()
    scatter = float(np.sqrt((rest**2).sum() / (y.size - 2) / spread))
    if abs(slope) <= 2 * scatter:
        return f"pseudo-likelihood flat within its scatter: {compact(slope, scatter)} nats per pixel and 1000 updates"
    word = "still climbing" if slope > 0 else "falling"
    return f"pseudo-likelihood {word}: {compact(slope, scatter)} nats per pixel and 1000 updates"
