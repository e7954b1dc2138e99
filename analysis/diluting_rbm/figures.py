"""The pictures of the report."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import matplotlib.ticker
import numpy as np
from machines import LAST, STARTS, Machine, dilutions, mean, of

import physrbm as pr

mpl.use("Agg")
WORDS = {
    "eps2": "eps2", "spectrum": "spectrum", "aai_truth": "AAI truth", "aai_synthetic": "AAI synthetic",
    "classifier_confidence": "classifier: confidence", "classifier_coverage": "classifier: coverage",
    "diversity_memorising": "distance to training data", "diversity_coverage": "coverage of held-out data",
}  # fmt: skip
COLOURS = {"random": "C3", "data": "C0"}


def draw(machines: Sequence[Machine], samples: dict[str, np.ndarray], to: Path) -> None:
    """Those of the parts of the study that are there, as PNG."""
    pictures = {"likelihood": likelihood, "scores": scores, "in_time": in_time}
    if dilutions(machines, "budget"):
        pictures["budgets"] = budgets
    if dilutions(machines, "mask-magnitude"):
        pictures["after"] = after
    for name, make in pictures.items():
        _save(make(machines), to / f"{name}.png")
    _save(digits(machines, samples), to / "samples.png")


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, dpi=90)
    plt.close(figure)


def _points(ax: Any, x: Sequence[float], found: Sequence[pr.Estimate], fmt: str, **how: Any) -> None:
    ax.errorbar(x, [e.value for e in found], [e.error for e in found], fmt=fmt, ms=4, lw=1, **how)


def _known(machines: Sequence[Machine], column: str) -> pr.Estimate:
    """Mean over the seeds that have an estimate; the tables say where one is withheld."""
    return mean([m for m in machines if np.isfinite(m[column])], column)


def _lost(ax: Any, machines: Sequence[Machine], stem: str, where: Mapping[float, float], fmt: str, **how: Any) -> None:
    """Minus the test log-likelihood of the families "stem-p" at where[p]; nothing of families that were not run."""
    at = dilutions(machines, stem)
    found = [_known(of(machines, f"{stem}-{p:g}"), "log_likelihood_test") for p in at]
    if at:
        _points(ax, [where[p] for p in at], [e._replace(value=-e.value) for e in found], fmt, **how)


def likelihood(machines: Sequence[Machine]) -> Any:
    """Test log-likelihood against p and against bonds, diluted before training and after it."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
    at = dilutions(machines, "before")
    bonds = {p: of(machines, f"before-{p:g}")[0]["n_bonds"] for p in at}
    alone = np.mean([m["independent_pixels_test"] for m in machines])
    for ax, where in zip(axes, ({p: p for p in at}, bonds), strict=True):
        _lost(ax, machines, "before", where, "o-", color="k", label="dilute, train")
        for rule, marker in (("magnitude", "s"), ("random", "^")):
            for gauge, colour in (("", "C3"), ("-centred", "C1")):
                words = f"train, dilute: {rule}, {gauge.removeprefix('-') or 'binary'}"
                _lost(ax, machines, f"after-{rule}{gauge}", where, f"{marker}--", color=colour, label=words)
        ax.axhline(-alone, color="0.6", lw=0.8, ls=":")
    axes[0].set(xlabel="dilution p", ylabel="- test log-likelihood (nats)", yscale="log")
    axes[0].yaxis.set_major_formatter("{x:g}")
    axes[0].yaxis.set_minor_formatter(mpl.ticker.LogFormatter(minor_thresholds=(10, 0.5)))
    axes[0].invert_yaxis()
    axes[1].set(xlabel="bonds", xscale="log")
    axes[0].legend(frameon=False, fontsize=7)
    return figure


def scores(machines: Sequence[Machine]) -> Any:
    """Every score of E1 after the last sweeps, from both starts, beside its anchors."""
    figure, axes = plt.subplots(2, 4, figsize=(11, 5), sharex=True, layout="constrained")
    at = dilutions(machines, "before")
    dense = of(machines, "before-0")
    for ax, (name, words) in zip(axes.flat, WORDS.items(), strict=True):
        for start in STARTS:
            column = f"{name}@{start}@{LAST}"
            _points(ax, at, [mean(of(machines, f"before-{p:g}"), column) for p in at], "o-", color=COLOURS[start],
                    label=f"from {start}")  # fmt: skip
        for kind, style in (("_data", "--"), ("_independent", ":")):
            ax.axhline(mean(dense, f"{name}{kind}@random@{LAST}").value, color="0.4", lw=0.8, ls=style)
        ax.set(title=words, yscale="log" if name in ("eps2", "spectrum") else "linear")
        ax.title.set_size(9)
    for ax in axes[1]:
        ax.set_xlabel("dilution p")
    axes[0, 0].legend(frameon=False, fontsize=8)
    return figure


def in_time(machines: Sequence[Machine]) -> Any:
    """Scores against sweeps, from both starts, at four dilutions."""
    names = ("eps2", "classifier_confidence", "aai_truth")
    at = [p for p in dilutions(machines, "before") if p in (0.0, 0.8, 0.95, 0.99)]
    figure, axes = plt.subplots(len(names), len(at), figsize=(2.7 * len(at), 2.2 * len(names)), sharex=True,
                                sharey="row", layout="constrained")  # fmt: skip
    for row, name in zip(axes, names, strict=True):
        for ax, p in zip(row, at, strict=True):
            own = of(machines, f"before-{p:g}")
            times = sorted(int(key.split("@")[2]) for key in own[0] if key.startswith(f"{name}@random@"))
            for start in STARTS:
                _points(ax, times, [mean(own, f"{name}@{start}@{t}") for t in times], "o-", color=COLOURS[start],
                        label=f"from {start}")  # fmt: skip
            for kind, style in (("_data", "--"), ("_independent", ":")):
                ax.axhline(mean(own, f"{name}{kind}@random@{LAST}").value, color="0.4", lw=0.8, ls=style)
            ax.set(xscale="log", yscale="log" if name == "eps2" else "linear")
        row[0].set_ylabel(WORDS[name])
    for ax, p in zip(axes[0], at, strict=True):
        ax.set_title(f"p = {p:g}", size=9)
    for ax in axes[-1]:
        ax.set_xlabel("sweeps")
    axes[0, 0].legend(frameon=False, fontsize=8)
    return figure


def budgets(machines: Sequence[Machine]) -> Any:
    """Test log-likelihood against updates, every point a training of its own."""
    figure, ax = plt.subplots(figsize=(4.6, 3.4), layout="constrained")
    for k, p in enumerate(dilutions(machines, "budget")):
        own = [m for stem in ("before", "budget") for m in of(machines, f"{stem}-{p:g}")]
        at = sorted({m["updates"] for m in own})
        found = [_known([m for m in own if m["updates"] == n], "log_likelihood_test") for n in at]
        _points(ax, at, found, "o-", color=f"C{k}", label=f"p = {p:g}")
    ax.set(xlabel="updates", ylabel="test log-likelihood (nats)", xscale="log")
    ax.set_xticks(at, [f"{n:,}" for n in at])
    ax.minorticks_off()
    ax.legend(frameon=False)
    return figure


def after(machines: Sequence[Machine]) -> Any:
    """Retrained machines beside those trained from scratch: likelihood, and likeness to the parent."""
    T = of(machines, "before-0")[0]["updates"]
    at = dilutions(machines, "mask-magnitude")
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for ax, column in zip(axes, ("log_likelihood_test", "own"), strict=True):
        for rule, colour in (("magnitude", "C0"), ("random", "C3")):
            for gauge, style in (("binary", "o-"), ("centred", "s--")):
                own = [of(machines, f"retrain-{rule}-{p:g}", gauge=gauge) for p in at]
                _points(ax, at, [_known(o, column) for o in own], style, color=colour,
                        label=f"retrained, {rule}, {gauge}")  # fmt: skip
        for rule, colour in (("magnitude", "C2"), ("random", "0.5")):
            for updates, style in ((T, "^-"), (2 * T, "v:")):
                own = [of(machines, f"mask-{rule}-{p:g}", updates=updates) for p in at]
                _points(ax, at, [_known(o, column) for o in own], style, color=colour,
                        label=f"fresh, {rule} mask, {updates} updates")  # fmt: skip
        ax.set_xlabel("dilution p")
    for family, style in (("before-0", ":"), ("again-0", "--")):
        dense = _known(of(machines, family), "log_likelihood_test")
        words = f"dense, {T if family == 'before-0' else f'{T} + {T}'} updates"
        axes[0].axhline(dense.value, color="k", lw=0.8, ls=style, label=words)
        axes[0].axhspan(dense.value - dense.error, dense.value + dense.error, color="k", alpha=0.07, lw=0)
    axes[0].set_ylabel("test log-likelihood (nats)")
    axes[1].set_ylabel("cosine of effective couplings with the parent")
    axes[0].legend(frameon=False, fontsize=7)
    return figure


def digits(machines: Sequence[Machine], samples: dict[str, np.ndarray]) -> Any:
    """Configurations after 1000 sweeps from random starts, a row a dilution."""
    at = dilutions(machines, "before")
    rows = [samples[of(machines, f"before-{p:g}")[0]["name"]] for p in at]
    side = round(rows[0].shape[1] ** 0.5)
    figure, axes = plt.subplots(len(rows), 1, figsize=(6, 0.62 * len(rows)), layout="constrained")
    for ax, p, v in zip(axes, at, rows, strict=True):
        images = np.pad(v.reshape(-1, side, side), ((0, 0), (1, 1), (1, 1)))
        ax.imshow(np.concatenate(list(images), axis=1), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
        ax.set_ylabel(f"{p:g}", rotation=0, ha="right", va="center")
    return figure
