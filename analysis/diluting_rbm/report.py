"""Tables and figures of the study, from its result tables.

python analysis/diluting_rbm/report.py RESULTS --out FOLDER [--readme FILE]

Writes FOLDER/tables.md and FOLDER/figures/*.png; with --readme also what stands in FILE between the lines
`<!-- table NAME -->` and `<!-- end -->`.
"""

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import figures
import numpy as np
from machines import LAST, STARTS, Machine, captured, difference, dilutions, interval, mean, of, read, samples

import physrbm as pr
from physrbm.estimate import compact

WELL = 0.9
"""A machine generates well if at least so much of the likelihood is retained, and of the correlations captured after
1000 sweeps from random starts"""
MARGIN = 0.01
"""A machine has recovered if no more than this part of what the dense one has over independent pixels is missing"""
SCORES = ("eps2", "spectrum", "aai_truth", "aai_synthetic", "classifier_confidence", "classifier_coverage",
          "diversity_memorising", "diversity_coverage")  # fmt: skip
RULES, GAUGES = ("magnitude", "random"), ("binary", "centred")
Pilots = dict[str, np.ndarray]


def answer(*distances: pr.Estimate) -> str:
    """Whether all are at least zero: yes or no where the 95 % intervals say so, else open."""
    ends = [interval(x) for x in distances]
    if any(high < 0 for _, high in ends):
        return "no"
    return "yes" if all(low >= 0 for low, _ in ends) else "open"


def above(x: pr.Estimate, level: float) -> pr.Estimate:
    """How far it is above a level."""
    return x._replace(value=x.value - level)


def text(x: pr.Estimate, scale: float = 1.0) -> str:
    """Value and error; nothing where it was not measured, and withheld ones say so."""
    if x.n == 0:
        return ""
    if x.error == 0:
        return f"{scale * x.value:.4g}"
    return str(compact(scale * x.value, scale * x.error)) if np.isfinite(x.value) else "not estimated"


def shown(machines: Sequence[Machine], name: str) -> str:
    """Mean over seeds and its error; where some are withheld that of the others, which may be better ones, says so."""
    x = mean(machines, name)
    others = [m for m in machines if np.isfinite(m.get(name, np.nan))]
    if np.isfinite(x.value) or len(others) < 2:
        return text(x)
    return f"{text(mean(others, name))}, {len(machines) - len(others)} of {len(machines)} withheld"


def signed(x: pr.Estimate) -> str:
    """Value and error; in bold where the 95 % interval leaves out zero."""
    low, high = interval(x)
    said = text(x) if x.value < 0 or not np.isfinite(x.value) else f"+{text(x)}"
    return f"**{said}**" if low > 0 or high < 0 else said


def rates(pilots: Sequence[Pilots], shown: Callable[[Pilots], np.ndarray]) -> Iterator[list[str]]:
    """Something of the pilots by what is trained and learning rate; that of the chosen rate in bold."""
    tried = sorted({rate for table in pilots for rate in table["learning_rate"].tolist()})
    yield ["", *(f"{rate:g}" for rate in tried), ""]
    for table in pilots:
        value = shown(table)
        for family in dict.fromkeys(table["family"].tolist()):
            own = np.flatnonzero(table["family"] == family)
            if len(own) == 1:
                continue  # a parent
            at = dict(zip(table["learning_rate"][own].tolist(), own.tolist(), strict=True))
            likelihood = {rate: table["log_likelihood_train"][k] for rate, k in at.items()}
            best = max(at, key=lambda rate: likelihood[rate] if np.isfinite(likelihood[rate]) else -np.inf)
            kind, _, p = family.rpartition("-")
            cells = [_pilot(float(value[at[rate]]), rate == best) if rate in at else "" for rate in tried]
            yield [f"{kind}, p = {p}", *cells, "at the edge" if best in (min(at), max(at)) else ""]


def _pilot(value: float, best: bool) -> str:
    if not np.isfinite(value):
        return "not estimated"
    return f"**{value:.2f}**" if best else f"{value:.2f}"


def before(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """E1."""
    yield ["p", "bonds", "pixels without a bond", "largest component", "test log-likelihood",
           "95 % of one machine, at most +-", "train - test", "retained", "captured, from random", "from data",
           "generates well"]  # fmt: skip
    for p in dilutions(machines, "before"):
        own = of(machines, f"before-{p:g}")
        retained, caught = mean(own, "retained"), mean(own, "captured")
        own = [m | {"gap": m["log_likelihood_train"] - m["log_likelihood_test"]} for m in own]
        half = np.nanmax([(m["log_likelihood_test_upper"] - m["log_likelihood_test_lower"]) / 2 for m in own])
        well = answer(above(retained, WELL), above(caught, WELL))
        yield [f"{p:g}", f"{own[0]['n_bonds']:,}", text(mean(own, "isolated_visible")),
               text(mean(own, "giant_fraction")), shown(own, "log_likelihood_test"), f"{half:.2f}", shown(own, "gap"),
               shown(own, "retained") if p else "1", text(caught), text(mean(own, "captured_data")),
               well]  # fmt: skip


def by_seed(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """E1, machine by machine."""
    seeds = [str(m["seed"]) for m in of(machines, "before-0")]
    yield ["p", "learning rate", *(f"test log-likelihood, seed {s}" for s in seeds), *(f"captured, {s}" for s in seeds)]
    for p in dilutions(machines, "before"):
        own = of(machines, f"before-{p:g}")
        likelihoods = (pr.Estimate(m["log_likelihood_test"], m["log_likelihood_test_error"], 1) for m in own)
        yield [
            f"{p:g}",
            f"{own[0]['learning_rate']:g}",
            *map(text, likelihoods),
            *(f"{m['captured']:.2f}" for m in own),
        ]


def thresholds(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """Where half and nine tenths of the likelihood are retained, seed by seed, by straight lines between dilutions in
    p, and in the logarithm of the number of bonds."""
    at = dilutions(machines, "before")
    one = of(machines, "before-0")[0]
    full = 2 * one["n_bonds"] / (one["n_visible"] + one["n_hidden"])
    in_log = np.log(full * (1 - np.array(at))).tolist()
    yield ["retained", "p", "bonds a unit, of both layers", "interpolated in their logarithm"]
    rows = [[m["retained"] for m in of(machines, f"before-{p:g}")] for p in at]
    for level in (WELL, 0.5):
        p, log_bonds = (
            np.array([_falls_below(level, x, own) for own in zip(*rows, strict=True)]) for x in (at, in_log)
        )
        bonds = ((1 - p) * full, np.exp(log_bonds))
        yield [f"{level:g}", *(text(pr.Estimate.of(x)) for x in (p, *bonds))]


def _falls_below(level: float, at: Sequence[float], values: Sequence[float]) -> float:
    """The last time; points without an estimate are left out, and NaN if it never does."""
    known = [(x, y) for x, y in zip(at, values, strict=True) if np.isfinite(y)]
    for (x0, y0), (x1, y1) in reversed(list(pairwise(known))):
        if y0 >= level > y1:
            return x0 + (y0 - level) / (y0 - y1) * (x1 - x0)
    return np.nan


def in_words(name: str) -> str:
    """Of a score, as the head of a column."""
    return name.replace("_", " ") + (", 1e-4" if name == "eps2" else "")


def scores_of(machines: Sequence[Machine], start: str, kind: str = "") -> list[str]:
    """Scores after the last sweeps from a start, or one of their anchors."""
    scale = {"eps2": 1e4}
    at = f"@{start}@{LAST}"
    if kind == "_data":  # the same data for all seeds: the error is that of one set of them
        one = machines[0]
        shown = {name: pr.Estimate(one[f"{name}_data{at}"], one[f"{name}_data_error{at}"], 1) for name in SCORES}
    else:
        shown = {name: mean(machines, f"{name}{kind}{at}") for name in SCORES}
    found = [text(x, scale.get(name, 1.0)) for name, x in shown.items()]
    return [*found, text(mean(machines, f"discriminator{kind}"))] if start == "random" else found


def scores(machines: Sequence[Machine], start: str) -> Iterator[list[str]]:
    """Every score of E1 after the last sweeps from a start, and the anchors."""
    yield ["p", *map(in_words, SCORES), *(["discriminator"] if start == "random" else [])]
    for p in dilutions(machines, "before"):
        yield [f"{p:g}", *scores_of(of(machines, f"before-{p:g}"), start)]
    for words, kind in (("data", "_data"), ("independent pixels", "_independent")):
        yield [words, *scores_of(of(machines, "before-0"), start, kind)]  # anchors are those of the seed


def scores_after(machines: Sequence[Machine], p: float) -> Iterator[list[str]]:
    """The same of E2 and E3 at one dilution, from random starts."""
    yield ["", "pixels without a bond", *map(in_words, SCORES), "discriminator"]
    for words, own in kinds(machines, p).items():
        yield [words, text(mean(own, "isolated_visible")), *scores_of(own, "random")]


def kinds(machines: Sequence[Machine], p: float) -> dict[str, list[Machine]]:
    """Every way to come to a machine of dilution p, by its words."""
    T = full_training(machines)
    found = {"dense, T": of(machines, "before-0"), "dense, T + T": of(machines, "again-0")}
    for rule in RULES:
        for gauge in GAUGES:
            family = f"after-{rule}{'-centred' if gauge == 'centred' else ''}-{p:g}"
            found[f"after, {rule}, {gauge}"] = of(machines, family)
    for rule in RULES:
        for gauge in GAUGES:
            found[f"retrained, {rule}, {gauge}, T + T"] = of(machines, f"retrain-{rule}-{p:g}", gauge=gauge)
    for rule in RULES:
        for words, updates in (("T", T), ("2T", 2 * T)):
            found[f"fresh, {rule} mask, {words}"] = of(machines, f"mask-{rule}-{p:g}", updates=updates)
    return found | {"before: couplings of the dense one at update 0, random mask, T": of(machines, f"before-{p:g}")}


def after(machines: Sequence[Machine], name: str) -> Iterator[list[str]]:
    """A quantity of E2 and E3 with controls."""
    at = dilutions(machines, "mask-magnitude")
    yield ["", *(f"p = {p:g}" for p in at)]
    found = [kinds(machines, p) for p in at]
    for words in found[0]:
        cells = [shown(one[words], name) for one in found]
        yield [words, *(cells if not words.startswith("dense") else [cells[0], *("" for _ in at[1:])])]


def contrasts(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """What claims B and D compare: differences of the test log-likelihood within a seed."""
    at = dilutions(machines, "mask-magnitude")
    yield ["retrained minus", *(f"p = {p:g}" for p in at)]
    found = [kinds(machines, p) for p in at]
    for rule in RULES:
        against = ["dense, T", "dense, T + T", *(f"fresh, {r} mask, {n}" for r in dict.fromkeys((rule, "random"))
                                                for n in ("T", "2T"))]  # fmt: skip
        for gauge in GAUGES:
            own = f"retrained, {rule}, {gauge}, T + T"
            for other in against:
                differences = [difference(one[own], one[other], "log_likelihood_test") for one in found]
                yield [f"{rule}, {gauge}: {other}", *map(signed, differences)]


def masks(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """Fresh couplings: magnitude masks minus random ones, test log-likelihood within a seed."""
    at = dilutions(machines, "mask-magnitude")
    yield ["fresh, magnitude mask minus random mask", *(f"p = {p:g}" for p in at)]
    found = [kinds(machines, p) for p in at]
    for n in ("T", "2T"):
        sides = [(one[f"fresh, magnitude mask, {n}"], one[f"fresh, random mask, {n}"]) for one in found]
        yield [n, *(signed(difference(*pair, "log_likelihood_test")) for pair in sides)]


def memory(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """Cosines of retrained machines with their parent: minus those with another parent, minus those of fresh ones."""
    at = dilutions(machines, "mask-magnitude")
    yield ["retrained", *(f"own - other, p = {p:g}" for p in at), *(f"own - own of fresh, T, p = {p:g}" for p in at)]
    found = [kinds(machines, p) for p in at]
    for rule in RULES:
        for gauge in GAUGES:
            again = [one[f"retrained, {rule}, {gauge}, T + T"] for one in found]
            fresh = [one[f"fresh, {rule} mask, T"] for one in found]
            other = [pr.Estimate.of(np.array([m["own"] - m["other"] for m in own])) for own in again]
            beyond = [difference(*pair, "own") for pair in zip(again, fresh, strict=True)]
            yield [f"{rule}, {gauge}", *map(signed, (*other, *beyond))]


def claims(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """B and D as they are defined: like its parent again? Worse than every control on its bonds and on random ones?"""
    at = dilutions(machines, "mask-magnitude")
    yield ["retrained", *(f"recovers, p = {p:g}" for p in at), *(f"worse than fresh, p = {p:g}" for p in at)]
    for rule in RULES:
        for gauge in GAUGES:
            recovered, worse = [], []
            for p in at:
                found = kinds(machines, p)
                own = found[f"retrained, {rule}, {gauge}, T + T"]
                recovered.append(answer(above(mean(own, "retained"), 1 - MARGIN)))
                fresh = [found[f"fresh, {r} mask, {n}"] for r in dict.fromkeys((rule, "random")) for n in ("T", "2T")]
                worse.append(answer(*(difference(other, own, "log_likelihood_test") for other in fresh)))
            yield [f"{rule}, {gauge}", *recovered, *worse]


def budgets(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """Test log-likelihood against updates, every budget a training of its own; what of the dense one is retained."""
    T = full_training(machines)
    at = dilutions(machines, "budget")
    yield ["updates", *(f"p = {p:g}" for p in at), *(f"p = {p:g}, retained of dense" for p in at[1:])]
    for words, updates in (("T/4", T // 4), ("T", T), ("4T", 4 * T)):
        found = [
            [m for stem in ("before", "budget") for m in of(machines, f"{stem}-{p:g}", updates=updates)] for p in at
        ]
        yield [words, *(shown(own, "log_likelihood_test") for own in found),
               *(shown(_share(own, found[0]), "share") for own in found[1:])]  # fmt: skip


def _share(own: Sequence[Machine], dense: Sequence[Machine]) -> list[Machine]:
    """What is retained of the dense machine of the same seed and budget."""
    return [{"share": a["retained"] / b["retained"]} for a, b in zip(own, dense, strict=True)]


def full_training(machines: Sequence[Machine]) -> int:
    """T."""
    return int(of(machines, "before-0")[0]["updates"])


def parents(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """The dense machines: what they are made of, and what they are."""
    yield ["seed", "learning rate", "sha256 of the machine", "trained again", "test log-likelihood"]
    for first, second in zip(of(machines, "before-0"), of(machines, "dense-0"), strict=True):
        same = "equal" if first["machine"] == second["machine"] else f"`{second['machine']}`"
        yield [str(first["seed"]), f"{first['learning_rate']:g}", f"`{first['machine']}`", same,
               compact(first["log_likelihood_test"], first["log_likelihood_test_error"])]  # fmt: skip


def cost(machines: Sequence[Machine], pilots: Sequence[Pilots]) -> Iterator[list[str]]:
    """Hours of one core."""
    yield ["", "machines", "training, core hours", "log Z and scores, core hours", "scores in time, core hours"]
    steps = ("seconds_annealing", "seconds_measuring", "seconds_scoring")
    tried = [len(table["name"]) for table in pilots]
    sums = [sum(float(np.nansum(table[s])) for table in pilots) / 3600 for s in steps[:2]]
    yield ["learning rates", str(sum(tried)), *(f"{x:.2f}" for x in sums), ""]
    for words, stems in (("E1", ("before",)), ("budgets", ("budget",)), ("E2", ("after",)),
                         ("E3", ("dense", "again", "retrain", "mask"))):  # fmt: skip
        own = [m for m in machines if m["family"].split("-")[0] in stems]
        yield [words, str(len(own)), *(f"{sum(m.get(s, 0.0) for m in own) / 3600:.2f}" for s in steps)]


def tables(machines: Sequence[Machine], pilots: Sequence[Pilots]) -> dict[str, str]:
    """Every table by name, as Markdown, of the parts of the study that are there."""
    found = {
        "rates": rates(pilots, lambda table: table["log_likelihood_train"]),
        "rates-captured": rates(pilots, lambda x: captured(x["eps2"], x["anchor_eps2"], x["anchor_independent_eps2"])),
        "before": before(machines),
        "by-seed": by_seed(machines),
        "thresholds": thresholds(machines),
        **{f"scores-{start}": scores(machines, start) for start in STARTS},
        "cost": cost(machines, pilots),
    }
    if dilutions(machines, "budget"):
        found["budgets"] = budgets(machines)
    if at := dilutions(machines, "mask-magnitude"):
        found |= {
            "after": after(machines, "log_likelihood_test"),
            "captured": after(machines, "captured"),
            **{f"scores-after-{p:g}": scores_after(machines, p) for p in at},
            "contrasts": contrasts(machines),
            "masks": masks(machines),
            "claims": claims(machines),
            "likeness": after(machines, "own"),
            "likeness-other": after(machines, "other"),
            "memory": memory(machines),
            "parents": parents(machines),
        }
    return {name: markdown(list(rows)) for name, rows in found.items()}


def markdown(rows: list[list[str]]) -> str:
    """A table whose first row is its head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def put_into(readme: str, found: dict[str, str]) -> str:
    """The text with these tables between their marks. Raises KeyError for a mark of no table."""
    pattern = r"(<!-- table ([\w.-]+) -->\n).*?(<!-- end -->)"
    return re.sub(pattern, lambda m: f"{m[1]}{found[m[2]]}\n{m[3]}", readme, flags=re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, tabulate, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="folder of the result tables")
    parser.add_argument("--out", type=Path, required=True, help="folder of tables.md and figures")
    parser.add_argument("--readme", type=Path, help="a report whose tables are renewed")
    given = parser.parse_args(arguments)
    machines = read(given.results)
    pilots = [pr.campaign.read_table(given.results / f"{name}.csv") for name in ("rates", "rates_after")]
    found = tables(machines, pilots)
    (given.out / "figures").mkdir(parents=True, exist_ok=True)
    (given.out / "tables.md").write_text("".join(f"## {name}\n\n{table}\n\n" for name, table in found.items()))
    figures.draw(machines, samples(given.results), given.out / "figures")
    if given.readme is not None:
        given.readme.write_text(put_into(given.readme.read_text(), found))
    print(f"{given.out / 'tables.md'}, {given.out / 'figures'}")


if __name__ == "__main__":
    main()
