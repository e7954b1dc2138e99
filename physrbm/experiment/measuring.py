"""What is measured on the way and at the end of a run."""

from typing import Any, NamedTuple, cast

import numpy as np

from physrbm import scores
from physrbm.data import Dataset
from physrbm.estimate import Estimate, LogLikelihood, LogZ, plain
from physrbm.model import RBM
from physrbm.partition import ais, bounded, bridge, estimates, log_likelihood, log_z
from physrbm.sampling import sample, states
from physrbm.scores import Reference, sample_values
from physrbm.spec import RunSpec
from physrbm.structure import structure
from physrbm.tempering import temper
from physrbm.training import State

MOST_RUNGS = 4000  # of AIS: tempering is cheaper, and machines that want more rarely come to an estimate by it
TEMPERING, MOST_TEMPERING, REPLICAS = 4000, 32_000, 8  # sweeps of it; long rather than wide, walkers must travel
_LOOK = 1000  # test samples of the scores of the machine
_WALKERS, _SHARE, _FEWEST_RUNGS = 256, 0.1, 100  # of AIS on the way: chains, share of the sweeps of training, rungs
_ON_THE_WAY = ("eps1", "eps2", "aai")
_AT_THE_END = ("eps1", "eps2", "eps3", "spectrum", "power_spectrum", "compression_entropy", "aai", "diversity")


class Final(NamedTuple):
    """What is measured once, at the end."""

    log_z: LogZ
    log_likelihood: dict[str, LogLikelihood]
    """of the parts train and test, nats per sample"""
    independent_pixels: dict[str, Estimate]
    """the same for independent pixels with the means of train"""
    scores: dict[str, Estimate]
    anchors: dict[str, Estimate]
    """data against held-out data, of the sizes of the score of that name"""
    anchors_independent: dict[str, Estimate]
    """independent pixels against held-out data, of the same sizes"""
    absent: dict[str, str]
    """scores that these data do not support, with the reason"""
    samples: np.ndarray
    """(chain, Nv) uint8, generated from random starts"""


def measure(spec: RunSpec, rbm: RBM, data: Dataset) -> Final:
    """Everything that is measured at the end."""
    z = best_log_z(rbm, data, spec.ais_chains, spec.seed)
    generated = sample(rbm, spec.samples, spec.sample_sweeps, seed=spec.seed).visible
    parts = {"train": data.train, "test": data.test}
    to = Reference.of(data, len(generated), spec.seed)
    n = len(to.held_out)
    values, absent = sample_values(_AT_THE_END, to, generated[:n])
    return Final(
        z,
        {name: log_likelihood(rbm, part, z) for name, part in parts.items()},
        {name: scores.independent_pixels(data.train, part) for name, part in parts.items()},
        of_machine(rbm, data, spec.seed) | values,
        sample_values(_AT_THE_END, to, to.other)[0],
        sample_values(_AT_THE_END, to, to.independent(n))[0],
        absent,
        generated,
    )


def best_log_z(rbm: RBM, data: Dataset, n_chains: int, seed: int) -> LogZ:
    """By AIS; where that wants many rungs or few chains carry the weight, by as long a parallel tempering as needed."""
    path, reason = ais.independent_path(rbm, 1.0, data.train.mean(0)), ""
    ladder = ais.pilot_ladder(path, None, seed)
    if ladder.size <= MOST_RUNGS:
        z = bounded(ais.climbed(path, ladder, n_chains, seed), rbm, data.train)
        if z.estimated:
            return z
        reason = f"by AIS: {z.reason}; by tempering: "
    run = temper(
        rbm,
        None,
        TEMPERING,
        REPLICAS,
        data=data.train,
        seed=seed,
        most_sweeps=MOST_TEMPERING,
        enough=lambda run: not bridge.objection(run),
    )
    z = estimates(run, ("bar",), data=data.train, seed=seed)["bar"]
    return z if z.estimated else z._replace(reason=reason + z.reason)


def report(spec: RunSpec, update: int, rbm: RBM, final: Final, seconds: dict[str, float]) -> dict[str, Any]:
    """The end of a run as one JSON-able object."""
    tables = ("independent_pixels", "scores", "anchors", "anchors_independent")
    content = {
        "schema": 1,
        "data": spec.data,
        "n_visible": rbm.n_visible,
        "n_hidden": rbm.n_hidden,
        "n_possible": rbm.n_possible,
        "n_bonds": rbm.n_bonds,
        "dilution": rbm.dilution,
        "seed": spec.seed,
        "updates": update,
        "log_z": final.log_z._asdict(),
        "log_likelihood": {k: {**x._asdict(), "error": x.error} for k, x in final.log_likelihood.items()},
        **{name: {k: x._asdict() for k, x in getattr(final, name).items()} for name in tables},
        "absent": final.absent,
        "structure": structure(rbm)._asdict(),
        "seconds": seconds,
    }
    return cast(dict[str, Any], plain(content))


def on_the_way(spec: RunSpec, state: State, data: Dataset) -> dict[str, Estimate]:
    """Scores of the machine, and of its persistent chains, which are what it was trained with: `chains_...`."""
    values = _likelihood(spec, state.rbm, data) | of_machine(state.rbm, data, spec.seed)
    if spec.sampler == "cd":
        return values
    visible = states(state.chains).visible
    to = Reference.of(data, len(visible), spec.seed)
    of_chains, _ = sample_values(_ON_THE_WAY, to, visible[: len(to.held_out)])
    return values | {f"chains_{name}": value for name, value in of_chains.items()}


def _likelihood(spec: RunSpec, rbm: RBM, data: Dataset) -> dict[str, Estimate]:
    """Log-likelihood of held-out data by an AIS that costs a tenth of the training, where its weights allow one, and
    the effective number of its chains; nothing where a tenth is too little to try.
    """
    sweeps = spec.updates / spec.measurements * spec.sweeps * spec.chains
    n_rungs = int(_SHARE * sweeps / _WALKERS)
    if n_rungs < _FEWEST_RUNGS:
        return {}
    to = Reference.of(data, _LOOK, spec.seed)
    z = log_z(rbm, n_chains=_WALKERS, n_rungs=min(n_rungs, ais.MAX_RUNGS), data=to.other, seed=spec.seed)
    found = {}
    if z.estimated:
        x = log_likelihood(rbm, to.held_out, z)
        found["log_likelihood"] = Estimate(x.value, x.error, _WALKERS)
    return found | {"ais_ess": Estimate(z.ess, float("nan"), _WALKERS)}


def of_machine(rbm: RBM, data: Dataset, seed: int) -> dict[str, Estimate]:
    """Scores of a machine on held-out data."""
    look = Reference.of(data, _LOOK, seed).held_out
    return {
        "pseudo_likelihood": scores.pseudo_likelihood(rbm, look, seed),
        "reconstruction": scores.reconstruction(rbm, look),
    }
