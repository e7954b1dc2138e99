"""The sweep files of the study, filled in: sizes, numbers of updates, and the learning rate of every dilution."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
Rates = dict[str, dict[float, float]]
"""kind of training, "scratch" for one from the beginning -> dilution -> learning rate"""


def common(small: bool) -> dict[str, Any]:
    """T, rates_times, and the settings of all runs."""
    content = tomllib.loads((HERE / "common.toml").read_text())
    return dict(content["full"] | (content["small"] if small else {}))


def read(name: str, small: bool, rates: Rates) -> dict[str, Any]:
    """The grid of `name`.toml as `pr.campaign.plan` takes it.

    A family becomes one for each of its dilutions `at`, with the learning rate of that dilution in `rates`, unless it
    has its own; it starts from the family of its parent with the same dilution, or the only one.
    """
    settings = common(small)
    T, times = settings.pop("T"), settings.pop("rates_times")
    tables = tomllib.loads((HERE / f"{name}.toml").read_text())["family"]
    where = {table["name"]: table["at"] for table in tables}
    families = []
    for table in tables:
        own = {key: x for key, x in table.items() if key not in ("at", "rate")}
        if "updates" in own:
            own["updates"] = _updates(own["updates"], T)
        if "learning_rate" in own:
            own["learning_rate"] = [times * rate for rate in own["learning_rate"]]
        for p in table["at"]:
            one = own | {"name": f"{own['name']}-{p:g}"}
            if "updates" in own and "learning_rate" not in own:
                one["learning_rate"] = rates[table.get("rate", "scratch")][p]
            if own.get("protocol") != "same_mask":  # which has the bonds of its parent
                one["dilution"] = p
            if "from" in own:
                at = where[own["from"]]
                one["from"] = f"{own['from']}-{p if p in at else at[0]:g}"
            families.append(one)
    return {"settings": settings, "family": families}


def _updates(value: Any, T: int) -> Any:
    """Numbers of updates of "T", "2T", "T/4", or of a list of them."""
    if isinstance(value, list):
        return [_updates(x, T) for x in value]
    times, _, parts = value.partition("/")
    return int(times.removesuffix("T") or 1) * T // int(parts or 1)


def best_rates(pilots: Mapping[str, np.ndarray]) -> Rates:
    """By kind and dilution the learning rate with the largest likelihood of the training data; a withheld one loses.

    Raises ValueError where no pilot came to a likelihood.
    """
    found: Rates = {}
    for family in np.unique(pilots["family"]).tolist():
        own = pilots["family"] == family
        if len(np.unique(pilots["learning_rate"][own])) == 1:
            continue  # a parent
        value = np.where(own & (pilots["state"] == "done"), pilots["log_likelihood_train"], np.nan)
        if np.isnan(value).all():
            raise ValueError(f"no pilot of {family} came to a likelihood")
        kind, _, p = family.rpartition("-")
        found.setdefault(kind, {})[float(p)] = float(pilots["learning_rate"][np.nanargmax(value)])
    return found
