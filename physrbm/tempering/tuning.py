"""Where the rungs of a straight path go: equal rejection, found by pilots and then frozen (Syed et al. 2022)."""

from typing import NamedTuple

import numpy as np

from physrbm.model import RBM
from physrbm.paths import LinearPath
from physrbm.streams import Use
from physrbm.tempering.rounds import rounds

_FIRST_RUNGS, MOST_RUNGS = 16, 256
_PILOTS = (100, 200, 400)  # rounds; the first half of each thermalises
_REPLICAS = 8
_LEAST_RUNGS = 3


class Tuned(NamedTuple):
    """A path with its rungs placed, and the barrier they stand against."""

    path: LinearPath
    barrier: float
    """Lambda = sum of the rejections over a fine ladder; round trips take about 2 + 2 Lambda rounds at best"""


def tune(path: LinearPath, rbm: RBM, data: np.ndarray | None, seed: int) -> Tuned:
    """The path with rungs such that every swap is rejected equally often, about 1 + 2 Lambda of them.

    Every pilot measures the rejections of the gaps of the ladder before; their sum up to t is the barrier Lambda(t),
    and the next rungs stand at equal steps of it.
    """
    path, barrier = path._replace(t=np.linspace(0.0, 1.0, _FIRST_RUNGS)), 0.0
    for trial, n_rounds in enumerate(_PILOTS):
        ladder, key = path.bind(rbm, data), (Use.PILOT_TEMPERING, trial)
        walkers, rejections = ladder.start(_REPLICAS, None, seed, key), []
        for now in rounds(ladder, walkers, 0, n_rounds, 1, seed, key):
            if now.number >= n_rounds // 2:
                rejections.append(now.rejection)
        rejection = np.nanmean(np.stack(rejections), axis=0)
        barrier = float(rejection.sum())
        n_rungs = int(np.clip(np.ceil(1 + 2 * barrier), _LEAST_RUNGS, MOST_RUNGS))
        # a little of the mean everywhere: a gap that is never rejected must not lose all its rungs
        height = np.concatenate([[0.0], np.cumsum(rejection + 1e-2 * rejection.mean() + 1e-9)])
        path = path._replace(t=np.interp(np.linspace(0, height[-1], n_rungs), height, path.t))
        path.t[[0, -1]] = 0.0, 1.0
    return Tuned(path, barrier)
