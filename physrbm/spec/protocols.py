"""Experiments by name: a protocol is some settings of a run; several make one, and what else is given goes before.

E1 ... E6 are those of Diaz-Faloh & Mulet (2025) and the controls that tell their explanations apart.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from physrbm.errors import InvalidInput


class Protocol(NamedTuple):
    """Settings under a name."""

    about: str
    settings: dict[str, Any]
    needs: tuple[str, ...] = ()
    """settings that must be given"""
    fresh: bool = False
    """whether the machine must be a fresh one"""


PROTOCOLS: dict[str, Protocol] = {
    "before": Protocol("E1: dilute a fresh machine, then train it", {}, ("dilution",), True),
    "after": Protocol("E2: dilute a trained machine, only measure", {"updates": 0}, ("origin", "dilution")),
    "retrain": Protocol("E3: dilute a trained machine, train it on", {}, ("origin", "dilution")),
    "same_mask": Protocol("E3: the graph of a machine, fresh couplings", {"inherit": "mask"}, ("origin",)),
    "random_mask": Protocol(
        "E3: a random graph of the units of a machine, fresh couplings",
        {"rule": "random", "inherit": "mask"}, ("origin", "dilution"),
    ),
    "rewind": Protocol(
        "E5: dilute a trained machine, go back to couplings of before",
        {"rule": "magnitude"}, ("origin", "dilution", "rewind"),
    ),
    "tickets": Protocol(
        "E5: train, prune, rewind, again and again (Frankle & Carbin 2019)",
        {"rule": "magnitude", "schedule": "iterative", "rewind": "0", "rounds": 5, "updates": 18_000}, ("dilution",),
    ),
    "progressive": Protocol(
        "E6: dilute by and by while training (Zhu & Gupta 2017)",
        {"rule": "magnitude", "schedule": "gradual"}, ("dilution",),
    ),
    "constant": Protocol("E6: a constant learning rate", {"decay": 1.0}),
    "cyclic": Protocol("E6: a cyclic learning rate (Smith 2017)", {"rate_law": "triangular", "cycles": 4}),
    "restarts": Protocol("E6: warm restarts (Loshchilov & Hutter 2017)", {"rate_law": "cosine", "cycles": 4}),
    "curriculum": Protocol("E6: easy samples first (Bengio et al. 2009)", {"curriculum": 0.5}),
    "signs": Protocol("E6: only the signs of the couplings (Zhou et al. 2019)", {"inherit": "signs"}, ("origin",)),
    "fields": Protocol("E6: train the fields, not the couplings", {"trains": "fields"}, ("origin",)),
    "warm_chains": Protocol("E6: go on with the chains of the machine's run", {"keep_chains": True}, ("origin",)),
}  # fmt: skip


def combined(names: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the protocols `names` and those `given`, which go before. Raises InvalidInput."""
    settings: dict[str, Any] = {}
    for name in names:
        if name not in PROTOCOLS:
            raise InvalidInput(f"unknown protocol {name!r}; allowed: {', '.join(PROTOCOLS)}")
        for key in PROTOCOLS[name].needs:
            if given.get(key) is None:
                raise InvalidInput(f"the protocol {name!r} needs {'--from' if key == 'origin' else key}")
        if PROTOCOLS[name].fresh and given.get("origin") is not None:
            raise InvalidInput(f"the protocol {name!r} is for a fresh machine, without --from")
        for key, value in PROTOCOLS[name].settings.items():
            if settings.get(key, value) != value and key not in given:
                raise InvalidInput(f"the protocols {', '.join(names)} do not agree on {key}")
            settings[key] = value
    return {**settings, **given}
