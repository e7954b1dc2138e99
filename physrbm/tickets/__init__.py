"""Tickets (Frankle and Carbin 2019): diluted machines as starts of training, and what two of them have in common.

A ticket is an `RBM`: a graph with the couplings and fields that training starts from.
"""

from physrbm.tickets.comparison import Comparison, compare
from physrbm.tickets.masks import MaskOverlap, mask_overlap
from physrbm.tickets.matching import Matching, matched
from physrbm.tickets.null import AgainstNull
from physrbm.tickets.profiles import Profiles, profiles
from physrbm.tickets.rewinding import rewind
from physrbm.tickets.shuffling import shuffled, shuffled_pairs

__all__ = [
    "AgainstNull",
    "Comparison",
    "MaskOverlap",
    "Matching",
    "Profiles",
    "compare",
    "mask_overlap",
    "matched",
    "profiles",
    "rewind",
    "shuffled",
    "shuffled_pairs",
]
