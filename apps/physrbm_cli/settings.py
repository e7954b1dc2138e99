"""Where the settings of a run come from: command line > environment > --config file > defaults."""

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from physrbm.errors import InvalidInput

if TYPE_CHECKING:
    from physrbm.spec import RunSpec

_PREFIX = "PHYSRBM_"
_FOLDER = "PHYSRBM_DATA"  # names the folder of data sets, not the setting `data`


def resolve(given: dict[str, Any], config: Path | None) -> "RunSpec":
    """The spec of the settings `given` on the command line (None: not given), the environment and a TOML file.

    Without a seed anywhere, one is drawn from the system. Raises InvalidInput.
    """
    import secrets

    from physrbm.spec import make_spec

    values = {} if config is None else _read(config)
    for variable in sorted(os.environ):
        if variable.startswith(_PREFIX) and variable != _FOLDER:
            values[variable.removeprefix(_PREFIX).lower()] = os.environ[variable]
    values |= {name: value for name, value in given.items() if value is not None}
    values.setdefault("seed", secrets.randbelow(2**31))
    return make_spec(values)


def _read(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text())
    except OSError as error:
        raise InvalidInput(f"{config}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise InvalidInput(f"{config}: not a TOML file ({error})".replace("\n", " ")) from error
