"""One table with protocols as families: those that start from a trained machine share it."""

from typing import Any

from physrbm.campaign.axes import axis
from physrbm.errors import InvalidInput
from physrbm.spec import PROTOCOLS

PARENT = "parent"
_DILUTING = (
    "dilution", "rule", "gauge", "schedule", "dilute_at", "dilute_until", "rounds", "rewind", "inherit", "keep_chains",
    "protocol",
)  # fmt: skip
_MACHINE = ("hidden", "scale", "seeds", "seed", "data", "binarise", "shape")


def from_one_table(grid: dict[str, Any], common: dict[str, Any]) -> list[dict[str, Any]]:
    """Tables of families: one a protocol; a combination is written a+b.

    Where a protocol needs a machine to start from, a family `parent` trains one for every size and seed, without a
    dilution; what is said of the machine, its data and its seed is the parent's then, how to dilute is the child's.
    Raises InvalidInput.
    """
    for name in ("name", "from", "kind"):
        if name in grid:
            raise InvalidInput(f"[grid]: {name} belongs into a [[family]]")
    names = _protocols(grid)
    if not names:
        return [{"name": "run", **grid}]
    own = {key: value for key, value in grid.items() if key != "protocol"}
    trained = {name: _needs_a_machine(name) and "origin" not in {**common, **own} for name in names}
    tables = [_fresh(name, own) if not trained[name] else _child(name, own) for name in names]
    return [_parent(own, common), *tables] if any(trained.values()) else tables


def _protocols(grid: dict[str, Any]) -> list[str]:
    given = grid.get("protocol", [])
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidInput(f"[grid]: protocol must be a name or a list of names, got {given!r}")
    for name in names:
        for part in name.split("+"):
            if part not in PROTOCOLS:
                raise InvalidInput(f"[grid]: unknown protocol {part!r}; allowed: {', '.join(PROTOCOLS)}")
        if names.count(name) > 1:
            raise InvalidInput(f"[grid]: the protocol {name!r} stands there twice")
    return names


def _needs_a_machine(name: str) -> bool:
    return any("origin" in PROTOCOLS[part].needs for part in name.split("+"))


def _fresh(name: str, own: dict[str, Any]) -> dict[str, Any]:
    of_parent = str(own.get("rewind", "")).startswith("@")  # says something of those alone that have one
    return {"name": name, "protocol": name, **{k: x for k, x in own.items() if k != "rewind" or not of_parent}}


def _child(name: str, own: dict[str, Any]) -> dict[str, Any]:
    for key, value in own.items():
        if key not in (*_DILUTING, *_MACHINE) and len(axis(key, value).values) > 1:
            raise InvalidInput(
                f"[grid]: {key} varies, but is it that of {PARENT!r} or of {name!r}? Write them as [[family]] tables"
            )
    return {"name": name, "from": PARENT, "protocol": name, **{k: x for k, x in own.items() if k not in _MACHINE}}


def _parent(own: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    for key in _DILUTING:
        if key in common:
            raise InvalidInput(f"[settings]: {key} belongs into [grid], where {PARENT!r} is not diluted")
    return {"name": PARENT, **{key: value for key, value in own.items() if key not in _DILUTING}}
