"""Schedules, rewinding and protocols as runs: what happens to the graph and to the couplings, and when."""

import itertools

import numpy as np
import pytest

import physrbm as pr
from physrbm import hdf5
from physrbm.errors import InvalidInput
from physrbm.experiment.changes import events, less
from physrbm.experiment.running import settings
from physrbm.model import to_tree
from physrbm.spec import PROTOCOLS, make_spec
from physrbm.store.checkpoints import checkpoints

TINY = {"hidden": 10, "updates": 60, "measurements": 6, "chains": 64, "batch": 64, "ais_chains": 100, "samples": 40,
        "sample_sweeps": 5, "seed": 1}  # fmt: skip


def spec(**more):
    return make_spec({**{k: x for k, x in TINY.items() if k != "hidden" or "origin" not in more}, **more})


def machines(wanted):
    """Update -> machine."""
    return {m.update: m.rbm for m in pr.run(wanted) if m.final is None}


def pairs(rbm):
    return set(zip(rbm.bonds.i.tolist(), rbm.bonds.j.tolist(), strict=True))


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "parent"
    list(pr.record(spec(), folder))
    return str(folder)


def test_dilution_at_a_later_update():
    found = machines(spec(dilution=0.8, rule="magnitude", dilute_at=30))
    plain = machines(spec())
    assert [found[k].n_bonds for k in (29, 30, 60)] == [640, 128, 128]
    assert (found[29].bonds.weight == plain[29].bonds.weight).all()
    w = plain[30].bonds.weight
    assert np.abs(found[30].bonds.weight).min() >= np.sort(np.abs(w))[-128]


@pytest.mark.parametrize("schedule", ["iterative", "gradual"])
def test_dilution_in_several_steps(schedule):
    wanted = spec(dilution=0.9, rule="magnitude", schedule=schedule, rounds=4)
    found, steps = machines(wanted), events(wanted)
    n = [found[k].n_bonds for k in sorted(steps)]
    assert list(steps.values()) == [4, 3, 2, 1]
    assert n[-1] == 64
    if schedule == "iterative":
        assert sorted(steps) == [12, 24, 36, 48]
        np.testing.assert_allclose(n, [640 * 0.1 ** (k / 4) for k in range(1, 5)], atol=1)
    else:
        assert sorted(steps) == [12, 20, 28, 36]
        np.testing.assert_allclose(n, [640 - 576 * (1 - (1 - k / 4) ** 3) for k in range(1, 5)], atol=2)
    masks = [pairs(found[k]) for k in sorted(found)]
    assert all(late <= early for early, late in itertools.pairwise(masks))


@pytest.mark.parametrize("inherit", ["values", "signs", "mask"])
def test_rewinding_within_a_run(inherit):
    plan = {"rule": "magnitude", "schedule": "iterative"} if inherit == "mask" else {"protocol": "tickets", "rewind": 5}
    wanted = spec(**plan, dilution=0.9, rounds=3, updates=80, inherit=inherit)
    found = machines(wanted)
    assert sorted(events(wanted)) == [20, 40, 60]
    old = found[5].weights()
    for k in (20, 40, 60):
        i, j, w = found[k].bonds
        if inherit == "values":
            assert (w == old[i, j]).all()
            assert (found[k].visible_bias == found[5].visible_bias).all()
        elif inherit == "signs":
            assert (np.sign(w) == np.sign(old[i, j])).all()
            assert np.unique(np.abs(w)).size == 1
        else:
            assert not np.isin(w, old).any()
            assert abs(w.std() / 0.1 - 1) < 4 / np.sqrt(2 * w.size)
    assert found[80].n_bonds == 64


def test_learning_rate_begins_anew_with_every_round():
    """At the dilutions themselves, and at the place in a cycle from which the couplings come."""
    plan = settings(spec(protocol="tickets", dilution=0.9, rounds=3, updates=80, rewind=5))
    assert plan.cycle_starts == (0, 20, 40, 60)
    assert plan.rate(20) == plan.rate(40) == pytest.approx(0.2 * 0.1 ** (5 / 20))
    late = settings(spec(dilution=0.9, rule="magnitude", dilute_at=45, rewind=0))
    assert late.cycle_starts == (0, 45)
    assert late.rate(45) == late.rate(0) == 0.2
    assert settings(spec(dilution=0.9, dilute_at=45)).cycle_starts == (0,)


@pytest.mark.parametrize(
    "more",
    [
        {"protocol": "tickets", "dilution": 0.9, "rounds": 3, "rewind": 5, "updates": 80},
        {"protocol": "progressive,restarts", "dilution": 0.9, "rounds": 5, "rule": "fisher", "gauge": "centred"},
        {"protocol": "curriculum,cyclic", "dilution": 0.5},
    ],
    ids=lambda more: more["protocol"],
)
@pytest.mark.parametrize("left", [3, 19, 20, 41])
def test_run_that_is_left_and_resumed_is_the_same_run(more, left, tmp_path):
    wanted = spec(**more)
    list(pr.record(wanted, tmp_path / "calm"))
    run = pr.record(wanted, tmp_path / "left")
    next(m for m in run if m.update == left)
    run.close()
    list(pr.resume(tmp_path / "left"))
    ends = [hdf5.read_sealed(max(checkpoints(tmp_path / name).items())[1]) for name in ("calm", "left")]
    assert ends[0].arrays.keys() == ends[1].arrays.keys()
    assert all((x == ends[1].arrays[name]).all() for name, x in ends[0].arrays.items())


def test_ticket_of_another_run(parent, tmp_path):
    """Rewind to a kept update of another run: the same whether the machine is named, or its file."""
    wanted = spec(protocol="rewind", origin=parent, dilution=0.8, rewind=f"{parent}@10")
    found, old = machines(wanted), pr.open_run(parent).rbm(10)
    last = np.abs(pr.open_run(parent).rbm().weights())
    i, j, w = found[0].bonds
    assert (w == old.weights()[i, j]).all()
    assert last[i, j].min() >= np.sort(last.ravel())[-128]
    old.save(tmp_path / "old.h5")
    same = machines(wanted.model_copy(update={"rewind": str(tmp_path / "old.h5")}))
    assert (same[60].bonds.weight == found[60].bonds.weight).all()


def test_same_mask_with_fresh_couplings_is_no_rewind(parent):
    """With the seed of the parent, too: its first couplings are not what a fresh start begins with."""
    dense = machines(spec(protocol="same_mask", origin=parent))
    assert not np.isin(dense[0].bonds.weight, pr.open_run(parent).rbm(0).bonds.weight).any()
    other = machines(spec(protocol="same_mask", origin=parent, seed=2))
    assert (dense[0].bonds.weight != other[0].bonds.weight).all()


def test_fields_alone_are_trained(parent):
    found = machines(spec(protocol="retrain,fields", origin=parent, dilution=0.8))
    assert (found[60].bonds.weight == found[0].bonds.weight).all()
    assert (found[60].visible_bias != found[0].visible_bias).mean() > 0.9  # some pixels are never on
    assert (found[60].hidden_bias != found[0].hidden_bias).all()


def test_chains_of_the_parent_go_on(parent):
    first = next(pr.run(spec(protocol="warm_chains", origin=parent)))
    kept = hdf5.read_sealed(max(checkpoints(pr.open_run(parent).folder).items())[1])
    assert (first.state.chains.visible == kept.arrays["training/chains/visible"]).all()
    assert (first.state.chains.rng == kept.arrays["training/chains/rng"]).all()
    assert first.update == 0
    with pytest.raises(InvalidInput, match="it has 64 chains, the settings 32"):
        next(pr.run(spec(protocol="warm_chains", origin=parent, chains=32)))


def test_after_only_measures(parent):
    few = {name: TINY[name] for name in ("ais_chains", "samples", "sample_sweeps")}
    *_, last = pr.run(make_spec({**few, "protocol": "after", "origin": parent, "dilution": 0.5}))
    assert last.update == 0
    assert last.rbm.n_bonds == 320


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_protocol_runs(name, parent):
    needs = {"origin": parent, "dilution": 0.6, "rewind": f"{parent}@10"}
    few = {k: v for k, v in TINY.items() if k not in ("hidden", "updates")}
    few |= {"rounds": 3} if "schedule" in PROTOCOLS[name].settings and name != "before" else {}
    given = {key: needs[key] for key in PROTOCOLS[name].needs}
    *_, last = pr.run(make_spec({**few, "updates": 12, "protocol": name, **given}))
    assert last.final is not None
    if "dilution" in given:
        assert abs(last.rbm.dilution - 0.6) < 1e-9


def test_protocols_add_up_and_what_is_given_goes_before():
    both = make_spec({"protocol": "progressive,restarts", "dilution": 0.9, "cycles": 7, "rule": "random"})
    assert (both.schedule, both.rate_law, both.cycles, both.rule) == ("gradual", "cosine", 7, "random")
    assert both.protocol == ("progressive", "restarts")
    assert make_spec(both.model_dump()) == both


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"protocol": "magic"}, "unknown protocol 'magic'"),
        ({"protocol": "retrain"}, "needs --from"),
        ({"protocol": "before"}, "needs dilution"),
        ({"protocol": "cyclic,restarts"}, "do not agree on rate_law"),
        ({"dilution": 0.5, "rewind": 3}, "goes back from a later dilution"),
        ({"rewind": "elsewhere.h5", "dilution": 0.5}, "need a machine that brings the bonds"),
        ({"inherit": "signs", "dilution": 0.5}, "need a machine that brings the bonds"),
        ({"inherit": "nonsense"}, "inherit: "),
        ({"inherit": "mask", "rewind": 5, "dilution": 0.5, "dilute_at": 9}, "takes nothing from another machine"),
        ({"rounds": 5, "dilution": 0.5}, "are for the schedules"),
        ({"protocol": "before", "dilution": 0.5, "origin": "x"}, "is for a fresh machine"),
        ({"protocol": 3}, "protocol: "),
        ({"protocol": [["a"]]}, "protocol"),
        ({"keep_chains": True}, "needs a run"),
    ],
)
def test_bad_settings_are_one_line(bad, message):
    with pytest.raises(InvalidInput, match=message) as error:
        make_spec(bad)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"schedule": "iterative"}, "give a dilution too"),
        ({"dilution": 0.5, "schedule": "magic"}, "unknown schedule 'magic'"),
        ({"dilution": 0.5, "dilute_at": 61}, "do not fit into a run of 60"),
        ({"dilution": 0.5, "schedule": "gradual", "dilute_at": 50, "dilute_until": 40}, "do not fit"),
        ({"dilution": 0.5, "schedule": "gradual", "rounds": 100}, "do not fit"),
        ({"dilution": 0.5, "schedule": "iterative", "rounds": 61}, "do not fit"),
        ({"dilution": 0.5, "rewind": 50, "dilute_at": 40}, "rewind 50 is after the first dilution, at update 40"),
        ({"trains": "bonds"}, "unknown trains 'bonds'"),
        ({"rate_law": "magic"}, "unknown rate_law"),
        ({"curriculum": 2.0}, "curriculum must be in"),
        ({"cycles": 0}, "cycles must be in 1..60"),
        (
            {"protocol": "tickets", "dilution": 0.5, "rounds": 2, "updates": 60, "cycles": 2},
            "cycles of the learning rate are",
        ),
        ({"trains": "fields", "l2": 0.1}, "penalties on the couplings"),
        ({"dilution": 0.5, "dilute_at": 40, "rule": "nonsense"}, "unknown dilution rule"),
        ({"dilution": 0.5, "dilute_at": 40, "gauge": "nonsense"}, "unknown gauge"),
    ],
)
def test_bad_values_are_one_line(bad, message):
    with pytest.raises(InvalidInput, match=message) as error:  # before the first update
        next(pr.run(spec(**bad)))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("rounds", [5, 20])
@pytest.mark.parametrize("schedule", ["iterative", "gradual"])
def test_every_dilution_is_reached(schedule, rounds):
    """Whole bonds, and a rule whose count fluctuates, may be at the target or beyond it before the last step."""
    fresh = pr.RBM.initialise(64, 10, seed=1)
    data = pr.load_data("digits")
    for p in np.linspace(0.31, 0.98, 68):
        wanted = spec(dilution=float(p), schedule=schedule, rounds=rounds)
        exact, bernoulli = fresh, fresh
        for left in range(rounds, 0, -1):
            exact = less(exact, wanted, data, left)
            bernoulli = less(bernoulli, wanted.model_copy(update={"rule": "bernoulli"}), data, left)
        assert exact.n_bonds == round((1 - p) * 640)
        assert bernoulli.n_bonds <= exact.n_bonds + 5 * np.sqrt(640 * p * (1 - p))


def test_trained_machine_is_not_set_back_before_it_is_diluted(parent):
    trained = pr.open_run(parent).rbm()
    plan = {"origin": parent, "rewind": f"{parent}@10", "dilution": 0.9, "rule": "magnitude"}
    found = machines(spec(**plan, schedule="iterative", rounds=3))
    assert (found[0].bonds.weight == trained.bonds.weight).all()
    i, j, w = found[15].bonds
    assert (w == pr.open_run(parent).rbm(10).weights()[i, j]).all()


def test_what_cannot_be_is_said_before_the_first_update(parent, tmp_path):
    other = tmp_path / "other.h5"
    pr.RBM.initialise(64, 20, seed=1).save(other)
    for bad, message in (
        ({"origin": parent, "dilution": 0.5, "dilute_at": 30, "rewind": str(other)}, "64 x 10 and 64 x 20"),
        ({"dilution": 0.5, "dilute_at": 30, "rewind": str(other)}, "64 x 10 and 64 x 20"),
    ):
        with pytest.raises(InvalidInput, match=message):
            next(pr.run(spec(**bad)))
    list(pr.record(spec(dilution=0.5), tmp_path / "half"))
    with pytest.raises(InvalidInput, match="bonds never return"):
        next(pr.run(spec(origin=str(tmp_path / "half"), dilution=0.2, dilute_at=30)))
    again = pr.run(spec(origin=str(tmp_path / "half"), dilution=0.5))
    assert next(again).rbm.n_bonds == 320


@pytest.mark.parametrize("kind", ["missing", "other size", "not asked for"])
def test_tampered_anchor_is_passed_over(kind, tmp_path):
    wanted = spec(protocol="tickets", dilution=0.9, rounds=3, rewind=5, updates=80)
    if kind == "not asked for":
        wanted = spec(updates=80)
    list(pr.record(wanted, tmp_path / "calm"))
    run = pr.record(wanted, tmp_path / "run")
    next(m for m in run if m.update == 33)
    run.close()
    newest = max(checkpoints(tmp_path / "run").items())[1]
    tree = hdf5.read_sealed(newest)
    own = {name: x for name, x in tree.arrays.items() if not name.startswith("anchor/")}
    about = {name: x for name, x in tree.attributes.items() if not name.startswith("anchor")}
    changed = hdf5.Tree(own, about)
    if kind != "missing":
        changed = changed | to_tree(pr.RBM.initialise(64, 12, seed=1)).below("anchor")
    hdf5.write(newest, changed)
    list(pr.resume(tmp_path / "run"))
    ends = [hdf5.read_sealed(max(checkpoints(tmp_path / name).items())[1]) for name in ("calm", "run")]
    assert all((x == ends[1].arrays[name]).all() for name, x in ends[0].arrays.items())
    assert any(
        "machine to go back to" in str(e) or "same numbers" in str(e)
        for e in pr.open_run(tmp_path / "run").events().events
    )
