"""How does the dilution at which generation breaks down depend on Nh, Nv and training; which axis do machines share?

python analysis/architecture.py [--demo] [--workers N] --out FOLDER

Random masks before training, three series about one machine: Nh varied, Nv varied (digits averaged down), updates
varied by 1/4, 1, 4, all else equal. The learning rate confounds p: for every configuration and p it is that of RATES
with the best mean likelihood of held-out digits over pilots of the same budget and of other seeds. A row of
architecture.csv is a run; where it is there, nothing is run. X is Nh, Nv or updates, l the test log-likelihood, l_0
that of independent pixels:

    retained     (l - l_0) / (l_dense - l_0), l_dense the dense machine of the same configuration and seed: 1 where
                 nothing is lost, 0 where only fields are left. Errors are jackknives over seeds, the scatter of dense
                 machines included
    p_90, p_50   where `retained` falls to 0.9 and 0.5, on straight lines between points: coarse grids bend them
    axis         retained = f((1 - p) X^a) of the diluted machines, by collapse in (1 - p)^(1/4) with x_c = 0, both
                 methods. a = 0: machines share p, that is bonds a unit of the layer that is varied. a = 1: bonds a unit
                 of the other layer, which is the number of bonds (Nh, Nv), or updates x bonds (updates).
                 None collapses where S >= 5, be it that curves differ or that points are too few for straight lines
                 between them; a is not resolved where both lie within two errors
    equal bonds  l of a diluted large machine minus l of the dense small one at as many bonds; fields are not counted, a
                 large machine has more of them. l is a straight line in the logarithm of bonds between points
    equal work   the same for updates at equal updates x bonds: diluted for long against dense for short

Few seeds describe; ten bring an error, four hardly. Writes architecture.png, .pdf, .json.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from dilution_runs import COMMON, DILUTIONS, RATES, best, finished
from dilution_transition import LEVELS, NAMES, POOR, POWER, axis, threshold
from finite_size_scaling import plain

import physrbm as pr

mpl.use("Agg")
Table = dict[str, np.ndarray]
FEW = 10  # instances
SERIES = {
    "n_hidden": ("Nh", "bonds", ("p", "number of bonds")),
    "n_visible": ("Nv", "bonds", ("p", "number of bonds")),
    "updates": ("updates", "work", ("p", "updates x bonds")),
}
"""column -> its symbol, the cost that is held equal, what a = 0 and a = 1 mean"""


class Plan(NamedTuple):
    """What is run: all configurations differ from the base (side, Nh, updates) in one of the three."""

    data: str
    base: tuple[int, int, int]
    sides: tuple[int, ...]
    hidden: tuple[int, ...]
    updates: tuple[int, ...]
    dilutions: tuple[float, ...]
    pilots: int
    instances: int
    common: dict[str, Any]


FULL = Plan("mnist", (14, 125, 1568), (7, 10, 14, 20), (31, 62, 125, 250), (392, 1568, 6272), DILUTIONS, 2, 10, COMMON)
DEMO = Plan(
    "digits", (8, 32, 240), (5, 6, 8), (16, 32, 64), (60, 240, 960), (0.0, 0.5, 0.75, 0.875, 0.9375, 0.97, 0.985), 1, 4,
    {"measurements": 1, "chains": 256, "batch": 256, "sweeps": 5, "samples": 40, "sample_sweeps": 100,
     "ais_chains": 256},
)  # fmt: skip


def configurations(plan: Plan) -> dict[str, dict[str, Any]]:
    """Settings by name, every configuration once."""
    side, hidden, updates = plan.base
    points = [(side, h, updates) for h in plan.hidden]
    points += [(L, hidden, updates) for L in plan.sides] + [(side, hidden, t) for t in plan.updates]
    return {f"L{L}-h{h}-u{t}": {"shape": f"{L}x{L}", "hidden": h, "updates": t} for L, h, t in points}


def chosen(pilots: Table) -> dict[tuple[str, float], float]:
    """The best rate of every configuration and p."""
    rates = {}
    for name in np.unique(pilots["family"]).tolist():
        own = {column: x[pilots["family"] == name] for column, x in pilots.items()}
        rates.update({(name, p): rate for p, rate in best(own).items()})
    return rates


def make(plan: Plan, folder: Path, how: pr.campaign.Options) -> pr.campaign.Table:
    """Pilots, then the runs at the chosen rates."""
    settings, found = {"data": plan.data, **plan.common}, configurations(plan)
    trial = {
        "dilution": [*plan.dilutions],
        "learning_rate": [*RATES],
        "seed": [1001 + k for k in range(plan.pilots)],
        "samples": 1,  # the likelihood alone decides
        "sample_sweeps": 1,
    }
    common = {name: x for name, x in settings.items() if name not in trial}
    families = [{"name": name, **values, **trial} for name, values in found.items()]
    rates = chosen(finished({"settings": common, "family": families}, folder / "pilots", how).columns)
    for name in found:
        print(
            f"{name:<16} learning rates at rising p: {' '.join(f'{rates[name, p]:g}' for p in plan.dilutions)}",
            flush=True,
        )
    last = sum(rate == max(RATES) for rate in rates.values())
    print(f"the largest rate was best in {last} of {len(rates)} cases: there a larger one may be better", flush=True)
    families = [
        {"name": f"{name}-p{p:g}", **found[name], "dilution": p, "learning_rate": rate, "seeds": plan.instances}
        for (name, p), rate in rates.items()
    ]
    return finished({"settings": settings, "family": families}, folder / "runs", how)


def derived(read: Table) -> Table:
    """The columns of the analysis, of runs with a likelihood whose dense machine has one too."""
    done = read["state"] == "done"
    table = {name: read[name][done] for name in (*SERIES, "seed")}
    p, bonds = read["dilution"][done], read["n_bonds"][done]
    gain = (read["log_likelihood_test"] - read["independent_pixels_test"])[done]
    machine = np.unique(np.stack(list(table.values()), 1), axis=0, return_inverse=True)[1].reshape(-1)
    dense = np.full(len(machine), np.nan)
    dense[machine[p == 0]] = gain[p == 0]
    retained = gain / dense[machine]
    table |= {"p": p, "left": (1 - p) ** POWER, "gain": gain, "retained": retained}
    table |= {"bonds": bonds, "work": bonds * table["updates"]}
    return {name: column[np.isfinite(retained)] for name, column in table.items()}


def series(table: Table, varied: str) -> Table:
    """The rows that differ from the base in `varied` alone, which becomes N; the base is the most frequent value."""
    kept = np.ones(len(table["p"]), bool)
    for name in SERIES:
        if name != varied:
            values, count = np.unique(table[name], return_counts=True)
            kept &= table[name] == values[count.argmax()]
    return {**{name: column[kept] for name, column in table.items()}, "N": table[varied][kept]}


def thresholds(table: Table) -> list[dict[str, Any]]:
    """p_90 and p_50 of every N, and the bonds that are left there."""
    rows = []
    for N in np.unique(table["N"]):
        possible = table["bonds"][(table["N"] == N) & (table["p"] == 0)][0]
        for level in LEVELS:
            p = threshold(table, N, level)
            left = (1 - p.value) * possible
            rows.append({"N": N, "level": level, "p": p.value, "error": p.error, "bonds": left, "instances": p.n})
    return rows


def verdict(fits: Sequence[dict[str, Any]], shared: tuple[str, str]) -> str:
    """What the collapses of all N say of a = 0 and a = 1, named in `shared`: by the larger error of both methods."""
    whole = [fit for fit in fits if fit["N_min"] == min(f["N_min"] for f in fits)]
    if (S := min(fit["S"] for fit in whole)) >= POOR:
        return f"none collapses (S = {S:.1f})"
    error = max(fit["error"] for fit in whole)
    if not error > 0:
        return "not resolved: a has no error"
    agree = [all(abs(fit["a"] - a) < 2 * error for fit in whole) for a in (0, 1)]
    if all(agree):
        return f"not resolved: {shared[0]} and {shared[1]} both agree within two errors"
    if not any(agree):
        return f"neither {shared[0]} nor {shared[1]}: a is another power, or the methods differ"
    return f"{shared[agree.index(True)]} agrees within two errors, {shared[agree.index(False)]} does not"


def at_equal(table: Table, cost: str) -> list[dict[str, Any]]:
    """The diluted machine of every larger N minus the dense one of every smaller, at the cost of the latter."""
    found = pr.scaling.curves({**table, "log": np.log(table[cost])}, x="log", y="gain", **NAMES)

    def difference(y: np.ndarray, small: float, large: float) -> float:
        own, dense = found.size == large, np.flatnonzero(found.size == small)[-1]
        return float(np.interp(found.x[dense], found.x[own], y[own]) - y[dense])

    rows = []
    for k, small in enumerate(found.sizes):
        at = found.x[found.size == small].max()
        for large in found.sizes[k + 1 :]:
            reached = found.x[found.size == large]
            if not reached.min() <= at <= reached.max():
                continue
            error = found.error_of(np.array([difference(y, small, large) for y in found.replicates]))
            value = difference(found.y, small, large)
            rows.append(
                {"small": small, "large": large, "cost": np.exp(at), "difference": value, "error": float(error)}
            )
    return rows


def analyse(table: Table, varied: str) -> dict[str, Any]:
    """Thresholds, axis and controls of one series, printed."""
    symbol, cost, shared = SERIES[varied]
    few = min(len(np.unique(table["seed"][table["N"] == N])) for N in np.unique(table["N"]))
    print(f"{symbol} varied, {few} seeds{': descriptive' if few < FEW else ''}", flush=True)
    found: dict[str, Any] = {"thresholds": thresholds(table)}
    for row in found["thresholds"]:
        p = pr.Estimate(row["p"], row["error"], row["instances"])
        said = f"p = {p}, {row['bonds']:.0f} bonds" if np.isfinite(p.value + p.error) else "not resolved"
        print(f"    {symbol} = {row['N']:<6g} retained {row['level']}: {said}")
    found["axis"] = axis(table)
    found["verdict"] = verdict(found["axis"], shared)
    print(f"    {found['verdict']}")
    if varied != "n_visible":  # likelihoods of different pixels cannot be compared
        found["equal"] = at_equal(table, cost)
        for row in found["equal"]:
            value = pr.Estimate(row["difference"], row["error"], few)
            print(
                f"    at {row['cost']:<8.0f} {shared[1]}: {symbol} = {row['large']:g} diluted minus {row['small']:g} "
                f"dense {value} nats ({row['difference'] / row['error']:+.1f} sd)"
            )
    return found


def draw(parts: dict[str, Table], results: dict[str, dict[str, Any]], to: Path) -> None:
    """A row a series: retained against p and against the cost, the likelihood against the cost, thresholds."""
    figure, axes = plt.subplots(3, 4, figsize=(15, 9.5), layout="constrained")
    for row, (varied, table) in zip(axes, parts.items(), strict=True):
        symbol, cost, (_, unit) = SERIES[varied]
        for ax, x, y in zip(row, ("p", cost, cost), ("retained", "retained", "gain"), strict=False):
            curves = pr.scaling.curves(table, x=x, y=y, **NAMES)
            for k, N in enumerate(curves.sizes):
                own = curves.size == N
                ax.errorbar(curves.x[own], curves.y[own], curves.error[own], fmt="-" + "osD^"[k % 4], ms=4, lw=1,
                            color=plt.get_cmap("viridis")(k / len(curves.sizes)), label=f"{N:g}")  # fmt: skip
            ax.set(xlabel="dilution p" if x == "p" else unit, xscale="linear" if x == "p" else "log")
            ax.set_ylabel("likelihood retained" if y == "retained" else "log-likelihood - indep. pixels (nats)")
            ax.axhline(0, color="0.7", lw=0.7)
        row[0].legend(title=symbol, frameon=False, loc="lower left")
        _thresholds(row[3], results[varied]["thresholds"], symbol)
    for suffix in (".png", ".pdf"):
        figure.savefig(to.with_suffix(suffix), dpi=100)
    plt.close(figure)


def _thresholds(ax: Any, rows: Sequence[dict[str, Any]], symbol: str) -> None:
    """1 - p of either level, and where it would lie at an equal cost."""
    ax.set(xlabel=symbol, ylabel="bonds left, 1 - p, at the threshold", xscale="log", yscale="log")
    for k, level in enumerate(LEVELS):
        own = [row for row in rows if row["level"] == level and np.isfinite(row["p"] + row["error"])]
        if not own:
            ax.plot([], [], " ", label=f"retained {level}: not resolved")
            continue
        N, p, error = (np.array([row[name] for row in own]) for name in ("N", "p", "error"))
        ax.errorbar(N, 1 - p, error, fmt="-" + "os"[k], ms=4, lw=1, color=f"C{k}", label=f"retained {level}")
        ax.plot(N, (1 - p[0]) * N[0] / N, ":", color=f"C{k}", label=None if k else "a = 1")
    sizes = sorted({row["N"] for row in rows})
    ax.set_xticks(sizes, [f"{N:g}" for N in sizes])
    low, high = ax.get_ylim()
    ticks = [tick for tick in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1) if low <= tick <= high]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, fontsize=8, handlelength=1.5)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run where there is no table, analyse, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", action="store_true", help="the shipped digits, small")
    parser.add_argument("--workers", type=int, help="processes; one a core if absent")
    parser.add_argument("--out", type=Path, required=True, help="folder of runs, table, figure and results")
    given = parser.parse_args(arguments)
    path = given.out / "architecture.csv"
    if not path.exists():
        how = pr.campaign.Options(workers=given.workers)
        pr.campaign.write_table(path, make(DEMO if given.demo else FULL, given.out, how))
    read = pr.campaign.read_table(path)
    table = derived(read)
    if lost := len(read["seed"]) - len(table["seed"]):
        print(f"{lost} of {len(read['seed'])} runs left out: not done, or a likelihood was not estimated")
    parts = {varied: series(table, varied) for varied in SERIES}
    results = {varied: analyse(part, varied) for varied, part in parts.items()}
    draw(parts, results, given.out / "architecture")
    path.with_suffix(".json").write_text(json.dumps(plain(results), indent=1))


if __name__ == "__main__":
    main()
