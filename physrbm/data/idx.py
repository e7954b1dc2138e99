"""The idx format of MNIST: magic 0x0000, type, number of dimensions, big-endian sizes, then the values."""

import math
import struct
from typing import IO

import numpy as np
import numpy.typing as npt

from physrbm.data.grey import MAX_BYTES
from physrbm.errors import InvalidInput

_UBYTE = 0x08


def read_idx(stream: IO[bytes], name: str) -> npt.NDArray[np.uint8]:
    """The array of an (uncompressed) idx stream of unsigned bytes with 1 to 3 dimensions.

    The header is checked before anything is allocated. Raises InvalidInput, naming `name`, for a wrong magic
    number, another value type, a size beyond MAX_BYTES, and missing or surplus bytes.
    """
    shape = _shape(stream, name)
    size = math.prod(shape)
    if size > MAX_BYTES:
        raise InvalidInput(f"{name!r} claims {size} bytes in its idx header; at most {MAX_BYTES} are allowed")
    # one byte more than announced, to see a surplus
    body = stream.read(size + 1)
    if len(body) != size:
        found = "more" if len(body) > size else str(len(body))
        raise InvalidInput(f"{name!r} announces {size} bytes of shape {shape} and holds {found}")
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)


def _shape(stream: IO[bytes], name: str) -> tuple[int, ...]:
    magic = stream.read(4)
    if len(magic) != 4 or magic[:3] != bytes([0, 0, _UBYTE]) or not 1 <= magic[3] <= 3:
        raise InvalidInput(
            f"{name!r} starts with the bytes {magic.hex() or 'none'}; an idx file of unsigned bytes starts "
            "with 00000801, 00000802 or 00000803"
        )
    sizes = stream.read(4 * magic[3])
    if len(sizes) != 4 * magic[3]:
        raise InvalidInput(f"{name!r} ends inside its idx header; {magic[3]} sizes of 4 bytes are needed")
    return struct.unpack(f">{magic[3]}I", sizes)
