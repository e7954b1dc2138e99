"""Which runs may begin, which are under way and by whom, and which are given up: what a driver keeps in mind.

It can forget it all: the folders of the runs say it again.
"""

import heapq
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from physrbm.campaign.cost import longest_chains, seconds
from physrbm.campaign.manifest import Entry
from physrbm.campaign.states import State, state_of
from physrbm.campaign.work import Ended

_AGAIN = 1.0  # seconds between two looks at a run that another driver has
_PATIENCE = 120.0  # seconds without a sign of life after which nobody waits for it any more


class Progress(NamedTuple):
    """How far a driver is."""

    total: int
    done: int
    running: int
    """by this driver"""
    elsewhere: int
    """by others"""
    failures: dict[str, str]
    """runs that were given up, and why"""
    blocked: int
    """runs that need one of those"""
    stopped: dict[str, str]
    """runs that were asked to stop, and by what"""
    eta: float
    """seconds to the last run, NaN where nothing is known"""
    reason: str = ""
    """why no more runs begin"""

    @property
    def left(self) -> int:
        """Runs that may yet be done."""
        return self.total - self.done - len(self.failures) - self.blocked


class Board:
    """The runs of one driver."""

    def __init__(self, sweep: Path, entries: tuple[Entry, ...], retries: int, takeover: bool) -> None:
        """Every folder is looked at once."""
        self._sweep, self._entries, self._retries, self._takeover = sweep, entries, retries, takeover
        self._known = {entry.name: entry for entry in entries}
        self._cost = {entry.name: seconds(entry) for entry in entries}
        self._rank = longest_chains(entries, self._cost)  # what takes longest begins first
        self._below: dict[str, list[str]] = {}
        for entry in entries:
            for name in entry.needs:
                self._below.setdefault(name, []).append(entry.name)
        self._waiting = {entry.name: set(entry.needs) for entry in entries}
        self._ready: list[tuple[float, str]] = []
        self._attempts: dict[str, int] = {}
        self._elsewhere: dict[str, float] = {}
        self.done: set[str] = set()
        self.failures: dict[str, str] = {}
        self.stopped: dict[str, str] = {}
        self.blocked: set[str] = set()
        for entry in entries:
            state = state_of(sweep, entry)
            if state.name == "done":
                self._finish(entry)
            elif not self._waiting[entry.name]:
                self._push(entry)
        self._began, self._before = time.monotonic(), self._cost_of(self.done)

    @property
    def is_over(self) -> bool:
        """Whether no run can begin, now or when another driver has ended one."""
        return not self._ready and not self._elsewhere

    def next(self) -> tuple[Entry, int] | None:
        """The run to begin, or to go on with, and its newest checkpoint; what others did meanwhile is taken in."""
        while self._ready:
            entry = self._known[heapq.heappop(self._ready)[1]]
            state = state_of(self._sweep, entry)
            if not self._is_elsewhere(entry, state):
                if state.name != "done":
                    return entry, state.checkpoint
                self._finish(entry)
        return None

    def take(self, entry: Entry, before: int, ended: Ended) -> None:
        """A run that this driver had begun at the checkpoint `before` has ended; its folder says how."""
        state = state_of(self._sweep, entry)
        if state.name == "done":
            self._finish(entry)
        elif ended.how == "taken":
            self._elsewhere[entry.name] = time.monotonic() + _AGAIN
        elif ended.how == "stopped":
            self.stopped[entry.name] = ended.reason
        elif not self._is_elsewhere(entry, state):
            self._try_again(entry, ended, ended.how == "lost" and state.checkpoint > before)

    def look_again(self) -> None:
        """At the runs of other drivers, from time to time."""
        now = time.monotonic()
        for entry in [self._known[name] for name, due in self._elsewhere.items() if due <= now]:
            del self._elsewhere[entry.name]
            state = state_of(self._sweep, entry)
            if state.name == "done":
                self._finish(entry)
            elif state.name == "stalled" and state.silent > _PATIENCE and not self._takeover:
                self._give_up(entry, f"no sign of life for {state.silent:.0f} s; --takeover goes on with it")
            elif not self._is_elsewhere(entry, state):
                self._push(entry)

    def progress(self, running: int, reason: str = "") -> Progress:
        """How far it is, with so many runs under way."""
        seconds, spent = time.monotonic() - self._began, self._cost_of(self.done) - self._before
        over = {*self.done, *self.failures, *self.blocked}
        left = self._cost_of(name for name in self._known if name not in over)
        eta = left * seconds / spent if spent > 0 else float("nan")
        counts = len(self._known), len(self.done), running, len(self._elsewhere)
        return Progress(*counts, dict(self.failures), len(self.blocked), dict(self.stopped), eta, reason)

    def _cost_of(self, names: Iterable[str]) -> float:
        return sum(self._cost[name] for name in names)

    def _push(self, entry: Entry) -> None:
        heapq.heappush(self._ready, (-self._rank[entry.name], entry.name))

    def _is_elsewhere(self, entry: Entry, state: State) -> bool:
        """Whether another driver has the run, which is looked at again then."""
        theirs = state.name == "running" or (state.name == "stalled" and not self._takeover)
        if theirs:
            self._elsewhere[entry.name] = time.monotonic() + _AGAIN
        return theirs

    def _finish(self, entry: Entry) -> None:
        self.done.add(entry.name)
        for name in self._below.get(entry.name, []):
            if entry.name in self._waiting[name]:
                self._waiting[name].remove(entry.name)
                if not self._waiting[name] and name not in self.done:
                    self._push(self._known[name])

    def _try_again(self, entry: Entry, ended: Ended, progressed: bool) -> None:
        self._attempts[entry.name] = self._attempts.get(entry.name, 0) + (not progressed)
        if self._attempts[entry.name] > self._retries:
            self._give_up(entry, ended.reason)
        else:
            self._push(entry)

    def _give_up(self, entry: Entry, reason: str) -> None:
        self.failures[entry.name] = reason
        below = list(self._below.get(entry.name, []))
        while below:
            name = below.pop()
            self.blocked.add(name)
            below += self._below.get(name, [])
