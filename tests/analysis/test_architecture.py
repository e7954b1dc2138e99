"""The series, thresholds, axes and controls of analysis/architecture.py, and all of it on tiny machines."""

import json

import architecture
import numpy as np
import pytest

import physrbm as pr

P = (0.0, 0.5, 0.75, 0.875, 0.9375, 0.97, 0.985)


def planted(a, noise=0.1):
    """Runs whose retained likelihood is a function of (1 - p) X^a alone, X relative to the base; 8 seeds."""
    rng = np.random.default_rng(3)
    rows = []
    for n_visible, n_hidden, updates in [(64, h, 200) for h in (16, 32, 64)] + [(36, 32, 200), (64, 32, 800)]:
        X = (n_hidden / 32) * (n_visible / 64) * (updates / 200)
        for p in P:
            for seed in range(1, 9):
                full = 10 * (1 - np.exp(-15 * (1 - p) * X**a)) + noise * rng.standard_normal()
                rows.append((n_visible, n_hidden, updates, p, seed, full - 25, round((1 - p) * n_visible * n_hidden)))
    names = ("n_visible", "n_hidden", "updates", "dilution", "seed", "log_likelihood_test", "n_bonds")
    table = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    return {**table, "state": np.full(len(rows), "done"), "independent_pixels_test": np.full(len(rows), -25.0)}


@pytest.mark.parametrize("a", [0, 1])
def test_the_axis_that_machines_share_is_found(a):
    part = architecture.series(architecture.derived(planted(a)), "n_hidden")
    fits = architecture.axis(part)
    whole = [fit for fit in fits if fit["N_min"] == 16]
    assert len(whole) == 2
    for fit in whole:
        assert fit["a"] == pytest.approx(a, abs=0.15)
    said = architecture.verdict(fits, ("p", "bonds"))
    assert said == ("p agrees within two errors, bonds does not", "bonds agrees within two errors, p does not")[a]


def test_verdicts():
    def fits(a, error, S=1.0):
        locked = {"N_min": 16, "a": a, "error": 0.0, "S": S}
        return [
            locked,
            {"N_min": 16, "a": a, "error": error, "S": 7.0},
            {"N_min": 32, "a": 9.0, "error": 0.1, "S": 99.0},
        ]

    names = ("p", "bonds")
    assert architecture.verdict(fits(0.5, 0.4), names).startswith("not resolved")
    assert architecture.verdict(fits(0.5, 0.0), names) == "not resolved: a has no error"
    assert architecture.verdict(fits(0.5, 0.1), names).startswith("neither")
    assert architecture.verdict(fits(1.0, 0.1, S=6.0), names) == "none collapses (S = 6.0)"


def test_series_differ_from_the_base_in_one_thing():
    table = architecture.derived(planted(1))
    for varied, values in {"n_hidden": [16, 32, 64], "n_visible": [36, 64], "updates": [200, 800]}.items():
        part = architecture.series(table, varied)
        np.testing.assert_array_equal(np.unique(part["N"]), values)
        assert len(part["N"]) == len(values) * len(P) * 8


def test_runs_without_a_likelihood_are_left_out():
    table = planted(1)
    own = table["seed"] == 3
    table["state"][own & (table["dilution"] == 0)] = "failed"  # none of that seed can be compared
    table["log_likelihood_test"][(table["seed"] == 4) & (table["dilution"] == 0.5)] = np.nan
    found = architecture.derived(table)
    assert 3 not in found["seed"]
    assert sorted(set(found["p"][found["seed"] == 4])) == [0, *P[2:]]
    assert len(found["p"]) == 5 * (6 * len(P) + len(P) - 1)


def test_thresholds_of_a_known_curve():
    part = architecture.series(architecture.derived(planted(1, noise=1e-4)), "n_hidden")
    for row in architecture.thresholds(part):
        curve = 1 - np.exp(-15 * (1 - np.array(P)) * row["N"] / 32)
        curve /= curve[0]
        k = np.flatnonzero(curve < row["level"])[0]
        wanted = np.interp(row["level"], [curve[k], curve[k - 1]], [P[k], P[k - 1]])
        assert row["p"] == pytest.approx(wanted, abs=1e-4)
        assert 0 < row["error"] < 1e-4
        assert row["bonds"] == pytest.approx((1 - wanted) * 64 * row["N"], abs=1)


def test_equal_bonds_and_equal_work():
    """Where bonds alone decide there is no difference; where the dilution does, the large one is worse by that."""
    for a in (0, 1):
        table = architecture.derived(planted(a, noise=0.001))
        for varied, cost, large, left in (("n_hidden", "bonds", 32, 1 / 2), ("updates", "work", 800, 1 / 4)):
            rows = architecture.at_equal(architecture.series(table, varied), cost)
            row = next(row for row in rows if row["large"] == large)
            small = row["small"]
            assert small == {32: 16, 800: 200}[large]
            assert row["cost"] == pytest.approx({32: 1024, 800: 64 * 32 * 200}[large])
            wanted = 10 * (np.exp(-15) - np.exp(-15 * left)) if a == 0 else 0.0
            assert abs(row["difference"] - wanted) < 4 * row["error"]
            assert 0 < row["error"] < 0.01


def test_rates_are_those_of_the_best_mean_that_was_estimated():
    nan = np.nan
    pilots = {
        "family": np.repeat(["a", "b"], 4),
        "dilution": np.zeros(8),
        "learning_rate": np.array([0.8, 0.8, 3.2, 3.2] * 2),
        "log_likelihood_test": np.array([-20.0, -22.0, -20.5, -20.7, -20.0, -22.0, -19.0, nan]),
    }
    assert architecture.chosen(pilots) == {("a", 0.0): 3.2, ("b", 0.0): 0.8}


def test_runs_are_those_of_the_plan_at_the_chosen_rates(tmp_path, monkeypatch):
    plan = architecture.DEMO._replace(
        base=(4, 4, 4), sides=(4,), hidden=(4, 8), updates=(4,), dilutions=(0.0, 0.5), instances=1,
        common={"measurements": 1, "chains": 32, "batch": 32, "sweeps": 1, "samples": 1, "sample_sweeps": 1,
                "ais_chains": 100},
    )  # fmt: skip
    monkeypatch.setattr(architecture, "RATES", (0.8,))
    table = architecture.make(plan, tmp_path, pr.campaign.Options(workers=1)).columns
    assert set(table["state"]) == {"done"}
    np.testing.assert_array_equal(table["n_hidden"], [4, 4, 8, 8])
    np.testing.assert_array_equal(table["n_bonds"], [64, 32, 128, 64])
    np.testing.assert_array_equal(table["learning_rate"], 0.8)
    pilots = pr.campaign.collect(tmp_path / "pilots").columns
    assert set(pilots["seed"]) == {1001}  # others than those that are scored
    part = architecture.derived(table)
    assert np.isfinite(part["retained"]).all()
    np.testing.assert_array_equal(part["retained"][part["p"] == 0], 1)


def test_everything_from_a_table(tmp_path, capsys):
    pr.campaign.write_table(tmp_path / "architecture.csv", pr.campaign.Table(planted(1), {}))
    architecture.main(["--out", str(tmp_path)])
    assert all((tmp_path / f"architecture{end}").stat().st_size > 1000 for end in (".png", ".pdf"))
    results = json.loads((tmp_path / "architecture.json").read_text())
    for varied, shared in (("n_hidden", "number of bonds"), ("updates", "updates x bonds")):
        assert results[varied]["verdict"] == f"{shared} agrees within two errors, p does not"
        for row in results[varied]["equal"]:
            assert abs(row["difference"]) < 4 * row["error"]
    assert "equal" not in results["n_visible"]
    assert "Nh varied, 8 seeds: descriptive" in capsys.readouterr().out
