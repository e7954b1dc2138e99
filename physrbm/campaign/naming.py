"""Names of runs: readable, and no two alike."""

import re
from collections import Counter
from collections.abc import Sequence

from physrbm.campaign.axes import Axis
from physrbm.spec import Spec

_SHORT = {"dilution": "p", "hidden": "h", "seed": "s"}
_LONGEST = 160  # characters, without a digest


def labels_of(spec: Spec, axes: Sequence[Axis]) -> dict[str, str]:
    """What tells a run from the others of its family: a label a setting that varies; the seed always."""
    varied = [axis.name for axis in axes if len(axis.values) > 1 and axis.name != "seed"]
    return {name: _label(name, getattr(spec, name)) for name in (*varied, "seed")}


def named(runs: list[tuple[str, dict[str, str], str]]) -> list[str]:
    """Names of runs of (family, labels, digest); where two would be alike, or one is long, the digest follows."""
    plain = ["-".join([family, *(labels[n] for n in sorted(labels, key=_seed_last))]) for family, labels, _ in runs]
    count = Counter(plain)
    return [
        name if count[name] == 1 and len(name) <= _LONGEST else f"{name[:_LONGEST]}-{digest[:8]}"
        for name, (_, _, digest) in zip(plain, runs, strict=True)
    ]


def _seed_last(name: str) -> bool:
    return name == "seed"


def _label(name: str, value: object) -> str:
    text = f"{value:.10g}" if isinstance(value, float) else "+".join(value) if isinstance(value, tuple) else str(value)
    short = "" if name == "protocol" else _SHORT.get(name, name.replace("_", "-"))
    return re.sub(r"[^A-Za-z0-9_+.-]+", "_", short + text)
