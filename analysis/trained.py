"""Machines that are trained, then diluted: what hysteresis.py and phase_diagram.py have in common.

An instance is a dense machine trained on its own, from its own seed. The smallest couplings are removed afterwards, up
to the dilution p and in a gauge; nothing is retrained. One order of magnitudes for all p: the masks are nested.

The order parameter of a configuration is O = sum_a m_a^2 / sum_a <m_a^2>_data over the MODES leading principal
components of the training data (`pr.observables.data_modes`): on average 1 over data. It is not 0 without order:
independent pixels with the means of the data have `Order.independent`, and means that are wrong enter as their square:
on MNIST of 14 x 14 pixels uniformly random configurations have O = 0.78 and empty images 1.3. So the spread S, the same
with the variance of m_a over a set of chains in the place of <m_a^2>, stands beside it: 1 for data, the same as O for
independent pixels, 0 for chains that are all alike, wherever they are.
"""

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import physrbm as pr
from physrbm.sampling import set_threads

GAUGES = ("binary", "centred")
MODES = 5
Table = dict[str, np.ndarray]
Row = dict[str, Any]


class Machines(NamedTuple):
    """Which machines."""

    data: str
    shape: tuple[int, int] | None
    hidden: int
    updates: int
    instances: int
    chains: int
    """of every start"""


DEMO = Machines("digits", None, 64, 600, 10, 1024)
FULL = Machines("mnist", (14, 14), 125, 8 * 196, 10, 1024)


class Order(NamedTuple):
    """O of configurations: components of the data, what they are in the mean, and sum_a <m_a^2> over the data."""

    components: np.ndarray
    """(Nv, MODES)"""
    centre: np.ndarray
    """(MODES,)"""
    scale: float
    independent: float
    """O and S of independent pixels with the means of the data, exact"""

    @classmethod
    def of(cls, data: np.ndarray) -> "Order":
        """That of `data` (sample, Nv)."""
        components = pr.observables.principal_components(data, MODES)
        m = pr.observables.project(components, data)
        scale = float(m.var(0).sum())
        mean = data.mean(0)
        alone = float((components**2).sum(1) @ (4 * mean * (1 - mean))) / len(components)
        return cls(components, m.mean(0), scale, alone / scale)

    def __call__(self, v: np.ndarray) -> np.ndarray:
        """O (chain,) of v (chain, Nv)."""
        m = pr.observables.project(self.components, v) - self.centre
        found: np.ndarray = (m**2).sum(1) / self.scale
        return found

    def spread(self, v: np.ndarray) -> float:
        """S of v (chain, Nv)."""
        return float(pr.observables.project(self.components, v).var(0, ddof=1).sum() / self.scale)


def options(doc: str | None, arguments: Sequence[str] | None) -> argparse.Namespace:
    """demo, workers and out of the command line of a script."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", action="store_true", help="the shipped digits, small")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, required=True, help="folder of tables and figures")
    return parser.parse_args(arguments)


def dense(machines: Machines, data: np.ndarray, instance: int, folder: Path) -> pr.RBM:
    """The trained machine, kept in `folder`."""
    path = folder / f"dense-{instance}.h5"
    if not path.exists():
        rbm = pr.RBM.initialise(data, machines.hidden, scale=0.1, seed=instance)
        for state in pr.train(rbm, data, instance, updates=machines.updates):
            rbm = state.rbm
        rbm.save(path)
    return pr.load(path)


def starts(data: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Configurations (n, Nv) of the data, none twice where there are enough."""
    rows = np.random.default_rng(seed).choice(len(data), n, replace=n > len(data))
    chosen: np.ndarray = data[rows]
    return chosen


def each(work: Callable[[Any], Any], tasks: Sequence[Any], workers: int) -> None:
    """`work` of every task, in processes of one thread each."""
    if workers == 1:
        for task in tasks:
            work(task)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), set_threads, (1,)) as pool:
        list(pool.map(work, tasks))


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """A table, as a whole."""
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    pr.campaign.write_table(path, pr.campaign.Table(columns, {}))


def joined(paths: Sequence[Path]) -> Table:
    """Tables with the same columns, one after another."""
    parts = [pr.campaign.read_table(path) for path in paths]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
