"""Writes physrbm/data/digits.npz from optdigits.csv.gz: the same images, in a fixed stratified order."""

from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "physrbm" / "data" / "digits.npz"
N_TRAIN = 1500


def arrays() -> dict[str, np.ndarray]:
    """`pixels` (1797, 8, 8) and `labels` (1797,), uint8; the first N_TRAIN are for training."""
    table = np.loadtxt(HERE / "optdigits.csv.gz", delimiter=",", dtype=np.uint8)
    order = stratified(table[:, -1], np.random.Generator(np.random.PCG64(0)))
    return {"pixels": table[order, :-1].reshape(-1, 8, 8), "labels": table[order, -1]}


def stratified(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Order of the images such that every class has its share, to one image, in both parts."""
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    order = np.argsort(place, kind="stable")
    return np.concatenate([rng.permutation(order[:N_TRAIN]), rng.permutation(order[N_TRAIN:])])


if __name__ == "__main__":
    np.savez_compressed(TARGET, **arrays())
