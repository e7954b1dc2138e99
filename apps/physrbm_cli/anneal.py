"""`physrbm anneal`: the main job."""

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from physrbm.errors import InvalidInput
from physrbm_cli.settings import resolve, resolve_again
from physrbm_cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physrbm.experiment import Measurement
    from physrbm.spec import RunSpec
    from physrbm.store import Run
    from physrbm_cli.signals import Signals

Style = tuple[bool, bool, bool]  # quiet, verbose, bar
Machine, Training, Measuring = "The machine", "Training", "Measuring"


def option(help: str, default: object = None, panel: str | None = None, flags: str | None = None):  # type: ignore[no-untyped-def]
    """A setting of the run: absent means environment, config file or `default`, which the help shows."""
    names = () if flags is None else (flags,)
    shown = False if default is None else str(default)
    return typer.Option(*names, help=help, show_default=shown, rich_help_panel=panel)


def anneal(
    dilution: Annotated[float | None, option("Fraction of the bonds removed, in [0, 1).", None, Machine)] = None,
    data: Annotated[str | None, option("digits, mnist, or a file (.npy .npz .csv .h5 .idx).", "digits")] = None,
    data_dir: Annotated[Path | None, option("Folder that holds the MNIST files.")] = None,
    binarise: Annotated[str | None, option("Threshold in [0, 1), stochastic, or none.", 0.5)] = None,
    shape: Annotated[str | None, option("Resize images to ROWSxCOLUMNS.")] = None,
    hidden: Annotated[int | None, option("Hidden units of a fresh machine.", 500, Machine)] = None,
    scale: Annotated[float | None, option("Standard deviation of fresh couplings.", 0.1, Machine)] = None,
    origin: Annotated[str | None, option("Start from RUN, RUN@update or a file.", None, Machine, "--from")] = None,
    rule: Annotated[str | None, option("Which bonds go: random, magnitude.", "random", Machine)] = None,
    gauge: Annotated[str | None, option("In which variables: binary, ising, centred.", "binary", Machine)] = None,
    updates: Annotated[int | None, option("Updates of the couplings; 0 only measures.", 3000, Training)] = None,
    sampler: Annotated[str | None, option("pcd (persistent chains) or cd.", "pcd", Training)] = None,
    sweeps: Annotated[int | None, option("Gibbs sweeps an update.", 10, Training)] = None,
    chains: Annotated[int | None, option("Persistent chains.", 512, Training)] = None,
    batch: Annotated[int | None, option("Samples a batch.", 512, Training)] = None,
    learning_rate: Annotated[float | None, option("Learning rate of the first update.", 0.2, Training)] = None,
    decay: Annotated[float | None, option("Last learning rate over the first; 1: constant.", 0.1, Training)] = None,
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
        again = _to_resume(out) if resume or takeover else None
        spec = resolve(given, config) if again is None else resolve_again(given, config, again.spec)
        if threads is not None:
            from physrbm.sampling import set_threads

            set_threads(threads)
        if dry_run:
            from physrbm_cli.plan import plan

            return plan(spec, data_dir, as_json)
        folder = out or _folder(spec)
        found = _measurements(spec, folder, data_dir, signals, again, takeover)
        last = _show_all(found, spec, folder, signals, (quiet, verbose, bar), again is not None)
    if last is None and again is not None and as_json:
        typer.echo(json.dumps(again.report()))
    elif last is None:
        say(f"run {folder} is done  (physrbm show {folder})")
    else:
        _print(spec, last, folder, as_json)


def _to_resume(out: Path | None) -> "Run | None":
    """The run in `out`; None if none has begun there."""
    from physrbm.store import is_unused, open_run

    if out is None:
        raise InvalidInput("--resume needs --out, the folder of the run")
    if is_unused(out):
        say(f"no run in {out} yet: a new one begins")
        return None
    return open_run(out)


def _folder(spec: "RunSpec") -> Path:
    size = f"h{spec.hidden}" if spec.origin is None else f"from-{Path(spec.origin).stem}"
    dilution = "" if spec.dilution is None else f"-p{spec.dilution:.4g}"
    return Path("runs") / f"{Path(spec.data).stem}-{size}{dilution}-s{spec.seed}"


def _measurements(
    spec: "RunSpec", folder: Path, data_dir: Path | None, signals: "Signals", again: "Run | None", takeover: bool
) -> "Iterator[Measurement]":
    from physrbm import experiment

    if again is None:
        return experiment.record(spec, folder, data_dir, signals.reason, takeover, sys.argv)
    signals.arm()  # there is a checkpoint already
    return experiment.resume(folder, data_dir, signals.reason, takeover, sys.argv)


def _show_all(
    measurements: "Iterator[Measurement]",
    spec: "RunSpec",
    folder: Path,
    signals: "Signals",
    style: Style,
    again: bool,
) -> "Measurement | None":
    """The last measurement; None if there was nothing left to do."""
    from physrbm_cli.progress import progress

    last = None
    with progress(*style) as show:
        for m in measurements:
            if last is None:
                signals.arm()
                if not style[0]:
                    _say_what(m, spec, folder)
                if again and not style[0]:
                    say(f"going on from update {m.update}")
            last = m
            show(m)
    return last


def _say_what(m: "Measurement", spec: "RunSpec", folder: Path) -> None:
    rbm = m.rbm
    size = f"{rbm.n_visible} x {rbm.n_hidden}, {rbm.n_bonds} of {rbm.n_possible} bonds"
    data = f"{len(m.data.train)} + {len(m.data.test)} samples (train + test)"
    say(f"run {folder}: {size}, {data}, seed {spec.seed}")
    say(f"look: physrbm show {folder}   resume: physrbm anneal --out {shlex.quote(str(folder))} --resume")


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
