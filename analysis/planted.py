"""Tables with a known answer, for tests of `pr.scaling` and of its errors."""

from collections.abc import Iterator

import numpy as np

Table = dict[str, np.ndarray]
"""columns x, L, y, instance"""


def planted(
    seed: int,
    *,
    sizes: tuple[int, ...] = (16, 32, 64, 128),
    x_c: float = 0.8,
    nu: float = 1.5,
    exponent: float = -0.25,
    instances: int = 16,
    noise: float = 0.02,
    points: int = 11,
    width: float = 4.0,
    hump: bool = False,
) -> Table:
    """y = L^(exponent/nu) f((x - x_c) L^(1/nu)), f(X) = 1 - tanh(X/2), or 1/cosh(X/2) of a hump, |X| <= `width`.

    Every instance changes at an X of its own (0.1 wide) and every point has noise of its own.
    """
    random = np.random.default_rng(seed)

    def rows() -> Iterator[tuple[np.ndarray, int, np.ndarray, int]]:
        for k, L in enumerate(sizes):
            shift = 0.37 * k % 1 - 0.5  # no size has its points where another has them at the true exponents
            X = np.linspace(-width, width, points) + shift * 2 * width / (points - 1)
            x = x_c + X * L ** (-1 / nu)
            for instance in range(instances):
                half = (X + 0.1 * random.standard_normal()) / 2
                f = 1 / np.cosh(half) if hump else 1 - np.tanh(half)
                yield x, L, L ** (exponent / nu) * (f + noise * random.standard_normal(points)), instance

    return _table(list(rows()))


def crossover(
    seed: int,
    *,
    sizes: tuple[int, ...] = (16, 32, 64, 128),
    instances: int = 12,
    noise: float = 0.05,
    points: int = 15,
    steepness: float = 6.0,
    trend: float = 0.0,
) -> Table:
    """The same smooth curve at all sizes, times L^trend: y = L^trend (1 - tanh(steepness (x - 0.6) / 2) + noise)."""
    random = np.random.default_rng(seed)
    x = np.linspace(0, 1, points)
    f = 1 - np.tanh(steepness * (x - 0.6) / 2)
    return _table(
        [
            (x, L, L**trend * (f + noise * random.standard_normal(points)), instance)
            for L in sizes
            for instance in range(instances)
        ]
    )


def nothing(seed: int, *, sizes: tuple[int, ...] = (16, 32, 64, 128), instances: int = 12, points: int = 15) -> Table:
    """White noise about 0."""
    random = np.random.default_rng(seed)
    x = np.linspace(0, 1, points)
    return _table([(x, L, random.standard_normal(points), instance) for L in sizes for instance in range(instances)])


def _table(rows: list[tuple[np.ndarray, int, np.ndarray, int]]) -> Table:
    x, L, y, instance = zip(*rows, strict=True)
    n = [len(part) for part in x]
    return {
        "x": np.concatenate(x),
        "L": np.repeat(L, n),
        "y": np.concatenate(y),
        "instance": np.repeat(instance, n),
    }
