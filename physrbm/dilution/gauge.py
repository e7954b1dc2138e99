"""What a removed bond leaves in the fields and the constant: the gauge of dilution."""

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM, check_states

_BLOCK = 4096  # samples whose hidden fields are held at once
GAUGES = ("binary", "ising", "centred")


def check_means(
    rbm: RBM, gauge: str, visible_mean: np.ndarray | None, hidden_mean: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Offsets (mu (Nv,), lambda (Nh,)) of `gauge`. Raises InvalidInput for wrong means."""
    if gauge != "centred":
        offset = 0.0 if gauge == "binary" else 0.5
        return np.full(rbm.n_visible, offset), np.full(rbm.n_hidden, offset)
    if visible_mean is None or hidden_mean is None:
        raise InvalidInput("the gauge 'centred' needs data, or visible_mean and hidden_mean")
    offsets = []
    for name, mean, size in (("visible", visible_mean, rbm.n_visible), ("hidden", hidden_mean, rbm.n_hidden)):
        x = np.asarray(mean, dtype=np.float64)
        if x.shape != (size,) or not ((x >= 0) & (x <= 1)).all():
            raise InvalidInput(f"{name}_mean must be {size} numbers in [0, 1], got the shape {x.shape}")
        offsets.append(x)
    return offsets[0], offsets[1]


def means(rbm: RBM, data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """<v> (Nv,) and <h> (Nh,) of `rbm` under data (n, Nv) of {0,1}. Raises InvalidInput."""
    data = check_states(data, rbm.n_visible)
    hidden = np.zeros(rbm.n_hidden)
    for k in range(0, len(data), _BLOCK):
        hidden += rbm.hidden_means(data[k : k + _BLOCK]).sum(0)
    return data.mean(0), hidden / len(data)


def left_behind(rbm: RBM, removed: np.ndarray, mu: np.ndarray, lam: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Changes of the visible fields, the hidden fields and the constant when the bonds `removed` go."""
    i, j, w = (x[removed] for x in rbm.bonds)
    visible = np.bincount(i, w * lam[j], rbm.n_visible)
    hidden = np.bincount(j, w * mu[i], rbm.n_hidden)
    return visible, hidden, float((w * mu[i] * lam[j]).sum())
