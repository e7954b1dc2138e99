"""physrbm: diluted Restricted Boltzmann Machines as dilute bipartite spin glasses.

Conventions, everywhere in this package:

* Units are {0,1}: E(v,h) = constant - a.v - b.h - sum_(ij) w_ij v_i h_j and P(v,h) = exp(-beta E)/Z.
  `RBM.to_spins` and `RBM.from_spins` convert exactly to s = 2v-1, the constant included.
* `dilution` p is the fraction of bonds REMOVED out of `n_possible`; round((1-p) n_possible) bonds are left.
* Arrays run (measurement, chain, site). Energies are dimensionless.
* Logarithms are natural, likelihoods are in nats per sample.
* The statistical inefficiency is g = 1 + 2 tau: white noise has g = 1.
* Everything stochastic takes `seed`; equal seeds give equal bytes for any number of threads.
"""

from typing import Any

__version__ = "0.1.0"

# name -> module that defines it; loaded on first use, so that `import physrbm` stays light
_PUBLIC = {
    "Bonds": "model",
    "RBM": "model",
    "load": "model",
    "load_data": "data",
    "Dataset": "data",
    "sample": "sampling",
    "dilute": "dilution",
    "LogZ": "estimate",
    "log_z": "partition",
    "log_likelihood": "partition",
    "LogLikelihood": "estimate",
    "train": "training",
    "Estimate": "estimate",
    "RunSpec": "spec",
    "TemperSpec": "spec",
    "run": "experiment",
    "record": "experiment",
    "resume": "experiment",
    "score": "experiment",
    "score_in_time": "experiment",
    "open_run": "store",
    "temper": "tempering",
}

_MODULES = (
    "campaign", "dilution", "effective", "ensembles", "observables", "partition", "paths", "scaling", "scores",
    "statistics", "structure", "tempering", "tickets",
)  # fmt: skip

__all__ = sorted((*_PUBLIC, *_MODULES))


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
