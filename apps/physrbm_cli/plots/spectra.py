"""Spectra: singular values of the couplings, degrees of both layers, eigenvalues of covariances."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from physrbm.errors import InvalidInput
from physrbm_cli.plots.chains import after, begin, spread
from physrbm_cli.plots.page import BLUE, HEAD, INK, NOTHING, ORANGE, SOFT, Page

if TYPE_CHECKING:
    import numpy as np

    from physrbm.model import RBM

_MOST = 2**26  # entries of a dense matrix whose spectrum is looked for
_SAMPLES = 2048  # samples of a covariance
_BINS = 20  # of a distribution of degrees
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.55, 0.15, 0.3, 0.52  # inches around the axes of a panel


class Degrees(NamedTuple):
    """Distribution of the degrees of one layer."""

    layer: str
    edges: "np.ndarray"
    """(bin + 1,) a bin holds the degrees from one edge up to the next, that excluded"""
    units: "np.ndarray"
    """(bin,) how many there are"""
    expected: "np.ndarray"
    """(bin,) of a random graph with as many bonds"""


class Covariance(NamedTuple):
    """Eigenvalues of one covariance matrix, descending, those of directions that do not vary left out."""

    of: str
    eigenvalues: "np.ndarray"


class Spectra(NamedTuple):
    """What the picture shows."""

    singular_values: "np.ndarray"
    edge: float
    degrees: tuple[Degrees, ...]
    covariances: tuple[Covariance, ...]
    n_samples: int
    """of every covariance"""
    sweeps: int
    about: str


class Grid(NamedTuple):
    """How the panels lie on the page, each of so many inches."""

    panels: int
    columns: int
    width: float
    height: float


def prepare(rbm: "RBM", starts: Sequence[str], data: "np.ndarray | None", sweeps: int, seed: int) -> Spectra:
    """The spectra; covariances where there are `data` (sample, Nv), of as many generated ones. Raises InvalidInput."""
    import numpy as np

    from physrbm.structure import random_matrix_edge

    _check(rbm.n_visible, rbm.n_hidden)
    covariances: list[Covariance] = []
    n = 0 if data is None else min(len(data), _SAMPLES)
    if data is not None:
        _check(rbm.n_visible, rbm.n_visible)
        if n < 2:
            raise InvalidInput("a covariance needs at least 2 samples of data")
        covariances.append(Covariance("data", eigenvalues(spread(data, n))))
        for start in starts:
            (states,) = after(rbm, begin(rbm, start, data, n, seed), [sweeps], seed, start)
            covariances.append(Covariance(start, eigenvalues(states)))
    values = np.linalg.svd(rbm.weights(), compute_uv=False)
    about = f"{rbm.n_visible:,} x {rbm.n_hidden:,} units, {rbm.n_bonds:,} bonds, dilution $p$ = {rbm.dilution:.3g}"
    return Spectra(values, random_matrix_edge(rbm), degree_bins(rbm), tuple(covariances), n, sweeps, about)


def degree_bins(rbm: "RBM") -> tuple[Degrees, ...]:
    """Units by degree beside the binomial expectation of as many bonds among all pairs."""
    import numpy as np

    from physrbm.structure import binomial_degrees, degrees

    kept = 1 - rbm.n_bonds / (rbm.n_visible * rbm.n_hidden)
    found = []
    for layer, k, p in zip(
        ("visible", "hidden"), degrees(rbm), binomial_degrees(rbm.n_visible, rbm.n_hidden, kept), strict=True
    ):
        likely = np.flatnonzero(k.size * p > 0.01)  # where a unit may be
        low, high = min(k.min(), likely.min(initial=k.min())), max(k.max(), likely.max(initial=k.max()))
        low, high = (low - 1, high + 1) if low == high else (low, high)
        width = -(-(high - low + 1) // _BINS)
        edges = np.arange(low, high + width + 1, width)
        whole = np.concatenate([[0.0], np.cumsum(p), [1.0]])
        expected = k.size * np.diff(whole[np.clip(edges, 0, p.size)])
        found.append(Degrees(layer, edges, np.histogram(k, edges)[0], expected))
    return tuple(found)


def eigenvalues(samples: "np.ndarray") -> "np.ndarray":
    """Of the covariance of samples (sample, Nv) of {0,1}, descending, as many as it has directions that vary."""
    import numpy as np

    x = samples.astype(np.float64)
    found = np.linalg.svd(x - x.mean(0), compute_uv=False) ** 2 / len(x)
    positive: np.ndarray = found[found > 1e-10 * max(found[0], 1e-300)]
    return positive


def grid(spectra: Spectra, room: tuple[float, float] | None = None) -> Grid:
    """The panels on a page of their own, or in a column that fills a `room` of inches."""
    n = 4 if spectra.covariances else 3
    if room is not None:
        return Grid(n, 1, room[0], max(1.75, (room[1] - HEAD) / n))
    return Grid(n, 2, 4.5, 2.9) if n == 4 else Grid(n, 3, 3.6, 2.9)


def size(grid: Grid) -> tuple[float, float]:
    """Inches."""
    return grid.columns * grid.width, HEAD + -(-grid.panels // grid.columns) * grid.height


def draw(page: Page, spectra: Spectra, grid: Grid) -> None:
    """The panels in rows."""
    page.heading("Spectra and degrees", spectra.about)
    for k, fill in enumerate(_fillers(spectra)):
        x, y = k % grid.columns * grid.width + _LEFT, HEAD + k // grid.columns * grid.height + _TOP
        width = grid.width - _LEFT - _RIGHT
        axes = page.axes(x, y, width, grid.height - _TOP - _BOTTOM)
        page.text(x - _LEFT, y - 0.5 * _TOP, fill(axes))
        axes.yaxis.set_label_coords(-0.42 / width, 0.5)


def _fillers(spectra: Spectra) -> Iterator[Callable[[Any], str]]:
    """What draws a panel on its axes and returns its title."""
    from functools import partial

    yield partial(_singular, spectra=spectra)
    for degrees in spectra.degrees:
        yield partial(_degrees, degrees=degrees)
    if spectra.covariances:
        yield partial(_covariances, spectra=spectra)


def _singular(axes: Any, spectra: Spectra) -> str:
    import numpy as np

    values, edge = spectra.singular_values, spectra.edge
    above = int((values > edge).sum())
    axes.axhline(edge, color=ORANGE, lw=1.2)
    axes.plot(np.arange(1, values.size + 1), values, ".", color=BLUE, ms=4)
    place = {"xycoords": ("axes fraction", "data"), "xytext": (0, 4), "textcoords": "offset points", "ha": "right"}
    axes.annotate(f"random-matrix edge {edge:.3g}", (1, edge), color=ORANGE, fontsize=8, **place)
    axes.set(xlabel="rank $k$", ylabel=r"$\sigma_k$", ylim=(0, 1.12 * max(values[0], edge, 1e-9)))
    axes.xaxis.get_major_locator().set_params(integer=True)
    return f"singular values $\\sigma_k$ of $W$: {above} of {values.size} above the edge"


def _degrees(axes: Any, degrees: Degrees) -> str:
    edges = degrees.edges - 0.5
    width = edges[1] - edges[0]
    axes.bar(edges[:-1], degrees.units, width, align="edge", color=NOTHING, ec="white", lw=0.5)
    middle, n, mean = edges[:-1] + width / 2, degrees.units.sum(), degrees.expected
    sd = (mean * (1 - mean / n)).clip(0) ** 0.5
    axes.fill_between(middle, (mean - sd).clip(0), mean + sd, color=ORANGE, alpha=0.25, lw=0)
    axes.plot(middle, mean, "o-", color=ORANGE, ms=3, lw=1.2, label=r"binomial, $\pm$ 1 sd")
    axes.set(xlabel="degree $k$, bonds of a unit", ylabel="units")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.4, borderpad=0.1)
    return f"degrees of the {degrees.units.sum():,} {degrees.layer} units"


def _covariances(axes: Any, spectra: Spectra) -> str:
    import numpy as np

    how = {"data": (INK, "-"), "random": (BLUE, "-"), "start": (ORANGE, "--")}
    for k, (of, values) in enumerate(spectra.covariances):
        colour, line = how["start" if k and of == "data" else of]
        label = f"from {of} starts, $t$ = {spectra.sweeps:,}" if k else "data"
        axes.loglog(np.arange(1, values.size + 1), values, line, color=colour, lw=1.4, label=label)
    axes.set(xlabel="rank $k$", ylabel=r"$\lambda_k$")
    axes.legend(loc="lower left")
    axes.tick_params(which="minor", color=SOFT)
    return f"eigenvalues $\\lambda_k$ of the covariance, {spectra.n_samples:,} samples"


def _check(rows: int, columns: int) -> None:
    if rows * columns > _MOST:
        raise InvalidInput(
            f"spectra need a dense matrix of {rows:,} x {columns:,}; at most {_MOST:,} entries are taken"
        )
