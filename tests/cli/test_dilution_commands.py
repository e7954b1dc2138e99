"""`dilute`, `compare`, and what `anneal` says of schedules and protocols."""

import json
import shutil

import numpy as np
import pytest
from physrbm_cli import anneal as command
from physrbm_cli.main import app
from typer.testing import CliRunner

import physrbm as pr
from physrbm.dilution import RULES, SCHEDULES
from physrbm.errors import PhysRBMError
from physrbm.spec import PROTOCOLS, RunSpec

FEW = (
    "--updates",
    40,
    "--measurements",
    4,
    "--ais-chains",
    100,
    "--samples",
    40,
    "--sample-sweeps",
    5,
    "--seed",
    1,
    "-q",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    run("anneal", "--hidden", 12, *FEW, "--out", root / "dense")
    run("anneal", "--from", root / "dense", "--dilution", 0.8, "--rule", "magnitude", *FEW, "--out", root / "diluted")
    return root


def run(*arguments):
    return CliRunner().invoke(app, [str(x) for x in arguments])


def dilute_by_and_by(folder):
    later = ("--protocol", "progressive", "--rounds", 4, "--dilution", 0.8)
    return run("anneal", "--hidden", 12, *later, *FEW, "--out", folder)


def test_dilute_writes_a_machine_and_shows_its_graph(root, tmp_path):
    how = ("--dilution", 0.9, "--rule", "fisher", "--gauge", "centred", "--data", "digits")
    done = run("dilute", root / "dense", *how, "--out", tmp_path / "m.h5")
    assert done.exit_code == 0, done.output
    twin = pr.dilute(pr.open_run(root / "dense").rbm(), 0.9, "fisher", "centred", pr.load_data("digits").train)
    found = pr.load(tmp_path / "m.h5")
    assert (found.bonds.weight == twin.bonds.weight).all()
    assert (found.hidden_bias == twin.hidden_bias).all()
    assert [line.split() for line in done.stdout.splitlines() if line.startswith("n bonds")] == [
        ["n", "bonds", "768", "77"]
    ]
    as_json = json.loads(run("dilute", root / "dense", "--dilution", 0.9, "--json").stdout)
    assert (as_json["before"]["n_bonds"], as_json["after"]["n_bonds"]) == (768, 77)


def test_list_names_every_rule_schedule_and_protocol():
    shown = run("dilute", "--list").stdout
    for name in (*RULES, *SCHEDULES, *PROTOCOLS):
        assert f"\n  {name} " in shown


def test_compare_sets_machines_side_by_side(root, tmp_path):
    pr.RBM.initialise(64, 5, seed=1).save(tmp_path / "other.h5")
    done = run("compare", root / "dense", root / "diluted", f"{root / 'dense'}@20", tmp_path / "other.h5")
    assert done.exit_code == 0, done.output
    table = {line[:26].strip(): line[26:].split() for line in done.stdout.splitlines()}
    assert table["n bonds"] == ["768", "154", "768", "320"]
    assert table["common bonds"] == ["154", "768", "other", "pairs"]
    assert table["eps2"][2:] == ["-", "-"]
    rows = json.loads(run("compare", root / "diluted", root / "diluted", "--json").stdout)
    assert rows[1]["against_first"]["masks"]["common"] == 154
    assert rows[1]["against_first"]["matching"]["mean_cosine"]["value"] == pytest.approx(1)
    assert rows[0]["report"] == pr.open_run(root / "diluted").report()


def test_budget_multiplies_the_updates_of_the_parent(root, tmp_path):
    retrain = ("--protocol", "retrain,warm_chains", "--from", f"{root / 'dense'}@20", "--dilution", 0.5)
    done = run("anneal", *retrain, "--budget", 1.5, *FEW[2:], "--out", tmp_path / "run")
    assert done.exit_code == 0, done.output
    spec = pr.open_run(tmp_path / "run").spec
    assert (spec.updates, spec.protocol, spec.keep_chains) == (60, ("retrain", "warm_chains"), True)


def test_list_of_runs_shows_the_dilution_that_is_reached(root, tmp_path):
    dilute_by_and_by(tmp_path / "p")
    assert json.loads(run("ls", tmp_path, "--json").stdout)[0]["dilution"] == 0.8
    assert pr.open_run(tmp_path / "p").report()["n_bonds"] == 154


@pytest.mark.parametrize("more", [["--dilute-at", 100], ["--protocol", "progressive"], ["--protocol", "tickets"]])
def test_plan_of_a_later_dilution(more):
    done = run("anneal", "--hidden", 12, "--updates", 3000, "--dilution", 0.9, *more, "--dry-run", "--json")
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["seconds_an_update"] > 0


def test_budget_needs_its_parent_only_once(root, tmp_path):
    shutil.copytree(root / "dense", tmp_path / "parent")
    line = [
        "anneal",
        "--protocol",
        "retrain",
        "--from",
        tmp_path / "parent",
        "--dilution",
        0.5,
        "--budget",
        0.5,
        *FEW[2:],
    ]
    assert run(*line, "--out", tmp_path / "run").exit_code == 0
    shutil.rmtree(tmp_path / "parent")
    assert run(*line, "--out", tmp_path / "run", "--resume").exit_code == 0


def test_show_tells_the_graph_that_is_left(root, tmp_path):
    dilute_by_and_by(tmp_path / "p")
    shown = {line[:28].strip(): line[28:].strip() for line in run("show", tmp_path / "p").stdout.splitlines()}
    assert (shown["n_bonds"], shown["dilution aimed at"], shown["protocol"]) == ("154", "0.8", "progressive")


@pytest.mark.parametrize(
    "arguments",
    [
        ["dilute"],
        ["dilute", "RUN"],
        ["dilute", "RUN", "--dilution", "1"],
        ["dilute", "RUN", "--dilution", "0.5", "--rule", "magic"],
        ["dilute", "RUN", "--dilution", "0.5", "--rule", "fisher"],
        ["dilute", "RUN", "--dilution", "0.5", "--rule", "local"],
        ["dilute", "RUN", "--dilution", "0.5", "--gauge", "centred"],
        ["dilute", "RUN", "--dilution", "0.5", "--out", "m.npy"],
        ["dilute", "nowhere", "--dilution", "0.5"],
        ["compare", "RUN"],
        ["compare", "RUN", "nowhere"],
        ["compare", "RUN", "RUN@7"],
        ["anneal", "--budget", "2"],
        ["anneal", "--budget", "2", "--updates", "5", "--from", "RUN"],
        ["anneal", "--budget", "-1", "--from", "RUN"],
        ["anneal", "--protocol", "magic"],
        ["anneal", "--protocol", "after", "--dilution", "0.5"],
        ["anneal", "--rewind", "RUN@10", "--dilution", "0.5"],
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(arguments, root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*(x.replace("RUN", str(root / "dense")) for x in arguments))
    assert isinstance(result.exception, PhysRBMError), result.output
    assert result.exception.exit_code in (2, 5)
    assert "\n" not in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_help_shows_the_defaults_of_the_spec():
    hints = {k: v for k, v in command.anneal.__annotations__.items() if k in RunSpec.model_fields}
    shown = {name: hint.__metadata__[0].show_default for name, hint in hints.items()}
    names = ("schedule", "rounds", "inherit", "rate_law", "trains", "curriculum", "rule", "gauge")
    assert {name: shown[name] for name in names} == {name: str(RunSpec.model_fields[name].default) for name in names}


def test_machines_are_what_the_library_makes_of_them(root):
    """The command adds nothing: the run of `anneal --from` is the run of its spec."""
    *_, last = pr.run(pr.open_run(root / "diluted").spec)
    assert np.array_equal(last.rbm.bonds.weight, pr.open_run(root / "diluted").rbm().bonds.weight)
