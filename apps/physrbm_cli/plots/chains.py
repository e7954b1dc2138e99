"""The chains that pictures show."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from physrbm.model import RBM


def spread(samples: "np.ndarray", n: int) -> "np.ndarray":
    """At most `n` of samples (sample, Nv) at equal distances: of all classes, also where they are sorted."""
    import numpy as np

    chosen: np.ndarray = samples[np.linspace(0, len(samples) - 1, min(n, len(samples))).astype(int)]
    return chosen


def begin(rbm: "RBM", start: str, samples: "np.ndarray | None", n: int, seed: int) -> "np.ndarray":
    """Visible states (chain, Nv) of `n` chains, or of one a sample, before the first sweep."""
    from physrbm.sampling import random_states
    from physrbm.streams import Use

    if start == "data":
        assert samples is not None
        return spread(samples, n)
    return random_states(n, rbm.n_visible, seed, (Use.SAMPLE,))


def after(rbm: "RBM", visible: "np.ndarray", sweeps: Sequence[int], seed: int, start: str) -> Iterator["np.ndarray"]:
    """Visible states (chain, Nv) of the same chains after each of so many `sweeps`, ascending.

    What they are like after t does not depend on the other times; those from random starts are those of
    `sampling.sample`.
    """
    from physrbm import sampling
    from physrbm.streams import Use

    key = (Use.SAMPLE,) if start == "random" else (Use.SAMPLE, 1)
    machine, chains = sampling.pack_machine(rbm), sampling.new_chains(visible, rbm.n_hidden, seed, key)
    done = 0
    for t in sweeps:
        sampling.sweep(machine, chains, t - done)
        done = t
        yield sampling.states(chains).visible
