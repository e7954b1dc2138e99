"""Statistics of correlated series and of disorder: errors, functions of averages, and whether a run is equilibrated.

Arrays run (measurement, chain); chains are independent. g = 1 + 2 tau throughout.
"""

from physrbm.statistics.autocorrelation import IntegratedTime, autocorrelation, integrated_time
from physrbm.statistics.binning import Binning, binning, mean
from physrbm.statistics.equilibration import Verdict, rhat_limit, verdict
from physrbm.statistics.evaluables import (
    EVALUABLES,
    binder_cumulant,
    binder_ratio,
    correlation_length,
    specific_heat,
    susceptibility,
)
from physrbm.statistics.jackknife import jackknife, jackknife_error, replicates
from physrbm.statistics.mixing import ess_bulk, ess_tail, rhat
from physrbm.statistics.windows import Windows, log2_windows

__all__ = [
    "EVALUABLES",
    "Binning",
    "IntegratedTime",
    "Verdict",
    "Windows",
    "autocorrelation",
    "binder_cumulant",
    "binder_ratio",
    "binning",
    "correlation_length",
    "ess_bulk",
    "ess_tail",
    "integrated_time",
    "jackknife",
    "jackknife_error",
    "log2_windows",
    "mean",
    "replicates",
    "rhat",
    "rhat_limit",
    "specific_heat",
    "susceptibility",
    "verdict",
]
