"""`physrbm anneal`: the main job."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from physrbm_cli.live import run_and_watch
from physrbm_cli.running import option, say_done, say_how, show_all, to_resume, use_threads
from physrbm_cli.settings import resolve, resolve_again
from physrbm_cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physrbm.experiment import Measurement
    from physrbm.spec import RunSpec
    from physrbm_cli.signals import Signals

Machine, Training, Measuring = "The machine", "Training", "Measuring"


def anneal(
    dilution: Annotated[float | None, option("Fraction of the bonds removed, in [0, 1).", None, Machine)] = None,
    data: Annotated[str | None, option("digits, mnist, or a file (.npy .npz .csv .h5 .idx).", "digits")] = None,
    data_dir: Annotated[Path | None, option("Folder that holds the MNIST files.")] = None,
    binarise: Annotated[str | None, option("Threshold in [0, 1), stochastic, or none.", 0.5)] = None,
    shape: Annotated[str | None, option("Resize images to ROWSxCOLUMNS.")] = None,
    hidden: Annotated[int | None, option("Hidden units of a fresh machine.", 500, Machine)] = None,
    scale: Annotated[float | None, option("Standard deviation of fresh couplings.", 0.1, Machine)] = None,
    origin: Annotated[str | None, option("Start from RUN, RUN@update or a file.", None, Machine, "--from")] = None,
    rule: Annotated[str | None, option("Which bonds go (physrbm dilute --list).", "random", Machine)] = None,
    gauge: Annotated[str | None, option("In which variables: binary, ising, centred.", "binary", Machine)] = None,
    schedule: Annotated[str | None, option("once, iterative, or gradual.", "once", Machine)] = None,
    dilute_at: Annotated[int | None, option("Update of the first dilution; 0 if there is one.", None, Machine)] = None,
    dilute_until: Annotated[int | None, option("Update of the last one.", None, Machine)] = None,
    rounds: Annotated[int | None, option("Dilutions of a schedule.", 10, Machine)] = None,
    rewind: Annotated[str | None, option("Then back to couplings of: update, RUN@update, file.", None, Machine)] = None,
    inherit: Annotated[str | None, option("Of those couplings: values, signs, or mask.", "values", Machine)] = None,
    keep_chains: Annotated[
        bool | None, option("Chains of --from go on.", "new-chains", Machine, "--keep-chains/--new-chains")
    ] = None,
    protocol: Annotated[str | None, option("Named experiments, with commas (physrbm dilute --list).")] = None,
    budget: Annotated[float | None, option("Updates in multiples of those of --from.", None, Training)] = None,
    updates: Annotated[int | None, option("Updates of the couplings; 0 only measures.", 3000, Training)] = None,
    sampler: Annotated[str | None, option("pcd (persistent chains) or cd.", "pcd", Training)] = None,
    sweeps: Annotated[int | None, option("Gibbs sweeps an update.", 10, Training)] = None,
    chains: Annotated[int | None, option("Persistent chains.", 512, Training)] = None,
    batch: Annotated[int | None, option("Samples a batch.", 512, Training)] = None,
    learning_rate: Annotated[float | None, option("Largest learning rate.", 0.2, Training)] = None,
    decay: Annotated[float | None, option("Smallest learning rate over the largest.", 0.1, Training)] = None,
    rate_law: Annotated[str | None, option("exponential, cosine, or triangular.", "exponential", Training)] = None,
    cycles: Annotated[int | None, option("Cycles of the learning rate; 1 if absent.", None, Training)] = None,
    trains: Annotated[str | None, option("all, or the fields alone.", "all", Training)] = None,
    curriculum: Annotated[float | None, option("Fraction of the run with easy samples first.", 0.0, Training)] = None,
    centred: Annotated[bool | None, option("The gradient.", "centred", Training, "--centred/--plain")] = None,
    l1: Annotated[float | None, option("L1 penalty on the couplings.", 0.0, Training)] = None,
    statistics: Annotated[str | None, option("Of the chains: means, or counts.", "means", Training)] = None,
    l2: Annotated[float | None, option("L2 penalty on the couplings.", 0.0, Training)] = None,
    measurements: Annotated[int | None, option("Times the cheap scores are taken on the way.", 20, Measuring)] = None,
    ais_chains: Annotated[int | None, option("Chains that estimate log Z.", 1024, Measuring)] = None,
    samples: Annotated[int | None, option("Configurations generated at the end.", 1024, Measuring)] = None,
    sample_sweeps: Annotated[int | None, option("Sweeps from random starts for them.", 1000, Measuring)] = None,
    seed: Annotated[int | None, option("Random seed; drawn from the system if absent, and printed.")] = None,
    config: Annotated[Path | None, option("TOML file of these settings, named with underscores.")] = None,
    out: Annotated[Path | None, option("Folder of the run.", "runs/...")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out, if there is one.")] = False,
    takeover: Annotated[bool, typer.Option("--takeover", help="Break a lock without a sign of life.")] = False,
    max_time: Annotated[str | None, option("Stop with a checkpoint after a time like 3h50m.")] = None,
    threads: Annotated[int | None, option("Kernel threads; results do not depend on it.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, how long, how large.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="A line for every measurement.")] = False,
    bar: Annotated[bool, typer.Option("--progress/--no-progress", help="A bar, where there is a terminal.")] = True,
    live: Annotated[
        bool, typer.Option("--live", help="Watch it in the monitor; leaving that leaves the run going.")
    ] = False,
) -> None:
    """Dilute a fresh machine, let the surviving couplings anneal on data, then measure.

    Settings also come from --config FILE.toml and from the environment as PHYSRBM_HIDDEN, PHYSRBM_SEED, ...;
    PHYSRBM_DATA is the folder of the MNIST files.
    """
    given = dict(locals())
    from physrbm.spec import RunSpec
    from physrbm_cli.signals import Signals

    given = {name: given[name] for name in RunSpec.model_fields}
    with Signals(max_time) as signals:
        again = to_resume(out, RunSpec) if resume or takeover else None
        spec = resolve(given, config, budget) if again is None else resolve_again(given, config, again)
        use_threads(threads)
        if dry_run:
            from physrbm_cli.plan import plan

            return plan(spec, data_dir, as_json)
        folder = out or _folder(spec)
        if live:
            return run_and_watch(folder, spec.seed)
        found = _measurements(spec, folder, data_dir, signals, again is not None, takeover)
        last = show_all(found, signals, (quiet, verbose, bar), lambda m: _say_what(m, spec, folder), again is not None)
    if last is None:
        say_done(folder, as_json)
    else:
        _print(spec, last, folder, as_json)


def _folder(spec: "RunSpec") -> Path:
    origin = "" if spec.origin is None else Path(spec.origin).name.removesuffix(".h5")
    size = f"h{spec.hidden}" if spec.origin is None else f"from-{origin}"
    dilution = "" if spec.dilution is None else f"-p{spec.dilution:.4g}"
    protocol = "".join(f"-{name}" for name in spec.protocol)
    return Path("runs") / f"{Path(spec.data).stem}-{size}{protocol}{dilution}-s{spec.seed}"


def _measurements(
    spec: "RunSpec", folder: Path, data_dir: Path | None, signals: "Signals", again: bool, takeover: bool
) -> "Iterator[Measurement]":
    from physrbm import experiment

    if not again:
        return experiment.record(spec, folder, data_dir, signals.reason, takeover, sys.argv)
    signals.arm()  # there is a checkpoint already
    found = experiment.resume(folder, data_dir, signals.reason, takeover, sys.argv)
    return cast("Iterator[Measurement]", found)


def _say_what(m: "Measurement", spec: "RunSpec", folder: Path) -> None:
    rbm = m.rbm
    size = f"{rbm.n_visible} x {rbm.n_hidden}, {rbm.n_bonds} of {rbm.n_possible} bonds"
    data = f"{len(m.data.train)} + {len(m.data.test)} samples (train + test)"
    say(f"run {folder}: {size}, {data}, seed {spec.seed}")
    say_how(folder, spec.command)


def _print(spec: "RunSpec", last: "Measurement", folder: Path, as_json: bool) -> None:
    from physrbm.experiment import report
    from physrbm_cli.report import show

    assert last.final is not None
    if as_json:
        typer.echo(json.dumps({"run": str(folder), **report(spec, last.update, last.rbm, last.final, last.seconds)}))
    else:
        show(last)
        typer.echo(f"run {folder}  (physrbm show {folder})")
    if not last.final.log_z.estimated:
        raise typer.Exit(3)
