"""Where in the plane of dilution p and temperature T does a trained and then diluted machine hold its order?

python analysis/phase_diagram.py [--demo] [--workers 1] --out FOLDER

P ~ exp(-E/T), so that T = 1 is the machine as trained. Machines, O and S are those of trained.py. At every (p, T) two
sets of chains run for as many sweeps, one from held-out data and one at random:

    O, S      order parameter and spread on the modes of the data, mean of both sets
    C         specific heat a unit, (<E^2> - <E>^2) / (N T^2), over the chains and the second half of the sweeps
    chi_SG    (1/N) sum_ij C_ij C'_ij of the connected correlations C of one set and C' of the other: no bias, with
              fields too, as long as both sample the same distribution

A point is not in equilibrium where the two sets differ by more than FAR standard errors (of the chains) in O or in the
energy, in one instance or in the sum over all: by chance in (n + 1) 2 6e-5 of the points of n instances. There C and
chi_SG are withheld and the map is crossed out. Agreement is necessary for equilibrium and does not prove it. Peaks of C
and chi_SG against T are those of `pr.scaling.peaks`, with jackknife errors over instances, or "none" and why; a maximum
at the edge of what is in equilibrium is none. A peak of C alone is no transition: free units in fields have one.

Beside it a line that is known, with the same function at every point: bipartite Sherrington-Kirkpatrick machines of the
same size, bonds of variance s^2 = 1 / sqrt(Nv Nh), a fraction p of them removed at random in spin variables. With
a = (1-p) Nh <tanh^2 J/T> and b = (1-p) Nv <tanh^2 J/T> the susceptibility of the paramagnet is, for large N,

    chi_SG = [Nv (1 + a) + Nh (1 + b)] / (N (1 - a b)) = (1 + r x) / (1 - x^2),  x^2 = a b,  r = 2 sqrt(Nv Nh) / N,

because every walk on the graph is a tree: it diverges at x = 1, which for many bonds a unit is T_c = sqrt(1 - p).
Measured values of chi_SG give x, whatever r, and the x of the points from FROM T_c on give T_c, if x falls with T/T_c
as it does exactly: the way to 1/chi_SG = 0 from far above. Finite machines have chi_SG lower by some 1/N, more of it
near T_c, where it stays finite: N times the difference is printed, and T_c comes out lower by as much.

Writes phase_diagram.csv, phase_diagram-sk.csv, phase_diagram.png, .pdf, .json. What is done of an instance is kept in
FOLDER/DATA and FOLDER/sk. --demo: digits, 10 instances, some minutes. Without it MNIST of 14 x 14 pixels, many hours.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from finite_size_scaling import plain
from hysteresis import cube, only
from scipy.optimize import brentq
from trained import DEMO, FULL, GAUGES, Machines, Order, Row, Table, dense, each, joined, options, starts, write_rows

import physrbm as pr

mpl.use("Agg")
FAR = 4.0
FROM = 1.7
MEASUREMENTS = 20
NAMES = {"x": "T", "size": "p", "instance": "instance"}
MAPS = {"O": "order parameter O", "S": "spread S", "C": "specific heat C", "chi": r"$\chi_{SG}$"}
NORMAL = np.polynomial.hermite_e.hermegauss(60)  # nodes and weights
SK_T = (0.7, 0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.25, 2.5)  # of T_c = sqrt(1 - p)


class Plan(NamedTuple):
    """What is measured."""

    machines: Machines
    dilutions: tuple[float, ...]
    temperatures: tuple[float, ...]
    sweeps: int
    glasses: int
    """instances of the Sherrington-Kirkpatrick machine"""
    glass_dilutions: tuple[float, ...]


SHORT = Plan(
    DEMO, (0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95), tuple(np.geomspace(0.25, 4, 13).round(3)), 400, 24, (0, 0.5, 0.8, 0.9)
)
LONG = Plan(
    FULL,
    (0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98),
    tuple(np.geomspace(0.25, 4, 17).round(3)),
    10_000,
    64,
    (0, 0.2, 0.5, 0.8, 0.9, 0.95),
)


class Point(NamedTuple):
    """Two sets of chains of one machine at one temperature."""

    sets: "tuple[tuple[np.ndarray, np.ndarray], ...]"
    """(v, h) of both at the end"""
    values: dict[str, float]
    """E/N, C, chi_SG, and the difference of the energies in standard errors"""


def point(rbm: pr.RBM, T: float, both: Sequence[np.ndarray], sweeps: int, seeds: Iterator[int]) -> Point:
    """Run two sets of chains from `both` starts."""
    N = rbm.n_visible + rbm.n_hidden
    every = sweeps // MEASUREMENTS
    runs = [
        pr.sample(rbm, len(v), every * MEASUREMENTS, 1 / T, v, next(seeds), measure_every=every, observables=())
        for v in both
    ]
    energies = [run.series["energy"] for run in runs]
    late = [x[MEASUREMENTS // 2 :] for x in energies]
    C = np.mean([pr.statistics.specific_heat(x.mean(), (x**2).mean(), 1 / T, N) for x in late])
    sets = tuple((run.visible, run.hidden) for run in runs)
    values = {
        "E": float(np.mean(late)) / N,
        "C": float(C),
        "chi": pr.observables.chi_sg_of_sets(*sets).value,
        "apart_E": apart(*(x[-1] for x in energies)),
    }
    return Point(sets, values)


def apart(x: np.ndarray, y: np.ndarray) -> float:
    """Difference of the means of independent x and y, in standard errors; 0 where nothing moves."""
    error = np.sqrt(x.var(ddof=1) / len(x) + y.var(ddof=1) / len(y))
    difference = float(x.mean() - y.mean())
    return 0.0 if difference == 0 else difference / max(float(error), np.finfo(float).tiny)


def measure(task: tuple[Plan, int, Path]) -> None:
    """The table of a trained instance, unless it is there."""
    plan, instance, folder = task
    path = folder / f"plane-{instance}.csv"
    if path.exists():
        return
    data = pr.load_data(plan.machines.data, shape=plan.machines.shape)
    order, seeds = Order.of(data.train), count(10**6 * instance)
    rbm = dense(plan.machines, data.train, instance, folder)
    held_out = starts(data.test, plan.machines.chains, instance)
    noise = np.random.default_rng((instance, 1)).integers(0, 2, held_out.shape)
    rows: list[Row] = []
    for gauge in GAUGES:
        for p in plan.dilutions:
            diluted = pr.dilute(rbm, p, "magnitude", gauge, data.train)
            for T in plan.temperatures:
                found = point(diluted, T, (held_out, noise), plan.sweeps, seeds)
                of_chains = [order(v) for v, _ in found.sets]
                S = np.mean([order.spread(v) for v, _ in found.sets])
                seen = {"O": float(np.mean(of_chains)), "S": float(S), "apart_O": apart(*of_chains)}
                rows.append({"instance": instance, "gauge": gauge, "p": float(p), "T": T} | seen | found.values)
    write_rows(path, rows)


def measure_glass(task: tuple[Plan, tuple[int, int], int, Path]) -> None:
    """The table of a Sherrington-Kirkpatrick instance, unless it is there; starts are all up, and random."""
    plan, (n_visible, n_hidden), instance, folder = task
    path = folder / f"{n_visible}x{n_hidden}-{instance}.csv"
    if path.exists():
        return
    rbm, seeds = pr.ensembles.sherrington_kirkpatrick(n_visible, n_hidden, seed=instance), count(10**6 * instance)
    noise = np.random.default_rng((instance, 1)).integers(0, 2, (plan.machines.chains, n_visible))
    rows: list[Row] = []
    for p in plan.glass_dilutions:
        diluted = pr.dilute(rbm, p, "random", "ising", seed=instance)
        for T in np.sqrt(1 - p) * np.array(SK_T):
            found = point(diluted, float(T), (np.ones_like(noise), noise), plan.sweeps, seeds)
            rows.append({"instance": instance, "p": float(p), "T": float(T)} | found.values)
    write_rows(path, rows)


def out_of_equilibrium(table: Table) -> np.ndarray:
    """Whether the two sets differ at the point of a row, in one instance or in the sum over all."""
    columns = np.stack([column for name, column in table.items() if name.startswith("apart_")])
    _, where = np.unique(np.stack([table["p"], table["T"]]), axis=1, return_inverse=True)
    where = where.reshape(-1)
    far = np.zeros(where.max() + 1, bool)
    for k in range(len(far)):
        own = columns[:, where == k]
        far[k] = max(np.abs(own).max(), np.abs(own.sum(1)).max() / np.sqrt(own.shape[1])) > FAR
    found: np.ndarray = far[where]
    return found


def withheld(table: Table) -> Table:
    """The table without C and chi_SG where it is not in equilibrium, which is a column of its own."""
    far = out_of_equilibrium(table)
    return table | {name: np.where(far, np.nan, table[name]) for name in ("C", "chi")} | {"far": far.astype(int)}


def peaks(table: Table, y: str) -> list[dict[str, Any]]:
    """The maximum of `y` against T for every p, or why there is none."""
    rows = []
    for p in np.unique(table["p"]):
        own = {name: column[table["p"] == p] for name, column in table.items()}
        if np.isnan(own[y]).all():
            rows.append({"size": float(p), "found": False, "reason": "nowhere in equilibrium"})
        else:
            rows.append(pr.scaling.peaks(own, y=y, **NAMES)[0]._asdict())
    return rows


def gain(T: float, p: float, n_visible: int, n_hidden: int) -> float:
    """x = (1-p) sqrt(Nv Nh) <tanh^2 J/T> over normal bonds of variance 1 / sqrt(Nv Nh)."""
    nodes, weights = NORMAL
    root = np.sqrt(n_visible * n_hidden)
    return float((1 - p) * root * (weights @ np.tanh(nodes / np.sqrt(root) / T) ** 2) / weights.sum())


def paramagnet(x: float | np.ndarray, n_visible: int, n_hidden: int) -> Any:
    """chi_SG of the paramagnet for large N."""
    return (1 + 2 * np.sqrt(n_visible * n_hidden) / (n_visible + n_hidden) * x) / (1 - x**2)


def gain_of(chi: float | np.ndarray, n_visible: int, n_hidden: int) -> Any:
    """x of chi_SG >= 1, the inverse of `paramagnet`."""
    r = 2 * np.sqrt(n_visible * n_hidden) / (n_visible + n_hidden)
    return (np.sqrt(r**2 + 4 * chi * (chi - 1)) - r) / (2 * chi)


def critical(p: float, n_visible: int, n_hidden: int) -> float:
    """T_c, where x = 1."""
    return float(brentq(lambda T: gain(T, p, n_visible, n_hidden) - 1, 0.01, 2.0))


def extrapolated(own: Table, T_c: float, n_visible: int, n_hidden: int) -> pr.Estimate:
    """T_c from chi_SG above FROM `T_c`, with its jackknife error over instances; NaN where noise leaves no x there."""
    curve = pr.scaling.curves(own, y="chi", x_range=(FROM * T_c, np.inf), **NAMES)
    T = T_c * np.geomspace(20, 1, 2000)
    x = [gain(at, float(curve.size[0]), n_visible, n_hidden) for at in T]

    def at_points(chi: np.ndarray) -> np.ndarray:
        """T_c as every point has it: gain(T T_c / T_c(point)) is the x that was measured."""
        measured: np.ndarray = T_c * curve.x / np.interp(gain_of(chi, n_visible, n_hidden), x, T, np.nan, np.nan)
        return measured

    replicates = np.array([at_points(chi) for chi in curve.replicates])
    weights = curve.error_of(replicates) ** -2
    weights /= weights.sum()
    return pr.Estimate(
        float(weights @ at_points(curve.y)), float(curve.error_of(replicates @ weights)), int(curve.instances.min())
    )


def analyse_glasses(table: Table, n_visible: int, n_hidden: int) -> list[dict[str, Any]]:
    """T_c of every p, known and measured, and how far chi_SG is from the paramagnet above it."""
    rows, N = [], n_visible + n_hidden
    for p in np.unique(table["p"]):
        own = {name: column[table["p"] == p] for name, column in table.items()}
        T_c = critical(p, n_visible, n_hidden)
        found = extrapolated(own, T_c, n_visible, n_hidden)
        curve = pr.scaling.curves(own, y="chi", x_range=(FROM * T_c, np.inf), **NAMES)
        known = [paramagnet(gain(T, p, n_visible, n_hidden), n_visible, n_hidden) for T in curve.x]
        off = [pr.Estimate(*both, 1) for both in zip(N * (curve.y - known), N * curve.error, strict=True)]
        resolved = np.isfinite(found.error)
        measured = f"{found} ({(found.value - T_c) / found.error:+.1f} se)" if resolved else "not resolved"
        print(
            f"    p = {p:<5g}T_c exact {T_c:.4f} (many bonds: {np.sqrt(1 - p):.4f}), measured {measured}; "
            f"N (chi - paramagnet) {', '.join(map(str, off))}"
        )
        rows.append({"p": p, "T_c": T_c, "dense": np.sqrt(1 - p), "measured": found, "T": curve.x, "N_off": off})
    return rows


def draw(table: Table, found: dict[str, Any], glasses: Table, lines: list[dict[str, Any]], size: tuple[int, int],
         to: Path) -> None:  # fmt: skip
    """A row of maps a gauge, and the known line."""
    figure, axes = plt.subplots(3, 4, figsize=(16, 11), layout="constrained")
    for row, gauge in zip(axes, GAUGES, strict=False):
        own = only(table, gauge)
        p, T = np.unique(own["p"]), np.unique(own["T"])
        far = cube(own, "far", ("T", "p", "instance"))[..., 0] > 0
        for ax, (name, words) in zip(row, MAPS.items(), strict=True):
            z = cube(own, name, ("T", "p", "instance")).mean(-1)
            limits = {"vmin": 0, "vmax": 1.5} if name in "OS" else {}
            # cells of equal size: values of p and T are crowded where things happen
            image = ax.imshow(z, origin="lower", aspect="auto", cmap="viridis", **limits)
            figure.colorbar(image, ax=ax, extend="max" if limits else "neither")
            rows, columns = np.nonzero(far)
            ax.plot(columns, rows, "x", color="crimson", ms=7, mew=1.5, ls="none")
            for peak in found[gauge].get(name, []):
                if peak["found"]:
                    at = [np.interp(peak["x"] + d * peak["x_error"], T, np.arange(len(T))) for d in (-1, 0, 1)]
                    ax.errorbar(np.flatnonzero(p == peak["size"]), at[1], [[at[1] - at[0]], [at[2] - at[1]]], fmt="o",
                                color="white", mec="black", ecolor="white", ms=6, capsize=3)  # fmt: skip
            ax.axhline(np.interp(1, T, np.arange(len(T))), color="white", lw=0.8, ls=":")
            ax.set_xticks(range(len(p)), [f"{x:g}" for x in p])
            ax.set_yticks(range(0, len(T), 2), [f"{x:.2g}" for x in T[::2]])
            ax.set(xlabel="dilution p", ylabel="temperature T", title=f"{gauge}: {words}")
    known_line(axes[2, 2:], glasses, lines, size)
    for ax, gauge in zip(axes[2], GAUGES, strict=False):
        settled = {name: column[table["far"] == 0] for name, column in table.items()}
        curves = pr.scaling.curves(only(settled, gauge), y="S", **NAMES)
        for k, p in enumerate(curves.sizes):
            own = curves.size == p
            ax.errorbar(curves.x[own], curves.y[own], curves.error[own], fmt="-" + "os^Dv<>"[k % 7], ms=3.5, lw=1,
                        color=plt.get_cmap("plasma")(0.9 * k / len(curves.sizes)), label=f"{p:g}")  # fmt: skip
        ax.axvline(1, color="0.6", lw=0.8, ls=":")
        ax.set(xlabel="temperature T", ylabel="spread S", xscale="log", title=f"{gauge}, in equilibrium")
        ax.set_xticks((0.25, 0.5, 1, 2, 4), ("0.25", "0.5", "1", "2", "4"))
        ax.minorticks_off()
        ax.legend(title="p", frameon=False)
    figure.suptitle("red crosses: not in equilibrium; white: peak against T; dotted: T = 1, as trained")
    for suffix in (".png", ".pdf"):
        figure.savefig(to.with_suffix(suffix), dpi=100)
    plt.close(figure)


def known_line(row: np.ndarray, glasses: Table, lines: list[dict[str, Any]], size: tuple[int, int]) -> None:
    """1/chi_SG of Sherrington-Kirkpatrick machines against T, and T_c against p."""
    one, two = row
    fine = np.linspace(1, 3, 100)
    for k, line in enumerate(lines):
        p, T_c = line["p"], line["T_c"]
        colour = plt.get_cmap("viridis")(k / len(lines))
        own = {name: column[glasses["p"] == p] for name, column in glasses.items()}
        curve = pr.scaling.curves(own, y="chi", **NAMES)
        one.errorbar(curve.x / T_c, 1 / curve.y, curve.error / curve.y**2, fmt="os^D"[k % 4], ms=4, color=colour,
                     label=f"p = {p:g}")  # fmt: skip
        x = np.array([gain(T, p, *size) for T in fine * T_c])
        one.plot(fine[x < 1], 1 / paramagnet(x[x < 1], *size), color=colour, lw=1)
    one.axvline(1, color="0.6", lw=0.8)
    one.set(xlabel="T / T_c, exact T_c", ylabel=r"1 / $\chi_{SG}$", title=f"SK {size[0]} x {size[1]}, lines exact",
            ylim=(0, None))  # fmt: skip
    one.legend(frameon=False)
    p = np.linspace(0, 1 - 2 / np.sqrt(size[0] * size[1]), 60)  # below two bonds a unit the graph falls apart soon
    two.plot(p, [critical(x, *size) for x in p], color="black", lw=1, label="exact, x = 1")
    two.plot(p, np.sqrt(1 - p), color="0.5", lw=1, ls="--", label="many bonds, sqrt(1 - p)")
    measured = [line["measured"] for line in lines]
    two.errorbar([line["p"] for line in lines], [x.value for x in measured], [x.error for x in measured], fmt="o",
                 ms=5, color="crimson", capsize=3, label=r"from 1/$\chi_{SG}$ above")  # fmt: skip
    two.set(xlabel="dilution p", ylabel="temperature T_c", title="SK: where the glass begins")
    two.legend(frameon=False)


def analyse(table: Table) -> dict[str, Any]:
    """Peaks and equilibrium of one gauge."""
    far = cube(table, "far", ("T", "p", "instance"))[..., 0]
    print(f"    not in equilibrium: {int(far.sum())} of {far.size} points")
    result: dict[str, Any] = {"points": far.size, "not_in_equilibrium": int(far.sum())}
    for y in ("C", "chi"):
        result[y] = peaks(table, y)
        for peak in result[y]:
            if peak["found"]:
                at, height = (pr.Estimate(peak[x], peak[f"{x}_error"], 1) for x in ("x", "height"))
                text = f"T = {at}, height {height}"
            else:
                text = f"none, {peak['reason']}"
            print(f"    p = {peak['size']:<6g}peak of {y:<4}{text}", flush=True)
    return result


def study(plan: Plan, workers: int, out: Path) -> dict[str, Any]:
    """Measure what is not there, analyse, draw."""
    folder, glass_folder = out / plan.machines.data, out / "sk"
    for path in (folder, glass_folder):
        path.mkdir(parents=True, exist_ok=True)
    instances, glasses = range(1, plan.machines.instances + 1), range(1, plan.glasses + 1)
    each(measure, [(plan, k, folder) for k in instances], workers)
    n_visible = pr.load_data(plan.machines.data, shape=plan.machines.shape).train.shape[1]
    size = n_visible, plan.machines.hidden
    each(measure_glass, [(plan, size, k, glass_folder) for k in glasses], workers)
    table = joined([folder / f"plane-{k}.csv" for k in instances])
    parts = [withheld(only(table, gauge)) for gauge in GAUGES]
    table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    glass = withheld(joined([glass_folder / f"{n_visible}x{plan.machines.hidden}-{k}.csv" for k in glasses]))
    for name, one in (("phase_diagram", table), ("phase_diagram-sk", glass)):
        pr.campaign.write_table(out / f"{name}.csv", pr.campaign.Table(one, {}))
    found: dict[str, Any] = {"instances": len(instances), "glasses": len(glasses)}
    for gauge in GAUGES:
        print(f"{gauge}, {len(instances)} instances")
        found[gauge] = analyse(only(table, gauge))
    print(f"Sherrington-Kirkpatrick, {size[0]} x {size[1]}, {len(glasses)} instances")
    found["sherrington_kirkpatrick"] = analyse_glasses(glass, *size)
    draw(table, found, glass, found["sherrington_kirkpatrick"], size, out / "phase_diagram")
    (out / "phase_diagram.json").write_text(json.dumps(plain(found), indent=1))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Read what is asked for, and study it."""
    given = options(__doc__, arguments)
    study(SHORT if given.demo else LONG, given.workers, given.out)


if __name__ == "__main__":
    main()
