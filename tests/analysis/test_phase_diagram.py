"""The susceptibility of a paramagnet, one spin in a field, and points that are out of equilibrium."""

import json
from itertools import count

import numpy as np
import phase_diagram
import pytest
import trained

import physrbm as pr

TINY = phase_diagram.Plan(
    trained.Machines("digits", (4, 4), 8, 20, 4, 128), (0, 0.8), (0.3, 0.7, 1.0, 1.5, 4.0), 40, 6, (0, 0.5)
)


@pytest.mark.parametrize("p", [0.0, 0.3])
def test_chi_sg_at_twice_the_critical_temperature_is_that_of_the_paramagnet(p):
    size = 64, 32
    T = 2 * np.sqrt(1 - p)  # x = 1/4 for many bonds
    found = []
    for seed in range(16):
        rbm = pr.ensembles.sherrington_kirkpatrick(*size, seed=seed)
        diluted = pr.dilute(rbm, p, "random", "ising", seed=seed)
        both = [np.ones((1024, size[0]), int), np.zeros((1024, size[0]), int)]
        found.append(phase_diagram.point(diluted, T, both, 40, count(100 * seed)).values["chi"])
    chi = pr.Estimate.of(np.array(found))
    # measured with 16 to 64 instances of 72 to 288 units, N times the difference is -0.4 to -1.0 with errors of 0.4
    assert abs(chi.value - phase_diagram.paramagnet(0.25, *size)) < 4 * chi.error + 2 / sum(size)


def test_paramagnet_of_two_layers_is_that_of_their_responses_and_its_inverse_finds_x():
    n_visible, n_hidden, x = 30, 20, 0.4
    a, b = x * np.sqrt(n_hidden / n_visible), x * np.sqrt(n_visible / n_hidden)
    layers = (n_visible * (1 + a) + n_hidden * (1 + b)) / ((n_visible + n_hidden) * (1 - a * b))
    assert phase_diagram.paramagnet(x, n_visible, n_hidden) == pytest.approx(layers)
    assert phase_diagram.gain_of(layers, n_visible, n_hidden) == pytest.approx(x)


def test_critical_temperature_is_that_of_many_bonds_in_large_machines_and_lower_in_dilute_ones():
    assert phase_diagram.critical(0.5, 40_000, 40_000) == pytest.approx(np.sqrt(0.5), rel=1e-4)
    assert phase_diagram.critical(0.9, 64, 64) < 0.95 * np.sqrt(0.1)


def test_extrapolation_finds_a_critical_temperature_that_is_planted():
    rng, size, p = np.random.default_rng(3), (50, 30), 0.5
    T_c = phase_diagram.critical(p, *size)
    T = np.linspace(1.8, 2.8, 6) * T_c
    # everything happens at temperatures that are 1.1 times as high
    chi = phase_diagram.paramagnet(np.array([phase_diagram.gain(at / 1.1, p, *size) for at in T]), *size)
    table = {"p": np.full(60, p), "T": np.tile(T, 10), "instance": np.repeat(np.arange(10), 6)}
    found = phase_diagram.extrapolated(
        table | {"chi": np.tile(chi, 10) * (1 + 0.01 * rng.standard_normal(60))}, T_c, *size
    )
    assert found.error < 0.01
    assert abs(found.value - 1.1 * T_c) < 4 * found.error


def test_free_units_in_a_field_have_their_specific_heat_and_no_glass():
    n_visible, n_hidden, field, T = 40, 24, 0.7, 1.3
    rbm = pr.RBM.from_spins(np.zeros((n_visible, n_hidden)), np.full(n_visible, field), np.full(n_hidden, field))
    both = [np.ones((1024, n_visible), int), np.zeros((1024, n_visible), int)]
    found = phase_diagram.point(rbm, T, both, 40, count()).values
    m = np.tanh(field / T)
    draws = 2 * 1024 * 10  # the second half of 20 measurements
    assert abs(found["C"] - (field / T) ** 2 * (1 - m**2)) < 4 * np.sqrt(2 / draws) * found["C"]
    assert abs(found["E"] + field * m) < 4 * field / np.sqrt(draws * (n_visible + n_hidden))
    assert found["chi"] == pytest.approx((1 - m**2) ** 2, abs=0.02)  # the diagonal alone
    assert abs(found["apart_E"]) < 4


def test_a_ferromagnet_is_not_in_equilibrium_and_its_chi_is_withheld():
    n, rows = 16, []
    magnet = pr.RBM.from_spins(np.full((n, n), 1 / n), np.full(n, 0.05), np.zeros(n))  # T_c = 1
    both = [np.ones((256, n), int), np.zeros((256, n), int)]
    for instance in range(3):
        for T in (0.25, 4.0):
            values = phase_diagram.point(magnet, T, both, 40, count(100 * instance)).values
            rows.append({"instance": instance, "p": 0.0, "T": T, **values})
    table = phase_diagram.withheld({name: np.array([row[name] for row in rows]) for name in rows[0]})
    assert table["far"].tolist() == [1, 0] * 3
    assert np.isnan(table["chi"]).tolist() == [True, False] * 3
    lost = {**table, "chi": np.full(6, np.nan)}
    assert phase_diagram.peaks(lost, "chi")[0]["reason"] == "nowhere in equilibrium"


def test_equal_sets_are_called_apart_as_often_as_the_docstring_says():
    rng, points = np.random.default_rng(4), 4000
    z = rng.standard_normal((2, points, 5))
    table = {
        "p": np.repeat(np.arange(points), 5), "T": np.ones(points * 5), "apart_O": z[0].ravel(), "apart_E": z[1].ravel()
    }  # fmt: skip
    expected = 6 * 2 * 6.3e-5 * points  # 3 of 4000
    assert phase_diagram.out_of_equilibrium(table)[::5].sum() < expected + 4 * np.sqrt(expected)
    table["apart_E"] = (z[1] + 2.5).ravel()  # in every instance a little
    assert phase_diagram.out_of_equilibrium(table).mean() > 0.9


def test_main_measures_once_and_writes_what_it_says(tmp_path, monkeypatch):
    monkeypatch.setattr(phase_diagram, "SHORT", TINY)
    phase_diagram.main(["--demo", "--out", str(tmp_path)])
    first = json.loads((tmp_path / "phase_diagram.json").read_text())
    table = pr.campaign.read_table(tmp_path / "phase_diagram.csv")
    assert len(table["p"]) == 4 * 2 * 2 * 5
    assert len(pr.campaign.read_table(tmp_path / "phase_diagram-sk.csv")["p"]) == 6 * 2 * len(phase_diagram.SK_T)
    for gauge in trained.GAUGES:
        assert [peak["size"] for peak in first[gauge]["chi"]] == [0, 0.8]
        assert all(peak["found"] or peak["reason"] for peak in first[gauge]["chi"])
    assert [line["T_c"] for line in first["sherrington_kirkpatrick"]] == [
        phase_diagram.critical(p, 16, 8) for p in (0, 0.5)
    ]
    assert {".png", ".pdf"} <= {path.suffix for path in tmp_path.iterdir()}
    parts = {path: path.read_bytes() for path in (tmp_path / "digits").iterdir()}
    (tmp_path / "digits" / "plane-2.csv").unlink()
    phase_diagram.measure((TINY, 2, tmp_path / "digits"))
    assert {path: path.read_bytes() for path in (tmp_path / "digits").iterdir()} == parts
