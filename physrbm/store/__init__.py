"""Run folders; nothing else knows how they look.

run.json       what the run is: spec, seed, versions, command; written once
status.json    heartbeat: state, position, process, reason; replaced
events.jsonl   one line a measurement: seq, time, kind, values; appended, one write a line
ckpt/*.h5      the machine at every measurement; immutable
results.h5     at the end: couplings, series, samples, report, spec; the one file to share
"""

from physrbm.store.reading import Run, find_runs, open_run, read_machine
from physrbm.store.recording import Recorder

__all__ = ["Recorder", "Run", "find_runs", "open_run", "read_machine"]
