"""Workers of dask.distributed: those of a scheduler that is there, or of a cluster on this machine."""

import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING

from physrbm.campaign.local import signals_blocked
from physrbm.campaign.work import Ended, Job, work
from physrbm.errors import InvalidInput, PhysRBMError

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

# by default dask has workers give memory back at once, which makes a run of digits ten times slower: the compressor of
# a score takes and gives megabytes hundreds of times. Workers that are there already should be started without it too.
_TRIM = "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_"
_SECONDS = 20  # to find a scheduler


class Dask:
    """An `Executor`."""

    def __init__(self, workers: int, scheduler: str | None) -> None:
        """workers: of the cluster that is started without a `scheduler`. Raises InvalidInput, PhysRBMError."""
        try:
            import distributed  # noqa: F401
        except ImportError as error:
            raise InvalidInput("the executor 'dask' needs dask.distributed: pip install 'physrbm[dask]'") from error
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # a worker that is lost is no news here
        self._cluster: LocalCluster | None = None
        with signals_blocked():  # its threads and processes inherit that
            if scheduler is None:
                self._cluster = _cluster(workers)
            self._client = _client(scheduler or self._cluster)
        self._futures = self._client.get_executor(pure=False)

    @property
    def slots(self) -> int:
        """As in `Executor`; workers may come and go."""
        return max(1, len(self._client.nthreads()))

    def submit(self, job: Job) -> "Future[Ended]":
        """As in `Executor`."""
        future: Future[Ended] = self._futures.submit(work, job)
        return future

    def close(self) -> None:
        """As in `Executor`."""
        self._futures.shutdown(wait=False)
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def _cluster(workers: int) -> "LocalCluster":
    import dask
    from distributed import LocalCluster

    try:
        with dask.config.set({_TRIM: None}):
            return LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )  # fmt: skip
    except (OSError, RuntimeError) as error:
        raise PhysRBMError(f"a dask cluster could not be started here ({error})") from error


def _client(where: "str | LocalCluster | None") -> "Client":
    from distributed import Client

    try:
        return Client(where, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:  # a time-out is an OSError
        raise InvalidInput(f"no dask scheduler at {where}, as in tcp://HOST:PORT ({error})") from error
