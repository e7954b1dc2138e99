"""Which kernels run: a fixed rule of the processor, that PHYSRBM_KERNELS=simd|portable|auto overrides."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from physrbm.errors import InvalidInput
from physrbm.kernels.processor import features

SWITCH = "PHYSRBM_KERNELS"
_CHOICES = ("auto", "simd", "portable")


class Engine(NamedTuple):
    """The kernels of one path; both give the same bits."""

    name: str
    why: str
    sweep: Callable[..., None]
    tables: Callable[..., Any]
    """what `sweep_grouped` wants to be given, made once a machine"""
    sweep_grouped: Callable[..., None]
    anneal: Callable[..., None]
    moments: Callable[..., None]
    energies: Callable[..., None]


@cache
def engine() -> Engine:
    """The kernels of this process. Raises InvalidInput for an unknown choice."""
    name, why = _choose()
    from physrbm.kernels import anneal, energy, gibbs, moments

    portable = Engine(
        name,
        why,
        gibbs.sweep,
        lambda layers, sizes: None,
        gibbs.sweep_grouped,
        anneal.anneal,
        moments.moments,
        energy.energies,
    )
    if name == "portable":
        return portable
    from physrbm.kernels import anneal_simd, energy_simd, gibbs_simd, moments_simd

    simd = portable._replace(sweep=gibbs_simd.sweep, anneal=anneal_simd.anneal, energies=energy_simd.energies)
    if not features() & {"avx512f", "avx2"}:  # tables would abort LLVM, and moments are slower than portable ones
        return simd
    from physrbm.kernels import gibbs_tables

    simd = simd._replace(moments=moments_simd.moments)
    return simd._replace(tables=gibbs_tables.tables, sweep_grouped=gibbs_tables.sweep_grouped)


def _choose() -> tuple[str, str]:
    wanted = os.environ.get(SWITCH, "auto")
    if wanted not in _CHOICES:
        raise InvalidInput(f"{SWITCH} must be one of {', '.join(_CHOICES)}, got {wanted!r}")
    if wanted != "auto":
        return wanted, f"asked for by {SWITCH}"
    found = features()
    if "avx512f" in found or "avx2" in found:
        return "simd", f"the processor has {'AVX-512' if 'avx512f' in found else 'AVX2'}"
    return "portable", "the processor has neither AVX-512 nor AVX2"
