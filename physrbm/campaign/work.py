"""What a worker does: one run, in the folder of its sweep."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock
from typing import NamedTuple

from physrbm import experiment
from physrbm.errors import PhysRBMError, RunExists, RunLocked, Stopped
from physrbm.sampling import set_threads
from physrbm.spec import Spec, make_spec
from physrbm.store import is_unused

_COMMAND = ["physrbm", "sweep", "run"]  # the same wherever the sweep lies
leaving = Event()
"""Set in a worker that must end: the run that it is at stops with a checkpoint."""
at_work = Lock()
"""Held while a run goes on: a process has one current folder, also one that works in several threads."""


class Job(NamedTuple):
    """A run for a worker; small, and understood by any process that has physrbm."""

    sweep: str
    """absolute path"""
    folder: str
    """of the run, relative to that"""
    spec: Spec
    data_dir: str | None
    threads: int
    takeover: bool


class Ended(NamedTuple):
    """How that went; what came of it is in the folder of the run."""

    how: str
    """ended (done, or nothing was left to do), stopped, taken (by another process) or failed"""
    reason: str = ""


def work(job: Job) -> Ended:
    """Begin the run of a job, or go on with it; nothing is raised for what is wrong with the run."""
    try:
        with at_work:
            os.chdir(job.sweep)  # what a run starts from is named relative to its sweep
            set_threads(job.threads)
            _go(job, lambda: "the worker is told to leave" if leaving.is_set() else "")
        return Ended("ended")
    except Stopped as stopped:
        return Ended("stopped", str(stopped))
    except (RunLocked, RunExists) as taken:
        return Ended("taken", str(taken))
    except PhysRBMError as error:
        return Ended("failed", str(error))
    except Exception as error:  # a run that cannot be had must not end the others
        return Ended("failed", f"{type(error).__name__}: {error}")


def _go(job: Job, stop: Callable[[], str]) -> None:
    how = job.data_dir, stop, job.takeover, _COMMAND
    folder = Path(job.folder)
    steps = experiment.record(job.spec, folder, *how) if is_unused(folder) else experiment.resume(folder, *how)
    for _ in steps:
        pass


def warm(threads: int) -> None:
    """Compile the kernels that runs use, or find them compiled: workers that start together would all do it.

    Raises InvalidInput for a number of threads that this machine does not have.
    """
    set_threads(threads)
    tiny = make_spec({"hidden": 8, "updates": 1, "measurements": 1, "chains": 64, "batch": 64, "ais_chains": 100,
                      "samples": 40, "sample_sweeps": 5})  # fmt: skip
    for dilution in (None, 0.9):  # dense machines have kernels of their own
        for _ in experiment.run(tiny.model_copy(update={"dilution": dilution})):
            pass
