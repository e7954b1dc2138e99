"""Which bonds survive: every rule by name, with where it comes from and what it costs."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from physrbm.dilution.controls import permuted, sign_preserving
from physrbm.dilution.information import fisher, gradient, leave_one_out
from physrbm.dilution.local import local
from physrbm.dilution.magnitude import largest_magnitude, magnitude, magnitude_hidden, magnitude_visible
from physrbm.dilution.random import bernoulli, random
from physrbm.dilution.regular import biregular, regular_hidden, regular_visible
from physrbm.dilution.units import hidden_units
from physrbm.dilution.view import View
from physrbm.model import RBM


class Rule(NamedTuple):
    """A rule of dilution; `dilute` does the checks and the bookkeeping."""

    keep: Callable[[RBM, int, np.random.Generator, View], np.ndarray]
    """f(rbm, n_keep, rng, view) -> (bond,) bool"""
    source: str
    cost: str
    needs: tuple[str, ...] = ()
    """of "data" and "shape" """
    exact_count: bool = True
    """whether exactly n_keep survive, or n_keep on average"""

    @property
    def about(self) -> str:
        """What it does, in a line."""
        return (self.keep.__doc__ or "").splitlines()[0]


_SORT, _MODEL = (
    "a sort of the bonds",
    "1000 sweeps of 2048 chains, whose mixing is not examined; enumeration up to 16 units",
)
_DATA = "one pass over the data"

RULES: dict[str, Rule] = {
    "random": Rule(random, "quenched bond dilution; Diaz-Faloh & Mulet 2025", "a draw of the bonds"),
    "bernoulli": Rule(bernoulli, "bond percolation, Broadbent & Hammersley 1957", "a draw a bond", (), False),
    "magnitude": Rule(magnitude, "Han et al. 2015", _SORT),
    "largest_magnitude": Rule(largest_magnitude, "control, Zhou et al. 2019", _SORT),
    "magnitude_hidden": Rule(magnitude_hidden, "layer by layer in Han et al. 2015, here unit by unit", _SORT),
    "magnitude_visible": Rule(magnitude_visible, "layer by layer in Han et al. 2015, here unit by unit", _SORT),
    "regular_hidden": Rule(regular_hidden, "random regular graphs, one layer; Wormald 1999", _SORT),
    "regular_visible": Rule(regular_visible, "random regular graphs, one layer; Wormald 1999", _SORT),
    "biregular": Rule(biregular, "maximum flow (Dinic 1970), then shuffled at fixed degrees", "a flow and a shuffle"),
    "local": Rule(local, "local receptive fields, LeCun 1989", _SORT, ("shape",)),
    "fisher": Rule(fisher, "Scholl, Rule & Hennig 2021", f"{_DATA}, {_SORT}", ("data",)),
    "leave_one_out": Rule(leave_one_out, "the saliency of LeCun, Denker & Solla 1990, of log Z", _MODEL),
    "gradient": Rule(gradient, "SNIP, Lee, Ajanthan & Torr 2019", f"{_DATA}, {_MODEL}", ("data",)),
    "hidden_units": Rule(hidden_units, "removal of units; Li et al. 2017 by norm", _SORT),
    "sign_preserving": Rule(sign_preserving, "control; signs in Zhou et al. 2019", _SORT),
    "permuted": Rule(permuted, "control; layerwise shuffles in Frankle et al. 2021", f"{_SORT} and a shuffle"),
}
