"""A run in a process of its own, watched in the monitor: leaving the window leaves the run going."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import typer

from physrbm.errors import InvalidInput
from physrbm_cli.terminal import say


def run_and_watch(folder: Path, seed: int) -> None:
    """Start the command again without --live, beside this process, and open the monitor on its folder."""
    from physrbm_tui.app import watch

    if not sys.stdout.isatty():
        raise InvalidInput("--live needs a terminal")
    words = [word for word in sys.argv[1:] if word != "--live"]
    words += [] if "--seed" in words else ["--seed", str(seed)]
    words += [] if "--out" in words else ["--out", str(folder)]
    code = "from physrbm_cli.main import main; main()"
    with tempfile.TemporaryFile() as said:
        run = subprocess.Popen(
            [sys.executable, "-c", code, *words, "--quiet"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
        )  # fmt: skip
        while run.poll() is None and not (folder / "run.json").exists():
            time.sleep(0.05)
        if run.poll() not in (None, 0, 3) and not (folder / "run.json").exists():
            said.seek(0)
            say(said.read().decode(errors="replace").strip())
            raise typer.Exit(run.returncode)
    watch(folder)
    if run.poll() is None:
        say(f"the run goes on: physrbm monitor {folder}   stop it: physrbm ctl {folder} stop")
