"""What can go wrong, where a caller can act on it. Applications print one line and use `exit_code`."""


class PhysRBMError(Exception):
    """Base of the errors that physrbm raises on purpose."""

    exit_code = 1


class InvalidInput(PhysRBMError, ValueError):
    """A value, a file or an option is not what it must be; the message names it and what is allowed."""

    exit_code = 2


class RunExists(PhysRBMError):
    """The folder already holds a run; nothing in it was touched."""

    exit_code = 4


class RunLocked(PhysRBMError):
    """Another process writes the run."""

    exit_code = 4


class NoCheckpoint(PhysRBMError):
    """There is no stored machine to start from."""

    exit_code = 5


class Stopped(PhysRBMError):
    """A run was asked to stop and left a checkpoint to go on from."""

    exit_code = 75


class Diverged(PhysRBMError):
    """Couplings left the range a float32 chain can sample; the last healthy machine is kept."""


class StoreFailed(PhysRBMError):
    """A run folder cannot be written any more (disk full, read-only, gone); what is in it stays usable."""


class DataUnavailable(PhysRBMError):
    """A data set could be neither found nor fetched."""
