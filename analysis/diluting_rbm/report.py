"""Tables and figures of the study, from its result tables.

python analysis/diluting_rbm/report.py RESULTS --out FOLDER [--readme FILE]

Writes FOLDER/tables.md and FOLDER/figures/*.png; with --readme also what stands in FILE between the lines
`<!-- table NAME -->` and `<!-- end -->`.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import figures
import numpy as np
from machines import LAST, STARTS, Machine, difference, dilutions, interval, mean, of, read, samples

import physrbm as pr
from physrbm.estimate import compact

WELL = 0.9
"""A machine generates well if at least so much of the likelihood is retained, and of the correlations captured after
1000 sweeps from random starts"""
SCORES = ("eps2", "spectrum", "aai_truth", "aai_synthetic", "classifier_confidence", "classifier_coverage",
          "diversity_memorising", "diversity_coverage")  # fmt: skip
RULES, GAUGES = ("magnitude", "random"), ("binary", "centred")
Rows = list[list[str]]


def verdict(*quantities: pr.Estimate) -> str:
    """Whether all are at least WELL: yes or no where 95 % intervals say so, else open."""
    ends = [interval(x) for x in quantities]
    if any(high < WELL for _, high in ends):
        return "no"
    return "yes" if all(low >= WELL for low, _ in ends) else "open"


def text(x: pr.Estimate, scale: float = 1.0) -> str:
    """Value and error; withheld ones say so."""
    if x.n == 0:
        return ""
    return str(compact(scale * x.value, scale * x.error)) if np.isfinite(x.value) else "not estimated"


def rates(pilots: dict[str, np.ndarray]) -> Iterator[list[str]]:
    """Likelihood of the training data by p and learning rate; the best in bold."""
    tried = np.unique(pilots["learning_rate"]).tolist()
    yield ["p", *(f"{rate:g}" for rate in tried)]
    for p in np.unique(pilots["dilution"]).tolist():
        found = {
            r: pilots["log_likelihood_train"][(pilots["dilution"] == p) & (pilots["learning_rate"] == r)] for r in tried
        }
        best = np.nanmax(np.concatenate(list(found.values())))
        cells = ["" if not x.size else f"**{x[0]:.2f}**" if x[0] == best else f"{x[0]:.2f}" for x in found.values()]
        yield [f"{p:g}", *(cell.replace("nan", "not estimated") for cell in cells)]


def before(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """E1."""
    yield ["p", "bonds", "pixels without a bond", "largest component", "test log-likelihood", "train - test",
           "retained", "captured, from random", "from data", "generates well"]  # fmt: skip
    for p in dilutions(machines, "before"):
        own = of(machines, f"before-{p:g}")
        retained, captured = mean(own, "retained"), mean(own, "captured")
        gap = pr.Estimate.of(np.array([m["log_likelihood_train"] - m["log_likelihood_test"] for m in own]))
        graph = [text(mean(own, name)) for name in ("isolated_visible", "giant_fraction")]
        yield [f"{p:g}", f"{own[0]['n_bonds']:,}", *graph, text(mean(own, "log_likelihood_test")), text(gap),
               text(retained), text(captured), text(mean(own, "captured_data")),
               verdict(retained, captured)]  # fmt: skip


def scores(machines: Sequence[Machine], start: str) -> Iterator[list[str]]:
    """Every score of E1 after 1000 sweeps from a start, and the anchors."""
    at, alone = f"@{start}@{LAST}", ["discriminator"] if start == "random" else []
    yield ["p", *(name.replace("_", " ") + (", 1e-4" if name == "eps2" else "") for name in (*SCORES, *alone))]

    def row(words: str, own: Sequence[Machine], kind: str) -> list[str]:
        found = [text(mean(own, name + kind + at), _scale(name)) for name in SCORES]
        return [words, *found, *(text(mean(own, name + kind)) for name in alone)]

    for p in dilutions(machines, "before"):
        yield row(f"{p:g}", of(machines, f"before-{p:g}"), "")
    for words, kind in (("data", "_data"), ("independent pixels", "_independent")):
        yield row(words, of(machines, "before-0"), kind)  # anchors are those of the seed


def _scale(name: str) -> float:
    return 1e4 if name == "eps2" else 1.0


def kinds(machines: Sequence[Machine], p: float, T: int) -> Iterator[tuple[str, list[Machine]]]:
    """Every way to come to a machine of dilution p, by its words."""
    for rule in RULES:
        for gauge in GAUGES:
            family = f"after-{rule}{'-centred' if gauge == 'centred' else ''}-{p:g}"
            yield f"after, {rule}, {gauge}", of(machines, family)
    for rule in RULES:
        for gauge in GAUGES:
            yield f"retrained, {rule}, {gauge}", of(machines, f"retrain-{rule}-{p:g}", gauge=gauge)
    for words, updates in (("T", T), ("2T", 2 * T)):
        yield f"scratch, magnitude mask, {words}", of(machines, f"mask-magnitude-{p:g}", updates=updates)
    yield "scratch, random mask, T", of(machines, f"before-{p:g}")
    yield "scratch, random mask, 2T", of(machines, f"twice-{p:g}")


def after(machines: Sequence[Machine], name: str, scale: float = 1.0) -> Iterator[list[str]]:
    """A quantity of E2 and E3 with controls."""
    T = budget_of(machines)
    at = dilutions(machines, "mask-magnitude")
    yield ["", *(f"p = {p:g}" for p in at)]
    for words, family in (("dense, T", "before-0"), ("dense, 2T", "twice-0")):
        yield [words, text(mean(of(machines, family), name), scale), *("" for _ in at[1:])]
    found = [dict(kinds(machines, p, T)) for p in at]
    for words in found[0]:
        yield [words, *(text(mean(one[words], name), scale) for one in found)]


def contrasts(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """What claims B and D compare: differences of the test log-likelihood within a seed."""
    T = budget_of(machines)
    at = dilutions(machines, "mask-magnitude")
    yield ["retrained (T + T updates) minus", *(f"p = {p:g}" for p in at)]
    twice = of(machines, "twice-0")
    for rule in RULES:
        for gauge in GAUGES:
            rows: dict[str, list[str]] = {}
            for p in at:
                found = dict(kinds(machines, p, T))
                own = found[f"retrained, {rule}, {gauge}"]
                against = {"dense, 2T": twice}
                if rule == "magnitude":
                    against |= {
                        f"scratch on its mask, {n}": found[f"scratch, magnitude mask, {n}"] for n in ("T", "2T")
                    }
                mask = "a random mask" if rule == "magnitude" else "its mask, a random one"
                against |= {f"scratch on {mask}, {n}": found[f"scratch, random mask, {n}"] for n in ("T", "2T")}
                for words, other in against.items():
                    rows.setdefault(words, []).append(signed(difference(own, other, "log_likelihood_test")))
            yield from ([f"{rule}, {gauge}: {words}", *cells] for words, cells in rows.items())


def signed(x: pr.Estimate) -> str:
    """Value and error; in bold where the 95 % interval leaves out zero."""
    low, high = interval(x)
    said = text(x) if x.value < 0 or not np.isfinite(x.value) else f"+{text(x)}"
    return f"**{said}**" if low > 0 or high < 0 else said


def budgets(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """Test log-likelihood against updates, every budget a training of its own; what of the dense one is retained."""
    T = budget_of(machines)
    at = dilutions(machines, "budget")
    yield ["updates", *(f"p = {p:g}" for p in at), *(f"p = {p:g}, retained of dense" for p in at[1:])]
    for words, updates in (("T/4", T // 4), ("T/2", T // 2), ("T", T), ("2T", 2 * T), ("4T", 4 * T)):
        found = [at_budget(machines, p, updates) for p in at]
        yield [words, *(text(mean(own, "log_likelihood_test")) for own in found),
               *(text(_retained(own, found[0])) for own in found[1:])]  # fmt: skip


def at_budget(machines: Sequence[Machine], p: float, updates: int) -> list[Machine]:
    """Machines of dilution p that were trained so long from the beginning."""
    return [m for stem in ("before", "twice", "budget") for m in of(machines, f"{stem}-{p:g}", updates=updates)]


def _retained(own: Sequence[Machine], dense: Sequence[Machine]) -> pr.Estimate:
    by_seed = {m["seed"]: m for m in dense}
    gains = [(m["log_likelihood_test"] - m["independent_pixels_test"],
              by_seed[m["seed"]]["log_likelihood_test"] - m["independent_pixels_test"]) for m in own]  # fmt: skip
    return pr.Estimate.of(np.array([a / b for a, b in gains]))


def budget_of(machines: Sequence[Machine]) -> int:
    """T."""
    return int(of(machines, "before-0")[0]["updates"])


def parents(machines: Sequence[Machine]) -> Iterator[list[str]]:
    """The dense machines: what they are made of, and what they are."""
    yield ["seed", "learning rate", "sha256 of the machine", "trained again", "test log-likelihood"]
    for first, second in zip(of(machines, "before-0"), of(machines, "dense-0"), strict=True):
        again = "equal" if first["machine"] == second["machine"] else second["machine"]
        yield [str(first["seed"]), f"{first['learning_rate']:g}", f"`{first['digest']}`", again,
               compact(first["log_likelihood_test"], first["log_likelihood_test_error"])]  # fmt: skip


def cost(machines: Sequence[Machine], pilots: dict[str, np.ndarray]) -> Iterator[list[str]]:
    """Hours of one core."""
    yield ["", "machines", "training, core hours", "measuring, core hours"]
    steps = ("seconds_annealing", "seconds_measuring")
    yield ["learning rates", str(len(pilots["name"])), *(f"{pilots[s].sum() / 3600:.2f}" for s in steps)]
    for words, stems in (("E1", ("before",)), ("budgets", ("twice", "budget")), ("E2", ("after",)),
                         ("E3", ("dense", "retrain", "mask"))):  # fmt: skip
        own = [m for m in machines if m["family"].split("-")[0] in stems]
        yield [words, str(len(own)), *(f"{sum(m[s] for m in own) / 3600:.2f}" for s in steps)]


def tables(machines: Sequence[Machine], pilots: dict[str, np.ndarray]) -> dict[str, str]:
    """Every table by name, as Markdown."""
    found = {
        "rates": rates(pilots),
        "before": before(machines),
        **{f"scores-{start}": scores(machines, start) for start in STARTS},
        "after": after(machines, "log_likelihood_test"),
        "captured": after(machines, "captured"),
        "contrasts": contrasts(machines),
        "likeness": after(machines, "own"),
        "likeness-other": after(machines, "other"),
        "budgets": budgets(machines),
        "parents": parents(machines),
        "cost": cost(machines, pilots),
    }
    return {name: markdown(list(rows)) for name, rows in found.items()}


def markdown(rows: Rows) -> str:
    """A table whose first row is its head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def put_into(readme: str, found: dict[str, str]) -> str:
    """The text with these tables between their marks. Raises KeyError for a mark of no table."""
    return re.sub(
        r"(<!-- table ([\w-]+) -->\n).*?(<!-- end -->)",
        lambda m: f"{m[1]}{found[m[2]]}\n{m[3]}",
        readme,
        flags=re.DOTALL,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, tabulate, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, help="folder of the result tables")
    parser.add_argument("--out", type=Path, required=True, help="folder of tables.md and figures")
    parser.add_argument("--readme", type=Path, help="a report whose tables are renewed")
    given = parser.parse_args(arguments)
    machines, pilots = read(given.results), pr.campaign.read_table(given.results / "rates.csv")
    found = tables(machines, pilots)
    (given.out / "figures").mkdir(parents=True, exist_ok=True)
    (given.out / "tables.md").write_text("".join(f"## {name}\n\n{table}\n\n" for name, table in found.items()))
    figures.draw(machines, samples(given.results), given.out / "figures")
    if given.readme is not None:
        given.readme.write_text(put_into(given.readme.read_text(), found))
    print(f"{given.out / 'tables.md'}, {given.out / 'figures'}")


if __name__ == "__main__":
    main()
