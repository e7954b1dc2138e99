"""Order parameters against dilution, at several sizes: averages over instances, peaks, crossings, collapse, verdicts.

Tables are mappings of columns of equal length, a row an instance at one x and one size (`pr.campaign.read_table`).
Averages over instances come first, then functions of them, then fits; every error is a delete-one-block jackknife over
instances pushed through all of it.
"""

from physrbm.scaling.changes import ChangePoint, change_point
from physrbm.scaling.collapse import METHODS, Collapse, collapse, scaled
from physrbm.scaling.crossings import Crossing, Crossings, crossing
from physrbm.scaling.curves import Curves, curves
from physrbm.scaling.dependence import l_min_dependence
from physrbm.scaling.modes import more_than_one_mode
from physrbm.scaling.peaks import Peak, peaks
from physrbm.scaling.quantities import Quantity, binder_cumulant, binder_of_instances, mean, susceptibility
from physrbm.scaling.transition import KINDS, Transition, transition

__all__ = [
    "KINDS",
    "METHODS",
    "ChangePoint",
    "Collapse",
    "Crossing",
    "Crossings",
    "Curves",
    "Peak",
    "Quantity",
    "Transition",
    "binder_cumulant",
    "binder_of_instances",
    "change_point",
    "collapse",
    "crossing",
    "curves",
    "l_min_dependence",
    "mean",
    "more_than_one_mode",
    "peaks",
    "scaled",
    "susceptibility",
    "transition",
]
