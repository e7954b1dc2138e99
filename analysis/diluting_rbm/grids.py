"""The sweep files of the study, filled in: sizes, numbers of updates, and the learning rate of every dilution."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent


def read(name: str, small: bool, rates: Mapping[float, float] | None = None) -> dict[str, Any]:
    """The grid of `name`.toml as `pr.campaign.plan` takes it.

    A family with `at` becomes one for each of these dilutions, with its learning rate out of `rates`; it starts from
    the one of its parent with the same dilution, if that has `at` too, from the only one otherwise.
    """
    content = tomllib.loads((HERE / f"{name}.toml").read_text())
    settings = content["settings"] | (content["small"] if small else {})
    updates = content.get("updates", {}).get("small" if small else "full")
    tables = {table["name"]: table for table in content["family"]}
    families: list[dict[str, Any]] = []
    for table in tables.values():
        own = {key: _updates(x, updates) if key == "updates" else x for key, x in table.items() if key != "at"}
        parent = tables.get(table.get("from", ""))
        for p in table.get("at", [None]):
            one = dict(own)
            if p is not None:
                assert rates is not None, f"{name}.toml has `at`, and no rates are known"
                one |= {"name": f"{own['name']}-{p:g}", "learning_rate": rates[p]}
                if table.get("protocol") == "after":
                    del one["learning_rate"]  # nothing is trained
                if table.get("protocol") != "same_mask":  # which has the bonds of its parent
                    one["dilution"] = p
            if parent is not None:
                one["from"] += f"-{parent['at'][0] if len(parent['at']) == 1 else p:g}"
            families.append(one)
    return {"settings": settings, "family": families}


def _updates(value: Any, T: int) -> Any:
    """Numbers of updates: "T", "2T", "T/4", a list of them, or what is a number already."""
    if isinstance(value, list):
        return [_updates(x, T) for x in value]
    if isinstance(value, str):
        times, _, parts = value.partition("/")
        return int(times.removesuffix("T") or 1) * T // int(parts or 1)
    return value


def best_rates(pilots: Mapping[str, np.ndarray]) -> dict[float, float]:
    """The learning rate of every dilution: where the likelihood of the training data is largest; a withheld one loses.

    Raises ValueError where no pilot of a dilution came to a likelihood.
    """
    rates = {}
    for p in np.unique(pilots["dilution"]).tolist():
        own = (pilots["dilution"] == p) & np.isfinite(pilots["log_likelihood_train"])
        if not own.any():
            raise ValueError(f"no pilot of p = {p:g} came to a likelihood")
        rates[p] = float(pilots["learning_rate"][own][np.argmax(pilots["log_likelihood_train"][own])])
    return rates
