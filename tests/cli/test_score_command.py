import json

import numpy as np
import pytest
from physrbm_cli.main import app
from typer.testing import CliRunner

import physrbm as pr
from physrbm.errors import PhysRBMError

FEW = (
    "--updates",
    20,
    "--measurements",
    2,
    "--ais-chains",
    100,
    "--samples",
    60,
    "--sample-sweeps",
    5,
    "--seed",
    1,
    "-q",
)
SCORES = ("--scores", "pseudo_likelihood,eps2,aai,energy", "--n", 80)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    run("anneal", "--hidden", 12, *FEW, "--seed", 1, "-q", "--out", root / "a")
    np.save(root / "v.npy", pr.load_data("digits").train[:90])
    return root


def run(*arguments):
    return CliRunner().invoke(app, [str(x) for x in arguments])


def test_scores_of_a_run_in_time_and_from_both_starts(root):
    done = run("score", root / "a", *SCORES, "--sweeps", "1,5")
    assert done.exit_code == 0, done.exception
    names = [line.split()[0] for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert names == ["pseudo_likelihood", "eps2", "aai_truth", "aai_synthetic", "aai_eps", "energy"]
    assert done.stdout.count("from random") == done.stdout.count("from data") == done.stdout.count("hysteresis") == 5
    found = json.loads(run("score", root / "a", *SCORES, "--sweeps", "1,5", "--json").stdout)
    assert [(x["start"], x["sweeps"]) for x in found["times"]] == [
        ("random", 1),
        ("random", 5),
        ("data", 1),
        ("data", 5),
    ]
    twin = pr.score(pr.open_run(root / "a").rbm(), pr.load_data("digits"), ["eps2"], sweeps=5, n=80)
    assert found["times"][1]["scores"]["eps2"]["value"] == twin["eps2"].value


def test_scores_of_samples(root):
    done = run("score", root / "v.npy", "--data", "digits", "--scores", "eps1,aai", "--json")
    assert set(json.loads(done.stdout)) == {"eps1", "aai_truth", "aai_synthetic", "aai_eps"}
    assert "data, data" in run("score", root / "v.npy", "--data", "digits", "--scores", "eps1").stdout


def test_scores_are_stored_with_their_anchors(root):
    report = pr.open_run(root / "a").report()
    names = {
        "eps1",
        "eps2",
        "eps3",
        "spectrum",
        "power_spectrum",
        "compression_entropy",
        "aai_eps",
        "diversity_coverage",
    }
    assert names <= set(report["scores"])
    assert names <= set(report["anchors"])
    assert names <= set(report["anchors_independent"])
    assert len(pr.open_run(root / "a").series("chains_eps2")) == 3
    assert report["scores"]["eps2"]["value"] < report["anchors_independent"]["eps2"]["value"]
    kinds = [e["values"] for e in pr.open_run(root / "a").events().events if e["kind"] == "measurement"]
    assert "chains_aai_eps" in kinds[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ["score"],
        ["score", "nowhere"],
        ["score", "ROOT/v.npy"],
        ["score", "ROOT/a", "--scores", "magic"],
        ["score", "ROOT/a", "--sweeps", "1,x"],
        ["score", "ROOT/a", "--sweeps", "5,1"],
        ["score", "ROOT/a", "--start", "warm"],
        ["score", "ROOT/a", "--data", "nothing"],
        ["score", "ROOT/a", "--n", "10", "--scores", "eps1", "--start", "cold"],
    ],
)
def test_bad_input_is_one_line(root, arguments):
    result = run(*(x.replace("ROOT", str(root)) for x in arguments))
    assert isinstance(result.exception, PhysRBMError), result.output
    assert "\n" not in str(result.exception)
