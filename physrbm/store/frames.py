"""A small picture of a run for whoever watches: states, receptive fields, degrees, swaps; replaced as a whole."""

import base64
import binascii
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from physrbm.errors import InvalidInput
from physrbm.model import RBM
from physrbm.store import layout

LATEST = "latest.json"
_SAMPLES, _UNITS, _NO_BOND = 40, 25, -128
_MOST = 2**20  # numbers in any part of a frame


class Frame(NamedTuple):
    """What a run looked like at one update."""

    update: int
    shape: tuple[int, ...] | None
    """(rows, columns) of the visible layer, if it is an image"""
    samples: np.ndarray
    """(k, Nv) uint8, states of some chains"""
    fields: np.ndarray
    """(u, Nv) float64, couplings of the hidden units of largest norm, NaN where there is no bond"""
    units: np.ndarray
    """(u,) int64, which units these are"""
    degrees: tuple[np.ndarray, np.ndarray]
    """(Nv,) and (Nh,) int64, bonds of every unit"""
    acceptance: np.ndarray
    """(gap,) float64, of swaps; empty where there are none"""


def picture(
    update: int, rbm: RBM, visible: np.ndarray, shape: tuple[int, ...] | None, acceptance: np.ndarray | None = None
) -> dict[str, Any]:
    """The JSON-able content of a frame of some of the states `visible` (chain, Nv) and of a machine."""
    i, j, w = rbm.bonds
    norm = np.bincount(j, w**2, rbm.n_hidden)
    units = np.sort(np.argsort(-norm, kind="stable")[:_UNITS])
    place = np.full(rbm.n_hidden, -1)
    place[units] = np.arange(units.size)
    seen = place[j] >= 0
    scale = float(np.abs(w[seen]).max(initial=0.0)) / 127 or 1.0
    fields = np.full((units.size, rbm.n_visible), _NO_BOND, np.int8)
    fields[place[j[seen]], i[seen]] = np.round(w[seen] / scale)
    some = np.ascontiguousarray(visible[:_SAMPLES], np.uint8)
    return {
        "update": update,
        "shape": None if shape is None or len(shape) != 2 else list(shape),
        "n_visible": rbm.n_visible,
        "n_samples": len(some),
        "samples": _text(np.packbits(some, axis=1)),
        "fields": _text(fields),
        "field_scale": scale,
        "units": units.tolist(),
        "degrees": [np.bincount(x, minlength=n).tolist() for x, n in ((i, rbm.n_visible), (j, rbm.n_hidden))],
        "acceptance": [] if acceptance is None else np.asarray(acceptance, float).tolist(),
    }


def write_frame(folder: Path, content: dict[str, Any]) -> None:
    """Replace the frame of a run. Raises OSError."""
    (folder / layout.FRAMES).mkdir(exist_ok=True)
    layout.write_json(folder / layout.FRAMES / LATEST, content)


def read_frame(folder: Path) -> Frame | None:
    """The last frame; None where there is none or where it is not as it must be: nothing depends on it."""
    try:
        return frame(layout.read_json(folder / layout.FRAMES / LATEST))
    except (OSError, InvalidInput):
        return None


def frame(content: dict[str, Any]) -> Frame:
    """The frame in `content`. Raises InvalidInput."""
    try:
        n, k, units = _count(content["n_visible"]), _count(content["n_samples"]), _integers(content["units"])
        if max(n * k, n * units.size) > _MOST:
            raise InvalidInput(f"a frame of {k} samples and {units.size} fields of {n} units is too large")
        bits = _array(content["samples"], np.uint8, (k, -(-n // 8)))
        fields = _array(content["fields"], np.int8, (units.size, n))
        scale, shape = float(content["field_scale"]), content["shape"]
        if shape is not None:
            shape = tuple(_integers(shape).tolist())
            if len(shape) != 2 or shape[0] * shape[1] != n:
                raise InvalidInput(f"a frame of {n} units has no shape {shape}")
        visible, hidden = (_integers(x) for x in content["degrees"])
        acceptance = np.array([float(x) for x in content["acceptance"]][:_MOST])
        return Frame(
            _count(content["update"]),
            shape,
            np.unpackbits(bits, axis=1, count=n) if n else bits,
            np.where(fields == _NO_BOND, np.nan, fields * scale),
            units,
            (visible, hidden),
            acceptance,
        )
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise error if isinstance(error, InvalidInput) else InvalidInput(f"not a frame: {error!r}") from error


def _text(x: np.ndarray) -> str:
    return base64.b64encode(x.tobytes()).decode()


def _array(text: Any, dtype: type, shape: tuple[int, ...]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(str(text), validate=True), dtype).reshape(shape)


def _count(x: Any) -> int:
    if isinstance(x, bool) or not isinstance(x, int) or not 0 <= x < 2**53:
        raise InvalidInput(f"a frame needs whole numbers, got {x!r}")
    return x


def _integers(x: Any) -> np.ndarray:
    if not isinstance(x, list) or len(x) > _MOST:
        raise InvalidInput("a frame needs lists of whole numbers")
    return np.array([_count(y) for y in x], np.int64)
