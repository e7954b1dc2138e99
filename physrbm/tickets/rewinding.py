"""Where a ticket starts training from: its graph with couplings of another time or none."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, normal_of
from physrbm.tickets.graphs import check_sizes, pairs

INHERIT = ("values", "signs", "mask")


def rewind(
    graph: RBM,
    to: RBM,
    inherit: str = "values",
    *,
    scale: float = 0.1,
    visible_bias: np.ndarray | None = None,
    seed: int = 0,
) -> RBM:
    """Machine on the bonds of `graph`, with what `inherit` takes from `to`; n_possible and sites are those of `graph`.

    "values": couplings, fields and constant of `to` (Frankle and Carbin 2019). "signs": sign(w) times the root mean
    square of the couplings of `to` on these bonds (a zero stays zero), fields and constant of `to` (Zhou et al. 2019).
    "mask": only the graph is kept. Couplings N(0, scale^2) of each pair are those that `RBM.initialise` of `seed` and
    `scale` has there: take a seed that the graph was not selected with. Fields `visible_bias` (Nv,), default zeros, and
    zero, constant 0.
    Raises InvalidInput, also when `to` lacks bonds of `graph` whose values or signs are asked for.
    """
    check_sizes(graph, to)
    if inherit not in INHERIT:
        raise InvalidInput(f"unknown inherit {inherit!r}; allowed: {', '.join(INHERIT)}")
    if inherit == "mask":
        if not (np.isfinite(scale) and scale >= 0):
            raise InvalidInput(f"scale must be finite and not negative, got {scale}")
        a = np.zeros(graph.n_visible) if visible_bias is None else visible_bias
        if np.shape(a) != (graph.n_visible,):
            raise InvalidInput(f"visible_bias must have the shape {(graph.n_visible,)}, got {np.shape(a)}")
        return _on(graph, scale * normal_of(pairs(graph), seed), a, np.zeros(graph.n_hidden), 0.0)
    if visible_bias is not None:
        raise InvalidInput(f"visible_bias goes with 'mask'; with {inherit!r} the fields are those of `to`")
    weight = _couplings_at(pairs(graph), to)
    if inherit == "signs":
        weight = np.sign(weight) * np.sqrt(np.mean(weight**2))
    return _on(graph, weight, to.visible_bias, to.hidden_bias, to.constant)


def _couplings_at(pair: np.ndarray, to: RBM) -> np.ndarray:
    there, at, _ = np.intersect1d(pairs(to), pair, assume_unique=True, return_indices=True)
    if there.size < pair.size:
        raise InvalidInput(f"{pair.size - there.size} of {pair.size} bonds of the graph are none of the machine's")
    return to.bonds.weight[at]


def _on(graph: RBM, weight: np.ndarray, a: np.ndarray, b: np.ndarray, constant: float) -> RBM:
    i, j, _ = graph.bonds
    return RBM.from_bonds(i, j, weight, a, b, graph.n_possible, constant, graph.sites)
