"""How fast a run goes now."""

from bisect import bisect_right


class Pace:
    """The rate over the second half of what this process has done, in whole periods from one measurement to the next:
    what a measurement costs counts once a period, and an early stage that was slower does not count for ever.
    """

    def __init__(self, update: int, clock: float) -> None:
        """Begin at `update`, at `clock` seconds."""
        self._known = [(update, clock)]

    def measured(self, update: int, clock: float) -> None:
        """A period is over."""
        self._known.append((update, clock))

    def rate(self, update: int, clock: float) -> float:
        """Updates a second; before the first period is over, of what there is; 0 where none was made."""
        first, last = self._known[0][0], self._known[-1][0]
        if last == first:
            return _ratio(update - first, clock - self._known[0][1])
        start = self._known[bisect_right(self._known, (first + last) / 2, key=lambda known: known[0]) - 1]
        return _ratio(last - start[0], self._known[-1][1] - start[1])


def _ratio(updates: int, seconds: float) -> float:
    return updates / max(1e-9, seconds)
