"""Settings in a TOML file."""

import tomllib
from pathlib import Path
from typing import Any

from physrbm.durable import read
from physrbm.errors import InvalidInput

_MAX = 2**20  # bytes


def read_settings(path: Path) -> dict[str, Any]:
    """What a TOML file says. Raises InvalidInput naming the file and what is wrong with it."""
    try:
        text = read(path, _MAX + 1)
        if len(text) > _MAX:
            raise InvalidInput(f"{path}: settings of more than {_MAX} bytes")
        return tomllib.loads(text.decode())
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror})") from error
    except InvalidInput:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: not a TOML file ({error})".replace("\n", " ")) from error
