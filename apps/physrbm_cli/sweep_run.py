"""`physrbm sweep run`: keep workers busy with a sweep until it is done, or until it must stop."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from physrbm.errors import PhysRBMError, Stopped
from physrbm_cli import tempering_options as opts
from physrbm_cli.running import option
from physrbm_cli.terminal import say

if TYPE_CHECKING:
    from physrbm.campaign import Progress

_SHOWN = 10  # failures in words


def run(
    sweep: Annotated[Path, typer.Argument(help="The folder of a sweep.")],
    executor: Annotated[str, typer.Option(help="local (processes of this machine) or dask.")] = "local",
    workers: Annotated[int | None, option("Processes.", "one a core")] = None,
    scheduler: Annotated[str | None, option("Of dask, as in tcp://HOST:PORT; its own cluster if absent.")] = None,
    threads: Annotated[int, typer.Option(help="Kernel threads of a worker; results do not depend on it.")] = 1,
    shard: Annotated[str | None, option("k/n: only the k-th of n parts, k = 1 ... n.")] = None,
    retries: Annotated[int, typer.Option(help="How often a run that failed is tried again.")] = 2,
    takeover: opts.Takeover = False,
    max_time: opts.MaxTime = None,
    data_dir: opts.DataDir = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how long and how large, from a pilot.")] = False,
    as_json: opts.Json = False,
    quiet: opts.Quiet = False,
    bar: opts.Bar = True,
) -> None:
    """Run what is not done of a sweep; the same line every time.

    Runs that are done are skipped, partial ones go on, failed ones are tried again. Any number of these may work on one
    sweep. Ctrl-C, SIGTERM, SIGUSR1 and --max-time stop all runs with a checkpoint: exit code 75 if anything is left.
    """
    from physrbm import campaign
    from physrbm_cli.signals import Signals

    options = campaign.Options(executor, workers, scheduler, threads, shard, retries, takeover, data_dir)
    if dry_run:
        from physrbm_cli.sweep_cost import show_cost

        return show_cost(sweep, options, as_json)
    from physrbm_cli.sweep_progress import progress

    with Signals(max_time) as signals, progress(quiet, bar) as show:
        signals.arm()
        last = None
        for last in campaign.run(sweep, options, signals.reason):
            show(last)
    assert last is not None
    _end(sweep, last, as_json)


def _end(sweep: Path, last: "Progress", as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**last._asdict(), "eta": None, "left": last.left}))
    else:
        typer.echo(f"sweep {sweep}: {last.done} of {last.total} runs are done  (physrbm sweep collect {sweep})")
    for name, reason in list(last.failures.items())[:_SHOWN]:
        say(f"failed {name}: {reason}")
    if last.failures:
        more = f", {last.blocked} more need one of them" if last.blocked else ""
        raise PhysRBMError(f"{len(last.failures)} runs failed{more}  (physrbm sweep status {sweep})")
    if last.left:
        why = last.reason or "runs were stopped by ctl"
        raise Stopped(f"stopped with {last.left} runs left ({why}); go on with: physrbm sweep run {sweep}")
