"""What the series say, in words that claim no more than they can."""

import numpy as np

from physrbm.estimate import compact, rounded
from physrbm.statistics.equilibration import RHAT
from physrbm.watching.view import RunView, Series

_FEW = 8  # measurements


def verdict(view: RunView) -> str:
    """Whether a tempering run is equilibrated, or whether a training still gains; one line, empty without series."""
    if view.report is not None and isinstance(view.report.get("verdict"), dict):
        return str(view.report["verdict"].get("text", ""))
    if "rhat" in view.series:
        return _mixing(view.series["rhat"])
    if "pseudo_likelihood" in view.series:
        return _gain(view.series["pseudo_likelihood"])
    return ""


def likelihood(view: RunView) -> str:
    """The test log-likelihood with its 95 % interval, or why there is none."""
    if view.report is None:
        return ""
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


def _mixing(rhat: Series) -> str:
    if rhat.value.size < _FEW:
        return f"too early to say: {rhat.value.size} measurements"
    last, n = float(rhat.value[-1]), float(rhat.update[-1])
    if not np.isfinite(last):
        return "not known: the energy has no R-hat, it does not vary or is not a number"
    if last <= RHAT:
        return f"R-hat of the energy {last:.3f}, at most {RHAT}: the verdict comes at the end"
    more = n * ((last - 1) / (RHAT - 1) - 1)  # the excess falls like one over the length
    return f"not equilibrated: R-hat of the energy {last:.3f} above {RHAT}; about {more:.1g} more rounds"


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
