"""The study of analysis/diluting_rbm: its grids, its rule for the rate, its answers on planted tables, its report."""

import re

import grids
import machines
import numpy as np
import pytest
import report
from in_time import SCORES, SWEEPS, digest

import physrbm as pr
from physrbm.campaign.planning import entries

P = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
RATES = {p: 0.8 if p < 0.9 else 3.2 for p in P}
ALONE, DENSE = -25.0, -15.0


def planned(part):
    return list(entries(grids.read(part, True, RATES)))


def test_every_experiment_is_planned():
    pilots, before, more, after = (planned(part) for part in ("rates", "before", "budgets", "after"))
    assert {(e.spec.dilution, e.spec.learning_rate) for e in pilots} == {
        (p, rate) for p in P for rate in (0.2, 0.8, 3.2, 12.8) if rate < 12 or p >= 0.85
    }
    assert {e.spec.seed for e in pilots}.isdisjoint(e.spec.seed for e in before)
    assert {(e.spec.dilution, e.spec.seed, e.spec.updates) for e in before} == {
        (p, seed, 600) for p in P for seed in (1, 2, 3)
    }
    budgets = {(e.spec.dilution, e.spec.updates) for e in (*before, *more)}
    assert budgets >= {(p, n) for p in (0, 0.8, 0.95) for n in (150, 300, 600, 1200, 2400)}
    children = {e.name: e for e in after}
    for rule in ("magnitude", "random"):
        for p in (0.7, 0.85, 0.95):
            for seed in (1, 2, 3):
                for gauge, suffix in (("binary", ""), ("centred", "-centred")):
                    pruned = children[f"after-{rule}{suffix}-{p:g}-s{seed}"]
                    again = children[f"retrain-{rule}-{p:g}-gauge{gauge}-s{seed}"]
                    for e, updates in ((pruned, 0), (again, 600)):
                        assert (e.spec.rule, e.spec.gauge, e.spec.dilution) == (rule, gauge, p)
                        assert (e.needs, e.spec.updates) == ((f"dense-0-s{seed}",), updates)
    for e in after:
        if e.family.startswith("mask-"):
            assert e.needs[0].startswith("after-magnitude-0")
            assert e.spec.inherit == "mask"
            assert e.spec.learning_rate == RATES[float(e.family.rsplit("-", 1)[1])]


def test_the_parents_are_the_dense_machines_of_the_other_sweep():
    first = [e.spec for e in planned("before") if e.family == "before-0"]
    assert first == [e.spec for e in planned("after") if e.family == "dense-0"]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_random_mask_is_that_of_the_scratch_machine_of_its_seed(seed):
    data = pr.load_data("digits").train
    fresh = pr.RBM.initialise(data, 41, dilution=0.85, seed=seed)
    later = pr.dilute(pr.RBM.initialise(data, 41, seed=seed), 0.85, rule="random", seed=seed)
    np.testing.assert_array_equal(fresh.bonds.i, later.bonds.i)
    np.testing.assert_array_equal(fresh.bonds.j, later.bonds.j)


def test_the_rate_is_the_best_one_of_the_training_data():
    pilots = {
        "dilution": np.array([0.0, 0.0, 0.0, 0.9, 0.9]),
        "learning_rate": np.array([0.2, 0.8, 3.2, 0.8, 3.2]),
        "log_likelihood_train": np.array([-18.0, -17.0, np.nan, -20.0, -19.0]),
        "log_likelihood_test": np.array([-1.0, -2.0, -3.0, -1.0, -2.0]),
    }
    assert grids.best_rates(pilots) == {0.0: 0.8, 0.9: 3.2}
    with pytest.raises(ValueError, match=r"p = 0 came"):
        grids.best_rates({k: x[2:] for k, x in pilots.items()})


def likelihood(family, p, updates):
    """Planted: scratch machines lose 20 p^8, retrained ones 1 less than the dense one of twice the training."""
    longer = 0.5 * np.log2(max(updates, 1) / 600)
    if family.startswith("after"):
        return ALONE - 1
    if family.startswith("retrain"):
        return DENSE + 0.5 - 1
    return DENSE + longer - 20 * p**8


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Tables as the study writes them, of planted machines."""
    folder = tmp_path_factory.mktemp("results")
    rng = np.random.default_rng(5)
    for part in ("rates", *machines.PARTS):
        runs, scores, likeness = [], [], []
        for e in planned(part):
            p = e.spec.dilution
            if p is None:
                p = float(e.family.rsplit("-", 1)[1])
            noise = 0.01 * rng.standard_normal()
            value = likelihood(e.family, p, e.spec.updates) + noise
            runs.append({
                "name": e.name, "family": e.family, "seed": e.spec.seed, "updates": e.spec.updates, "dilution": p,
                "gauge": e.spec.gauge, "learning_rate": e.spec.learning_rate, "n_bonds": e.size.n_bonds,
                "isolated_visible": 0, "giant_fraction": 1.0, "log_likelihood_test": value,
                "log_likelihood_train": value + 0.2,
                "eps2": 2e-4, "anchor_eps2": 1e-4, "anchor_independent_eps2": 21e-4, "digest": "settings",
                "log_likelihood_test_error": 0.1, "independent_pixels_test": ALONE, "seconds_annealing": 36.0,
                "seconds_measuring": 3.6,
            })  # fmt: skip
            names = [n for s in SCORES for n in report.SCORES if n.startswith(s)]
            for start in ("random", "data"):
                for t in SWEEPS:
                    row = {"name": e.name, "start": start, "sweeps": t}
                    for n in names:
                        row |= {n: 2e-4 if n == "eps2" else 0.5, f"{n}_error": 0.1, f"{n}_data": 1e-4}
                        row |= {f"{n}_data_error": 1e-5, f"{n}_independent": 21e-4}
                    scores.append(row)
            own = 0.95 if e.family.startswith("retrain") else 0.4
            likeness.append({"name": e.name, "own": own + noise, "own_error": 0.01, "other": 0.4, "other_error": 0.01,
                             "digest": f"d{e.spec.seed}", "discriminator": 0.3, "discriminator_data": 0.5,
                             "discriminator_independent": 0.0})  # fmt: skip
        for end, rows in (("", runs), ("-scores", scores), ("-likeness", likeness))[: 1 if part == "budgets" else 3]:
            columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
            pr.campaign.write_table(folder / f"{part}{end}.csv", pr.campaign.Table(columns, {}))
    shown = {f"before-{p:g}-s1": np.packbits(rng.random((16, 64)) < 0.3, axis=1) for p in P}
    np.savez_compressed(folder / "samples.npz", n_visible=np.array(64), **shown)
    return folder


def cells(table):
    """Cells of a Markdown table by the first of a row."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return {row[0]: row[1:] for row in rows[2:]}


@pytest.fixture(scope="module")
def tables(results):
    return report.tables(machines.read(results), pr.campaign.read_table(results / "rates.csv"))


def test_what_generates_well(tables):
    found = cells(tables["before"])
    # 20 p^8 of 10 nats: 0.034 at 0.6, 0.115 at 0.7
    assert {p: row[-1] for p, row in found.items()} == {
        **dict.fromkeys(("0", "0.2", "0.4", "0.6"), "yes"), **dict.fromkeys(map(str, P[4:]), "no")
    }  # fmt: skip
    assert found["0"][6] == "0.95"  # (2e-4 - 1e-4) / (21e-4 - 1e-4) is not captured


def test_claims_are_compared_within_a_seed(tables):
    found = cells(tables["contrasts"])
    for p, column in ((0.7, 0), (0.95, 2)):
        for words, there in (("dense, 2T", -1.0), ("scratch on its mask, 2T", 20 * p**8 - 1)):
            row = found[f"magnitude, centred: {words}"]
            value = float(re.match(r"\**([+-]?[\d.]+)\(", row[column])[1])
            assert value == pytest.approx(there, abs=0.05)
            assert row[column].startswith("**")
    assert "scratch on its mask, 2T" not in "".join(w for w in found if w.startswith("random"))


def test_budgets_and_likeness(tables):
    found = cells(tables["budgets"])
    assert [float(found[n][0].split("(")[0]) for n in ("T/4", "T/2", "T", "2T", "4T")] == pytest.approx(
        [-16, -15.5, -15, -14.5, -14], abs=0.05
    )
    likeness = cells(tables["likeness"])
    assert likeness["retrained, random, binary"][0].startswith("0.9")
    assert likeness["scratch, random mask, T"][0].startswith("0.4")
    assert cells(tables["parents"])["1"][2] == "equal"


def test_with_three_seeds_an_answer_needs_four_errors():
    around = pr.Estimate.of(np.array([0.94, 0.95, 0.96]))
    assert report.verdict(around) == "yes"
    assert report.verdict(pr.Estimate.of(np.array([0.90, 0.92, 0.94]))) == "open"
    assert report.verdict(around, pr.Estimate.of(np.array([0.80, 0.81, 0.82]))) == "no"
    assert report.signed(pr.Estimate.of(np.array([0.1, 0.2, 0.3]))) == "+0.200(58)"
    assert report.signed(pr.Estimate.of(np.array([-0.21, -0.2, -0.19]))).startswith("**-")


def test_the_report_is_written_and_put_into_a_readme(results, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- table budgets -->\nold\n<!-- end -->\nafter\n")
    report.main([str(results), "--out", str(tmp_path), "--readme", str(readme)])
    assert re.fullmatch(r"before\n<!-- table budgets -->\n\| updates .*\| 4T .*\n<!-- end -->\nafter\n",
                        readme.read_text(), re.DOTALL)  # fmt: skip
    pictures = {path.stem for path in (tmp_path / "figures").glob("*.png")}
    assert pictures == {"likelihood", "scores", "in_time", "budgets", "after", "samples"}


def test_a_digest_knows_every_number():
    rbm = pr.RBM.initialise(pr.load_data("digits").train, 5, seed=1)
    other = pr.RBM.from_dense(rbm.weights(), rbm.visible_bias, np.nextafter(rbm.hidden_bias, 1))
    assert digest(rbm) == digest(pr.RBM.from_dense(rbm.weights(), rbm.visible_bias, rbm.hidden_bias)) != digest(other)
