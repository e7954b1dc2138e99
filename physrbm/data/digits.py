"""The 1,797 handwritten 8x8 digits that come with the package.

Source: Alpaydin, E. & Kaynak, C. (1998), Optical Recognition of Handwritten Digits (optdigits.tes), UCI
Machine Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0. `data/digits/make.py` in the source
tree makes the packaged file.
"""

from importlib import resources

import numpy as np

from physrbm.data.grey import GreyData

N_TRAIN = 1500


def read_digits() -> GreyData:
    """1,500 training and 297 test images, 8x8, pixels 0..16 over 16, each digit in equal shares."""
    packaged = resources.files("physrbm.data") / "digits.npz"
    with packaged.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        pixels = arrays["pixels"].astype(np.float32) / np.float32(16)
        labels = arrays["labels"].astype(np.int64)
    return GreyData("digits", pixels[:N_TRAIN], pixels[N_TRAIN:], labels[:N_TRAIN], labels[N_TRAIN:])
