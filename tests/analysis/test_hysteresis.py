"""Verdicts on noise and on what is planted; machines that forget at once, and one that never does."""

import json
from itertools import count

import hysteresis
import numpy as np
import pytest
import trained

import physrbm as pr

TINY = hysteresis.Plan(trained.Machines("digits", (4, 4), 8, 20, 4, 64), (0, 0.5, 0.9), (1, 10), (1, 10))


@pytest.fixture(scope="module")
def data():
    return pr.load_data("digits", shape=(4, 4)).train


def gaps_of(rbm, order, n_instances=10, times=(1, 10, 100)):
    """Data starts all up, random starts all down: (instance, time) of O, and of the energy."""
    found = []
    for instance in range(n_instances):
        seeds = count(1000 * instance)
        up, down = (hysteresis.in_time(rbm, order, np.full((64, rbm.n_visible), x), times, seeds) for x in (1, 0))
        found.append([[a[k] - b[k] for k in "OE"] for a, b in zip(up, down, strict=True)])
    return np.moveaxis(np.array(found), -1, 0)


def test_order_is_one_over_the_data_and_that_of_independent_pixels_is_exact(data):
    order = trained.Order.of(data)
    assert order(data).mean() == pytest.approx(1)
    assert order.spread(data) == pytest.approx(1, rel=2 / len(data))
    pixels = np.random.default_rng(1).random((20000, 16)) < data.mean(0)
    found = order(pixels)
    assert abs(found.mean() - order.independent) < 4 * found.std() / np.sqrt(len(found))
    assert order.spread(pixels) == pytest.approx(order.independent, rel=0.03)
    m = pr.observables.data_modes(data, pixels[:50], trained.MODES)
    assert found[:50] == pytest.approx((m**2).sum(1) / order.scale)


def test_noise_shows_a_gap_in_as_many_curves_as_the_level_says():
    rng = np.random.default_rng(2)
    n_curves, n_p, n_t = 400, 6, 3
    false = 0
    for _ in range(n_curves):
        words = [hysteresis.answer(gap, n_p * n_t).word for gap in rng.standard_normal((n_p, 6, n_t))]
        false += any(word != "none" for word in words)
    expected = n_curves * hysteresis.LEVEL
    assert false < expected + 4 * np.sqrt(expected)
    assert false > expected / 4  # not blind either


@pytest.mark.parametrize(
    ("means", "sigma", "word"),
    [
        ((0.5, 0.2, 0.0), 0.01, "closes"),
        ((0.5, 0.3, 0.1), 0.01, "shrinks"),
        ((-0.5, -0.5, -0.5), 0.01, "stays"),
        ((0.5, 0.5, 0.45), 0.05, "stays"),
        ((0.5, 0.5, 0.5), 0.4, "not resolved"),
        ((0.0, 0.0, 0.0), 0.01, "none"),
    ],
)
def test_planted_gaps_get_their_words(means, sigma, word):
    # quantiles instead of draws: their mean is 0, and the verdict cannot depend on luck
    noise = sigma * np.array([-1.2, -0.6, -0.2, 0.2, 0.6, 1.2])
    gap = np.stack([np.roll(noise, 2 * k) + mean for k, mean in enumerate(means)], 1)
    assert hysteresis.answer(gap, 3).word == word


def test_without_couplings_nothing_is_remembered(data):
    free = pr.RBM.from_dense(np.zeros((16, 8)), np.zeros(16), np.zeros(8))
    order = trained.Order.of(data)
    gap_O, gap_E = gaps_of(free, order)
    assert hysteresis.answer(gap_O, 3).word == "none"
    assert (gap_O != 0).all()  # equal streams would have made it exactly 0
    assert (gap_E == 0).all()
    loops = [hysteresis.loop([free] * 3, order, data[:64], 1, count(1000 * k)) for k in range(10)]
    area = np.array([[sum(a["O"] - b["O"] for a, b in zip(out, back, strict=True))] * 2 for out, back in loops])
    assert hysteresis.answer(area, 1).word == "none"


def test_a_ferromagnet_far_below_its_critical_temperature_remembers_its_start():
    n = 16
    # beta J sqrt(Nv Nh) = 4, the critical point of this machine is at 1; the field tells up from down
    magnet = pr.RBM.from_spins(np.full((n, n), 4 / n), np.full(n, 0.02), np.zeros(n))
    up_is_data = trained.Order(np.full((n, 1), n**-0.5), np.zeros(1), 1.0, 0.0)._replace(centre=np.array([-1.0]))
    gap_O, gap_E = gaps_of(magnet, up_is_data)
    found = hysteresis.answer(gap_O, 3)
    assert found.word == "stays"
    assert found.values[-1].value == pytest.approx(4, abs=0.05)  # (m + 1)^2 of m = 1 against that of m = -1
    # the energies of up and down are apart by twice the field energy, 2 * 0.02 n / (2 n) a unit
    energy = hysteresis.answer(gap_E, 3).values[-1]
    assert abs(energy.value + 0.02) < 4 * energy.error + 1e-3


def test_loops_begin_where_they_end_and_meet_at_the_last_machine(data):
    order = trained.Order.of(data)
    ladder = [pr.RBM.from_dense(np.zeros((16, 8)), np.full(16, x), np.zeros(8)) for x in (-3.0, 0.0, 3.0)]
    out, back = hysteresis.loop(ladder, order, data[:64], 5, count())
    assert out[-1] == back[-1]
    assert out[0] != back[0]
    # pixels in a field of -3 are seldom on and cost 3 (2 e^-3 a unit at most), in a field of 3 they gain it
    assert [x["E"] for x in out] == pytest.approx([x["E"] for x in back], abs=0.1)
    assert out[2]["E"] < -1.5 < 0 < out[0]["E"] < 0.2


def test_main_measures_once_and_writes_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(hysteresis, "SHORT", TINY)
    hysteresis.main(["--demo", "--out", str(tmp_path)])
    first = json.loads((tmp_path / "hysteresis.json").read_text())
    table = pr.campaign.read_table(tmp_path / "hysteresis.csv")
    loops = pr.campaign.read_table(tmp_path / "hysteresis-loop.csv")
    assert len(table["p"]) == len(loops["p"]) == 4 * 2 * 3 * 2
    own = (table["gauge"] == "centred") & (table["p"] == 0.5) & (table["t"] == 10)
    gap = (table["O_data"] - table["O_random"])[own]
    said = first["centred"]["O"]["gap"][1]["values"][-1]
    assert said["value"] == pytest.approx(gap.mean())
    assert said["error"] == pytest.approx(gap.std(ddof=1) / 2)
    assert {".png", ".pdf"} <= {path.suffix for path in tmp_path.iterdir()}
    parts = {path: path.read_bytes() for path in (tmp_path / "digits").iterdir()}
    (tmp_path / "digits" / "loop-1.csv").unlink()
    hysteresis.measure((TINY, 1, tmp_path / "digits"))
    assert {path: path.read_bytes() for path in (tmp_path / "digits").iterdir()} == parts
    assert "4 instances" in capsys.readouterr().out
