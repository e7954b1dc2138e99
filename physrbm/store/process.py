"""Who writes a run: a process of a host that has booted once."""

import os
import socket
from pathlib import Path
from typing import Any, NamedTuple


class Process(NamedTuple):
    """Enough to tell a living writer from a dead one, and from another process that got its number."""

    pid: int
    host: str
    space: str
    """of process numbers on that host (a container has its own); empty where the system does not say"""
    boot: str
    """changes when the host boots; empty where the system does not say"""
    started: str
    """when the process started, in ticks since then; empty where the system does not say"""


def this_process() -> Process:
    """The process that asks."""
    return Process(os.getpid(), socket.gethostname(), _space(), _boot(), _stat(os.getpid())[1])


def parse(content: dict[str, Any]) -> Process | None:
    """The process described in a JSON object; None if it is not one."""
    pid, texts = content.get("pid"), [content.get(name) for name in Process._fields[1:]]
    if isinstance(pid, bool) or not isinstance(pid, int) or not 0 < pid < 2**31:
        return None
    host, space, boot, started = map(str, texts)
    return Process(pid, host, space, boot, started) if all(isinstance(x, str) for x in texts) else None


def is_alive(process: Process) -> bool | None:
    """Whether it still runs; None where that cannot be seen from this host."""
    if process.host != socket.gethostname():
        return None
    if process.boot != _boot():
        return False
    if process.space != _space():
        return None
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    state, started = _stat(process.pid)
    if process.started and not started:  # the system does not show the processes of others
        return None
    return state not in ("Z", "X") and started == process.started


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _space() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _stat(pid: int) -> tuple[str, str]:
    """State and starting time of a process, as Linux tells them; elsewhere empty."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return fields[0], fields[19]
    except (OSError, IndexError):
        return "", ""
