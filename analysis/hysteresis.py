"""Does a diluted machine remember where its chains came from: is the loss of generation accompanied by hysteresis?

python analysis/hysteresis.py [--demo] [--workers 1] --out FOLDER

Machines, the order parameter O and the spread S of chains over the modes of the data (both 1 for data) are those of
trained.py; beside them the energy per unit, E/N.

    in time   at every p, O, S and E/N after t = 1, 10, 100, ... sweeps of chains that started from held-out data and of
              chains that started at random; the gap is data starts minus random starts
    loop      chains in equilibrium at p = 0 (as far as BURN sweeps reach) are carried along p: 0 -> p_max -> 0, tau
              sweeps a step; the area is A(tau) = integral (O_out - O_back) dp by trapezoids, with its sign, because
              |O_out - O_back| is positive for noise alone; a loop that crosses itself can hide in A

Every number is a mean over instances with its standard error. One rule for gaps against t and areas against tau:

    none           no gap at any time
    closes         there was one; the last one is 0 within errors, and smaller than half of it
    shrinks        still there, smaller than a decade of time before: slow relaxation, no sign of first order
    stays          still there, and a decade took less than half of it: hysteresis as far as these times reach
    not resolved   the errors allow more than one of these

"Within errors" is Student's t for n - 1 degrees of freedom at a level of LEVEL shared by all points of a curve
(all p and t of a gauge and quantity; all tau of a loop): curves without any gap show one in 5 % of the cases at most.
Ten instances describe these machines and say little about others.

Writes hysteresis.csv (in time), hysteresis-loop.csv, hysteresis.png, .pdf, .json. What is done of an instance is kept
in FOLDER/DATA. --demo: digits, 10 instances, two minutes. Without it MNIST of 14 x 14 pixels, an hour of one core.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from finite_size_scaling import plain
from scipy.stats import t as student
from trained import DEMO, FULL, GAUGES, Machines, Order, Row, Table, dense, each, joined, options, starts, write_rows

import physrbm as pr

mpl.use("Agg")
LEVEL = 0.05
BURN = 1000
QUANTITIES = {"O": "order parameter O", "S": "spread S", "E": "energy a unit E/N"}


class Plan(NamedTuple):
    """What is measured."""

    machines: Machines
    dilutions: tuple[float, ...]
    times: tuple[int, ...]
    dwells: tuple[int, ...]


SHORT = Plan(DEMO, (0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98), (1, 10, 100, 1000), (1, 10, 100, 1000))
LONG = Plan(
    FULL,
    (0, 0.3, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98),
    (1, 10, 100, 1000, 10_000),
    (1, 10, 100, 1000),
)


def seen(rbm: pr.RBM, order: Order, states: "tuple[np.ndarray, np.ndarray]") -> dict[str, float]:
    """O, S and E/N of a set of chains."""
    energy = rbm.energy(*states).mean() / (rbm.n_visible + rbm.n_hidden)
    return {"O": float(order(states[0]).mean()), "S": order.spread(states[0]), "E": float(energy)}


def in_time(
    rbm: pr.RBM, order: Order, start: np.ndarray, times: Sequence[int], seeds: Iterator[int]
) -> list[dict[str, float]]:
    """O, S and E/N at `times`, from `start`; every piece takes a new seed, because equal ones give equal streams."""
    found, v = [], start
    for piece in np.diff(times, prepend=0).tolist():
        states = pr.sample(rbm, len(v), piece, start=v, seed=next(seeds))
        v = states.visible
        found.append(seen(rbm, order, states))
    return found


def loop(
    ladder: Sequence[pr.RBM], order: Order, start: np.ndarray, dwell: int, seeds: Iterator[int]
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """O, S and E/N on the way out and on the way back, at every machine of `ladder`; they meet at the last one."""
    v, found = pr.sample(ladder[0], len(start), BURN, start=start, seed=next(seeds)).visible, []
    for rbm in (*ladder, *ladder[-2::-1]):
        states = pr.sample(rbm, len(v), dwell, start=v, seed=next(seeds))
        v = states.visible
        found.append(seen(rbm, order, states))
    return found[: len(ladder)], found[len(ladder) - 1 :][::-1]


def measure(task: tuple[Plan, int, Path]) -> None:
    """Both tables of an instance, unless they are there."""
    plan, instance, folder = task
    paths = folder / f"time-{instance}.csv", folder / f"loop-{instance}.csv"
    if all(path.exists() for path in paths):
        return
    data = pr.load_data(plan.machines.data, shape=plan.machines.shape)
    order, seeds = Order.of(data.train), count(10**6 * instance)
    rbm = dense(plan.machines, data.train, instance, folder)
    held_out = starts(data.test, plan.machines.chains, instance)
    noise = np.random.default_rng((instance, 1)).integers(0, 2, held_out.shape)
    in_times: list[Row] = []
    loops: list[Row] = []
    for gauge in GAUGES:
        ladder = [pr.dilute(rbm, p, "magnitude", gauge, data.train) for p in plan.dilutions]
        for p, diluted in zip(plan.dilutions, ladder, strict=True):
            both = [in_time(diluted, order, start, plan.times, seeds) for start in (held_out, noise)]
            for t, one, other in zip(plan.times, *both, strict=True):
                point: Row = {"instance": instance, "gauge": gauge, "p": float(p), "t": t}
                in_times.append(point | named(one, "data") | named(other, "random"))
        for tau in plan.dwells:
            out, back = loop(ladder, order, held_out, tau, seeds)
            for p, one, other in zip(plan.dilutions, out, back, strict=True):
                point = {"instance": instance, "gauge": gauge, "p": float(p), "tau": tau}
                loops.append(point | named(one, "out") | named(other, "back"))
    for path, rows in zip(paths, (in_times, loops), strict=True):
        write_rows(path, rows)


def named(values: dict[str, float], of: str) -> dict[str, float]:
    """The same, under names that say of what."""
    return {f"{name}_{of}": value for name, value in values.items()}


class Answer(NamedTuple):
    """How a gap goes with time."""

    word: str
    values: tuple[pr.Estimate, ...]
    """one a time"""
    limit: float
    """standard errors that count as seen"""


def answer(gap: np.ndarray, tests: int) -> Answer:
    """The rule above, for gap (instance, time), times a decade apart; `tests` points share the level."""
    limit = float(student.ppf(1 - LEVEL / 2 / tests, len(gap) - 1))
    values = tuple(pr.Estimate.of(x) for x in gap.T)
    there = [abs(x.value) > limit * x.error for x in values]
    last = values[-1]
    fall = pr.Estimate.of((gap[:, -2] - gap[:, -1]) * np.sign(last.value))
    if not any(there):
        word = "none"
    elif not there[-1]:
        largest = max(abs(x.value) for x, is_there in zip(values, there, strict=True) if is_there)
        word = "closes" if abs(last.value) + limit * last.error < largest / 2 else "not resolved"
    elif fall.value > limit * fall.error:
        word = "shrinks"
    elif fall.value + limit * fall.error < abs(values[-2].value) / 2:
        word = "stays"
    else:
        word = "not resolved"
    return Answer(word, values, limit)


def cube(table: Table, name: str, axes: Sequence[str]) -> np.ndarray:
    """Column `name` as an array with the values of the columns `axes` along its axes, ascending."""
    levels = [np.unique(table[axis], return_inverse=True) for axis in axes]
    found = np.full([len(values) for values, _ in levels], np.nan)
    found[tuple(at.reshape(-1) for _, at in levels)] = table[name]
    return found


def gaps(table: Table, quantity: str) -> np.ndarray:
    """Data starts minus random starts (p, instance, t)."""
    axes = ("p", "instance", "t")
    return np.asarray(cube(table, f"{quantity}_data", axes) - cube(table, f"{quantity}_random", axes))


def areas(table: Table, quantity: str) -> np.ndarray:
    """A (instance, tau)."""
    axes = ("instance", "tau", "p")
    apart: np.ndarray = cube(table, f"{quantity}_out", axes) - cube(table, f"{quantity}_back", axes)
    area: np.ndarray = np.trapezoid(apart, np.unique(table["p"]), axis=-1)
    return area


def analyse(time: Table, loops: Table) -> dict[str, Any]:
    """Answers of one gauge."""
    result: dict[str, Any] = {}
    p, times, dwells = np.unique(time["p"]), np.unique(time["t"]), np.unique(loops["tau"])
    for quantity, words in QUANTITIES.items():
        found = [answer(gap, len(p) * len(times)) for gap in gaps(time, quantity)]
        loop_found = answer(areas(loops, quantity), len(dwells))
        print(f"    {words}: gap at t = {times[-1]} (seen from {found[0].limit:.1f} standard errors on)")
        for dilution, one in zip(p, found, strict=True):
            last = one.values[-1]
            print(f"        p = {dilution:<6g}{last!s:<14}{last.value / last.error:+6.1f} se   {one.word}")
        for tau, area in zip(dwells, loop_found.values, strict=True):
            print(f"        loop, tau = {tau:<6g}A = {area!s:<14}{area.value / area.error:+6.1f} se")
        print(f"        loop: {loop_found.word} (seen from {loop_found.limit:.1f} standard errors on)", flush=True)
        result[quantity] = {
            "gap": [{"p": at, "t": times, **one._asdict()} for at, one in zip(p, found, strict=True)],
            "loop": {"tau": dwells, **loop_found._asdict()},
        }
    return result


def mean(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard error over the first axis, instances."""
    return x.mean(0), x.std(0, ddof=1) / np.sqrt(len(x))


def draw(time: Table, loops: Table, independent: float, to: Path) -> None:
    """A row a gauge: O from both starts, the gap, the loop, its area."""
    figure, axes = plt.subplots(len(GAUGES), 4, figsize=(15, 3.5 * len(GAUGES)), layout="constrained")
    p, times, dwells = np.unique(time["p"]), np.unique(time["t"]), np.unique(loops["tau"])
    for gauge, row in zip(GAUGES, axes, strict=True):
        own, loop_own = only(time, gauge), only(loops, gauge)
        gap = gaps(own, "O")
        for k, t in enumerate(times):
            style = {"color": plt.get_cmap("viridis")(0.9 * k / len(times)), "ms": 4, "lw": 1}
            for start, fmt in (("data", "o-"), ("random", "s--")):
                y, error = mean(cube(own, f"O_{start}", ("instance", "p", "t"))[..., k])
                row[0].errorbar(p, y, error, fmt=fmt, mfc=style["color"] if start == "data" else "white", **style)
            row[1].errorbar(p, *mean(gap[..., k].T), fmt="o-", label=f"{t:g}", **style)
        for k, tau in enumerate(dwells):
            style = {"color": plt.get_cmap("plasma")(0.85 * k / len(dwells)), "ms": 4, "lw": 1}
            for way, fmt in (("out", ">-"), ("back", "<--")):
                y, error = mean(cube(loop_own, f"O_{way}", ("instance", "p", "tau"))[..., k])
                label = f"{tau:g}" if way == "out" else None
                row[2].errorbar(
                    p, y, error, fmt=fmt, mfc=style["color"] if way == "out" else "white", label=label, **style
                )
        for quantity, fmt in zip(QUANTITIES, ("o-", "s--", "D:"), strict=True):
            row[3].errorbar(dwells, *mean(areas(loop_own, quantity)), fmt=fmt, ms=4, lw=1, label=f"of {quantity}")
        row[0].set(xlabel="dilution p", ylabel="order parameter O", title=f"{gauge}: data starts full, random open")
        row[1].set(xlabel="dilution p", ylabel="gap of O, data starts - random starts", title="gap after t sweeps")
        row[2].set(xlabel="dilution p", ylabel="order parameter O", title="loop: out full, back open")
        row[3].set(xlabel="dwell tau in sweeps", ylabel="loop area A", xscale="log", title="area of the loop")
        for ax in (row[0], row[2]):
            ax.axhline(independent, color="0.6", lw=0.8, ls=":")
            ax.set_ylim(0, None)
        row[0].annotate("independent pixels", (0, independent), (2, 3), textcoords="offset points", color="0.5")
        for ax in (row[1], row[3]):
            ax.axhline(0, color="0.6", lw=0.8)
        row[1].legend(title="t", frameon=False)
        row[2].legend(title="tau", frameon=False, loc="lower left")
        row[3].legend(frameon=False)
    for suffix in (".png", ".pdf"):
        figure.savefig(to.with_suffix(suffix), dpi=100)
    plt.close(figure)


def only(table: Table, gauge: str) -> Table:
    """The rows of a gauge."""
    return {name: column[table["gauge"] == gauge] for name, column in table.items()}


def study(plan: Plan, workers: int, out: Path) -> dict[str, Any]:
    """Measure what is not there, analyse, draw."""
    folder = out / plan.machines.data
    folder.mkdir(parents=True, exist_ok=True)
    instances = range(1, plan.machines.instances + 1)
    each(measure, [(plan, k, folder) for k in instances], workers)
    time, loops = (joined([folder / f"{kind}-{k}.csv" for k in instances]) for kind in ("time", "loop"))
    for name, table in (("hysteresis", time), ("hysteresis-loop", loops)):
        pr.campaign.write_table(out / f"{name}.csv", pr.campaign.Table(table, {}))
    data = pr.load_data(plan.machines.data, shape=plan.machines.shape)
    independent = Order.of(data.train).independent
    print(f"{len(instances)} instances; O of data 1, of independent pixels {independent:.3f}")
    result: dict[str, Any] = {"instances": len(instances), "independent_pixels": independent}
    for gauge in GAUGES:
        print(gauge)
        result[gauge] = analyse(only(time, gauge), only(loops, gauge))
    draw(time, loops, independent, out / "hysteresis")
    (out / "hysteresis.json").write_text(json.dumps(plain(result), indent=1))
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Read what is asked for, and study it."""
    given = options(__doc__, arguments)
    study(SHORT if given.demo else LONG, given.workers, given.out)


if __name__ == "__main__":
    main()
