"""The monitor: a run, or a folder of runs, live in a terminal."""
