"""The table of a sweep: it says what the reports of the runs say, and files give it back."""

import csv
import io
import json

import h5py
import numpy as np
import pytest
from physrbm_cli.main import app
from typer.testing import CliRunner

import physrbm as pr
from physrbm import store
from physrbm.campaign.collecting import collect
from physrbm.campaign.manifest import Entry
from physrbm.campaign.table import Table, as_csv, column, read_table, write_table
from physrbm.errors import InvalidInput

GRID = {
    "settings": {"updates": 6, "measurements": 2, "chains": 64, "batch": 64, "ais_chains": 100, "samples": 40,
                 "sample_sweeps": 5},
    "family": [
        {"name": "dense", "hidden": 8, "seeds": 2},
        {"name": "temper", "from": "dense", "kind": "temper", "sweeps": 60, "replicas": 8, "ladder": 4,
         "methods": "bar", "observables": "magnetisation"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """Runs of all but one of the planned ones, made without a driver."""
    folder = tmp_path_factory.mktemp("sweep")
    manifest = pr.campaign.plan(GRID, folder)
    before = pytest.MonkeyPatch()
    before.chdir(folder)
    for entry in manifest.entries[:-1]:
        list(pr.record(entry.spec, entry.folder))
    before.undo()
    return manifest


def report(sweep, name):
    return pr.open_run(sweep.folder / "runs" / name).report()


def test_a_row_is_what_the_report_says(sweep):
    found = collect(sweep.folder)
    row = {name: x[0] for name, x in found.columns.items()}
    said = report(sweep, "dense-s1")
    assert (row["name"], row["family"], row["kind"], row["state"], row["seed"]) == (
        "dense-s1",
        "dense",
        "anneal",
        "done",
        1,
    )
    assert (row["update"], row["n_bonds"], row["n_visible"], row["hidden"]) == (6, 512, 64, 8)
    assert (row["mean_degree_visible"], row["giant_fraction"]) == (8, 1)  # order parameters of the graph
    for name in ("value", "error", "lower", "upper"):
        end = "" if name == "value" else f"_{name}"
        assert row[f"log_z{end}"] == said["log_z"][name]
        assert row[f"log_likelihood_test{end}"] == said["log_likelihood"]["test"][name]
    assert row["log_z_estimated"] == 1
    for table, prefix in (("scores", ""), ("anchors", "anchor_"), ("anchors_independent", "anchor_independent_")):
        for name, x in said[table].items():
            assert row[prefix + name] == x["value"]
            assert row[f"{prefix}{name}_error"] == x["error"]
    assert {name: row[f"seconds_{name}"] for name in said["seconds"]} == said["seconds"]
    run = json.loads((sweep.folder / "runs" / "dense-s1" / "run.json").read_text())
    assert (row["version"], row["host"], row["data_digest"]) == (pr.__version__, run["host"], run["data"])
    assert row["digest"] == sweep.entries[0].digest


def test_tempering_runs_and_what_is_withheld(sweep):
    found = collect(sweep.folder)
    row = {name: x[2] for name, x in found.columns.items()}
    said = report(sweep, "temper-s1")
    bar = said["log_z_by"]["bar"]
    assert row["log_z_by_bar_estimated"] == bar["estimated"]
    assert row["log_z_by_bar_reason"] == bar["reason"]
    assert np.isnan(row["log_z_by_bar"]) if not bar["estimated"] else row["log_z_by_bar"] == bar["value"]
    assert row["energy_a_unit"] == said["energy"]["value"]
    assert row["magnetisation_error"] == said["observables"]["magnetisation"]["error"]
    assert row["acceptance_least"] == min(said["acceptance"].values())
    assert (row["rhat"], row["tau"]) == (said["verdict"]["rhat"], said["verdict"]["tau"]["tau"])
    assert np.isnan(row["log_z"])


def test_a_run_that_is_not_done_has_its_settings(sweep):
    found = collect(sweep.folder)
    row = {name: x[3] for name, x in found.columns.items()}
    assert (row["name"], row["state"], row["source"], row["replicas"]) == ("temper-s2", "ready", "runs/dense-s2", 8)
    assert np.isnan(row["n_bonds"])


def test_files_give_it_back(sweep, tmp_path):
    found = collect(sweep.folder)
    for path in (tmp_path / "t.csv", tmp_path / "t.h5"):
        write_table(path, found)
        again = read_table(path)
        assert list(again) == list(found.columns)
        for name, x in found.columns.items():
            assert again[name].dtype.kind == x.dtype.kind, name
            np.testing.assert_array_equal(again[name], x)


def test_units_are_attributes(sweep, tmp_path):
    write_table(tmp_path / "t.h5", collect(sweep.folder))
    with h5py.File(tmp_path / "t.h5") as file:
        units = {name: file[name].attrs["unit"] for name in file}
        names = [bytes(row).rstrip(b"\0").decode() for row in file["name"][()]]
    assert names == [entry.name for entry in sweep.entries]
    assert units["log_z_error"] == "nats"
    assert units["log_likelihood_test"] == "nats per sample"
    assert units["anchor_eps2_error"] == units["eps2"] == "squared covariance"
    assert units["seconds_annealing"] == "s"
    assert units["log_z_estimated"] == "1"
    assert units["name"] == ""


def test_csv_on_stdout(sweep):
    result = CliRunner().invoke(app, ["sweep", "collect", str(sweep.folder)])
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["name"] for row in rows] == [entry.name for entry in sweep.entries]
    assert float(rows[1]["log_z"]) == report(sweep, "dense-s2")["log_z"]["value"]
    assert rows[3]["log_z"] == ""


def test_a_log_without_the_report_does_not_matter(sweep):
    """As after a kill between the results and the log; and a damaged run is a row too."""
    wanted, folder = as_csv(collect(sweep.folder)), sweep.folder / "runs" / "dense-s1"
    log, results = folder / "events.jsonl", folder / "results.h5"
    kept, stored = log.read_bytes(), results.read_bytes()
    log.write_bytes(b"".join(line for line in kept.splitlines(True) if b'"kind": "report"' not in line))
    assert as_csv(collect(sweep.folder)) == wanted
    results.write_bytes(stored[:-5])
    damaged = collect(sweep.folder).columns
    assert damaged["state"][0] == "damaged"
    assert "its seal is missing" in damaged["reason"][0]
    log.write_bytes(kept)
    results.write_bytes(stored)
    assert as_csv(collect(sweep.folder)) == wanted


def test_a_log_is_read_from_its_end(sweep, monkeypatch):
    """However long it is: the tail alone is read."""
    asked = []

    def read(folder, offset, size):
        asked.append(size)
        return store.read_events(folder, offset, size)

    monkeypatch.setattr("physrbm.campaign.collecting.read_events", read)
    collect(sweep.folder)
    assert asked == [2**18] * 3


@pytest.mark.parametrize("name", ["t.txt", "t", "nowhere/t.csv", "nowhere/t.h5"])
def test_files_that_cannot_be_written(name, tmp_path):
    with pytest.raises(InvalidInput, match=r"written as|cannot be written"):
        write_table(tmp_path / name, Table({"a": np.array([1])}, {}))


def test_files_that_are_none(tmp_path):
    for name, text, message in (
        ("a.csv", b"a,b\n1\n", "has not the 2 columns"),
        ("b.csv", b"\xff\xfe\n", "not a table"),
        ("c.csv", b"", "not a table"),
        ("d.h5", b"x" * 100, "its seal is missing"),
    ):
        (tmp_path / name).write_bytes(text)
        with pytest.raises(InvalidInput, match=message):
            read_table(tmp_path / name)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_table(tmp_path / "nowhere.csv")
    pr.RBM.initialise(4, 3).save(tmp_path / "machine.h5")
    with pytest.raises(InvalidInput, match="not a table of physrbm"):
        read_table(tmp_path / "machine.h5")


def test_columns():
    assert column([1, 2], False).dtype == np.int64
    assert column([1, None, 0.5], False).tolist()[::2] == [1.0, 0.5]
    assert column(["a", None], True).tolist() == ["a", ""]
    assert column([], True).size == column([], False).size == 0
    assert Entry._fields[0] == "name"
