"""A classifier of scikit-learn with one hidden layer, as arrays: trained in one order, predicting with numpy alone."""

from typing import NamedTuple

import numpy as np

from physrbm.errors import InvalidInput

_BATCH = 200
_GRID = 2.0**16  # weights are multiples of 1/GRID: sums of products of bits, and of those with weights, are exact
_PASSES = 10, 300
_BLOCK = 4096  # samples whose hidden layer is held at once


class Network(NamedTuple):
    """p(y|v) = softmax(output_bias + output^T max(0, hidden_bias + hidden^T v)); float64, multiples of 2^-16."""

    hidden: np.ndarray
    """(Nv, hidden unit)"""
    hidden_bias: np.ndarray
    """(hidden unit,)"""
    output: np.ndarray
    """(hidden unit, class)"""
    output_bias: np.ndarray
    """(class,)"""

    def probabilities(self, v: np.ndarray) -> np.ndarray:
        """p(y|v) of the samples v (n, Nv) of {0,1}: (n, class) float64, the same for any number of threads."""
        out = np.empty((len(v), self.output_bias.size))
        for k in range(0, len(v), _BLOCK):
            hidden = np.maximum(0.0, v[k : k + _BLOCK].astype(np.float64) @ self.hidden + self.hidden_bias)
            logits = hidden @ self.output + self.output_bias
            likely = np.exp(logits - logits.max(1, keepdims=True))
            out[k : k + _BLOCK] = likely / likely.sum(1, keepdims=True)
        return out


def trained(
    v: np.ndarray, y: np.ndarray, units: int, steps: int, decay: float, seed: np.random.SeedSequence
) -> Network:
    """Network that tells the classes y (n,), which are 0 ... K - 1 and all present, K >= 2, of the samples v (n, Nv).

    scikit-learn's MLPClassifier: ReLU, cross entropy, Adam at its standard rate, L2 `decay`; about `steps` steps of 200
    samples, in whole passes, 10 to 300 of them. One thread, so that equal seeds give equal weights whatever
    the number of threads (on one kind of processor and version of scikit-learn). Raises InvalidInput without it.
    """
    try:
        from sklearn.neural_network import MLPClassifier
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise InvalidInput("training a classifier needs scikit-learn: pip install 'physrbm[classify]'") from error

    batch = min(_BATCH, len(v))
    random_state = int(seed.generate_state(1)[0])
    model = MLPClassifier((units,), alpha=decay, batch_size=batch, random_state=random_state)
    x, classes = v.astype(np.float32), np.arange(y.max() + 1)
    with threadpool_limits(1):
        for _ in range(int(np.clip(round(steps * batch / len(v)), *_PASSES))):
            model.partial_fit(x, y, classes=classes)
    (hidden, output), (hidden_bias, output_bias) = model.coefs_, model.intercepts_
    if len(classes) == 2:  # one logistic output there
        output, output_bias = np.hstack([0 * output, output]), np.append(0, output_bias)
    return Network(*map(_rounded, (hidden, hidden_bias, output, output_bias)))


def _rounded(weights: np.ndarray) -> np.ndarray:
    rounded: np.ndarray = np.round(_GRID * weights.astype(np.float64)) / _GRID
    return rounded
