"""Verdicts, alarms, many runs in a folder, and `status` and `ls` on top."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from physrbm_cli.main import app
from typer.testing import CliRunner

import physrbm as pr
from physrbm.errors import InvalidInput
from physrbm.spec import make_spec
from physrbm.watching import Fleet, Follower, RunView, Series, Summary, alarms, duration, grid, likelihood, verdict

NAN = float("nan")
TINY = {"hidden": 8, "updates": 20, "measurements": 10, "chains": 64, "batch": 64, "ais_chains": 100, "samples": 40,
        "sample_sweeps": 5}  # fmt: skip


def series(value, error=None):
    value = np.asarray(value, float)
    return Series(np.arange(value.size) * 100.0, value, np.full(value.size, 0.01) if error is None else error)


def view(state="running", report=None, n_bad=0, update=900, updates=1000, folder=".", late=0.0, **found):
    status = {"update": update, "updates": updates, "checkpoint_late": late}
    run = SimpleNamespace(status=status, spec=SimpleNamespace(updates=updates))
    return RunView(folder, run, state, "", 1.0, found, report, (), n_bad, False)


def test_mixing_says_how_much_is_missing():
    assert verdict(view(rhat=series([1.5] * 5))) == "too early to say: 5 measurements"
    far = verdict(view(rhat=series([1.5] * 10 + [1.05])))
    assert far == "not equilibrated: R-hat of the energy 1.050 above 1.01; about 4e+03 more rounds"
    good = series([1.5] * 10 + [1.002])
    assert "too short: effective number 100 of the energy below 400" in verdict(
        view(rhat=good, ess=series([100.0] * 11))
    )
    known = {"rhat": good, "ess": series([900.0] * 11), "tau": series([12.1] * 11)}
    assert verdict(view(**known)) == (
        "nothing speaks against equilibrium so far (R-hat 1.002, effective 900, tau 12.100(10) sweeps); "
        "the verdict comes at the end"
    )
    late = verdict(view(**{**known, "tau": series([12.1] * 5)}))
    assert "tau" not in late  # it is not resolved any more
    assert (
        verdict(view(report={"verdict": {"text": "equilibrated (x)"}}, rhat=series([2.0] * 20))) == "equilibrated (x)"
    )


def test_slope_of_a_training():
    rng = np.random.default_rng(1)
    noise = 0.001 * rng.normal(size=40)
    assert "still climbing" in verdict(view(pseudo_likelihood=series(0.02 * np.arange(40) + noise)))
    assert "falling" in verdict(view(pseudo_likelihood=series(-0.02 * np.arange(40) + noise)))
    assert "too early" in verdict(view(pseudo_likelihood=series([0.1, 0.2])))
    assert verdict(view()) == ""


def test_flat_is_flat_at_the_rate_of_two_standard_errors():
    """400 trainings without a slope: 4.6 % are called a slope (9 points, Student's t gives 8 %); 4 sd of the count."""
    rng = np.random.default_rng(2)
    flat = sum("flat" in verdict(view(pseudo_likelihood=series(rng.normal(size=36)))) for _ in range(400))
    assert abs(flat - 400 * 0.92) < 4 * np.sqrt(400 * 0.92 * 0.08)


def test_likelihood_is_an_interval_or_a_reason():
    x = {"value": -18.65, "error": 0.24, "lower": -19.11, "upper": -18.19, "estimated": True, "reason": ""}
    assert (
        likelihood(view(report={"log_likelihood": {"test": x}}))
        == "test log-likelihood -18.65(24), 95 % -19.11 ... -18.19 nats"
    )
    refused = {**x, "estimated": False, "reason": "few"}
    assert likelihood(view(report={"log_likelihood": {"test": refused}})) == "log-likelihood not estimated (few)"
    assert likelihood(view()) == ""
    few = {"ais_ess": series([200.0, 11.4])}
    assert likelihood(view(**few)) == "log-likelihood withheld: AIS comes to 11 effective chains"
    assert likelihood(view(**few, log_likelihood=series([-20.0]))).endswith(", the last one is of update 0")
    way = {"ais_ess": series([200.0, 180.0]), "log_likelihood": series([-20.0, -18.65], np.array([0.3, 0.24]))}
    assert likelihood(view(**way)) == "log-likelihood -18.65(24), 95 % -19.12 ... -18.18 nats, by AIS on the way"
    assert "not one of physrbm" in likelihood(view(report={"log_likelihood": {"test": {**x, "value": "a"}}}))


def test_alarms():
    assert alarms(view(a=series([1.0, 2.0]))) == []
    assert alarms(view(a=series([1.0, NAN])))[0].text == "a is not a number at update 100"
    assert alarms(view(a=series([NAN, 1.0, NAN])))[0].text == "a is not a number at update 0 and 1 times more"
    assert "rungs are missing" in alarms(view(acceptance_worst=series([0.01])))[0].text
    assert "overdue by 2m05s" in alarms(view(late=125.0))[0].text
    assert alarms(view(late=5.0)) == []
    assert alarms(view("done", late=125.0)) == []
    assert "no walker" in alarms(view(round_trips=series([0.0])))[0].text
    assert alarms(view(round_trips=series([0.0]), update=100)) == []
    assert alarms(view("died"))[0].level == "alarm"
    assert "2 lines" in alarms(view(n_bad=2))[0].text


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    for p in (0.0, 0.5):
        for seed in (1, 2):
            list(pr.record(make_spec({**TINY, "dilution": p, "seed": seed}), root / f"p{p}-s{seed}"))
    (root / "broken").mkdir()
    (root / "broken" / "run.json").write_text("{")
    return root


def test_fleet_sees_all_in_turn_and_forgets_what_is_gone(root, tmp_path):
    fleet = Fleet(root, seconds=0.0)  # one run a poll
    seen = [len(fleet.poll()) for _ in range(5)]
    assert seen == [1, 2, 3, 4, 5]
    assert [s.state for s in fleet.poll()].count("damaged") == 1
    with pytest.raises(InvalidInput, match="no such folder"):
        Fleet(tmp_path / "nowhere").poll()
    assert Fleet(tmp_path).poll() == []


def test_grid_is_the_mean_over_seeds(root):
    cells = grid(Fleet(root, seconds=float("inf")).poll(), value="pseudo_likelihood")
    assert (cells.rows, cells.columns) == ([8], [0.0, 0.5])
    assert cells.runs.tolist() == [[2, 2]]
    assert cells.state == [["done", "done"]]
    last = [pr.open_run(root / f"p0.5-s{seed}").series("pseudo_likelihood")[-1, 1] for seed in (1, 2)]
    assert cells.value[0, 1] == pytest.approx(np.mean(last))
    assert np.isnan(grid([Summary(root, "running", {"hidden": 8, "dilution": 0.5}, {})]).value[0, 0])
    worst = grid([Summary(root, state, {"hidden": 8, "dilution": 0.5}, {}) for state in ("done", "died", "running")])
    assert worst.state == [["died"]]


def test_status_says_it_in_a_few_lines(root):
    run = CliRunner().invoke(app, ["status", str(root / "p0.5-s1")])
    assert run.exit_code == 0
    lines = run.stdout.splitlines()
    assert lines[0].endswith("p0.5-s1: done")
    assert lines[1].startswith("update 20 of 20; ended ")
    assert any("pseudo_likelihood" in line for line in lines)
    assert any("log-likelihood" in line for line in lines)
    found = json.loads(CliRunner().invoke(app, ["status", str(root / "p0.5-s1"), "--json"]).stdout)
    view = Follower(root / "p0.5-s1").poll()
    assert found["values"]["pseudo_likelihood"]["value"] == view.series["pseudo_likelihood"].value[-1]
    assert found["state"] == "done"


@pytest.mark.parametrize("name", ["nowhere", "broken"])
def test_status_of_no_run_is_one_line(root, name):
    result = CliRunner().invoke(app, ["status", str(root / name)])
    assert isinstance(result.exception, InvalidInput)
    assert "\n" not in str(result.exception)


def test_list_fits_the_terminal(root, monkeypatch):
    monkeypatch.setattr("physrbm_cli.terminal.width", lambda: 300)
    whole = CliRunner().invoke(app, ["ls", str(root)]).stdout.splitlines()
    assert whole[0].split() == ["run", "state", "kind", "update", "data", "hidden", "dilution", "seed"]
    monkeypatch.setattr("physrbm_cli.terminal.width", lambda: 10)
    assert CliRunner().invoke(app, ["ls", str(root)]).stdout.splitlines()[0].split() == ["run"]


def test_durations():
    assert [duration(x) for x in (3.4, 750, 11100, NAN)] == ["3 s", "12m30s", "3h05m", ""]
