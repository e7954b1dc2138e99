"""Does finite-size scaling find known critical points and exponents from data that this program makes itself?

python analysis/finite_size_scaling.py [--demo] [--workers 2] [--out FOLDER]

Three systems, each with y = L^(exponent/nu) f((x - x_c) L^(1/nu)) and `pr.scaling` throughout:

    ising         the square lattice by multi-spin coding, x = T: T_c = 2 / ln(1 + sqrt 2), nu = 1 (Onsager 1944),
                  beta = 1/8 (Yang 1952), from the Binder cumulant (exponent 0) and from <|m|> (exponent -beta)
    percolation   random dilution of the bonds of the square lattice, x = fraction of bonds that are left: p_c = 1/2
                  (Kesten 1980), nu = 4/3, beta = 5/36 (den Nijs 1979, Nienhuis 1982), from [S^2]/[S]^2 and [S]/N of the
                  largest component S
    graphs        random dilution of 784 x 500 machines and larger ones, x = c = (1 - p) sqrt(Nv Nh), size N = Nv + Nh:
                  c = 1 (Molloy & Reed 1995), nu = 3, [S] ~ N^(2/3) (Bollobas 1984)

Each collapse is made by both methods and for every smallest size, because corrections to scaling are larger than
errors at small ones; beside it the crossings of neighbouring sizes. Writes FOLDER/NAME.csv, tables that are read where
they are there, NAME.png, NAME.pdf and results.json. --demo: a few minutes on two cores with fewer sweeps and instances.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from kaufman import T_C
from validation_ising import OMEGA, torus_run
from validation_rows import lanes

import physrbm as pr

mpl.use("Agg")
Table = dict[str, np.ndarray]
NAMES = {"x": "x", "size": "L", "instance": "instance"}


class Analysis(NamedTuple):
    """One quantity, and what is known of it."""

    name: str
    y: "str | pr.scaling.Quantity"
    known: dict[str, float]
    """x_c, nu, exponent"""
    fixed: bool
    """whether the exponent is known to be that and held"""


def _known(x_c: float, nu: float, exponent: float) -> dict[str, float]:
    return {"x_c": x_c, "nu": nu, "exponent": exponent}


def _ratio(size: np.ndarray, n: np.ndarray, first: np.ndarray, second: np.ndarray) -> Any:
    return second / first**2


RATIO = pr.scaling.Quantity((("S", 1), ("S", 2)), _ratio)


def ising(demo: bool, workers: int) -> Table:
    """<|m|>, <m^2>, <m^4> of every lane, at T = T_c + t with t L / T_c up to 0.45; a lane is an instance."""
    rows = []
    for L in (8, 16, 32) if demo else (8, 16, 32, 64, 128):
        points = T_C * (1 + 0.45 * np.linspace(-1, 1, 7) / L)
        T = points[np.arange(2048) % len(points)].reshape(2, 1024)
        run = torus_run(L, 10_000 if demo else 60_000)
        found = lanes([pr.ensembles.ising_lattice((L, L))], T, run, seed=900 + L, up=True)
        if not found.thermalised():
            print(f"L = {L}: the last three log2 windows do not agree", flush=True)
        m = found.m
        rows.append((T.ravel(), np.full(2048, L), np.abs(m).mean(0), (m**2).mean(0), (m**4).mean(0)))
    x, L, m1, m2, m4 = (np.concatenate(part) for part in zip(*rows, strict=True))
    return {"x": x, "L": L, "instance": np.arange(len(x)), "m": m1, "m2": m2, "m4": m4}


def _lattice(task: tuple[int, float, int]) -> tuple[float, int]:
    """Occupation as it came out, and the largest component."""
    L, left, seed = task
    rbm = pr.ensembles.edwards_anderson((L, L), dilution=1 - left, seed=seed)
    return rbm.n_bonds / rbm.n_possible, int(pr.structure.components(rbm).sizes[0])


def _machine(task: tuple[int, float, int]) -> tuple[float, int]:
    """c as it came out, and the largest component."""
    factor, c, seed = task
    n_visible, n_hidden = 784 * factor, 500 * factor
    size = (n_visible * n_hidden) ** 0.5
    rbm = pr.RBM.initialise(n_visible, n_hidden, 1 - c / size, seed=seed)
    return rbm.n_bonds / size, int(pr.structure.components(rbm).sizes[0])


def percolation(demo: bool, workers: int) -> Table:
    """The largest component S at occupations 1/2 + X L^(-3/4), X up to 0.6."""
    sizes, n = ((16, 32, 64), 200) if demo else ((16, 32, 64, 128, 256), 800)
    points = {L: 0.5 + 0.6 * np.linspace(-1, 1, 9) * L**-0.75 for L in sizes}
    table = _components(_lattice, points, n, workers)
    return {**table, "density": table["S"] / table["L"] ** 2}


def graphs(demo: bool, workers: int) -> Table:
    """The largest component S at c = 1 + X N^(-1/3), X up to 4."""
    factors, n = ((1, 4, 16), 200) if demo else ((1, 4, 16, 64), 600)
    points = {factor: 1 + np.linspace(-4, 4, 17) * (1284 * factor) ** (-1 / 3) for factor in factors}
    table = _components(_machine, points, n, workers)
    return {**table, "L": 1284 * table["L"]}


def _components(
    one: Callable[[tuple[int, float, int]], tuple[float, int]], points: dict[int, np.ndarray], n: int, workers: int
) -> Table:
    tasks = [(L, float(x), 10**6 * k + i) for L in points for k, x in enumerate(points[L]) for i in range(n)]
    with ProcessPoolExecutor(workers) as pool:
        found = list(pool.map(one, tasks, chunksize=50))
    return {
        "x": np.array([x for x, _ in found]),
        "L": np.array([task[0] for task in tasks], np.float64),
        "instance": np.arange(len(tasks)),
        "S": np.array([S for _, S in found], np.float64),
    }


SYSTEMS: dict[str, tuple[Callable[[bool, int], Table], tuple[Analysis, ...], float | None]] = {
    "ising": (
        ising,
        (
            Analysis("binder_cumulant", pr.scaling.binder_cumulant("m2", "m4"), _known(T_C, 1, 0), True),
            Analysis("magnetisation", "m", _known(T_C, 1, -1 / 8), False),
        ),
        OMEGA + 1,
    ),
    "percolation": (
        percolation,
        (
            Analysis("[S^2]/[S]^2", RATIO, _known(0.5, 4 / 3, 0), True),
            Analysis("[S]/N", "density", _known(0.5, 4 / 3, -5 / 36), False),
        ),
        None,
    ),
    "graphs": (
        graphs,
        (
            Analysis("[S^2]/[S]^2", RATIO, _known(1, 3, 0), True),
            Analysis("[S]", "S", _known(1, 3, 2), False),
        ),
        None,
    ),
}
"""name -> table, quantities, and the power with which crossings drift, where it is known"""


def analyse(table: Table, of: Analysis, drift: float | None) -> dict[str, Any]:
    """Collapses for every smallest size by both methods, and crossings."""
    exponent = of.known["exponent"] if of.fixed else None
    rows = []
    for method in pr.scaling.METHODS:
        for smallest, fit in pr.scaling.l_min_dependence(table, y=of.y, method=method, exponent=exponent, **NAMES):
            rows.append({"method": method, "L_min": smallest, **fit._asdict()})
            print(f"    {method:<18} L >= {smallest:<6g}{_said(fit, of)}   S = {fit.quality:.1f}", flush=True)
    power = of.known["exponent"] / of.known["nu"]
    crossing = pr.scaling.crossing(table, y=of.y, exponent_over_nu=power, drift=drift, ratio=None, **NAMES)
    for pair in crossing.pairs:
        at = f"{pr.Estimate(pair.x, pair.error, 1)}" if pair.found else pair.reason
        print(f"    ({pair.small:g}, {pair.large:g}) cross at {at}")
    print(f"    limit {crossing.limit}, chi2 {crossing.chi2:.1f} / {crossing.dof}  ({crossing.reason})", flush=True)
    return {"quantity": of.name, "known": of.known, "collapses": rows, "crossings": plain(crossing)}


def _said(fit: "pr.scaling.Collapse", of: Analysis) -> str:
    parts = []
    for name, known in of.known.items():
        value, error = getattr(fit, name), getattr(fit, f"{name}_error")
        if error > 0:
            parts.append(f"{name} {pr.Estimate(value, error, 1)!s:<14} ({(value - known) / error:+.1f} sd)")
    return "  ".join(parts)


def plain(x: Any) -> Any:
    """What JSON takes: arrays as lists, tuples with names as dicts, no NaN."""
    if hasattr(x, "_asdict"):
        x = x._asdict()
    if isinstance(x, dict):
        return {name: plain(value) for name, value in x.items()}
    if isinstance(x, list | tuple | np.ndarray):
        return [plain(value) for value in x]
    if isinstance(x, np.integer | np.bool_):
        return x.item()
    if isinstance(x, float | np.floating):
        return float(x) if np.isfinite(x) else None
    return x


def draw(table: Table, found: Sequence[Analysis], to: Path) -> None:
    """Curves of all sizes, and the same scaled with the known values."""
    figure, axes = plt.subplots(len(found), 2, figsize=(8, 3.2 * len(found)), layout="constrained", squeeze=False)
    for row, of in zip(axes, found, strict=True):
        curves = pr.scaling.curves(table, y=of.y, **NAMES)
        x_c, nu, exponent = of.known.values()
        X, Y, error = pr.scaling.scaled(curves, x_c, 1 / nu, exponent / nu)
        for k, L in enumerate(curves.sizes):
            own, colour = curves.size == L, plt.get_cmap("viridis")(k / len(curves.sizes))
            style = {"fmt": "osD^v"[k % 5], "ms": 4, "lw": 1, "color": colour, "label": f"{L:g}"}
            row[0].errorbar(curves.x[own], curves.y[own], curves.error[own], ls="-", **style)
            row[1].errorbar(X[own], Y[own], error[own], **style)
        row[0].axvline(x_c, color="0.6", lw=0.8)
        row[0].set(xlabel="x", ylabel=of.name)
        row[1].set(xlabel="(x - x_c) L^(1/nu), known values", ylabel=f"{of.name} L^(-exponent/nu)")
        row[0].legend(title="size", frameon=False)
    for suffix in (".png", ".pdf"):
        figure.savefig(to.with_suffix(suffix), dpi=120)
    plt.close(figure)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make tables, analyse them, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", action="store_true", help="fewer sweeps, instances and sizes")
    parser.add_argument("--only", choices=tuple(SYSTEMS), help="one of the systems")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--out", type=Path, default=Path("finite-size-scaling"), help="folder of tables and figures")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    results = {}
    for name in [given.only] if given.only else SYSTEMS:
        make, quantities, drift = SYSTEMS[name]
        path = given.out / f"{name}.csv"
        if not path.exists():
            pr.campaign.write_table(path, pr.campaign.Table(make(given.demo, given.workers), {}))
        table = pr.campaign.read_table(path)
        draw(table, quantities, given.out / name)
        results[name] = []
        for of in quantities:
            print(f"{name}: {of.name}, known {', '.join(f'{k} {v:.5g}' for k, v in of.known.items())}", flush=True)
            results[name].append(plain(analyse(table, of, drift)))
    (given.out / "results.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
