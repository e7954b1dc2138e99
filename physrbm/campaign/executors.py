"""Who runs the runs: existing engines behind three methods."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Protocol

from physrbm.campaign.work import Ended, Job
from physrbm.errors import InvalidInput

EXECUTORS = ("local", "dask")


class Executor(Protocol):
    """Anything that calls `work(job)` in another process, as futures of the standard library."""

    @property
    def slots(self) -> int:
        """How many jobs it works on at once."""
        ...

    def submit(self, job: Job) -> "Future[Ended]":
        """Begin `work(job)`; the future raises where the process is lost."""
        ...

    def close(self) -> None:
        """End the processes; runs that go on stop with a checkpoint where the engine can tell them."""
        ...


@contextmanager
def executor(name: str, workers: int, threads: int = 1, scheduler: str | None = None) -> Iterator[Executor]:
    """The engine `name` with so many processes of so many threads, or with those of a dask `scheduler` (tcp://...).

    Raises InvalidInput.
    """
    if name not in EXECUTORS:
        raise InvalidInput(f"unknown executor {name!r}; allowed: {', '.join(EXECUTORS)}")
    if scheduler is not None and name != "dask":
        raise InvalidInput("a scheduler is one of dask: --executor dask --scheduler tcp://HOST:PORT")
    found: Executor
    if name == "dask":
        from physrbm.campaign.on_dask import Dask

        found = Dask(workers, scheduler)
    else:
        from physrbm.campaign.local import Local

        found = Local(workers, threads)
    try:
        yield found
    finally:
        found.close()
