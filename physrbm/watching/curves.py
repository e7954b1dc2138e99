"""A series that grows while others hold what was there before."""

from array import array

import numpy as np

from physrbm.watching.view import Series

_ROWS = 64


class Curve:
    """Rows (update, value, error) of one score; a `Series` that was given out never changes and is never copied."""

    def __init__(self) -> None:
        """Empty."""
        self._table, self._n = np.empty((3, _ROWS)), 0
        self._new = array("d")  # rows one after the other, not yet in the table
        self._last = -1.0

    def add(self, update: int, value: float, error: float) -> None:
        """A row; what stands at this update or a later one goes, it was measured before a kill."""
        if update <= self._last:
            self.cut(update - 1)
        self._new.extend((update, value, error))
        self._last = update

    def cut(self, update: int) -> None:
        """Forget rows after `update`."""
        if update >= self._last:
            return
        rows = self.series()
        self._n = int(np.searchsorted(rows.update, update, "right"))
        self._last = float(rows.update[self._n - 1]) if self._n else -1.0
        self._table = self._table.copy()  # others may hold what is written over now

    def series(self, share: float = 1.0) -> Series:
        """All rows, read-only. share: of all the rows that will soon be there; room is made for them at once."""
        if self._new:
            rows = np.frombuffer(self._new.tobytes()).reshape(-1, 3).T
            n = self._n + rows.shape[1]
            if n > self._table.shape[1]:
                larger = np.empty((3, max(2 * n, int(1.1 * n / share))))
                larger[:, : self._n] = self._table[:, : self._n]
                self._table = larger
            self._table[:, self._n : n] = rows
            self._n, self._new = n, array("d")
        rows = self._table[:, : self._n]
        rows.flags.writeable = False
        return Series(*rows)
