"""Where does generation break down under dilution, is it a transition, and which axis do machines of all sizes share?

python analysis/dilution_transition.py FOLDER [--out FOLDER]        tables of dilution_runs.py, L7.csv, L14.csv, ...
python analysis/dilution_transition.py --demo --out FOLDER          runs small machines first, 5 minutes on two cores

Three ways to dilute: before training (random mask), after it (smallest couplings) in the binary and in the centred
gauge. Quantities of one machine, an instance each:

    retained     (l - l_0) / (l_dense - l_0): test log-likelihood l, l_0 of independent pixels, l_dense the mean over
                 the dense machines of that size; 1 where nothing is lost, 0 where only fields are left, below
                 that where fields were spoiled
    excess       (eps2 - eps2 of data) / (eps2 of independent pixels - eps2 of data): 0 as good as data, 1 without any
                 correlation
    spread       S of trained.py, the variance on the leading modes of the data: 1 for data
    chi_sg       connected spin-glass susceptibility (1/N) sum_ij C_ij^2 of both layers
    giant        units in the largest component of the graph / N, N = Nv + Nh
    edge         largest singular value of W / edge of the random matrix with the same couplings

Per way: p_90 and p_50, where `retained` falls to 0.9 and 0.5 (straight lines between points, jackknife over instances).
chi = N n/(n-1) ([r^2] - [r]^2) of `retained` and its peak. The common axis: retained = f((1 - p) N^a) for all sizes at
fixed Nh / Nv, a = 0 for p, 1 for bonds a unit, 2 for bonds; a comes from a collapse in (1 - p)^(1/4) with x_c = 0, by
both methods, and is shown where curves follow it (S below 5). Errors are small, so curves may be told apart that are
near each other: beside it stands how far those of neighbouring sizes are apart, the largest difference of `retained` at
equal p and at equal bonds a unit (straight lines between points). The verdict is that of `pr.scaling.transition` on p.
Axis and verdict end where `retained` falls below 0: what happens beyond, to spoiled fields, is another thing. A change
point is searched for in the whole curve of each size. Fewer than 20 instances show no two humps; ten instances describe
an error, three would not.

"Generates well" (claim A of arXiv 2511.00648) is read as: at least nine tenths of the likelihood are retained.
"Sharp" (claim C): the curves become sharper with size. Writes transition.png, .pdf, results.json.
"""

import argparse
import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import dilution_runs
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from finite_size_scaling import plain

import physrbm as pr

mpl.use("Agg")
Table = dict[str, np.ndarray]
WAYS = {"before": "before-.*", "after, binary": "after-binary", "after, centred": "after-centred"}
LEVELS = (0.9, 0.5)
NAMES = {"size": "N", "instance": "seed"}
POINTS = 8  # of diluted machines, for a collapse
POOR = 5.0  # S from which curves do not follow a collapse
POWER = 0.25  # of 1 - p, so that points are about equally far apart


def tables(files: Sequence[Path]) -> dict[str, Table]:
    """The derived columns of every way, all sizes together."""
    parts: dict[str, list[Table]] = {way: [] for way in WAYS}
    for path in files:
        read = pr.campaign.read_table(path)
        done = read["state"] == "done"
        dense = done & (read["dilution"] == 0)
        l_dense = np.nanmean(read["log_likelihood_test"][dense])
        l_0, far = read["independent_pixels_test"], read["anchor_independent_eps2"]
        derived = {
            "p": read["dilution"],
            "left": (1 - read["dilution"]) ** POWER,
            "N": read["n_visible"] + read["n_hidden"],
            "seed": read["seed"],
            "retained": (read["log_likelihood_test"] - l_0) / (l_dense - l_0),
            "excess": (read["eps2"] - read["anchor_eps2"]) / (far - read["anchor_eps2"]),
            "giant": read["giant_fraction"],
            "edge": read["spectral_norm"] / read["random_matrix_edge"],
            **{name: read.get(name, np.full(len(done), np.nan)) for name in ("spread", "chi_sg")},
        }
        for way, pattern in WAYS.items():
            own = done & np.array([re.fullmatch(pattern, name) is not None for name in read["family"]])
            own |= dense  # where all of them begin
            parts[way].append({name: column[own] for name, column in derived.items()})
    return {way: {k: np.concatenate([t[k] for t in part]) for k in part[0]} for way, part in parts.items()}


def threshold(table: Table, N: float, level: float) -> pr.Estimate:
    """p where `retained` first falls below `level`; nan where it does not.

    In every replicate of what its own dense machines retain: p = 0 is the first point.
    """
    found = pr.scaling.curves({k: x[table["N"] == N] for k, x in table.items()}, x="p", y="retained", **NAMES)

    def at(y: np.ndarray) -> float:
        y = y / y[0]
        below = np.flatnonzero(y < level)
        if not len(below) or below[0] == 0:
            return np.nan
        k = below[0]
        return float(np.interp(level, [y[k], y[k - 1]], [found.x[k], found.x[k - 1]]))

    error = found.error_of(np.array([at(y) for y in found.replicates]))
    return pr.Estimate(at(found.y), float(error), int(found.instances.min()))


def analyse(table: Table) -> dict[str, Any]:
    """Thresholds, peaks, axis and verdicts of one way to dilute."""
    sizes = np.unique(table["N"])
    result: dict[str, Any] = {"thresholds": [], "change_points": []}
    for N in sizes:
        for level in LEVELS:
            p = threshold(table, N, level)
            degree = pr.Estimate(_degree(N, p.value), _degree(N, 0) * p.error, p.n)
            result["thresholds"].append({"N": N, "level": level, "p": p.value, "error": p.error, "instances": p.n})
            print(f"    N = {N:<6g} retained {level}: p = {p}   bonds a unit {degree}")
        change = pr.scaling.change_point(table, x="p", y="retained", at=float(N), **NAMES)
        result["change_points"].append({"N": N, **change._asdict()})
        print(
            f"    {'':<11}"
            + (f"{change.kind} at {change.x:.3f}({change.error:.3f})" if change.found else change.reason)
        )
    chi = pr.scaling.susceptibility("retained")
    result["susceptibility"] = [peak._asdict() for peak in pr.scaling.peaks(table, x="p", y=chi, **NAMES)]
    for peak in result["susceptibility"]:
        where = (
            f"p = {pr.Estimate(peak['x'], peak['x_error'], 1)}, {pr.Estimate(peak['height'], peak['height_error'], 1)}"
        )
        print(f"    N = {peak['size']:<6g} peak of chi: {where if peak['found'] else 'none, ' + peak['reason']}")
    kept = learned(table)
    n = len(np.unique(np.stack([kept["N"], kept["p"]]), axis=1)[0])
    if len(sizes) > 1 and n - len(sizes) < POINTS:
        print(f"    {n} points at which something is retained: too few for an axis and a verdict")
    elif len(sizes) > 1:
        result["axis"] = axis(kept)
        result["apart"] = apart(kept)
        verdict = pr.scaling.transition(kept, x="p", y="retained", exponent=0.0, **NAMES)
        result["transition"] = verdict._asdict()
        print(
            f"    {verdict.kind}: {verdict.reason}"
            + (f", p_c = {pr.Estimate(verdict.x, verdict.error, 1)}" if verdict.found else "")
        )
    return result


def _degree(N: float, p: float) -> float:
    """Bonds a unit, 2 (1 - p) Nv Nh / N, at Nh / Nv = 500/784."""
    alpha = 500 / 784
    return 2 * (1 - p) * N * alpha / (1 + alpha) ** 2


def learned(table: Table) -> Table:
    """The rows below the first p at which the mean of a size is negative: there is nothing left that was learned."""
    found = pr.scaling.curves(table, x="p", y="retained", **NAMES)
    end = found.x[found.y < 0].min(initial=np.inf)
    return {name: column[table["p"] < end] for name, column in table.items()}


def axis(table: Table) -> list[dict[str, Any]]:
    """a of retained = f((1 - p) N^a), diluted machines only, by both methods and for every smallest size."""
    diluted = {name: column[table["p"] > 0] for name, column in table.items()}
    rows = []
    for method in pr.scaling.METHODS:
        fits = pr.scaling.l_min_dependence(
            diluted, x="left", y="retained", method=method, x_c=0.0, exponent=0.0, **NAMES
        )
        for smallest, fit in fits:
            a = pr.Estimate(fit.inverse_nu / POWER, fit.inverse_nu_error / POWER, 1)
            rows.append({"method": method, "N_min": smallest, "a": a.value, "error": a.error, "S": fit.quality})
            said = f"a = {a}" if fit.quality < POOR else "no collapse"
            print(f"    axis (1 - p) N^a: {said} ({method}, N >= {smallest:g}, S = {fit.quality:.1f})")
    return rows


def apart(table: Table) -> list[dict[str, Any]]:
    """Largest difference of `retained` between neighbouring sizes, on either axis, where both were measured."""
    curves = pr.scaling.curves(table, x="p", y="retained", **NAMES)
    rows = []
    for small, large in pairwise(curves.sizes.tolist()):
        row: dict[str, Any] = {"N": small, "N_next": large}
        for name, degree in (("p", False), ("bonds", True)):
            lines = []
            for N in (small, large):
                own = curves.size == N
                lines.append(((_degree(N, curves.x[own]) if degree else curves.x[own]), curves.y[own]))
            (x, y), (x_next, y_next) = (np.array(line)[:, np.argsort(line[0])] for line in lines)
            both = np.union1d(x, x_next)  # straight lines are farthest apart at one of their ends
            both = both[(both >= max(x[0], x_next[0])) & (both <= min(x[-1], x_next[-1]))]
            row[name] = float(np.abs(np.interp(both, x, y) - np.interp(both, x_next, y_next)).max())
        rows.append(row)
        print(f"    N = {small:g} and {large:g} are {row['p']:.3f} apart in p, {row['bonds']:.3f} in bonds a unit")
    return rows


def draw(found: dict[str, Table], to: Path) -> None:
    """A row a way: retained on two axes, the other order parameters that the tables have, structure."""
    words = {
        "retained": "likelihood retained", "excess": "excess of eps2", "spread": "spread S on modes of data",
        "chi_sg": "chi_SG, connected", "giant": "largest component / N", "edge": "norm of W / random edge",
    }  # fmt: skip
    columns = [("p", "retained"), ("c", "retained")]
    has = [y for y in words if all(np.isfinite(table[y]).any() for table in found.values())]
    columns += [("p", y) for y in has if y != "retained"]
    figure, axes = plt.subplots(
        len(found), len(columns), figsize=(2.9 * len(columns), 2.9 * len(found)), layout="constrained"
    )
    for row, (way, table) in zip(axes, found.items(), strict=True):
        for ax, (x, y) in zip(row, columns, strict=True):
            curves = pr.scaling.curves(table, x="p", y=y, **NAMES)
            for k, N in enumerate(curves.sizes):
                own = curves.size == N
                at = curves.x[own] if x == "p" else _degree(N, curves.x[own])
                ax.errorbar(at, curves.y[own], curves.error[own], fmt="-" + "osD^"[k % 4], ms=3.5, lw=1,
                            color=plt.get_cmap("viridis")(k / len(curves.sizes)), label=f"{N:g}")  # fmt: skip
            ax.set(xlabel="dilution p" if x == "p" else "bonds a unit", ylabel=words[y],
                   xscale="log" if x == "c" else "linear")  # fmt: skip
            if y in ("retained", "excess"):
                ax.set_ylim(-0.3, 1.15)
                ax.axhline(0, color="0.7", lw=0.7)
        row[0].set_title(way, loc="left")
    axes[0, 0].legend(title="N", frameon=False)
    for suffix in (".png", ".pdf"):
        figure.savefig(to.with_suffix(suffix), dpi=100)
    plt.close(figure)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, analyse, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="where the tables are")
    parser.add_argument("--demo", action="store_true", help="run small machines first")
    parser.add_argument("--out", type=Path, help="folder of figures and results; that of the tables if absent")
    given = parser.parse_args(arguments)
    folder = given.folder or given.out
    if folder is None:
        parser.error("a folder of tables, or --demo --out FOLDER")
    if given.demo:
        dilution_runs.main(["--demo", "--out", str(folder)])
    files = sorted(folder.glob("L*.csv"), key=lambda path: int(path.stem[1:]))
    if not files:
        parser.error(f"no tables L*.csv in {folder}; dilution_runs.py makes them")
    found = tables(files)
    results = {}
    for way, table in found.items():
        print(way, flush=True)
        results[way] = plain(analyse(table))
    out = given.out or folder
    out.mkdir(parents=True, exist_ok=True)
    draw(found, out / "transition")
    (out / "results.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
