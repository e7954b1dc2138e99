"""`physrbm sample`: chains of a machine, tempered or plain."""

import json
from pathlib import Path
from typing import Annotated

import typer

from physrbm.errors import InvalidInput
from physrbm_cli import tempering_options as opts
from physrbm_cli.pictures import draw_squares
from physrbm_cli.running import option, use_threads
from physrbm_cli.settings import drawn
from physrbm_cli.tempering import How, needed, run_tempering

_CHAINS, _SWEEPS = 1024, 1000  # of what goes into a .npy
_OF_RUNS = (
    "path",
    "ladder",
    "swap_every",
    "replicas",
    "start",
    "data",
    "data_dir",
    "binarise",
    "shape",
    "observables",
    "max_time",
)


def sample(
    source: opts.Source = None,
    path: opts.PathName = None,
    ladder: opts.Ladder = None,
    beta: opts.Beta = None,
    sweeps: opts.Sweeps = None,
    swap_every: opts.SwapEvery = None,
    replicas: opts.Replicas = None,
    start: opts.Start = None,
    data: opts.Data = None,
    data_dir: opts.DataDir = None,
    binarise: opts.Binarise = None,
    shape: opts.Shape = None,
    observables: opts.Observables = None,
    chains: Annotated[int | None, option("Independent chains of a .npy.", _CHAINS)] = None,
    seed: opts.Seed = None,
    out: Annotated[Path | None, option("Folder of the run, or a .npy for visible states alone.", "runs/...")] = None,
    resume: opts.Resume = False,
    takeover: opts.Takeover = False,
    max_time: opts.MaxTime = None,
    threads: opts.Threads = None,
    as_json: opts.Json = False,
    quiet: opts.Quiet = False,
    verbose: opts.Verbose = False,
    bar: opts.Bar = True,
) -> None:
    """Sample a machine by parallel tempering, in a folder that can be resumed; exit code 3 if not equilibrated.

    Into a .npy: visible states of plain chains from random starts, without a folder and without a verdict.
    """
    given = dict(locals())
    if out is not None and out.suffix == ".npy":
        for name in (*_OF_RUNS, "resume", "takeover"):
            if given[name]:
                raise InvalidInput(f"--{name.replace('_', '-')} is for runs; choose a folder as --out, no .npy")
        use_threads(threads)
        n_chains, n_sweeps = _CHAINS if chains is None else chains, _SWEEPS if sweeps is None else sweeps
        return _write(needed(source), out, n_chains, n_sweeps, 1.0 if beta is None else beta, drawn(seed), as_json)
    if chains is not None:
        raise InvalidInput("--chains is for --out NAME.npy; a run has --replicas")
    how = How(out, data_dir, resume, takeover, max_time, threads, as_json, (quiet, verbose, bar))
    run_tempering("sample", given, how)


def _write(source: str, out: Path, chains: int, sweeps: int, beta: float, seed: int, as_json: bool) -> None:
    import numpy as np

    from physrbm import sampling
    from physrbm.estimate import Estimate, plain
    from physrbm.store import read_machine

    rbm = read_machine(source)
    v, h = sampling.sample(rbm, chains, sweeps, beta, seed=seed)
    energy = Estimate.of(rbm.energy(v, h) / (rbm.n_visible + rbm.n_hidden))
    np.save(out, v)
    if as_json:
        typer.echo(json.dumps({"energy": plain(energy._asdict()), "chains": chains, "sweeps": sweeps, "seed": seed}))
        return
    typer.echo(f"energy a unit {energy} after {sweeps} sweeps of {chains} chains from random starts")
    draw_squares(v, "the first:")
