"""Running a sweep: keep the workers busy, look at what they leave behind, stop in time."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from physrbm import store
from physrbm.campaign.board import Board, Progress
from physrbm.campaign.executors import Executor, executor
from physrbm.campaign.manifest import Entry, read_manifest
from physrbm.campaign.shards import shard
from physrbm.campaign.states import state_of
from physrbm.campaign.work import Ended, Job, warm
from physrbm.errors import InvalidInput, PhysRBMError

_TICK = 0.5  # seconds between two looks at the clock and at signals
_ASK_AGAIN = 3.0  # seconds after which a run is asked to stop once more: it may have begun since


class Options(NamedTuple):
    """How a sweep is run; none of it changes a result."""

    executor: str = "local"
    """local, or dask"""
    workers: int | None = None
    """processes; one a core if absent"""
    scheduler: str | None = None
    """of dask: that of a cluster that is there"""
    threads: int = 1
    """of the kernels, in every worker"""
    shard: str | None = None
    """k/n: the k-th of n parts, k = 1 ... n"""
    retries: int = 2
    """how often a run that failed is tried again"""
    takeover: bool = False
    """whether runs without a sign of life are taken from processes that cannot be seen to be gone"""
    data_dir: str | Path | None = None


class _Flight(NamedTuple):
    entry: Entry
    checkpoint: int
    """newest one when the run was begun here"""


def run(folder: str | Path, options: Options | None = None, stop: Callable[[], str] = lambda: "") -> Iterator[Progress]:
    """Run what is not done of the sweep in `folder`: yields progress about twice a second, at last how it ended.

    Runs that are done are skipped, partial ones resumed, failed ones tried again. Several drivers may work on one
    sweep. stop: asked all the time; a reason lets no more runs begin and stops the others with a checkpoint. A script
    that calls this needs `if __name__ == "__main__":`, because workers import it. Raises InvalidInput.
    """
    how = checked(options or Options())
    sweep = Path(folder).resolve()
    board = Board(sweep, shard(read_manifest(sweep).entries, how.shard), how.retries, how.takeover)
    if board.is_over:
        yield board.progress(0)
        return
    with executor(how.executor, how.workers or cores(how.threads), how.threads, how.scheduler) as engine:
        if how.scheduler is None:
            warm(how.threads)
        yield from _drive(board, engine, sweep, how, stop)


def cores(threads: int = 1) -> int:
    """Workers of so many threads that this process may keep busy."""
    n = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, n // threads)


def checked(how: Options) -> Options:
    """Paths hold in any folder. Raises InvalidInput."""
    for name, least in (("workers", 1), ("threads", 1), ("retries", 0)):
        value = getattr(how, name)
        if value is not None and value < least:
            raise InvalidInput(f"{name} must be at least {least}, got {value}")
    data_dir = how.data_dir or os.environ.get("PHYSRBM_DATA")
    return how._replace(data_dir=os.path.abspath(data_dir) if data_dir else None)


def _drive(board: Board, engine: Executor, sweep: Path, how: Options, stop: Callable[[], str]) -> Iterator[Progress]:
    flying: dict[Future[Ended], _Flight] = {}
    asked: dict[str, float] = {}
    while True:
        if reason := stop():
            _ask(flying, asked, sweep)
        else:
            _fill(board, engine, flying, sweep, how)
        if not flying and (reason or board.is_over):
            break
        if flying:
            for future in wait(flying, _TICK, FIRST_COMPLETED).done:
                entry, before = flying.pop(future)
                board.take(entry, before, _outcome(future))
        else:
            time.sleep(_TICK)
        board.look_again()
        yield board.progress(len(flying), reason)
    yield board.progress(0, reason)


def _fill(board: Board, engine: Executor, flying: dict[Future[Ended], _Flight], sweep: Path, how: Options) -> None:
    while len(flying) < engine.slots and (found := board.next()) is not None:
        entry, checkpoint = found
        data_dir = None if how.data_dir is None else str(how.data_dir)
        job = Job(str(sweep), str(entry.folder), entry.spec, data_dir, how.threads, how.takeover)
        flying[engine.submit(job)] = _Flight(entry, checkpoint)


def _outcome(future: "Future[Ended]") -> Ended:
    try:
        return future.result()
    except Exception as error:  # whatever the engine says of a process that is gone
        return Ended("lost", f"its worker was lost ({type(error).__name__})")


def _ask(flying: dict[Future[Ended], _Flight], asked: dict[str, float], sweep: Path) -> None:
    """Ask the runs that are under way to stop; one that has not begun yet does not hear it, and is asked again."""
    for entry, _ in flying.values():
        due = time.monotonic() - asked.get(entry.name, float("-inf")) > _ASK_AGAIN
        if due and state_of(sweep, entry).name == "running":
            asked[entry.name] = time.monotonic()
            with suppress(OSError, PhysRBMError):
                store.send(sweep / entry.folder, "stop")
