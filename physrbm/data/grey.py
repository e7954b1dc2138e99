"""Grey values in [0,1]: what every reader hands over, and the one rule for which numbers are accepted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from physrbm.errors import InvalidInput

Array = npt.NDArray[Any]
Grey = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

# what one array may take in memory: a small compressed file can claim any size
MAX_BYTES = 2**32

_ALLOWED = "allowed are 0/1, -1/+1, floats in [0, 1] or integers in 0..255"
_BRIGHT = 128  # 8-bit images have a pixel at least this bright; smaller integers are on some other scale


@dataclass(frozen=True, slots=True)
class GreyData:
    """A data set before binarisation.

    `train` and `test` are float32 in [0,1], shaped (n, rows, cols) for images and (n, Nv) otherwise; the
    labels are int64 (n,) or None.
    """

    name: str
    train: Grey
    test: Grey
    train_labels: Labels | None = None
    test_labels: Labels | None = None


def grey_values(values: Array, name: str) -> Grey:
    """float32 values in [0,1], same shape: booleans, 0/1 and floats as they are, -1/+1 as 0/1, 8-bit integers over 255.

    Raises InvalidInput for any other dtype and for NaN, infinite, negative or too large values; `name` is
    the file that the message names.
    """
    if values.dtype.kind not in "biuf":
        raise InvalidInput(f"{name!r} holds values of type {values.dtype.name}; {_ALLOWED}")
    if values.dtype.kind in "if" and values.min() == -1 and (np.abs(values) == 1).all():
        return ((values + 1) / 2).astype(np.float32)
    top = 1 if values.dtype.kind == "f" else 255
    # a NaN fails both comparisons, so it counts as refused
    refused = ~((values >= 0) & (values <= top))
    if refused.any():
        raise InvalidInput(f"{name!r} holds the {values.dtype.name} value {values[refused][0]}; {_ALLOWED}")
    if 1 < values.max() < _BRIGHT:
        raise InvalidInput(f"{name!r} holds integers up to {values.max()}, not up to 255: scale them to [0, 1] first")
    grey = values.astype(np.float32)
    return grey / np.float32(255) if grey.max() > 1 else grey
