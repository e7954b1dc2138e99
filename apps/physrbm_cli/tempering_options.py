"""The options that `sample` and `logz` share, by the names of their settings."""

from pathlib import Path
from typing import Annotated

import typer

from physrbm_cli.running import option

_PATHS = "independent (pixels), temperature, dilution, trajectory, or none (plain chains)."
_LADDER = "auto, a number of rungs, or t, betas or dilutions with commas."

Source = Annotated[str | None, typer.Argument(help="RUN, RUN@update, or a machine file (.h5).")]
PathName = Annotated[str | None, option(_PATHS, "independent", flags="--path")]
Ladder = Annotated[str | None, option(_LADDER, "auto")]
Beta = Annotated[float | None, option("Inverse temperature.", 1.0)]
Sweeps = Annotated[int | None, option("Sweeps of every chain; the first half thermalises.", 10000)]
SwapEvery = Annotated[int | None, option("Sweeps from one exchange of rungs to the next.", 1)]
Replicas = Annotated[int | None, option("Independent ladders.", 64)]
Start = Annotated[str | None, option("random, or data.", "random")]
Data = Annotated[str | None, option("Data whose means the independent pixels have.")]
DataDir = Annotated[Path | None, option("Folder that holds the MNIST files.")]
Binarise = Annotated[str | None, option("Threshold in [0, 1), stochastic, or none.", 0.5)]
Shape = Annotated[str | None, option("Resize images to ROWSxCOLUMNS.")]
Observables = Annotated[str | None, option("Names with commas, measured at the end of the path.")]
Seed = Annotated[int | None, option("Random seed; drawn from the system if absent.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the run in --out, if there is one.")]
Takeover = Annotated[bool, typer.Option("--takeover", help="Break a lock without a sign of life.")]
MaxTime = Annotated[str | None, option("Stop with a checkpoint after a time like 3h50m.")]
Threads = Annotated[int | None, option("Kernel threads; results do not depend on it.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="A line for every measurement.")]
Bar = Annotated[bool, typer.Option("--progress/--no-progress", help="A bar, where there is a terminal.")]
