"""The end of a tempering run, from its stored report."""

from collections.abc import Iterator, Sequence
from math import nan
from textwrap import wrap
from typing import Any

from physrbm.estimate import Estimate, compact, rounded
from physrbm_cli.terminal import width


def lines(report: dict[str, Any]) -> Iterator[str]:
    """What was sampled and how well, for people; log Z by several methods side by side."""
    n_rungs = report["rungs"]
    chains = f"{report['replicas']} replicas" + (f" on {n_rungs} rungs" if n_rungs > 1 else "")
    yield f"energy a unit {_estimate(report['energy'])} after {report['sweeps']} sweeps of {chains}"
    for name, x in report["observables"].items():
        yield f"{name} {_estimate(x)}"
    if n_rungs > 1:
        gaps = " ".join("-" if x is None else f"{x:.2f}" for x in report["acceptance"].values())
        yield from wrap(f"acceptance by gap {gaps}", width(), subsequent_indent=" " * 18)
        yield f"round trips a walker {_estimate(report['round_trips'])}"
    yield report["verdict"]["text"]
    if report["log_z_by"]:
        yield f"{'log Z by':<14}{'value':<18}{'95 % interval':<24}"
    for name, z in report["log_z_by"].items():
        if not z["estimated"]:
            yield f"{name:<14}{'-':<42}not estimated ({z['reason']})"
            continue
        value, error = z["value"], z["error"]
        interval = f"{rounded(z['lower'], error)} {rounded(z['upper'], error)}" if error > 0 else ""
        yield f"{name:<14}{compact(value, error):<18}{interval:<24}estimated"


def doubtful(report: dict[str, Any], methods: Sequence[str]) -> bool:
    """Whether something that was asked for could not be had; of "all", what there is not does not count."""
    if not methods:
        return not report["verdict"]["equilibrated"]
    wanted = [z for z in report["log_z_by"].values() if "all" not in methods or z["value"] is not None]
    return not all(z["estimated"] for z in wanted)


def _estimate(x: dict[str, Any]) -> Estimate:
    value, error = (nan if x[name] is None else x[name] for name in ("value", "error"))
    return Estimate(value, error, x["n"])
