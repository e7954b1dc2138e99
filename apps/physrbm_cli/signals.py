"""How a run is asked to stop from outside: signals and a time limit, heard between kernel calls."""

import re
import signal
import time
from types import FrameType, TracebackType

from physrbm.errors import InvalidInput

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP)
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


class Signals:
    """A flag that the first signal sets; the second ends the program at once. A context manager."""

    def __init__(self, max_time: str | None) -> None:
        """The clock starts here; `max_time` as in 3h50m. Raises InvalidInput."""
        self._limit = max_time
        self._ends = float("inf") if max_time is None else time.monotonic() + seconds(max_time)
        self._name = ""
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> "Signals":
        """Return itself; signals do what they did until `arm`."""
        return self

    def arm(self) -> None:
        """Hear signals from here on: there is something worth saving."""
        for number in () if self._before else _SIGNALS:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:  # nohup means it
                self._before[number] = before
                signal.signal(number, self._hear)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the handlers back."""
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]

    def reason(self) -> str:
        """Why the run must stop; empty if it need not."""
        return self._name or (f"time limit {self._limit}" if time.monotonic() > self._ends else "")

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self._name and number == signal.SIGINT:
            raise KeyboardInterrupt
        if self._name and number == signal.SIGTERM:
            raise SystemExit(128 + number)
        self._name = signal.Signals(number).name


def seconds(text: str) -> float:
    """Seconds of a time like 3h50m, 90s or 2d. Raises InvalidInput."""
    parts = re.fullmatch("".join(rf"(?:(\d{{1,6}}(?:\.\d+)?){unit})?" for unit in _UNITS), text)
    if not text or parts is None:
        raise InvalidInput(f"max-time must be a time like 3h50m, 90s or 2d, got {text!r}")
    return float(sum(float(n) * _UNITS[unit] for n, unit in zip(parts.groups(), "dhms", strict=True) if n))
