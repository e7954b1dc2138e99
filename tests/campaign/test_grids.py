"""From a grid to runs: what varies, what starts from what, names, and everything that is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import physrbm as pr
from physrbm.campaign.axes import axis
from physrbm.campaign.families import families, sizes
from physrbm.campaign.planning import entries
from physrbm.campaign.shards import shard
from physrbm.errors import InvalidInput, RunExists
from physrbm.experiment.running import kept
from physrbm.spec import RunSpec

TREE = {
    "settings": {"updates": 100, "measurements": 5, "data": "digits", "l2": 0.001},
    "family": [
        {"name": "late", "from": "pruned", "kind": "temper", "sweeps": 40, "ladder": "0,0.5,1", "methods": "bar"},
        {"name": "dense", "hidden": [8, 12], "seeds": 2},
        {"name": "pruned", "from": "dense", "dilution": "0.5:0.9:0.2", "updates": 50},
        {"name": "back", "from": "dense", "dilution": 0.9, "protocol": "rewind", "rewind": "@40", "seed": [7]},
    ],
}


def runs(grid, **more):
    return list(entries(grid, **more))


def refused(grid, most=100_000):
    with pytest.raises(InvalidInput) as error:
        runs(grid, most=most)
    return str(error.value)


def test_a_range_has_the_numbers_that_one_writes():
    assert axis("dilution", "0:0.95:0.05").values == [round(k * 0.05, 10) for k in range(20)]
    assert axis("dilution", ["0:0.2:0.1", "0.95"]).values == [0.0, 0.1, 0.2, "0.95"]
    assert axis("hidden", "100:300:100").values == [100, 200, 300]
    assert list(axis("seeds", 3).values) == list(axis("seeds", "3").values) == [1, 2, 3]
    assert axis("data", "a:b:c").values == ["a:b:c"]  # words are no ranges


@given(st.integers(-1000, 1000), st.integers(0, 300), st.integers(1, 500))
def test_ranges_of_hundredths_are_exact(first, steps, step):
    last = first + steps * step
    found = axis("l2", f"{first / 100}:{last / 100}:{step / 100}").values
    assert found == [(first + k * step) / 100 for k in range(steps + 1)]


def test_a_tree_of_families():
    found = runs(TREE)
    assert sizes(families(TREE)) == {"dense": 4, "pruned": 12, "late": 12, "back": 4}
    by_name = {e.name: e for e in found}
    assert len(by_name) == len(found) == 32
    first = by_name["dense-h8-s1"]
    assert (first.spec.hidden, first.spec.seed, first.spec.updates, first.spec.l2) == (8, 1, 100, 0.001)
    pruned = by_name["pruned-h8-p0.7-s2"]
    assert (pruned.needs, pruned.spec.origin, pruned.spec.seed) == (("dense-h8-s2",), "runs/dense-h8-s2", 2)
    assert (pruned.spec.updates, pruned.spec.l2, pruned.size.n_bonds) == (50, 0.001, 154)
    late = by_name["late-h8-p0.7-s2"]
    assert (late.needs, late.spec.source, late.spec.data) == (
        ("pruned-h8-p0.7-s2",),
        "runs/pruned-h8-p0.7-s2",
        "digits",
    )
    assert (late.spec.ladder, late.spec.methods, late.size) == ("0,0.5,1", ("bar",), pruned.size)
    back = [e for e in found if e.family == "back"]
    assert {e.spec.seed for e in back} == {7}
    assert back[0].spec.rewind == "runs/dense-h8-s1@40"
    assert all(set(e.needs) <= set(list(by_name)[:k]) for k, e in enumerate(found))  # parents stand before


def test_protocols_share_one_trained_parent():
    protocols = ["before", "retrain", "retrain+warm_chains", "rewind"]
    grid = {"protocol": protocols, "dilution": [0.5, 0.9], "hidden": [8, 12], "seeds": 2, "rewind": "@0"}
    found = runs({"grid": grid})
    assert sizes(families({"grid": grid})) == {"parent": 4, **dict.fromkeys(protocols, 8)}
    parents = [e.spec for e in found if e.family == "parent"]
    assert all(spec.dilution is None and spec.protocol == () and spec.rewind is None for spec in parents)
    both = next(e for e in found if e.family == "retrain+warm_chains")
    assert both.spec.protocol == ("retrain", "warm_chains")
    assert both.spec.keep_chains
    assert {e.spec.hidden for e in found if e.family == "before"} == {8, 12}
    assert all(e.needs == () and e.spec.rewind is None for e in found if e.family == "before")
    assert {e.spec.rewind for e in found if e.family == "rewind"} == {f"runs/{e.name}@0" for e in found[:4]}


def test_equal_grids_are_equal_sweeps(tmp_path):
    first = pr.campaign.plan(TREE, tmp_path / "a")
    text = (tmp_path / "a" / "manifest.jsonl").read_bytes()
    assert pr.campaign.read_manifest(tmp_path / "a").entries == first.entries
    assert json.loads(text.splitlines()[0])["runs"] == 32
    pr.campaign.plan(TREE, tmp_path / "a")
    pr.campaign.plan(TREE, tmp_path / "b")
    assert (tmp_path / "a" / "manifest.jsonl").read_bytes() == (tmp_path / "b" / "manifest.jsonl").read_bytes() == text
    with pytest.raises(RunExists, match="choose another --out"):
        pr.campaign.plan({"grid": {"seeds": 2}}, tmp_path / "a")
    assert (tmp_path / "a" / "manifest.jsonl").read_bytes() == text


def test_toml_says_the_same(tmp_path):
    (tmp_path / "grid.toml").write_text(
        '[settings]\nupdates = 100\n[grid]\nprotocol = ["before"]\ndilution = "0:0.9:0.3"\nseeds = 2\n'
    )
    grid = {"settings": {"updates": 100}, "grid": {"protocol": "before", "dilution": "0:0.9:0.3", "seeds": "2"}}
    assert pr.campaign.plan(tmp_path / "grid.toml", tmp_path / "s").entries == tuple(runs(grid))


def test_what_a_digest_depends_on():
    changed = json.loads(json.dumps(TREE))
    changed["family"][1]["chains"] = 64
    a, b = ({e.name: e.digest for e in runs(grid) if e.family != "back"} for grid in (TREE, changed))
    assert a.keys() == b.keys()
    assert all(a[name] != b[name] for name in a)  # of a run, and of all that start from it


def test_equal_names_are_told_apart():
    found = [e.name for e in runs({"family": [{"name": "a", "dilution": [0.0, 0.2]}, {"name": "b", "from": "a",
             "dilution": [0.5, 0.6]}]})]  # fmt: skip
    assert len(set(found)) == 6
    assert sum(name.startswith("b-p0.5-s0-") for name in found) == 2


@given(st.integers(1, 9))
def test_shards_part_the_runs_by_whole_trees(n):
    found = _TREE_RUNS
    parts = [shard(found, f"{k}/{n}") for k in range(1, n + 1)]
    names = [e.name for part in parts for e in part]
    assert sorted(names) == sorted(e.name for e in found)
    assert all({name for e in part for name in e.needs} <= {e.name for e in part} for part in parts)
    assert max(map(len, parts)) - min(map(len, parts)) <= 8  # trees have 8 runs


_TREE_RUNS = tuple(runs(TREE))


@pytest.mark.parametrize("which", ["0/3", "4/3", "1", "1/0", "a/b", "-1/2", "1/2/3", ""])
def test_bad_shards(which):
    with pytest.raises(InvalidInput, match="a shard is k/n"):
        shard(_TREE_RUNS, which)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({"grid": {"hiden": 5}}, "did you mean 'hidden'"),
        ({"settings": {"hiden": 5}, "grid": {}}, r"\[settings\]: unknown 'hiden'; did you mean 'hidden'"),
        ({"gird": {}}, "did you mean 'grid'"),
        ({}, "either one table"),
        ({"grid": {}, "family": []}, "either one table"),
        ({"grid": {"dilution": []}}, "the list is empty"),
        ({"grid": {"dilution": "0.9:0.1:0.1"}}, "the range '0.9:0.1:0.1' is empty"),
        ({"grid": {"dilution": "0:1"}}, "a range is first:last:step"),
        ({"grid": {"dilution": "0:0.9:-0.1"}}, "step of at least"),
        ({"grid": {"dilution": "0:0.9:0"}}, "step of at least"),
        ({"grid": {"dilution": "0:1e400:1"}}, "finite ends"),
        ({"grid": {"dilution": 1}}, r"dilution must be in \[0, 1\), got 1"),
        ({"grid": {"dilution": "0:1:0.5"}}, r"dilution must be in \[0, 1\), got 1"),
        ({"grid": {"dilution": -0.1}}, r"dilution must be in \[0, 1\)"),
        ({"grid": {"dilution": 0.999, "hidden": 1}}, "leaves none of 64 bonds"),
        ({"grid": {"hidden": [10, 0]}}, "at least one unit a layer, got 64 x 0"),
        ({"grid": {"hidden": "many"}}, "hidden: .*got 'many'"),
        ({"grid": {"hidden": 10.5}}, "hidden: "),
        ({"grid": {"updates": -1}}, "updates must be finite and not negative"),
        ({"grid": {"batch": 0}}, "batch_size must be at least 1"),
        ({"grid": {"sampler": "gibbs"}}, "unknown sampler 'gibbs'"),
        ({"grid": {"rule": "magnitud", "dilution": 0.5}}, "unknown dilution rule"),
        ({"grid": {"rule": "magnitude"}}, "give a dilution too"),
        ({"grid": {"data": "digit"}}, "did you mean 'digits'"),
        ({"grid": {"seeds": 0}}, "at least 1"),
        ({"grid": {"seeds": [1, 2]}}, "which ones is said by seed"),
        ({"grid": {"seeds": 2, "seed": 1}}, "exclude each other"),
        ({"grid": {"seed": [1, 1]}}, "planned twice"),
        ({"grid": {"seed": {"a": 1}}}, "a value, a list of values or a range"),
        ({"grid": {"protocol": "befor"}}, "unknown protocol 'befor'"),
        ({"grid": {"protocol": ["before", "before"], "dilution": 0.5}}, "twice"),
        ({"grid": {"protocol": "before"}}, "needs dilution"),
        ({"grid": {"protocol": ["retrain"], "dilution": 0.5, "updates": [10, 20]}}, "updates varies, but is it"),
        ({"grid": {"rewind": "@0", "dilution": 0.5}}, "an update of the run of `from`"),
        ({"settings": {"hidden": [1, 2]}, "grid": {}}, "hidden must be one value"),
        ({"family": [{"name": "a b"}]}, "a family needs a name"),
        ({"family": [{"hidden": 3}]}, "a family needs a name"),
        ({"family": [{"name": "a"}, {"name": "a", "hidden": 3}]}, "two families are called 'a'"),
        ({"family": [{"name": "a", "kind": "train"}]}, "unknown kind 'train'"),
        ({"family": [{"name": "a", "from": "b"}]}, "there is no family 'b'"),
        ({"family": [{"name": "a", "from": "a"}]}, "in a circle"),
        ({"family": [{"name": "a", "from": "b"}, {"name": "b", "from": "a"}]}, "in a circle"),
        ({"family": [{"name": "a"}, {"name": "b", "from": "a", "origin": "x"}]}, "leave one out"),
        ({"family": [{"name": "a", "hidden": 8}, {"name": "b", "from": "a", "hidden": 9}]}, "brings its own"),
        ({"family": [{"name": "a", "kind": "temper"}]}, "a machine is needed"),
        ({"family": [{"name": "a"}, {"name": "b", "from": "a", "kind": "temper", "updates": 3}]}, "unknown 'updates'"),
        ({"family": [{"name": "a"}, {"name": "b", "from": "a", "kind": "temper", "methods": "bat"}]}, "unknown method"),
        ({"family": [{"name": "a"}, {"name": "b", "from": "a", "kind": "temper", "ladder": "x"}]}, "ladder must be"),
        ({"family": [{"name": "a", "dilution": 0.5}, {"name": "b", "from": "a", "dilution": 0.3}]}, "never return"),
        ({"family": [{"name": "a"}, {"name": "b", "from": "a", "dilution": 0.5, "rewind": "@7"}]}, "updates 0, 150"),
        ({"family": [{"name": "a", "origin": "nowhere"}]}, "nowhere: holds no run"),
    ],
)  # fmt: skip
def test_bad_grids_say_why(grid, message, tmp_path):
    with pytest.raises(InvalidInput, match=message):
        pr.campaign.plan(grid, tmp_path / "sweep")
    assert not (tmp_path / "sweep").exists()


def test_ten_million_runs_are_refused_before_they_are_made():
    assert "10000000 are more than" in refused({"grid": {"seeds": 10_000_000}})
    assert "at most 100000 runs" in refused({"grid": {"learning_rate": "0:1:0.0000001"}})
    many = {"seeds": 1000, "dilution": "0:0.99:0.01", "hidden": "100:199:1"}
    assert "this grid has 10000000 runs (run 10000000); more than 100000 need --most" in refused({"grid": many})
    tree = [{"name": "a", "seeds": 1000}, {"name": "b", "from": "a", "seeds": 1000}]
    assert "1001000 runs (a 1000, b 1000000)" in refused({"family": tree})
    assert "more than 3 need" in refused({"grid": {"seeds": 2, "hidden": [3, 4]}}, most=3)


def test_a_manifest_that_was_changed_is_refused(tmp_path):
    pr.campaign.plan({"grid": {"seeds": 2}}, tmp_path)
    path = tmp_path / "manifest.jsonl"
    good = path.read_text()
    for old, new, message in (
        ('"name": "run-s1"', '"name": "../run"', "no name of a run"),
        ('"hidden": 500', '"hidden": 400', "was changed"),
        ('"schema": 1', '"schema": 9', "schema 9"),
        (good.splitlines()[2] + "\n", "", "cut short, it has 1 of 2"),
        ('"spec"', '"spek"', "damaged"),
        ('"needs": []', '"needs": ["x"]', "does not stand before"),
    ):
        path.write_text(good.replace(old, new, 1))
        with pytest.raises(InvalidInput, match=message):
            pr.campaign.read_manifest(tmp_path)
    with pytest.raises(InvalidInput, match="holds no sweep"):
        pr.campaign.read_manifest(tmp_path / "nowhere")


def test_machines_that_stay_are_those_of_the_measurements():
    assert kept(RunSpec(updates=3, measurements=20)) == [0, 1, 2, 3]
    assert kept(RunSpec(updates=0)) == [0]
