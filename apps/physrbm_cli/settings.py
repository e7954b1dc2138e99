"""Where the settings of a run come from: command line > environment > --config file > defaults."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from physrbm.errors import InvalidInput

if TYPE_CHECKING:
    from physrbm.spec import RunSpec, TemperSpec

S = TypeVar("S", "RunSpec", "TemperSpec")
_PREFIX = "PHYSRBM_"
_OTHERS = ("PHYSRBM_DATA", "PHYSRBM_KERNELS")  # the folder of data sets, the path of the kernels: no settings of a run


def resolve(given: dict[str, Any], config: Path | None, budget: float | None = None) -> "RunSpec":
    """The spec of the settings `given` on the command line (None: not given), the environment and a TOML file.

    budget: updates in multiples of those of the run that the machine comes from. Without a seed anywhere, one is drawn
    from the system. Raises InvalidInput.
    """
    from physrbm.spec import make_spec

    values = _gather(given, config)
    if budget is not None:
        values["updates"] = _budgeted(budget, values)
    return make_spec({"seed": drawn(None), **values})


def _budgeted(budget: float, values: dict[str, Any]) -> int:
    from physrbm.spec import RunSpec
    from physrbm.store import run_of

    origin = values.get("origin")
    if "updates" in values or origin is None:
        raise InvalidInput("--budget needs --from RUN, whose updates it multiplies, and no --updates")
    parent = run_of(str(origin)).spec
    if not (isinstance(parent, RunSpec) and 0 < budget < float("inf") and round(budget * parent.updates) > 0):
        raise InvalidInput(f"--budget must be a positive number of trainings like that of {origin}, got {budget}")
    return round(budget * parent.updates)


def resolve_again(given: dict[str, Any], config: Path | None, stored: "RunSpec") -> "RunSpec":
    """`stored`, the spec of a run that is resumed. Raises InvalidInput for a setting that is given and differs."""
    return _same(stored, _gather(given, config))


def resolve_tempering(given: dict[str, Any], stored: "TemperSpec | None") -> "TemperSpec":
    """The spec of the settings `given` on the command line, which must be those of the run that is resumed, if any.

    Without a seed, one is drawn from the system. Raises InvalidInput.
    """
    from physrbm.spec import make_spec

    values = _absolute({name: value for name, value in given.items() if value is not None})
    if stored is not None:
        return _same(stored, values)
    return make_spec({"seed": drawn(None), **values}, "temper")


def drawn(seed: int | None) -> int:
    """The seed, or one drawn from the system."""
    import secrets

    return secrets.randbelow(2**31) if seed is None else seed


def _same(stored: S, given: dict[str, Any]) -> S:
    from physrbm.spec import make_spec

    kept = stored.model_dump()
    values = make_spec({**kept, **given}, stored.kind).model_dump()
    for name, value in values.items():
        if value != kept[name]:
            raise InvalidInput(
                f"{name} is {value!r}, the run to resume has {kept[name]!r}; leave it out, or start anew"
            )
    return stored


def _gather(given: dict[str, Any], config: Path | None) -> dict[str, Any]:
    from physrbm.spec import read_settings

    values = {} if config is None else read_settings(config)
    for variable in sorted(os.environ):
        if variable.startswith(_PREFIX) and variable not in _OTHERS:
            values[variable.removeprefix(_PREFIX).lower()] = os.environ[variable]
    return _absolute(values | {name: value for name, value in given.items() if value is not None})


def _absolute(values: dict[str, Any]) -> dict[str, Any]:
    from physrbm.data import NAMED

    # a run may be resumed from another folder
    if values.get("data") not in NAMED and os.path.isfile(str(values.get("data", ""))):
        values["data"] = str(Path(values["data"]).resolve())
    return values
