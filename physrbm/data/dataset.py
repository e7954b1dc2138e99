"""The data set that a machine is trained on."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from physrbm.data.grey import Labels

Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Binary samples, one a row.

    `train` and `test` are uint8 (n, Nv) in {0,1}; the labels are int64 (n,) or None; `shape` is the shape of
    one sample, (rows, cols) for images and (Nv,) otherwise; `digest` is `digest_of(train, test, shape)`.
    """

    name: str
    train: Bits
    test: Bits
    train_labels: Labels | None
    test_labels: Labels | None
    shape: tuple[int, ...]
    digest: str

    @property
    def n_visible(self) -> int:
        """Number Nv of visible units."""
        return int(self.train.shape[1])


def digest_of(train: Bits, test: Bits, shape: tuple[int, ...]) -> str:
    """sha256 (hex) of the binary samples, their split and the shape of one sample."""
    digest = hashlib.sha256(f"{len(train)} {len(test)} {shape}".encode())
    digest.update(np.ascontiguousarray(train).data)
    digest.update(np.ascontiguousarray(test).data)
    return digest.hexdigest()
