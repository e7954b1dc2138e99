"""Entry point of `physrbm`."""

import os
import sys

import typer

from physrbm_cli import data, doctor, reading
from physrbm_cli.anneal import anneal

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
for command in (anneal, reading.sample, reading.logz, reading.ls, reading.show, doctor.doctor):
    app.command()(command)
app.add_typer(data.app, name="data")


@app.callback()
def root() -> None:
    """Diluted Restricted Boltzmann Machines as dilute bipartite spin glasses."""


@app.command()
def version() -> None:
    """Print the version."""
    from physrbm import __version__

    typer.echo(__version__)


def main() -> None:
    """Run the command line; an error on purpose is one line on stderr and its documented exit code."""
    from physrbm.errors import PhysRBMError

    try:
        app()
    except PhysRBMError as error:
        typer.echo(f"physrbm: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output left (`| head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
