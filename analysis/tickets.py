"""Does pruning with rewinding find subnetworks that train better than controls, and do all seeds find the same one?

python analysis/tickets.py [--demo] [--workers N] --out FOLDER

Iterative magnitude pruning with rewinding (Frankle & Carbin 2019), for every seed and p = .8, .9, .95; T updates are a
training, and R rounds remove the same fraction of the bonds that are left each time:

    ticket       train T, prune, rewind, R times, then train T. Rewound to update 0, or to update T/10    (R + 1) T
    one shot     the dense machine of the seed after T, pruned once, rewound to the same update, T             2 T
    mask         the bonds of that ticket with fresh couplings, T                                        (R + 2) T
    signs        the bonds of that ticket, the signs of its couplings at the update it was rewound to,
                 all of one size (Zhou et al. 2019), T                                                   (R + 2) T
    random       a random mask before training, T                                                              T
    random, long the same, as many updates as the ticket in all                                         (R + 1) T

On the right: updates in all, those that found the mask included. The last training is T updates everywhere but in the
last row, and the confound is the rest: a ticket has seen the data R times before, and "random, long" gives as many
updates to a random mask, in one decay of the learning rate. Those rewound to T/10 keep what T/10 updates taught them.
One learning rate for all, which is a choice: at equal p the best one may differ between masks.

Scores: test log-likelihood l, where log Z was estimated, and eps2. Minus random: differences within a seed, means and
standard errors over seeds. Tickets of different seeds, all pairs at equal p, by `pr.tickets.compare`, beside trained
machines on random masks, which share the data and nothing else:

    common       common bonds / bonds; chance: of random masks; degrees: of masks with the same degrees (by shuffling)
    r            correlation of visible degrees. Both machines see the same data, whose pixels are of unlike use: that
                 alone makes r positive
    matched      cosine of all couplings, and common bonds / bonds, after the hidden units were matched by their
                 couplings, beside the null (visible units of one machine permuted, matched anew)

Pairs share seeds and are not independent: their errors are those of a jackknife that leaves out one seed with all its
pairs. z is the mean over pairs of (value - null) / sd of the null. Few seeds describe. Writes tickets.csv (a row a
run), tickets_pairs.csv, tickets_degrees.csv (bonds of every pixel), tickets.png, .pdf, .json; where there are tables,
nothing is run.
"""

import argparse
import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from dilution_runs import COMMON, finished
from finite_size_scaling import plain

import physrbm as pr

mpl.use("Agg")
Table = dict[str, np.ndarray]
DILUTIONS = (0.8, 0.9, 0.95)
BACK = ("0", "T/10")
KINDS = ("ticket", "one shot", "mask", "signs")
ALL = (("random", ""), ("random, long", ""), *((kind, back) for back in BACK for kind in KINDS))
PAIRED = (("ticket", BACK[0]), ("ticket", BACK[1]), ("random", ""))
BEFORE = {"one shot": "dense", "mask": "ticket", "signs": "ticket"}
"""kind -> the kind of the run that it starts from"""
SCORES = ("log_likelihood_test", "eps2")
MASKS = ("common", "common_chance", "common_z", "common_degrees", "degrees_z", "r")
MATCHED = ("matched", "matched_null", "matched_z", "bonds", "bonds_null", "bonds_z")
FEW = 10  # seeds


class Plan(NamedTuple):
    """What is run."""

    settings: dict[str, Any]
    hidden: int
    updates: int
    """T"""
    rounds: int
    seeds: int


FULL = Plan({"data": "mnist", "shape": "14x14", "learning_rate": 3.2, **COMMON}, 125, 1560, 8, 10)
DEMO = Plan(
    {"data": "digits", "learning_rate": 3.2, "chains": 256, "batch": 256, "sweeps": 5, "samples": 100,
     "sample_sweeps": 100, "ais_chains": 256},
    32, 200, 4, 5,
)  # fmt: skip


def grid(plan: Plan) -> dict[str, Any]:
    """All runs as one sweep; of a family from another, every run has the seed and the p of its parent."""
    T, dilutions = plan.updates, [*DILUTIONS]
    fresh = {"hidden": plan.hidden, "seeds": plan.seeds, "measurements": 1}
    random = {**fresh, "protocol": "before", "dilution": dilutions}
    families: list[dict[str, Any]] = [
        {"name": "dense", **fresh, "updates": T, "measurements": 10},
        {"name": "random", **random, "updates": T},
        {"name": "random-long", **random, "updates": (plan.rounds + 1) * T},
    ]
    for back, update in zip(BACK, (0, T // 10), strict=True):
        ticket = named("ticket", back)
        child = {"updates": T, "measurements": 1}
        found = {**fresh, "protocol": "tickets", "dilution": dilutions, "rounds": plan.rounds, "rewind": str(update)}
        once = {"from": "dense", "protocol": "rewind", "dilution": dilutions, "rewind": f"@{update}"}
        signs = {"from": ticket, "protocol": "signs", "rewind": f"@{update}"}
        total = (plan.rounds + 1) * T
        families += [
            {"name": ticket, **found, "updates": total, "measurements": 10 * (plan.rounds + 1)},
            {"name": named("one shot", back), **once, **child},
            {"name": named("mask", back), "from": ticket, "protocol": "same_mask", **child},
            {"name": named("signs", back), **signs, **child},
        ]
    return {"settings": plan.settings, "family": families}


def named(kind: str, back: str = "") -> str:
    """The family of a kind, and what it is rewound to."""
    return f"{kind}-{back}".rstrip("-").replace(", ", "-").replace(" ", "-").replace("/", "")


def label(kind: str, back: str = "") -> str:
    """The same in print."""
    return f"{kind} {back}".strip()


def updates_in_all(table: Table, kind: str, back: str) -> int:
    """Of a kind, those of the run that it starts from included."""
    own = int(table["updates"][table["family"] == named(kind, back)].max())
    if kind not in BEFORE:
        return own
    return own + updates_in_all(table, BEFORE[kind], back if BEFORE[kind] == "ticket" else "")


def at(table: Table, family: str, p: float) -> np.ndarray:
    """Rows of a family at p: of a run whose bonds are those of its parent, by the bonds that it has."""
    done = (table["state"] == "done") & (table["family"] == family)
    rows: np.ndarray = np.flatnonzero(done & (np.abs(table["dilution_reached"] - p) < 0.01))
    return rows[np.argsort(table["seed"][rows])]


def machines(table: Table, folder: Path, family: str, p: float) -> dict[int, pr.RBM]:
    """The trained machines of a family at p, by seed."""
    rows = at(table, family, p)
    return {int(table["seed"][k]): pr.open_run(folder / "runs" / str(table["name"][k])).rbm() for k in rows}


def compared(a: pr.RBM, b: pr.RBM) -> dict[str, float]:
    """What two tickets have in common, by the names in MASKS and MATCHED."""
    masks, profiles, matching = pr.tickets.compare(a, b)
    least, same = min(a.n_bonds, b.n_bonds), masks.fixed_degrees
    found = [masks.fraction, masks.expected / least, masks.z, same.expected.value / least, same.z]
    found.append(profiles.visible_correlation.value)
    for x in (matching.weight_overlap, matching.mask_overlap):
        found += [x.value, x.expected.value, x.z]
    return dict(zip((*MASKS, *MATCHED), found, strict=True))


def tables_of(table: Table, folder: Path) -> tuple[pr.campaign.Table, pr.campaign.Table]:
    """A row a pair of machines of PAIRED, and a row a pixel of each of them."""
    pairs, degrees = list[dict[str, Any]](), list[dict[str, Any]]()
    for kind, back in PAIRED:
        for p in DILUTIONS:
            found = machines(table, folder, named(kind, back), p)
            where = {"kind": label(kind, back), "dilution": p}
            pairs += [
                {**where, "seed": i, "other_seed": j, **compared(found[i], found[j])} for i, j in combinations(found, 2)
            ]
            for seed, rbm in found.items():
                count = np.bincount(rbm.bonds.i, minlength=rbm.n_visible)
                degrees += [{**where, "seed": seed, "pixel": k, "degree": int(n)} for k, n in enumerate(count)]
    return _table(pairs), _table(degrees)


def _table(rows: Sequence[dict[str, Any]]) -> pr.campaign.Table:
    return pr.campaign.Table({name: np.array([row[name] for row in rows]) for name in rows[0]}, {})


def over_pairs(value: np.ndarray, first: np.ndarray, second: np.ndarray) -> pr.Estimate:
    """Mean over the pairs of seeds; error by leaving out one seed with all its pairs. n is the number of seeds."""
    seeds = np.unique(np.concatenate([first, second]))
    if len(seeds) < 3:
        return pr.Estimate(float(value.mean()), np.nan, len(seeds))
    left = np.array([value[(first != seed) & (second != seed)].mean() for seed in seeds])
    return pr.Estimate(float(value.mean()), float(pr.statistics.jackknife_error(left)), len(seeds))


def scores(table: Table) -> list[dict[str, Any]]:
    """Means over seeds of either score, and differences to the random mask of the same seed."""
    rows = []
    dense = np.flatnonzero((table["state"] == "done") & (table["family"] == "dense"))
    for kind, back, p in [("dense", "", 0.0), *((*what, p) for p in DILUTIONS for what in ALL)]:
        own = at(table, named(kind, back), p) if p > 0 else dense
        row: dict[str, Any] = {"kind": label(kind, back), "dilution": p, "updates": updates_in_all(table, kind, back)}
        for name in SCORES:
            value, seed = table[name][own], table["seed"][own]
            row[name] = _over_seeds(value)
            if p > 0:
                control = at(table, "random", p)
                of_seed = dict(zip(table["seed"][control].tolist(), table[name][control].tolist(), strict=True))
                row[f"{name}_minus_random"] = _over_seeds(value - [of_seed.get(k, np.nan) for k in seed.tolist()])
        rows.append(row)
    return rows


def _over_seeds(value: np.ndarray) -> pr.Estimate:
    """Of the seeds where the score is not withheld."""
    there = value[np.isfinite(value)]
    return pr.Estimate.of(there) if len(there) else pr.Estimate(np.nan, np.nan, 0)


def likeness(pairs: Table) -> list[dict[str, Any]]:
    """Means over all pairs of a kind at equal p."""
    rows = []
    for kind, p in sorted(set(zip(pairs["kind"].tolist(), pairs["dilution"].tolist(), strict=True))):
        own = (pairs["kind"] == kind) & (pairs["dilution"] == p)
        first, second = pairs["seed"][own], pairs["other_seed"][own]
        means = {name: over_pairs(pairs[name][own], first, second) for name in (*MASKS, *MATCHED)}
        rows.append({"kind": kind, "dilution": p, **means})
    return rows


def places(degrees: Table) -> list[dict[str, Any]]:
    """Mean bonds of every pixel over seeds, and the fraction of pixels without a bond."""
    rows = []
    for kind, p in sorted(set(zip(degrees["kind"].tolist(), degrees["dilution"].tolist(), strict=True))):
        own = (degrees["kind"] == kind) & (degrees["dilution"] == p)
        order = np.lexsort((degrees["pixel"][own], degrees["seed"][own]))
        by_seed = degrees["degree"][own][order].reshape(len(np.unique(degrees["seed"][own])), -1)
        bare = pr.Estimate.of((by_seed == 0).mean(1))
        rows.append({"kind": kind, "dilution": p, "degree": by_seed.mean(0), "pixels_without_bond": bare})
    return rows


def say(results: dict[str, Any], seeds: int) -> None:
    """Print the tables."""
    print(f"{seeds} seeds{': descriptive' if seeds < FEW else ''}; updates in all; l test log-likelihood, nats")
    print(f"{'':<16}{'p':>6}{'updates':>9}{'l':>14}{'minus random':>16}{'eps2 / 1e-4':>16}{'minus random':>16}")
    for row in results["scores"]:
        found, least = row["log_likelihood_test"], row.get("log_likelihood_test_minus_random", "")
        parts = [row.get(name) for name in ("eps2", "eps2_minus_random")]
        eps2 = ["" if x is None else str(pr.Estimate(1e4 * x.value, 1e4 * x.error, x.n)) for x in parts]
        print(f"{row['kind']:<16}{row['dilution']:>6g}{row['updates']:>9}{found!s:>14}{least!s:>16}", end="")
        print(f"{eps2[0]:>16}{eps2[1]:>16}{f'   {seeds - found.n} without log Z' if found.n < seeds else ''}")
    print("pairs of seeds; errors by leaving out one seed with its pairs")
    _columns(results["pairs"], MASKS, ("common", "chance", "z", "by degrees", "z", "r"))
    print("the same after matching of hidden units")
    _columns(results["pairs"], MATCHED, ("couplings", "null", "z", "bonds", "null", "z"))
    for row in results["places"]:
        print(f"{row['kind']:<16}{row['dilution']:>6g} pixels without a bond {row['pixels_without_bond']}")


def _columns(rows: Sequence[dict[str, Any]], names: Sequence[str], heads: Sequence[str]) -> None:
    print(f"{'':<16}{'p':>6}" + "".join(f"{head:>14}" for head in heads))
    for row in rows:
        print(f"{row['kind']:<16}{row['dilution']:>6g}" + "".join(f"{row[name]!s:>14}" for name in names))


def draw(results: dict[str, Any], to: Path) -> None:
    """Likelihood and eps2 minus random, what seeds have in common, and where bonds are."""
    figure, axes = plt.subplots(2, 4, figsize=(15, 7.6), layout="constrained")
    units = (("test log-likelihood (nats)", 1.0), ("eps2 / 1e-4", 1e4))
    for ax, name, (unit, scale) in zip(axes[0], SCORES, units, strict=False):
        for k, (kind, back) in enumerate(ALL[1:]):
            own = [row for row in results["scores"] if row["kind"] == label(kind, back)]
            found = [row[f"{name}_minus_random"] for row in own]
            where = np.arange(len(own)) + 0.06 * (k - 4)  # beside one another
            of = KINDS.index(kind) if back else len(KINDS)
            ax.errorbar(where, [scale * e.value for e in found], [scale * e.error for e in found], marker="osD^v"[of],
                        color=(*(f"C{n}" for n in range(len(KINDS))), "0.5")[of], ms=4, lw=0.8,
                        ls="-" if back == BACK[1] else "--", label=label(kind, back))  # fmt: skip
        ax.axhline(0, color="0.7", lw=0.7)
        ax.set(ylabel=f"{unit}, minus random", xlabel="dilution p")
        ax.set_xticks(range(len(DILUTIONS)), [f"{p:g}" for p in DILUTIONS])
    figure.legend(*axes[0, 0].get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=9)
    _lines(axes[0, 2], results["pairs"], ("common", "common_degrees"))
    axes[0, 2].set(ylabel="common bonds / bonds", xlabel="dilution p (dotted: by the degrees alone)")
    _lines(axes[0, 3], results["pairs"], ("matched", "matched_null"))
    axes[0, 3].set(ylabel="cosine of matched couplings", xlabel="dilution p (dotted: null)")
    own = [row for row in results["places"] if row["kind"] == f"ticket {BACK[1]}"]
    for ax, row in zip(axes[1], own, strict=False):
        image = ax.imshow(row["degree"].reshape(2 * (round(len(row["degree"]) ** 0.5),)), vmin=0)
        ax.set(xticks=[], yticks=[], title=f"{row['kind']}, p = {row['dilution']:g}")
        figure.colorbar(image, ax=ax, label="bonds of a pixel, mean over seeds", shrink=0.8)
    both = [a | b for a, b in zip(results["pairs"], results["places"], strict=True)]
    _lines(axes[1, 3], both, ("r", "pixels_without_bond"))
    axes[1, 3].set(ylabel="r of visible degrees", xlabel="p (dotted: pixels without a bond)")
    for suffix in (".png", ".pdf"):
        figure.savefig(to.with_suffix(suffix), dpi=100)
    plt.close(figure)


def _lines(ax: Any, rows: Sequence[dict[str, Any]], columns: tuple[str, str]) -> None:
    """Two columns of the kinds of PAIRED against p, the second one dotted."""
    for color, (kind, back) in zip(("C0", "C4", "0.5"), PAIRED, strict=True):
        own = [row for row in rows if row["kind"] == label(kind, back)]
        for name, style in zip(columns, ("o-", "x:"), strict=True):
            found = [row[name] for row in own]
            ax.errorbar([row["dilution"] for row in own], [e.value for e in found], [e.error for e in found], fmt=style,
                        ms=4, lw=1, color=color, label=label(kind, back) if style == "o-" else None)  # fmt: skip
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, fontsize=8, columnspacing=1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run and compare where there are no tables, analyse, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", action="store_true", help="the shipped digits, small")
    parser.add_argument("--workers", type=int, help="processes; one a core if absent")
    parser.add_argument("--out", type=Path, required=True, help="folder of runs, tables, figure and results")
    given = parser.parse_args(arguments)
    path, pairs, degrees = (given.out / f"tickets{end}.csv" for end in ("", "_pairs", "_degrees"))
    if not all(file.exists() for file in (path, pairs, degrees)):
        folder = given.out / "runs"
        made = finished(grid(DEMO if given.demo else FULL), folder, pr.campaign.Options(workers=given.workers))
        for file, table in zip((path, pairs, degrees), (made, *tables_of(made.columns, folder)), strict=True):
            pr.campaign.write_table(file, table)
    runs = pr.campaign.read_table(path)
    results = {
        "scores": scores(runs),
        "pairs": likeness(pr.campaign.read_table(pairs)),
        "places": places(pr.campaign.read_table(degrees)),
    }
    say(results, len(np.unique(runs["seed"])))
    draw(results, given.out / "tickets")
    path.with_suffix(".json").write_text(json.dumps(plain(results), indent=1))


if __name__ == "__main__":
    main()
