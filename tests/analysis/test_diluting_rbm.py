"""The study of analysis/diluting_rbm: grids, rule for the rate, answers on planted tables, and all of it tiny."""

import re

import compare
import grids
import in_time
import machines
import numpy as np
import pytest
import report
import study

import physrbm as pr
from physrbm.campaign.planning import entries

P = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
LATER = (0.7, 0.85, 0.95)
RATES = {"scratch": {p: 0.8 if p < 0.9 else 3.2 for p in P}}
RATES |= {kind: dict.fromkeys(LATER, 0.2) for kind in ("retrain-magnitude", "retrain-random", "mask-magnitude")}
ALONE, DENSE = -25.0, -15.0
READ = grids.read


def planned(part, small=True):
    return list(entries(grids.read(part, small, RATES), data_dir=None))


def test_every_experiment_is_planned():
    before, more, after = (planned(part) for part in machines.PARTS)
    assert {(e.spec.dilution, e.spec.seed, e.spec.updates) for e in before} == {
        (p, seed, 600) for p in P for seed in (1, 2, 3)
    }
    budgets = {(e.spec.dilution, e.spec.updates) for e in (*before, *more)}
    assert budgets >= {(p, n) for p in (0, 0.8, 0.95) for n in (150, 600, 2400)}
    by_name = {e.name: e for e in after}
    for rule in ("magnitude", "random"):
        for p in LATER:
            for seed in (1, 2, 3):
                for gauge, suffix in (("binary", ""), ("centred", "-centred")):
                    pruned = by_name[f"after-{rule}{suffix}-{p:g}-s{seed}"]
                    again = by_name[f"retrain-{rule}-{p:g}-gauge{gauge}-s{seed}"]
                    for e, updates in ((pruned, 0), (again, 600)):
                        assert (e.spec.rule, e.spec.gauge, e.spec.dilution) == (rule, gauge, p)
                        assert (e.needs, e.spec.updates) == ((f"dense-0-s{seed}",), updates)
                    assert again.spec.learning_rate == 0.2
                for updates in (600, 1200):
                    fresh = by_name[f"mask-{rule}-{p:g}-updates{updates}-s{seed}"]
                    assert (fresh.needs, fresh.spec.inherit) == ((f"after-{rule}-{p:g}-s{seed}",), "mask")
                    assert fresh.spec.learning_rate == (0.2 if rule == "magnitude" else RATES["scratch"][p])
    assert {e.spec.dilution for e in after if e.family == "again-0"} == {0}


def test_pilots_have_a_seed_of_their_own_and_try_several_rates():
    pilots = [*planned("rates"), *planned("rates_after")]
    assert {e.spec.seed for e in pilots} == {101}
    tried = {}
    for e in pilots:
        tried.setdefault(e.family, set()).add(e.spec.learning_rate)
    assert {family for family, rates in tried.items() if len(rates) > 1} == {
        *(f"scratch-{p:g}" for p in P), *(f"{kind}-{p:g}" for kind in RATES if kind != "scratch" for p in LATER)
    }  # fmt: skip


def test_the_parents_are_the_dense_machines_of_the_other_sweep():
    first = [e.spec for e in planned("before") if e.family == "before-0"]
    assert first == [e.spec for e in planned("after") if e.family == "dense-0"]


def test_the_rate_is_the_best_one_of_the_training_data():
    pilots = {
        "family": np.array(["scratch-0", "scratch-0", "scratch-0", "mask-0.9", "mask-0.9", "dense-0"]),
        "state": np.array(["done"] * 6),
        "learning_rate": np.array([0.2, 0.8, 3.2, 0.8, 3.2, 0.8]),
        "log_likelihood_train": np.array([-18.0, -17.0, np.nan, -20.0, -19.0, -1.0]),
        "log_likelihood_test": np.array([-1.0, -2.0, -3.0, -1.0, -2.0, -1.0]),
    }
    assert grids.best_rates(pilots) == {"scratch": {0.0: 0.8}, "mask": {0.9: 3.2}}
    pilots["log_likelihood_train"][:2] = np.nan
    with pytest.raises(ValueError, match="scratch-0 came"):
        grids.best_rates(pilots)


def likelihood(family, p, updates):
    """Planted: scratch machines lose 20 p^8, retrained ones 1 against the dense one of twice the training."""
    longer = 0.5 * np.log2(max(updates, 1) / 600)
    if family.startswith("after"):
        return ALONE - 1
    if family.startswith("retrain"):
        return DENSE + 0.5 - 1
    if family.startswith("again"):
        return DENSE + 0.5
    return DENSE + longer - 20 * p**8


def planted(to, withheld=()):
    """Tables as the study writes them; runs of the names `withheld` have no likelihood."""
    rng = np.random.default_rng(5)
    for part in (*study.PILOTS, *machines.PARTS):
        runs, scores, likeness = [], [], []
        for e in planned(part):
            p = float(e.family.rsplit("-", 1)[1])
            noise = 0.01 * rng.standard_normal()
            value = likelihood(e.family, p, e.spec.updates) + noise if e.name not in withheld else np.nan
            runs.append({
                "name": e.name, "family": e.family, "state": "done", "seed": e.spec.seed, "updates": e.spec.updates,
                "gauge": e.spec.gauge, "learning_rate": e.spec.learning_rate,
                "n_visible": 64, "n_hidden": 41, "n_bonds": e.size.n_bonds,
                "isolated_visible": 0, "giant_fraction": 1.0, "log_likelihood_test": value,
                "log_likelihood_test_lower": value - 0.3, "log_likelihood_test_upper": value + 0.3,
                "log_likelihood_train": value + 0.2, "log_likelihood_test_error": 0.1, "independent_pixels_test": ALONE,
                "eps2": 2e-4, "anchor_eps2": 1e-4, "anchor_independent_eps2": 21e-4, "digest": "settings",
                "seconds_annealing": 36.0, "seconds_measuring": 3.6,
            })  # fmt: skip
            for start in machines.STARTS:
                for t in in_time.SWEEPS:
                    row = {"name": e.name, "start": start, "sweeps": t}
                    for n in report.SCORES:
                        row |= {n: 2e-4 if n == "eps2" else 0.5, f"{n}_error": 0.1, f"{n}_data": 1e-4}
                        row |= {f"{n}_data_error": 1e-5, f"{n}_independent": 21e-4}
                    scores.append(row)
            own = 0.95 if e.family.startswith("retrain") else 0.4
            likeness.append({"name": e.name, "digest": f"d{e.spec.seed}", "own": own + noise, "own_error": 0.01,
                             "other": 0.4, "other_error": 0.01, "discriminator": 0.3, "discriminator_data": 0.5,
                             "discriminator_independent": 0.0, "seconds_scoring": 3.6})  # fmt: skip
        tables = (("", runs), ("-scores", scores), ("-likeness", likeness))
        for end, rows in tables[: 3 if part in study.IN_TIME else 1]:
            columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
            pr.campaign.write_table(to / f"{part}{end}.csv", pr.campaign.Table(columns, {}))
    shown = {f"before-{p:g}-s1": np.packbits(rng.random((16, 64)) < 0.3, axis=1) for p in P}
    np.savez_compressed(to / "before-samples.npz", n_visible=np.array(64), **shown)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    planted(folder)
    return folder


def cells(table):
    """Cells of a Markdown table by the first of a row."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return {row[0]: row[1:] for row in rows[2:]}


@pytest.fixture(scope="module")
def tables(results):
    pilots = [pr.campaign.read_table(results / f"{name}.csv") for name in study.PILOTS]
    return report.tables(machines.read(results), pilots)


def number(cell):
    value, power = re.match(r"\**([+-]?[\d.]+)(?:\(\d+\))?(e[+-]\d+)?", cell).groups()
    return float(value + (power or ""))


def test_what_generates_well(tables):
    found = cells(tables["before"])
    # 20 p^8 of 10 nats: 0.034 at 0.6, 0.115 at 0.7
    assert {p: row[-1] for p, row in found.items()} == {
        **dict.fromkeys(("0", "0.2", "0.4", "0.6"), "yes"), **dict.fromkeys(map(str, P[4:]), "no")
    }  # fmt: skip
    assert found["0"][7] == "0.95"  # (2e-4 - 1e-4) / (21e-4 - 1e-4) is not captured
    assert found["0"][4] == "0.30"


def test_where_half_is_retained(tables):
    found = cells(tables["thresholds"])
    for level in (0.9, 0.5):  # 20 p^8 nats of those that the dense machine is above independent pixels
        lost = [20 * p**8 / (DENSE - ALONE) for p in P]
        exact = np.interp(1 - level, lost, P)
        assert number(found[f"{level:g}"][0]) == pytest.approx(exact, abs=0.005)
        assert number(found[f"{level:g}"][1]) == pytest.approx((1 - exact) * 2 * 64 * 41 / 105, abs=0.25)
        in_log = np.exp(np.interp(1 - level, lost, np.log(1 - np.array(P))))
        assert number(found[f"{level:g}"][2]) == pytest.approx(in_log * 2 * 64 * 41 / 105, abs=0.25)


def test_machines_one_by_one(tables):
    found = cells(tables["by-seed"])
    assert list(found) == [f"{p:g}" for p in P]
    for p in P:
        assert [number(x) for x in found[f"{p:g}"][1:4]] == pytest.approx([DENSE - 20 * p**8] * 3, abs=0.1)
        assert found[f"{p:g}"][4:] == ["0.95"] * 3


def test_claims_are_compared_within_a_seed(tables):
    found = cells(tables["contrasts"])
    for p, column in ((0.7, 0), (0.95, 2)):
        differences = {"dense, T": -0.5, "dense, T + T": -1, "fresh, magnitude mask, T": 20 * p**8 - 0.5,
                       "fresh, random mask, 2T": 20 * p**8 - 1}  # fmt: skip
        for words, there in differences.items():
            row = found[f"magnitude, centred: {words}"]
            assert number(row[column]) == pytest.approx(there, abs=0.05)
            assert row[column].startswith("**")
    assert len(found) == 2 * 6 + 2 * 4
    assert [number(x) for x in cells(tables["masks"])["T"]] == pytest.approx([0, 0, 0], abs=0.05)
    answers = cells(tables["claims"])
    assert answers["random, binary"] == ["no", "no", "no", "no", "no", "no"]


def test_budgets_likeness_and_parents(tables):
    found = cells(tables["budgets"])
    assert [number(found[n][0]) for n in ("T/4", "T", "4T")] == pytest.approx([-16, -15, -14], abs=0.05)
    likeness = cells(tables["likeness"])
    assert number(likeness["retrained, random, binary, T + T"][0]) == pytest.approx(0.95, abs=0.02)
    assert number(likeness["fresh, random mask, 2T"][0]) == pytest.approx(0.4, abs=0.02)
    memory = [number(x) for x in cells(tables["memory"])["random, binary"]]
    assert memory == pytest.approx([0.55] * 6, abs=0.04)
    assert cells(tables["parents"])["1"][:3] == ["0.8", "`d1`", "equal"]


def test_with_three_seeds_an_answer_needs_four_errors():
    around = report.above(pr.Estimate.of(np.array([0.94, 0.95, 0.96])), 0.9)
    assert report.answer(around) == "yes"
    assert report.answer(report.above(pr.Estimate.of(np.array([0.90, 0.92, 0.94])), 0.9)) == "open"
    assert report.answer(around, pr.Estimate.of(np.array([-0.1, -0.11, -0.12]))) == "no"
    assert report.answer(around, pr.Estimate(np.nan, np.nan, 3)) == "open"
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


def test_the_report_shows_what_its_results_say():
    here = grids.HERE
    pilots = [pr.campaign.read_table(here / "results" / f"{name}.csv") for name in study.PILOTS]
    readme = (here / "README.md").read_text()
    tables = report.tables(machines.read(here / "results"), pilots)
    assert set(re.findall(r"<!-- table (.*) -->", readme)) == set(tables)
    assert report.put_into(readme, tables) == readme


def test_parts_that_are_not_run_yet_are_left_out(results, tmp_path):
    for path in results.iterdir():
        if path.stem.split("-")[0] not in ("budgets", "after"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    report.main([str(tmp_path), "--out", str(tmp_path / "out")])
    text = (tmp_path / "out" / "tables.md").read_text()
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [
        "rates", "rates-captured", "before", "by-seed", "thresholds", "scores-random", "scores-data", "cost"
    ]  # fmt: skip
    pictures = {path.stem for path in (tmp_path / "out" / "figures").glob("*.png")}
    assert pictures == {"likelihood", "scores", "in_time", "samples"}


def test_a_withheld_likelihood_says_so(tmp_path):
    planted(tmp_path, withheld=("before-0-s2", "before-0.8-s1"))
    report.main([str(tmp_path), "--out", str(tmp_path)])
    text = (tmp_path / "tables.md").read_text()
    found = cells(text[text.index("## before") : text.index("## scores-random")].split("\n\n")[1])
    assert re.fullmatch(r"-\d.*\(\d+\), 1 of 3 withheld", found["0.8"][3])
    assert found["0.8"][4] == "0.30"
    # seed 2 has nothing that it could be compared with
    assert re.fullmatch(r"0.9.*\(\d+\), 1 of 3 withheld", found["0.6"][6])
    assert found["0.6"][9] == "open"


def test_a_digest_knows_every_number():
    rbm = pr.RBM.initialise(pr.load_data("digits").train, 5, seed=1)
    other = pr.RBM.from_dense(rbm.weights(), rbm.visible_bias, np.nextafter(rbm.hidden_bias, 1))
    same = pr.RBM.from_dense(rbm.weights(), rbm.visible_bias, rbm.hidden_bias)
    assert in_time.digest(rbm) == in_time.digest(same) != in_time.digest(other)


def tiny(name, small, rates):
    """The grids of --small at one dilution, a few updates, two seeds."""
    grid = READ(name, small, {kind: at | rates.get(kind, {}) for kind, at in RATES.items()})
    grid["settings"] |= {"hidden": 8, "measurements": 1, "samples": 50, "sample_sweeps": 2, "chains": 64, "batch": 64,
                         "ais_chains": 100}  # fmt: skip
    some = (
        "scratch-0",
        "scratch-0.85",
        "before-0",
        "before-0.85",
        "dense-0",
        "after-magnitude-0.85",
        "mask-magnitude-0.85",
    )
    families = [family for family in grid["family"] if family["name"] in some]
    for family in families:
        family |= {"seeds": 2} if "seeds" in family else {}
        family |= {"updates": 2} if "updates" in family else {}
        family |= {"learning_rate": [0.1, 0.2]} if name == "rates" else {}
    return {"settings": grid["settings"], "family": families}


def test_the_one_command_goes_on_where_it_was_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(grids, "read", tiny)
    monkeypatch.setattr(study, "PILOTS", ("rates",))
    monkeypatch.setattr(study, "PARTS", study.IN_TIME)
    monkeypatch.setattr(in_time, "SWEEPS", (1, 2))
    monkeypatch.setattr(in_time, "SCORES", ("eps2",))
    monkeypatch.setattr(in_time, "discriminator", lambda generated, data, seed: {"discriminator": generated.mean()})
    told = []
    monkeypatch.setattr(report, "main", lambda arguments: told.append(arguments))
    line = ["--small", "--workers", "1", "--out", str(tmp_path)]
    study.main(line)
    results = tmp_path / "small" / "results"
    before = {path.name: path.read_bytes() for path in results.iterdir()}
    assert set(before) == {f"{name}.csv" for name in ("rates", *study.IN_TIME)} | {
        f"{part}-{kind}" for part in study.IN_TIME for kind in ("scores.csv", "likeness.csv", "samples.npz")
    }
    table = pr.campaign.read_table(results / "after.csv")
    assert "host" not in table
    assert not any(str(tmp_path) in text for text in map(str, before.values()))
    above = ("dense-0", "after-magnitude-0.85")
    assert set(table["origin"]) == {"", *(f"{name}-s{seed}" for name in above for seed in (1, 2))}
    for name in ("after.csv", "after-scores.csv"):
        (results / name).unlink()
    (tmp_path / "small" / "after" / "in_time" / "dense-0-s1-likeness.csv").unlink()
    study.main(line)
    assert (results / "after.csv").read_bytes() == before["after.csv"]
    assert (results / "after-scores.csv").read_bytes() == before["after-scores.csv"]
    assert told == [[str(results), "--out", str(tmp_path / "small")]] * 4


def test_results_are_compared_number_by_number(tmp_path, capsys):
    row = {"name": "a", "eps2": 2.0, "eps2_error": 0.1, "n_bonds": 7, "log_z": np.nan, "rule": "random",
           "seconds_annealing": 1.0}  # fmt: skip

    def outcome(**changed):
        """Against one row in which something is changed."""
        for folder, own in (("one", row), ("other", row | changed)):
            (tmp_path / folder).mkdir(exist_ok=True)
            columns = {name: np.array([x]) for name, x in own.items()}
            pr.campaign.write_table(tmp_path / folder / "before.csv", pr.campaign.Table(columns, {}))
        with pytest.raises(SystemExit) as end:
            compare.main([str(tmp_path / "one"), str(tmp_path / "other")])
        return end.value.code, capsys.readouterr().out

    assert outcome(seconds_annealing=2.0) == (0, "before.csv: 5 entries equal, 0 agree, 0 do not\n")
    assert outcome(eps2=2.4) == (0, "before.csv: 4 entries equal, 1 agree, 0 do not\n")
    for name, x in {"eps2": 2.5, "n_bonds": 8, "log_z": 1.0, "rule": "magnitude"}.items():
        code, said = outcome(**{name: x})
        assert code == 1
        assert f"a, {name}: {row[name]} and {x}\n" in said
    (tmp_path / "one" / "after.csv").write_text("name\n")
    assert "different tables" in outcome()[0]
