"""The machines of the study, read from its tables, and means over their seeds.

Of every machine beside what was measured:

    retained      (l - l_0) / (l_dense - l_0): test log-likelihood l, l_0 of independent pixels, l_dense of the dense
                  machine of the same seed after T updates
    captured      1 - (eps2 - eps2 of data) / (eps2 of independent pixels - eps2 of data) after 1000 sweeps from random
                  starts: how much of the correlations between pixels, 1 for data; `captured_data` from data starts,
                  where scores in time were taken
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import physrbm as pr

Machine = dict[str, Any]
PARTS = ("before", "budgets", "after")
LAST = 1000  # sweeps after which scores are compared
STARTS = ("random", "data")


def read(results: Path) -> list[Machine]:
    """Every machine as one dictionary; scores as "eps2@random@1000", sha256 as "machine"."""
    found: dict[str, Machine] = {}
    for part in PARTS:
        found |= {row["name"]: row for row in _rows(results / f"{part}.csv")}
        for row in _rows(results / f"{part}-scores.csv"):
            at = f"{row.pop('start')}@{row.pop('sweeps')}"
            found[row.pop("name")] |= {f"{name}@{at}": x for name, x in row.items()}
        for row in _rows(results / f"{part}-likeness.csv"):
            found[row["name"]] |= {("machine" if name == "digest" else name): x for name, x in row.items()}
    machines = list(found.values())
    dense = {m["seed"]: m["log_likelihood_test"] for m in of(machines, "before-0")}
    for m in machines:
        alone = m["independent_pixels_test"]
        m["retained"] = (m["log_likelihood_test"] - alone) / (dense[m["seed"]] - alone)
        m["captured"] = captured(m["eps2"], m["anchor_eps2"], m["anchor_independent_eps2"])
        at = f"@data@{LAST}"
        if f"eps2{at}" in m:
            m["captured_data"] = captured(m[f"eps2{at}"], m[f"eps2_data{at}"], m[f"eps2_independent{at}"])
    return machines


def samples(results: Path) -> dict[str, np.ndarray]:
    """Configurations (chain, Nv) of the machines of one seed by name."""
    found: dict[str, np.ndarray] = {}
    for part in PARTS:
        if (path := results / f"{part}-samples.npz").exists():
            with np.load(path) as packed:
                n = int(packed["n_visible"])
                found |= {k: np.unpackbits(packed[k], axis=1, count=n) for k in packed if k != "n_visible"}
    return found


def captured(eps2: Any, data: Any, independent: Any) -> Any:
    """What part of the correlations is there."""
    return 1 - (eps2 - data) / (independent - data)


def _rows(path: Path) -> list[Machine]:
    """None where there is no such table: of budgets there are no scores in time."""
    if not path.exists():
        return []
    table = pr.campaign.read_table(path)
    names = list(table)
    return [dict(zip(names, row, strict=True)) for row in zip(*(x.tolist() for x in table.values()), strict=True)]


def of(machines: Iterable[Machine], family: str, **where: Any) -> list[Machine]:
    """Those of a family, and of other settings, in the order of their seeds."""
    own = [m for m in machines if m["family"] == family and all(m[name] == x for name, x in where.items())]
    return sorted(own, key=lambda m: m["seed"])


def dilutions(machines: Sequence[Machine], stem: str) -> list[float]:
    """At which there are machines of the families "stem-p"."""
    found = {m["family"].removeprefix(f"{stem}-") for m in machines if m["family"].startswith(f"{stem}-")}
    return sorted(float(p) for p in found if re.fullmatch(r"[\d.]+", p))


def mean(machines: Sequence[Machine], name: str) -> pr.Estimate:
    """Over seeds, with the standard error; NaN where one is withheld, of none (n = 0) where it was not measured."""
    if not any(name in m for m in machines):
        return pr.Estimate(np.nan, np.nan, 0)
    return pr.Estimate.of(np.array([m.get(name, np.nan) for m in machines], np.float64))


def difference(a: Iterable[Machine], b: Iterable[Machine], name: str) -> pr.Estimate:
    """Mean of `a` minus `b` within a seed."""
    first, second = ({m["seed"]: m[name] for m in side} for side in (a, b))
    return pr.Estimate.of(np.array([first[seed] - second[seed] for seed in sorted(first.keys() & second.keys())]))


def interval(x: pr.Estimate) -> tuple[float, float]:
    """95 % of Student's t: with three seeds 4.3 errors to either side."""
    from scipy.special import stdtrit

    half = float(stdtrit(max(1, x.n - 1), 0.975)) * x.error
    return x.value - half, x.value + half
