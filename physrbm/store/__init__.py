"""Run folders; nothing else knows how they look.

run.json        what the run is: spec, seed, versions, command; written once, after the first checkpoint
status.json     sign of life every two seconds: state, position, process, reason; replaced
events.jsonl    what happened, a line an event; appended by one writer, followed by any number of readers
segments/*.h5   series in blocks, and raw-*.h5, what was kept of every chain between two measurements; immutable
ckpt/*.h5       full states; immutable. Of measurements all stay, of those in between the newest three
control/        requests of `physrbm ctl`; the run removes what it has done
frames/         the latest picture for whoever watches; replaced
results.h5      at the end: machine, series, samples, report, spec; the one file to share
LOCK            the process that writes

Every file is replaced as a whole (temporary file, fsync, rename, fsync of the folder) or appended in one write, and no
HDF5 file is ever open while others may look: a kill at any moment loses what came after the last checkpoint, no more.
"""

from physrbm.store.checkpoints import Saved, latest
from physrbm.store.control import send
from physrbm.store.events import Events, read_events
from physrbm.store.frames import Frame, picture, read_frame
from physrbm.store.lock import Lock
from physrbm.store.reading import Run, find_runs, open_run, read_machine, read_saved, run_of
from physrbm.store.recording import Plan, Recorder, is_unused, prepare
from physrbm.store.series import read_block

__all__ = [
    "Events",
    "Frame",
    "Lock",
    "Plan",
    "Recorder",
    "Run",
    "Saved",
    "find_runs",
    "is_unused",
    "latest",
    "open_run",
    "picture",
    "prepare",
    "read_block",
    "read_events",
    "read_frame",
    "read_machine",
    "read_saved",
    "run_of",
    "send",
]
