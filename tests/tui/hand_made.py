"""A run folder written by hand from formulas: the same text on every machine."""

import json

import numpy as np

import physrbm as pr
from physrbm.spec import make_spec
from physrbm.store import layout, picture
from physrbm.store.frames import write_frame
from physrbm.store.process import this_process

BEGAN = 1_800_000_000.0
GONE = 2**22 - 3  # no process has this number
UNITS = np.arange(64), np.arange(12)


def machine():
    i, j = (x.ravel() for x in np.meshgrid(*UNITS, indexing="ij"))
    kept = (7 * i + 5 * j + i * j) % 4 != 0
    weight = np.cos(0.9 * i + 1.7 * j)[kept]
    return pr.RBM.from_bonds(i[kept], j[kept], weight, np.zeros(64), np.zeros(12))


def series(update, updates):
    """Measurements up to `update`, of a training that gains ever less."""
    for at in range(0, update + 1, updates // 20):
        t = at / updates
        yield (
            at,
            {
                "log_likelihood": (-20 - 5 * np.exp(-6 * t), 0.24),
                "pseudo_likelihood": (-0.1 - 0.2 * np.exp(-6 * t), 0.003),
                "reconstruction": (0.02 + 0.05 * np.exp(-6 * t), 2e-4),
                "ais_ess": (250 - 200 * t, None),
                "chains_eps2": (3e-5 + 1e-4 * t, 4e-6),
            },
        )


def tempering(update, updates):
    """Measurements of a ladder that begins to mix."""
    for at in range(updates // 40, update + 1, updates // 40):
        t = at / updates
        yield (
            at,
            {
                "energy": (-1.2 - 0.1 * np.exp(-9 * t), 0.004),
                "acceptance": (0.61, 0.05),
                "acceptance_worst": (0.31, 0.01),
                "round_trips": (40 * t, 1.5),
                "rhat": (1 + 0.05 * np.exp(-3 * t), None),
                "ess": (1500 * t, None),
            },
        )


def write_run(folder, state="running", kind="anneal", update=1400, updates=2000, **status):
    """A run at `update` of `updates`; status: what its sign of life says besides."""
    folder.mkdir()
    rbm = machine()
    values = {"updates": updates, "dilution": 0.25} if kind == "anneal" else {"source": "m.h5", "sweeps": 10 * updates}
    spec = make_spec({**values, "seed": 5}, kind).model_dump(mode="json")
    size = {"n_visible": 64, "n_hidden": 12, "n_possible": 768, "n_bonds": rbm.n_bonds, "dilution": rbm.dilution}
    about = {"schema": layout.SCHEMA, "kind": kind, "seed": 5, "spec": spec, "machine": size, "data": "d" * 16}
    (folder / layout.RUN).write_text(json.dumps(about))
    sign = {"state": state, "update": update, "updates": updates, "rate": 50.0, "eta": (updates - update) / 50.0}
    sign |= {"time": BEGAN + 60, "checkpoint": update - update % 100, "reason": "", **this_process()._asdict()}
    (folder / layout.STATUS).write_text(json.dumps({**sign, **status}))
    events = [{"kind": "start", "update": 0, "time": BEGAN}]
    for at, found in (series if kind == "anneal" else tempering)(update, updates):
        named = {name: {"value": x, "error": error, "n": 256} for name, (x, error) in found.items()}
        events.append({"kind": "measurement", "update": at, "values": named, "time": BEGAN + at / 50})
    events.append({"kind": "request", "request": "checkpoint", "update": update, "time": BEGAN + 50})
    if state == "done":
        x = {"value": -20.1, "error": 0.24, "lower": -20.57, "upper": -19.63, "estimated": True, "reason": ""}
        events.append({"kind": "report", "log_likelihood": {"test": x}, "time": BEGAN + 55})
    lines = (json.dumps({"seq": k, **event}) + "\n" for k, event in enumerate(events))
    (folder / layout.EVENTS).write_text("".join(lines))
    visible = (np.add.outer(np.arange(40), 3 * np.arange(64)) % 5 < 2).astype(np.uint8)
    acceptance = None if kind == "anneal" else 0.3 + 0.05 * np.arange(8)
    write_frame(folder, picture(update, rbm, visible, (8, 8), acceptance))
