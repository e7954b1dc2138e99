"""Workers on this machine: process pools of the standard library."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

from physrbm.campaign.work import Ended, Job, at_work, leaving, work

_BLAS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_LOOK_EVERY = 0.5  # seconds between two looks of a worker after its parent
# meant for the driver, which asks the runs to stop; a terminal and a batch system send them to all of a group
MEANT_FOR_DRIVER = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)


class _Worker(NamedTuple):
    """A pool of one process: one that is killed takes no other run along."""

    pool: ProcessPoolExecutor
    lifeline: Connection
    """the process ends when this is closed, or gone with ours"""


class Local:
    """An `Executor`."""

    def __init__(self, workers: int, threads: int) -> None:
        """workers: processes, started when there is something to do; threads: of the linear algebra in each."""
        self.slots, self._threads = workers, threads
        self._free: list[_Worker] = []
        self._busy: dict[Future[Ended], _Worker] = {}

    def submit(self, job: Job) -> "Future[Ended]":
        """As in `Executor`."""
        for future in [future for future in self._busy if future.done()]:
            self._free.append(self._busy.pop(future))
        while True:
            worker = self._free.pop() if self._free else _start()
            try:
                with signals_blocked(), pinned(self._threads):  # the process starts here, and inherits that
                    future = worker.pool.submit(work, job)
            except BrokenProcessPool:
                _end([worker])
                continue
            self._busy[future] = worker
            return future

    def close(self) -> None:
        """As in `Executor`."""
        _end([*self._free, *self._busy.values()])
        self._free, self._busy = [], {}


def _start() -> _Worker:
    context = get_context("spawn")  # a fork would inherit threads of numba that are not there
    far, near = context.Pipe(duplex=False)
    return _Worker(ProcessPoolExecutor(1, context, _begin, (far, os.getpid())), near)


def _end(workers: list[_Worker]) -> None:
    for worker in workers:
        worker.lifeline.close()
    for worker in workers:
        worker.pool.shutdown(wait=True, cancel_futures=True)


def _begin(lifeline: Connection, parent: int) -> None:
    """In a new worker."""
    threading.Thread(target=_hold_on, args=(lifeline, parent), daemon=True).start()


def _hold_on(lifeline: Connection, parent: int) -> None:
    """Wait until the parent closes its end, or is gone; then no pool is there to end this process."""
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        leaving.set()
    while os.getppid() == parent or at_work.locked():
        time.sleep(_LOOK_EVERY)
    os._exit(0)


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Within, no signal that is meant for the driver is heard by this thread, nor by what it starts."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, MEANT_FOR_DRIVER)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def pinned(threads: int) -> Iterator[None]:
    """Within, the environment has numpy use so many threads: by itself it takes all cores in every process."""
    new = [name for name in _BLAS if name not in os.environ]
    os.environ.update(dict.fromkeys(new, str(threads)))
    try:
        yield
    finally:
        for name in new:
            del os.environ[name]
