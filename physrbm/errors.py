"""What can go wrong, where a caller can act on it. Applications print one line and use `exit_code`."""

_LONGEST, _SIDE = 1000, 490  # characters of a message, and of its ends where it is longer


class PhysRBMError(Exception):
    """Base of the errors that physrbm raises on purpose: one printable line, whatever a file or a user put into it."""

    exit_code = 1

    def __init__(self, message: str = "") -> None:
        """Keep `message` on one line: a file that is not ours must not write to the terminal through it."""
        line = printable(message)
        super().__init__(line if len(line) <= _LONGEST else f"{line[:_SIDE]} ... {line[-_SIDE:]}")


def printable(text: str) -> str:
    """`text` without control characters."""
    return "".join(c if c.isprintable() else "?" for c in text)


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
