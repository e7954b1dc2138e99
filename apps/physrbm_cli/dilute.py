"""`physrbm dilute`: remove bonds of a machine and see what is left; the rules and protocols by name."""

import json
from pathlib import Path
from typing import Annotated

import typer

from physrbm.errors import InvalidInput
from physrbm_cli import tempering_options as opts
from physrbm_cli.pictures import number
from physrbm_cli.running import option


def dilute(
    source: opts.Source = None,
    dilution: Annotated[float | None, option("Fraction of the bonds removed, in [0, 1).")] = None,
    rule: Annotated[str, typer.Option(help="Which bonds go, see --list.")] = "random",
    gauge: Annotated[str, typer.Option(help="In which variables: binary, ising, centred.")] = "binary",
    data: Annotated[str | None, option("Data, which some rules and the centred gauge need.")] = None,
    data_dir: opts.DataDir = None,
    binarise: opts.Binarise = None,
    shape: opts.Shape = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    out: Annotated[Path | None, option("Write the machine to this .h5 file.")] = None,
    names: Annotated[bool, typer.Option("--list", help="List the rules, schedules and protocols.")] = False,
    as_json: opts.Json = False,
) -> None:
    """Remove bonds of a machine without training it, and show the graph before and after."""
    if names:
        return _list()
    from physrbm import dilution as rules
    from physrbm.experiment import load
    from physrbm.store import read_machine
    from physrbm.structure import structure
    from physrbm_cli.settings import resolve_tempering
    from physrbm_cli.tempering import needed

    source = needed(source)
    if dilution is None:
        raise InvalidInput("--dilution is needed, a fraction in [0, 1)")
    if out is not None and out.suffix != ".h5":
        raise InvalidInput(f"{out}: machines are written as .h5; choose a name that ends so")
    if data is None and (binarise is not None or shape is not None):
        raise InvalidInput("--binarise and --shape are for --data")
    about = {"source": source, "data": data, "binarise": binarise, "shape": shape, "seed": seed}
    found, rbm = load(resolve_tempering(about, None), data_dir), read_machine(source)
    train, image = (None, None) if found is None else (found.train, found.shape)
    diluted = rules.dilute(rbm, dilution, rule, gauge, train, shape=image, seed=seed)
    if out is not None:
        diluted.save(out)
    before, after = structure(rbm), structure(diluted)
    if as_json:
        typer.echo(json.dumps({"before": before._asdict(), "after": after._asdict()}))
        return
    typer.echo(f"{'':<26}{'before':>14}{'after':>14}")
    for name, x in before._asdict().items():
        typer.echo(f"{name.replace('_', ' '):<26}{number(x):>14}{number(after._asdict()[name]):>14}")
    if out is not None:
        typer.echo(f"machine {out}  (physrbm anneal --from {out})")


def _list() -> None:
    from physrbm.dilution import RULES, SCHEDULES
    from physrbm.spec import PROTOCOLS

    typer.echo("rules (--rule)")
    for name, rule in RULES.items():
        needs = f" Needs {' and '.join(rule.needs)}." if rule.needs else ""
        _entry(name, f"{rule.about}{needs}", f"{rule.source}. Cost: {rule.cost}.")
    typer.echo("schedules (--schedule)")
    for name, law in SCHEDULES.items():
        _entry(name, str(law.__doc__))
    typer.echo("protocols (physrbm anneal --protocol NAME,NAME ...)")
    for name, protocol in PROTOCOLS.items():
        _entry(name, protocol.about, " ".join(f"{key}={value}" for key, value in protocol.settings.items()))


def _entry(name: str, *texts: str) -> None:
    from textwrap import wrap

    from physrbm_cli.terminal import width

    indent = " " * 20
    lines = [line for text in texts for line in wrap(text, width(), initial_indent=indent, subsequent_indent=indent)]
    typer.echo(f"  {name:<17} " + "\n".join(lines).lstrip())
