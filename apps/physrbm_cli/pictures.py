"""Binary images in the terminal."""

import numpy as np

_HALVES = " ▀▄█"


def strip(images: np.ndarray, width: int) -> list[str]:
    """Lines that show as many images (n, rows, columns) of {0,1} side by side as fit; a character is two pixels."""
    n = max(1, min(len(images), (width + 1) // (images.shape[2] + 1)))
    rows = images.shape[1] + images.shape[1] % 2
    padded = np.zeros((n, rows, images.shape[2]), int)
    padded[:, : images.shape[1]] = images[:n]
    code = padded[:, ::2] + 2 * padded[:, 1::2]
    return [" ".join("".join(_HALVES[c] for c in line) for line in code[:, k]) for k in range(rows // 2)]
