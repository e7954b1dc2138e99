"""The controls, differences and overlaps of analysis/tickets.py, and all of it on tiny machines."""

import json
from itertools import combinations

import numpy as np
import pytest
import tickets

import physrbm as pr

TINY = tickets.Plan(
    {"data": "digits", "chains": 32, "batch": 32, "sweeps": 1, "samples": 1, "sample_sweeps": 1, "ais_chains": 100},
    6, 10, 2, 3,
)  # fmt: skip


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Everything at one dilution."""
    folder = tmp_path_factory.mktemp("tickets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tickets, "DEMO", TINY)
        patch.setattr(tickets, "DILUTIONS", (0.8,))
        patch.setattr(tickets, "SCORES", ("log_likelihood_test",))  # eps2 of one sample is none
        tickets.main(["--demo", "--workers", "1", "--out", str(folder)])
    return folder


def machine(folder, family, seed, update=None):
    return pr.open_run(folder / "runs" / "runs" / f"{family}-s{seed}").rbm(update)


def bonds(rbm):
    return set(zip(rbm.bonds.i.tolist(), rbm.bonds.j.tolist(), strict=True))


def test_who_has_whose_bonds_and_couplings(swept):
    for back, update in (("0", 0), ("T10", 1)):
        ticket, mask = machine(swept, f"ticket-{back}", 1), machine(swept, f"mask-{back}", 1)
        signs, once = machine(swept, f"signs-{back}", 1, 0), machine(swept, f"one-shot-{back}", 1, 0)
        assert bonds(ticket) == bonds(mask) == bonds(signs)
        assert ticket.n_bonds == once.n_bonds == machine(swept, "random", 1).n_bonds == round(0.2 * 64 * 6)
        before = machine(swept, "dense", 1, update).weights()
        start = machine(swept, f"ticket-{back}", 1, 20)  # the last training begins here
        np.testing.assert_array_equal(start.weights(), np.where(start.weights() != 0, before, 0))
        np.testing.assert_array_equal(once.weights(), np.where(once.weights() != 0, before, 0))
        np.testing.assert_array_equal(np.sign(signs.weights()), np.sign(start.weights()))
        assert len(np.unique(np.abs(signs.weights()))) == 2  # 0 and one size
        fresh = machine(swept, f"mask-{back}", 1, 0).weights()
        assert not np.any((fresh == before) & (fresh != 0))


def test_the_last_training_is_equally_long(swept):
    table = pr.campaign.read_table(swept / "tickets.csv")
    assert set(table["state"]) == {"done"}
    for family, updates in zip(table["family"].tolist(), table["updates"].tolist(), strict=True):
        assert updates == (30 if family.startswith(("ticket", "random-long")) else 10)
    results = json.loads((swept / "tickets.json").read_text())
    total = {row["kind"].split(" ")[0]: row["updates"] for row in results["scores"]}
    assert total == {"dense": 10, "random": 10, "random,": 30, "ticket": 30, "one": 20, "mask": 40, "signs": 40}


def test_what_is_written(swept):
    results = json.loads((swept / "tickets.json").read_text())
    assert [row["kind"] for row in results["scores"]][:3] == ["dense", "random", "random, long"]
    assert len(results["scores"]) == 11
    table = pr.campaign.read_table(swept / "tickets.csv")
    l_of = {k: table["log_likelihood_test"][tickets.at(table, k, 0.8)] for k in ("random", "signs-0")}
    found = next(row for row in results["scores"] if row["kind"] == "signs 0")["log_likelihood_test_minus_random"]
    assert found["value"] == pytest.approx((l_of["signs-0"] - l_of["random"]).mean())
    assert found["error"] == pytest.approx((l_of["signs-0"] - l_of["random"]).std(ddof=1) / 3**0.5)
    a, b = machine(swept, "ticket-0", 1), machine(swept, "ticket-0", 2)
    pairs = pr.campaign.read_table(swept / "tickets_pairs.csv")
    assert len(pairs["seed"]) == 9
    assert pairs["common"][0] == pytest.approx(len(bonds(a) & bonds(b)) / a.n_bonds)
    assert pairs["common_chance"][0] == pytest.approx(0.2, abs=0.002)
    degrees = pr.campaign.read_table(swept / "tickets_degrees.csv")["degree"][:64]
    np.testing.assert_array_equal(degrees, (a.weights() != 0).sum(1))
    assert all((swept / f"tickets{end}").stat().st_size > 1000 for end in (".png", ".pdf"))


def test_errors_over_pairs_are_those_of_seeds():
    """A mean of products of one number a seed: the pairs of n seeds are no n (n - 1) / 2 independent values."""
    rng = np.random.default_rng(1)
    found, said = [], []
    for _ in range(400):
        x = 1 + rng.standard_normal(8)
        first, second = np.array(list(combinations(range(8), 2))).T
        mean = tickets.over_pairs(x[first] * x[second], first, second)
        found.append(mean.value)
        said.append(mean.error)
    assert mean.n == 8
    assert np.sqrt(np.mean(np.square(said))) == pytest.approx(np.std(found), rel=0.2)
    naive = np.std(x[first] * x[second], ddof=1) / len(first) ** 0.5
    assert naive < 0.7 * np.std(found)


def test_seeds_without_log_z_are_left_out(monkeypatch):
    monkeypatch.setattr(tickets, "ALL", tickets.ALL[:2])
    table = {
        "family": np.array(["dense", *4 * ["random"], *4 * ["random-long"]]),
        "seed": np.array([1, 1, 2, 3, 4, 4, 3, 2, 1]),
        "log_likelihood_test": np.array([9.0, 1.0, 2.0, 3.0, 4.0, 6.0, 4.0, np.nan, 2.0]),
        "state": np.full(9, "done"),
        "dilution_reached": np.full(9, 0.8),
        "eps2": np.ones(9),
        "updates": np.full(9, 10),
    }
    row = next(row for row in tickets.scores(table) if row["kind"] == "random, long" and row["dilution"] == 0.8)
    assert row["log_likelihood_test_minus_random"][::2] == (pytest.approx(4 / 3), 3)
    assert row["log_likelihood_test"][::2] == (4.0, 3)


def test_places():
    degrees = {"kind": np.full(8, "ticket 0"), "dilution": np.full(8, 0.8), "seed": np.repeat([1, 2], 4)}
    found = tickets.places({**degrees, "pixel": np.tile(range(4), 2), "degree": np.array([0, 0, 3, 5, 0, 1, 1, 1])})
    np.testing.assert_array_equal(found[0]["degree"], [0, 0.5, 2, 3])
    assert found[0]["pixels_without_bond"][:2] == (pytest.approx(3 / 8), pytest.approx(1 / 8))
