"""What others would run: dense and sparse Gibbs sweeps of a 0/1 RBM, each written well for its library.

A peer is a function that takes (weights (Nv, Nh) with zeros where there is no bond, chains) and returns a sweep, a
function without arguments; None where its library is not installed.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

Sweep = Callable[[], Any]
f32 = np.float32


def numpy_dense(weights: np.ndarray, n_chains: int) -> Sweep:
    """OpenBLAS, everything in place, float32 random numbers."""
    rng = np.random.default_rng(0)
    w, wt = weights.astype(f32), np.ascontiguousarray(weights.T.astype(f32))
    v, h = ((rng.random((n_chains, n)) < 0.5).astype(f32) for n in weights.shape)
    scratch = {n: (np.empty((n_chains, n), f32), np.empty((n_chains, n), f32)) for n in weights.shape}

    def half(source: np.ndarray, w: np.ndarray, target: np.ndarray) -> None:
        field, u = scratch[target.shape[1]]
        np.matmul(source, w, out=field)
        np.negative(field, out=field)
        np.exp(field, out=field)
        np.add(field, 1, out=field)
        np.reciprocal(field, out=field)
        rng.random(out=u, dtype=f32)
        np.less(u, field, out=target, casting="unsafe")

    return lambda: (half(v, w, h), half(h, wt, v))


def scipy_sparse(weights: np.ndarray, n_chains: int) -> Sweep:
    """Compressed rows times dense states."""
    from scipy.sparse import csr_array

    rng = np.random.default_rng(0)
    w = csr_array(weights.astype(f32))
    layers = (csr_array(w.T), w)
    state = [(rng.random((weights.shape[0], n_chains)) < 0.5).astype(f32)]

    def sweep() -> None:
        for w in layers:
            field = w @ state[0]
            np.negative(field, out=field)
            np.exp(field, out=field)
            field += 1
            state[0] = (rng.random(field.shape, dtype=f32) * field < 1).astype(f32)

    return sweep


def torch_dense(weights: np.ndarray, n_chains: int) -> Sweep | None:
    """addmm, uniform_ and lt, in place."""
    try:
        import torch
    except ImportError:
        return None
    w = torch.from_numpy(weights.astype(f32))
    v, h = ((torch.rand(n_chains, n) < 0.5).float() for n in weights.shape)
    u = {n: torch.empty(n_chains, n) for n in weights.shape}

    def half(source: Any, w: Any, target: Any) -> None:
        torch.sigmoid(torch.mm(source, w), out=target)
        noise = u[target.shape[1]].uniform_()
        torch.lt(noise, target, out=(mask := torch.empty_like(target, dtype=torch.bool)))
        target.copy_(mask)

    def sweep() -> None:
        with torch.no_grad():
            half(v, w, h)
            half(h, w.T, v)

    return sweep


def torch_bernoulli(weights: np.ndarray, n_chains: int) -> Sweep | None:
    """addmm, sigmoid, bernoulli: how it is usually written."""
    try:
        import torch
    except ImportError:
        return None
    w = torch.from_numpy(weights.astype(f32))
    bias = [torch.zeros(n) for n in weights.shape]
    state = [(torch.rand(n_chains, weights.shape[0]) < 0.5).float()]

    def sweep() -> None:
        with torch.no_grad():
            h = torch.bernoulli(torch.sigmoid(torch.addmm(bias[1], state[0], w)))
            state[0] = torch.bernoulli(torch.sigmoid(torch.addmm(bias[0], h, w.T)))

    return sweep


def sklearn_sampler(weights: np.ndarray, n_chains: int) -> Sweep | None:
    """BernoulliRBM.gibbs."""
    try:
        from sklearn.neural_network import BernoulliRBM
    except ImportError:
        return None
    machine = BernoulliRBM(n_components=weights.shape[1], random_state=np.random.RandomState(0))
    machine.components_ = weights.T.astype(f32)
    machine.intercept_visible_, machine.intercept_hidden_ = (np.zeros(n, f32) for n in weights.shape)
    machine.random_state_ = np.random.RandomState(0)
    state = [(np.random.default_rng(0).random((n_chains, weights.shape[0])) < 0.5).astype(f32)]

    def sweep() -> None:
        h = machine._sample_hiddens(state[0], machine.random_state_)
        state[0] = machine._sample_visibles(h.astype(f32), machine.random_state_).astype(f32)

    return sweep


def rbms_sweep(weights: np.ndarray, n_chains: int) -> Sweep | None:
    """BBRBM.sample_hiddens and sample_visibles; its sample_state(1) adds a copy and a second hidden update."""
    machine = _rbms_machine(weights)
    if machine is None:
        return None
    import torch

    chains = machine.init_chains(n_chains)

    def sweep() -> Any:
        with torch.no_grad():
            machine.sample_visibles(machine.sample_hiddens(chains))
        return chains["visible"], chains["hidden"]

    return sweep


def _rbms_machine(weights: np.ndarray) -> Any:
    """The RBM on the processor, biases 0."""
    try:
        import torch

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # rbms still calls torch.jit.script
            from rbms.bernoulli_bernoulli.classes import BBRBM
    except ImportError:
        return None
    return BBRBM(torch.from_numpy(weights.astype(f32)), *(torch.zeros(n) for n in weights.shape))


def thrml_sweep(weights: np.ndarray, n_chains: int, batch: int = 64) -> Sweep | None:
    """sample_blocks of IsingSamplingProgram, compiled, 64 chains at a time: 4 times faster than all of them at once."""
    try:
        import jax
        import jax.numpy as jnp
        from thrml import Block, SpinNode, sample_blocks
        from thrml.models import IsingEBM, IsingSamplingProgram
    except ImportError:
        return None
    v, h = ([SpinNode() for _ in range(n)] for n in weights.shape)
    rows, columns = np.nonzero(weights)
    fields = np.concatenate([weights.sum(1), weights.sum(0)]) / 4  # 0/1 units as spins: x = (1 + s) / 2
    edges = [(v[i], h[j]) for i, j in zip(rows, columns, strict=True)]
    bonds = jnp.asarray(weights[rows, columns] / 4, f32)
    machine = IsingEBM(v + h, edges, jnp.asarray(fields, f32), bonds, jnp.array(1, f32))
    program = IsingSamplingProgram(machine, [Block(h), Block(v)], [])

    def one(chain: tuple[Any, list[Any]]) -> list[Any]:
        return sample_blocks(*chain, [], program, [None, None])[0]

    @jax.jit
    def every(key: Any, layers: list[Any]) -> tuple[Any, list[Any]]:
        key, used = jax.random.split(key)
        return key, jax.lax.map(one, (jax.random.split(used, n_chains), layers), batch_size=batch)

    keys = jax.random.split(jax.random.key(0), 3)
    start = [jax.random.bernoulli(k, 0.5, (n_chains, n)) for k, n in zip(keys[1:], weights.shape[::-1], strict=True)]
    state = [(keys[0], start)]

    def sweep() -> Any:
        state[0] = jax.block_until_ready(every(*state[0]))
        return state[0][1][::-1]

    return sweep


PEERS: dict[str, Callable[[np.ndarray, int], Sweep | None]] = {
    "numpy dense": numpy_dense,
    "torch dense": torch_dense,
    "torch bernoulli": torch_bernoulli,
    "scipy sparse": scipy_sparse,
    "scikit-learn": sklearn_sampler,
    "rbms": rbms_sweep,
    "thrml": thrml_sweep,
}
