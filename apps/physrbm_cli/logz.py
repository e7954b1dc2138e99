"""`physrbm logz`: log Z of a machine, by one method or by all."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from physrbm.errors import InvalidInput
from physrbm_cli import tempering_options as opts
from physrbm_cli.running import option, use_threads
from physrbm_cli.settings import drawn, resolve_tempering
from physrbm_cli.tempering import How, needed, run_tempering

if TYPE_CHECKING:
    from physrbm.spec import TemperSpec

_AT_ONCE = {"ais", "exact"}  # these read no tempering
_OF_RUNS = ("path", "ladder", "sweeps", "swap_every", "replicas", "start", "observables", "out", "max_time")
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
    chains: Annotated[int | None, option("Independent chains of --method ais.", _CHAINS)] = None,
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

    The methods ais and exact are done at once. The others read a run of parallel tempering, in a folder that can be
    resumed.
    """
    given = dict(locals())
    if (method or "ais") in _AT_ONCE and not (resume or takeover):
        for name in _OF_RUNS:
            if given[name] is not None:
                flag = f"--{name.replace('_', '-')}"
                raise InvalidInput(f"{flag} is for runs of tempering; --method {method or 'ais'} needs none")
        if method == "exact" and (chains is not None or rungs is not None):
            raise InvalidInput("--chains and --rungs are for --method ais")
        about = {name: given[name] for name in ("beta", "data", "binarise", "shape")}
        spec = resolve_tempering(
            {"source": needed(source), "methods": method or "ais", "seed": drawn(seed), **about}, None
        )
        use_threads(threads)
        return _at_once(spec, data_dir, _CHAINS if chains is None else chains, rungs, as_json)
    for name in ("chains", "rungs"):
        if given[name] is not None:
            raise InvalidInput(f"--{name} is for --method ais; a run of tempering has --replicas and --ladder")
    given["methods"] = method
    how = How(out, data_dir, resume, takeover, max_time, threads, as_json, (quiet, verbose, bar))
    run_tempering("logz", given, how)


def _at_once(spec: "TemperSpec", data_dir: Path | None, chains: int, rungs: int | None, as_json: bool) -> None:
    from physrbm.estimate import plain
    from physrbm.experiment import load
    from physrbm.partition import log_z
    from physrbm.store import read_machine

    rbm, data = read_machine(spec.source), load(spec, data_dir)
    train = None if data is None else data.train
    estimate = log_z(rbm, spec.methods[0], spec.beta, chains, rungs, train, spec.seed)
    typer.echo(json.dumps(plain(estimate._asdict())) if as_json else str(estimate))
    if not estimate.estimated:
        raise typer.Exit(3)
