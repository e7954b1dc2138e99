"""`physrbm plot`: a picture of a machine as a PNG, PDF or SVG file."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from physrbm.errors import InvalidInput
from physrbm_cli import tempering_options as opts
from physrbm_cli.running import option

if TYPE_CHECKING:
    from physrbm.data import Dataset
    from physrbm.model import RBM
    from physrbm_cli.plots.fields import Fields
    from physrbm_cli.plots.samples import Shown
    from physrbm_cli.plots.spectra import Spectra

KINDS = ("samples", "fields", "spectra", "all")
_TIMES = 20
_MARGIN, _BETWEEN = 0.25, 0.4  # inches around a page, and between two pictures


class Asked(NamedTuple):
    """What there shall be in a picture."""

    kind: str
    starts: tuple[str, ...]
    sweeps: tuple[int, ...]
    units: "int | tuple[int, ...]"
    seed: int


class Prepared(NamedTuple):
    """All numbers of a picture."""

    samples: "Shown | None"
    fields: "Fields | None"
    spectra: "Spectra | None"


def plot(
    source: opts.Source = None,
    out: Annotated[Path | None, option("The picture: a .png, .pdf or .svg file.")] = None,
    kind: Annotated[str, typer.Option(help="samples, fields, spectra, or all.")] = "all",
    data: Annotated[str | None, option("Data to start chains from and to compare with.")] = None,
    data_dir: opts.DataDir = None,
    binarise: opts.Binarise = None,
    shape: Annotated[str | None, option("ROWSxCOLUMNS of the images; data are resized to it.")] = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    sweeps: Annotated[
        str, typer.Option(help="After how many sweeps samples are shown, with commas.")
    ] = "1,10,100,1000",
    start: Annotated[str | None, option("random or data, instead of both where there are data.")] = None,
    units: Annotated[str, typer.Option(help="How many hidden units of largest norm, or which: 3,17,40.")] = "25",
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    as_json: opts.Json = False,
) -> None:
    """Draw a machine: images it generates, receptive fields of hidden units, spectra and degrees.

    Needs matplotlib, the extra `plot` of physrbm.
    """
    from physrbm.durable import replace
    from physrbm.experiment import load
    from physrbm.store import read_machine
    from physrbm_cli.plots.page import need_matplotlib, render, style
    from physrbm_cli.settings import resolve_tempering
    from physrbm_cli.tempering import needed

    source, path = needed(source), checked(out, force)
    asked = Asked(kind, _starts(start, data), _times(sweeps), _units(units), seed)
    if kind not in KINDS:
        raise InvalidInput(f"--kind must be one of {', '.join(KINDS)}, got {kind!r}")
    need_matplotlib()
    spec = resolve_tempering({"source": source, "data": data, "binarise": binarise, "shape": shape, "seed": seed}, None)
    rbm, found = read_machine(source), load(spec, data_dir)
    prepared = prepare(rbm, found, spec.shape, asked)
    with style():
        picture = render(_drawn(prepared), path.suffix)
    replace(path, picture)
    if as_json:
        typer.echo(json.dumps({"picture": str(path), "kind": kind, **_numbers(rbm, asked, prepared)}))
    else:
        typer.echo(f"picture {path}  ({len(picture) / 1000:,.0f} kB)")


def prepare(rbm: "RBM", data: "Dataset | None", shape: tuple[int, int] | None, asked: Asked) -> Prepared:
    """The arrays that are drawn; the same ones for the same seed. Raises InvalidInput."""
    from physrbm_cli.plots import fields, samples, spectra
    from physrbm_cli.plots.page import image_shape

    if data is not None and data.n_visible != rbm.n_visible:
        raise InvalidInput(f"the machine has {rbm.n_visible} visible units, {data.name} has {data.n_visible} pixels")
    wanted = KINDS[:3] if asked.kind == "all" else (asked.kind,)
    train, held_out = (None, None) if data is None else (data.train, data.test if len(data.test) else data.train)
    image = (0, 0)
    if wanted != ("spectra",):
        image = image_shape(rbm.n_visible, shape if data is None else data.shape)
    return Prepared(
        samples.prepare(rbm, asked.starts, held_out, image, asked.sweeps, asked.seed) if "samples" in wanted else None,
        fields.prepare(rbm, image, asked.units) if "fields" in wanted else None,
        spectra.prepare(rbm, asked.starts, train, asked.sweeps[-1], asked.seed) if "spectra" in wanted else None,
    )


def _drawn(prepared: Prepared) -> Any:
    """The page: samples on top, fields below them on the left, spectra on the right."""
    from physrbm_cli.plots import fields, samples, spectra
    from physrbm_cli.plots.page import blank

    shown, couplings, found = prepared
    above = (0.0, 0.0) if shown is None else samples.size(shown)
    left = (0.0, 0.0) if couplings is None else fields.size(couplings)
    grid, right = None, (0.0, 0.0)
    if found is not None:
        room = None if couplings is None else (max(3.3, above[0] - left[0] - _BETWEEN), left[1])
        grid = spectra.grid(found, room)
        right = spectra.size(grid)
    x = left[0] + _BETWEEN if couplings is not None else 0.0
    y = above[1] + _BETWEEN if shown is not None and (left[1] or right[1]) else above[1]
    page = blank(max(above[0], x + right[0]) + 2 * _MARGIN, y + max(left[1], right[1]) + 2 * _MARGIN)
    inner = page.at(_MARGIN, _MARGIN)
    if shown is not None:
        samples.draw(inner, shown)
    if couplings is not None:
        fields.draw(inner.at(0, y), couplings)
    if found is not None and grid is not None:
        spectra.draw(inner.at(x, y), found, grid)
    return page


def checked(out: Path | None, force: bool) -> Path:
    """Where the picture goes. Raises InvalidInput before any work is done."""
    from physrbm_cli.plots.page import SUFFIXES

    if out is None:
        raise InvalidInput("--out is needed, the file of the picture: .png, .pdf or .svg")
    if out.suffix not in SUFFIXES:
        raise InvalidInput(f"{out}: pictures are written as {', '.join(SUFFIXES)}; choose a name that ends so")
    if out.is_dir() or not out.parent.is_dir():
        raise InvalidInput(f"{out}: is a folder" if out.is_dir() else f"{out.parent}: no such folder")
    if out.exists() and not force:
        raise InvalidInput(f"{out} is there already; --force overwrites it")
    return out


def _starts(start: str | None, data: str | None) -> tuple[str, ...]:
    if start not in (None, "random", "data"):
        raise InvalidInput(f"--start must be random or data, got {start!r}")
    if start == "data" and data is None:
        raise InvalidInput("--start data needs --data")
    return (start,) if start else ("random",) if data is None else ("random", "data")


def _times(text: str) -> tuple[int, ...]:
    times = _whole(text, "--sweeps")
    if not 1 <= len(times) <= _TIMES or min(times) < 1 or max(times) >= 2**53:
        raise InvalidInput(f"--sweeps must be from 1 to {_TIMES} whole numbers above 0, got {text!r}")
    return tuple(sorted(set(times)))


def _units(text: str) -> int | tuple[int, ...]:
    units = _whole(text, "--units")
    return units if "," in text else units[0]


def _whole(text: str, name: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() and len(part) < 17 for part in parts):
        raise InvalidInput(f"{name} must be whole numbers with commas, got {text!r}")
    return tuple(int(part) for part in parts)


def _numbers(rbm: "RBM", asked: Asked, prepared: Prepared) -> dict[str, Any]:
    names = ("n_visible", "n_hidden", "n_bonds", "n_possible", "dilution")
    found: dict[str, Any] = {name: getattr(rbm, name) for name in names} | {"seed": asked.seed}
    if prepared.samples is not None:
        found["sweeps"], found["starts"] = prepared.samples.sweeps, asked.starts
        found["shape"] = prepared.samples.blocks[0].images.shape[2:]
    if prepared.fields is not None:
        found["units"], found["largest_coupling"] = prepared.fields.units.tolist(), prepared.fields.limit
    if prepared.spectra is not None:
        s = prepared.spectra
        found["singular_values"], found["random_matrix_edge"] = s.singular_values.tolist(), s.edge
        found["covariances"] = [{"of": c.of, "eigenvalues": c.eigenvalues.tolist()} for c in s.covariances]
    return found
