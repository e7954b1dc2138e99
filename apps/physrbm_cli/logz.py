"""`physrbm logz`: log Z of a machine, by one method or by all."""

import json
from pathlib import Path
from typing import Annotated

import typer

from physrbm.errors import InvalidInput
from physrbm_cli import tempering_options as opts
from physrbm_cli.running import option
from physrbm_cli.tempering import How, needed, run_tempering

_CHEAP = ("ais", "exact")  # done within seconds: in a folder only where one is named
_OF_RUNS = ("path", "ladder", "sweeps", "swap_every", "replicas", "start", "data", "binarise", "shape", "observables")
_CHAINS = 1024


def logz(
    source: opts.Source = None,
    method: Annotated[
        str | None, option("ais, ais_reverse, bar, exact, integration, mbar; several with commas; all.", "ais")
    ] = None,
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
    chains: Annotated[int | None, option("Independent chains of ais without a run.", _CHAINS)] = None,
    rungs: Annotated[int | None, option("Its rungs; a pilot counts them if absent.")] = None,
    seed: opts.Seed = None,
    out: Annotated[Path | None, option("Folder of the run.", "runs/...")] = None,
    resume: opts.Resume = False,
    takeover: opts.Takeover = False,
    max_time: opts.MaxTime = None,
    threads: opts.Threads = None,
    as_json: opts.Json = False,
    quiet: opts.Quiet = False,
    verbose: opts.Verbose = False,
    bar: opts.Bar = True,
) -> None:
    """Estimate log Z with a 95 % interval, or say that it cannot be estimated; exit code 3 then.

    Without --out, ais and exact are done at once. The other methods read a run of parallel tempering, in a folder that
    can be resumed.
    """
    given = dict(locals())
    if (method or "ais") in _CHEAP and not (resume or takeover or out is not None):
        for name in (*_OF_RUNS, "max_time"):
            if given[name] is not None:
                raise InvalidInput(f"--{name.replace('_', '-')} is for runs; give --out, or another --method")
        use = (1.0 if beta is None else beta, _CHAINS if chains is None else chains, rungs, seed or 0)
        return _at_once(needed(source), method or "ais", *use, as_json)
    for name in ("chains", "rungs"):
        if given[name] is not None:
            raise InvalidInput(f"--{name} is for ais without a run; a run has --replicas and --ladder")
    given["methods"] = method
    how = How(out, data_dir, resume, takeover, max_time, threads, as_json, (quiet, verbose, bar))
    run_tempering("logz", given, how)


def _at_once(source: str, method: str, beta: float, chains: int, rungs: int | None, seed: int, as_json: bool) -> None:
    from physrbm.estimate import plain
    from physrbm.partition import log_z
    from physrbm.store import read_machine

    estimate = log_z(read_machine(source), method, beta, chains, rungs, seed=seed)
    typer.echo(json.dumps(plain(estimate._asdict())) if as_json else str(estimate))
    if not estimate.estimated:
        raise typer.Exit(3)
