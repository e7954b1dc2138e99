"""Where the settings of a run come from: command line > environment > --config file > defaults."""

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from physrbm.errors import InvalidInput

if TYPE_CHECKING:
    from physrbm.spec import RunSpec, TemperSpec

S = TypeVar("S", "RunSpec", "TemperSpec")
_MAX = 2**20  # bytes of a config file
_PREFIX = "PHYSRBM_"
_OTHERS = ("PHYSRBM_DATA", "PHYSRBM_KERNELS")  # the folder of data sets, the path of the kernels: no settings of a run


def resolve(given: dict[str, Any], config: Path | None) -> "RunSpec":
    """The spec of the settings `given` on the command line (None: not given), the environment and a TOML file.

    Without a seed anywhere, one is drawn from the system. Raises InvalidInput.
    """
    import secrets

    from physrbm.spec import make_spec

    return make_spec({"seed": secrets.randbelow(2**31), **_gather(given, config)})


def resolve_again(given: dict[str, Any], config: Path | None, stored: "RunSpec") -> "RunSpec":
    """`stored`, the spec of a run that is resumed. Raises InvalidInput for a setting that is given and differs."""
    return _same(stored, _gather(given, config))


def resolve_tempering(given: dict[str, Any], stored: "TemperSpec | None") -> "TemperSpec":
    """The spec of the settings `given` on the command line, which must be those of the run that is resumed, if any.

    Without a seed, one is drawn from the system. Raises InvalidInput.
    """
    import secrets

    from physrbm.spec import make_spec

    values = _absolute({name: value for name, value in given.items() if value is not None})
    if stored is not None:
        return _same(stored, values)
    return make_spec({"seed": secrets.randbelow(2**31), **values}, "temper")


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
    values = {} if config is None else _read(config)
    for variable in sorted(os.environ):
        if variable.startswith(_PREFIX) and variable not in _OTHERS:
            values[variable.removeprefix(_PREFIX).lower()] = os.environ[variable]
    return _absolute(values | {name: value for name, value in given.items() if value is not None})


def _absolute(values: dict[str, Any]) -> dict[str, Any]:
    if os.path.isfile(str(values.get("data", ""))):  # a run may be resumed from another folder
        values["data"] = str(Path(values["data"]).resolve())
    return values


def _read(config: Path) -> dict[str, Any]:
    try:
        with config.open("rb") as file:
            text = file.read(_MAX + 1)
        if len(text) > _MAX:
            raise InvalidInput(f"{config}: settings of more than {_MAX} bytes")
        return tomllib.loads(text.decode())
    except OSError as error:
        raise InvalidInput(f"{config}: cannot be read ({error.strerror})") from error
    except InvalidInput:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{config}: not a TOML file ({error})".replace("\n", " ")) from error
