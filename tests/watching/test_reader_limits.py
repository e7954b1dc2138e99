"""What a reader endures: numbers of any size, other logs in the place of one, long lines, runs that went back."""

import json

import numpy as np
import pytest
from physrbm_cli.main import app
from physrbm_cli.status import content, lines
from typer.testing import CliRunner

import physrbm as pr
from physrbm.errors import InvalidInput
from physrbm.spec import make_spec
from physrbm.watching import Follower, alarms, at, follow, grid, likelihood, summary, verdict
from physrbm.watching.curves import Curve

TINY = {"hidden": 8, "updates": 60, "measurements": 12, "chains": 64, "batch": 64, "ais_chains": 100, "samples": 40,
        "sample_sweeps": 5, "seed": 1}  # fmt: skip
HUGE = 10**400


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "made"
    list(pr.record(make_spec(TINY), folder))
    return folder


@pytest.fixture
def run(made, tmp_path):
    (tmp_path / "run").mkdir()
    for name in ("run.json", "status.json", "events.jsonl"):
        (tmp_path / "run" / name).write_bytes((made / name).read_bytes())
    return tmp_path / "run"


def read_all(follower):
    while (view := follower.poll()).behind:
        pass
    return view


def say(run, **new):
    status = json.loads((run / "status.json").read_text())
    (run / "status.json").write_text(json.dumps({**status, **new}))


def append(run, **event):
    with (run / "events.jsonl").open("a") as log:
        log.write(json.dumps({"seq": 999, "time": 1.0, **event}) + "\n")


def measurement(k, update, value):
    values = {"a": {"value": value, "error": 0.1}}
    return json.dumps({"seq": k, "time": 1.0 * k, "kind": "measurement", "update": update, "values": values}) + "\n"


def endured(folder):
    view = read_all(Follower(folder))
    for one in (view, at(view, 30)):
        verdict(one), likelihood(one), alarms(one), list(lines(one)), json.dumps(content(one))
    return grid([summary(folder), summary(folder)])


@pytest.mark.parametrize("name", ["time", "rate", "eta", "update", "updates", "checkpoint", "pid", "reason", "state"])
def test_signs_of_life_of_any_kind_are_endured(run, name):
    for x in (HUGE, -1, float("nan"), True, "text", [1], {"a": 1}, None):
        for state in ("running", "done"):
            say(run, **{"state": state, name: x})
            endured(run)


def test_events_and_machines_of_any_kind_are_endured(run):
    append(run, kind="measurement", update=70, values={"a": {"value": HUGE, "error": HUGE}})
    append(run, kind="stopped", update=HUGE, time=HUGE, reason="x")
    append(run, kind="report", log_likelihood={"test": {"value": HUGE, "estimated": True, "error": 1}})
    about = json.loads((run / "run.json").read_text())
    for bad in ("x", [1], {}, HUGE, None):
        (run / "run.json").write_text(json.dumps({**about, "machine": {"n_hidden": bad, "dilution": bad}}))
        assert endured(run).runs.sum() == 0


def test_a_poll_takes_a_piece_and_a_longer_line_is_read(run, monkeypatch):
    n = 5000
    (run / "events.jsonl").write_text("".join(measurement(k, k, 0.5) for k in range(n)))
    append(run, kind="warning", text="y" * 3 * follow._PIECE)
    monkeypatch.setattr(follow, "_SECONDS", 0.0)
    follower, polls = Follower(run), 1
    while follower.poll().behind:
        polls += 1
    view = follower.poll()
    assert polls > n * 100 // follow._PIECE
    assert view.series["a"].update.tolist() == list(range(n))
    assert (view.log[-1].kind, view.n_bad) == ("warning", 0)


@pytest.mark.parametrize("n", [3, 10, 30])
def test_another_log_in_the_same_file_is_read_anew(run, n):
    (run / "events.jsonl").write_text("".join(measurement(k, k, 0.5) for k in range(10)))
    follower = Follower(run)
    follower.poll()
    (run / "events.jsonl").write_text("".join(measurement(100 + k, k, 0.7) for k in range(n)))
    assert read_all(follower).series["a"].value.tolist() == [0.7] * n


@pytest.mark.parametrize("seed", range(20))
def test_a_curve_against_a_plain_list(seed):
    rng = np.random.default_rng(seed)
    curve, rows, given = Curve(), [], []
    for _ in range(600):
        last = rows[-1][0] if rows else 0
        if rng.random() < 0.05:
            update = int(rng.integers(0, last + 2))
            curve.cut(update)
            rows = [row for row in rows if row[0] <= update]
        else:
            update = int(max(0, last + rng.integers(-1, 4)))
            rows = [*(row for row in rows if row[0] < update), (update, *rng.normal(size=2))]
            curve.add(*rows[-1])
        if rng.random() < 0.2:
            given.append((curve.series(float(rng.uniform(0.01, 1))), list(rows)))
    for series, expected in [*given, (curve.series(), rows)]:
        assert np.array_equal(np.stack(series, 1), np.array(expected).reshape(-1, 3))


def test_the_log_of_the_past_has_no_later_report(run):
    view = read_all(Follower(run))
    assert [line.kind for line in view.log] == ["start", "report"]
    assert [line.kind for line in at(view, 30).log] == ["start"]
    assert at(view, 60).log == view.log


def test_last_values_of_a_run_that_went_back(run):
    last = summary(run).values
    append(run, kind="rewind", update=60)
    append(run, kind="measurement", update=65, values={"a": {"value": 3.0, "error": 0.1}})
    append(run, kind="rewind", update=60)
    assert summary(run).values == {name: x for name, x in last.items() if name != "log_likelihood"}


def test_a_stalled_run_is_not_running_in_a_list(run):
    say(run, state="running", host="elsewhere", time=1.0)
    assert summary(run).state == Follower(run).poll().state == "stalled"


def test_a_run_without_a_sign_of_life(run):
    say(run, state="weird")
    assert Follower(run).poll().state == "damaged"
    (run / "status.json").unlink()
    assert Follower(run).poll().state == "new"


def test_no_rhat_is_no_good_rhat(run):
    for k in range(20):
        append(run, kind="measurement", update=61 + k, values={"rhat": {"value": None, "error": None}})
    view = read_all(Follower(run))
    assert verdict(view._replace(report=None)).startswith("not known")


def test_monitor_needs_a_terminal(run):
    result = CliRunner().invoke(app, ["monitor", str(run)])
    assert isinstance(result.exception, InvalidInput)
    assert "--once" in str(result.exception)
