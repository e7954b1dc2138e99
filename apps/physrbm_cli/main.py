"""Entry point of `physrbm`."""

import os
import sys
from typing import Annotated

import typer

from physrbm_cli import ctl, data, doctor, reading, sweep
from physrbm_cli.anneal import anneal
from physrbm_cli.compare import compare
from physrbm_cli.dilute import dilute
from physrbm_cli.logz import logz
from physrbm_cli.monitor import monitor
from physrbm_cli.plot import plot
from physrbm_cli.sample import sample
from physrbm_cli.scaling import scaling
from physrbm_cli.score import score
from physrbm_cli.status import status
from physrbm_cli.terminal import say

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
for command in (
    anneal, dilute, sample, logz, score, compare, scaling, plot, monitor, status, reading.ls, reading.show, ctl.ctl,
):  # fmt: skip
    app.command()(command)
app.command()(doctor.doctor)
app.add_typer(sweep.app, name="sweep")
app.add_typer(data.app, name="data")


def _version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def root(wanted: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False) -> None:
    """Diluted Restricted Boltzmann Machines as dilute bipartite spin glasses.

    Exit codes: 0 done; 1 failure; 2 wrong input; 3 done, but a check failed or a value could not be estimated;
    4 there is a run already, or it is being written; 5 no usable checkpoint; 75 stopped early with a checkpoint saved,
    to be resumed; 130, 143 interrupted before one.
    """


@app.command()
def version() -> None:
    """Print the version."""
    from physrbm import __version__

    typer.echo(__version__)


def main() -> None:
    """Run the command line; an error on purpose is one line on stderr and its documented exit code."""
    from physrbm.errors import PhysRBMError

    try:
        sys.exit(app(standalone_mode=False))
    except PhysRBMError as error:
        _fail(str(error), error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        _fail("interrupted", 130)
    except BrokenPipeError:  # the reader of our output left (`| head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except MemoryError as error:
        _fail(f"not enough memory ({error})", 1)
    except OSError as error:
        first = error.__context__  # a terminal that is gone must not hide how a run ended
        _fail(str(error), first.exit_code if isinstance(first, PhysRBMError) else 1)
    except Exception as error:
        if not hasattr(error, "format_message"):  # the command-line parser's own; typer does not export its class
            raise
        _fail(error.format_message(), getattr(error, "exit_code", 2))


def _fail(message: str, code: int) -> None:
    if message:
        say(f"physrbm: {message}")
    sys.exit(code)
