"""Pictures of a run: what is drawn is what was there, and damaged ones are none."""

import copy
import json
import random

import numpy as np
import pytest

import physrbm as pr
from physrbm.errors import InvalidInput
from physrbm.spec import make_spec
from physrbm.store import picture, read_frame
from physrbm.store.frames import frame

RBM = pr.RBM.initialise(30, 40, 0.6, scale=0.5, seed=1)
STATES = np.random.default_rng(1).integers(0, 2, (50, 30)).astype(np.uint8)


def test_frame_shows_states_couplings_and_degrees():
    found = frame(json.loads(json.dumps(picture(7, RBM, STATES, (5, 6), np.array([0.5, 0.25])))))
    w = RBM.weights()
    assert (found.update, found.shape, found.acceptance.tolist()) == (7, (5, 6), [0.5, 0.25])
    assert (found.samples == STATES[:40]).all()
    assert set(found.units) == set(np.argsort(-(w**2).sum(0))[:25])
    shown = w[:, found.units].T
    assert (np.isnan(found.fields) == (shown == 0)).all()
    assert np.nanmax(np.abs(found.fields - shown)) <= np.abs(shown).max() / 127 / 2 + 1e-12
    assert [x.tolist() for x in found.degrees] == [(w != 0).sum(1).tolist(), (w != 0).sum(0).tolist()]


def test_run_keeps_its_latest_picture(tmp_path):
    few = {"hidden": 8, "updates": 4, "measurements": 2, "ais_chains": 100, "samples": 40, "sample_sweeps": 5}
    list(pr.record(make_spec(few), tmp_path / "a"))
    found = read_frame(tmp_path / "a")
    assert found.shape == (8, 8)
    assert found.samples.shape == (40, 64)
    temper = {"source": str(tmp_path / "a"), "sweeps": 40, "ladder": "4", "replicas": 8}
    list(pr.record(make_spec(temper, "temper"), tmp_path / "t"))
    assert read_frame(tmp_path / "t").acceptance.size == 3
    assert read_frame(tmp_path) is None


def test_damaged_frames_are_none(tmp_path):
    """2000 random changes: refused in one line, or a frame of the right sizes."""
    whole, rng = picture(7, RBM, STATES, (5, 6)), random.Random(1)
    odd = [None, -1, 2**60, "x", [], {}, True, 1.5, "AAAA", [1, "a"], [[1], [2]], float("nan")]
    for _ in range(2000):
        content = copy.deepcopy(whole)
        for _ in range(rng.randint(1, 2)):
            content[rng.choice(list(whole))] = rng.choice(odd)
        try:
            found = frame(content)
        except InvalidInput:
            continue
        assert found.samples.shape[1:] == found.fields.shape[1:]
    with pytest.raises(InvalidInput, match="too large"):
        frame({**whole, "n_visible": 2**50})
