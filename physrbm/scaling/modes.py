"""Has a sample one hump, or more?"""

import numpy as np

from physrbm.streams import Stream, generator

_DRAWS = 299
_GRID = 256


def more_than_one_mode(samples: np.ndarray, seed: int = 0) -> float:
    """p-value of "one mode" for samples (n,): Silverman's test (1981, J. R. Statist. Soc. B 43, 97).

    The statistic is the least bandwidth at which a Gaussian kernel estimate of the density has one mode; it is large
    for two humps. Reference: 299 samples drawn from that very estimate, brought back to the variance of the data.
    The test is conservative; with ten instances it has no power but for humps far apart.
    """
    spread = samples.std()
    if spread == 0:
        return 1.0
    x = (samples - samples.mean()) / spread
    h = _critical(x)
    random = generator(seed, Stream.SCALING, 1)
    shrink = 1 / (1 + h * h) ** 0.5
    above = 0
    for _ in range(_DRAWS):
        drawn = shrink * (random.choice(x, len(x)) + h * random.standard_normal(len(x)))
        above += _modes(drawn, h) > 1
    return float((1 + above) / (_DRAWS + 1))


def _critical(x: np.ndarray) -> float:
    low, high = 0.01, 2.0
    for _ in range(20):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if _modes(x, middle) == 1 else (middle, high)
    return high


def _modes(x: np.ndarray, h: float) -> int:
    grid = np.linspace(x.min() - 2 * h, x.max() + 2 * h, _GRID)
    density = np.exp(-0.5 * ((grid[:, None] - x) / h) ** 2).sum(1)
    inner = density[1:-1]
    return int(((inner > density[:-2]) & (inner >= density[2:])).sum())
