"""Which kernels run: a fixed rule of the processor, that PHYSRBM_KERNELS=simd|portable|auto overrides."""

import os
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from physrbm.errors import InvalidInput

SWITCH = "PHYSRBM_KERNELS"
_CHOICES = ("auto", "simd", "portable")


class Engine(NamedTuple):
    """The kernels of one path; both give the same bits."""

    name: str
    why: str
    sweep: Callable[..., None]
    anneal: Callable[..., None]
    moments: Callable[..., None]


@cache
def engine() -> Engine:
    """The kernels of this process. Raises InvalidInput for an unknown choice."""
    name, why = _choose()
    if name == "simd":
        from physrbm.kernels import anneal_simd, gibbs_simd, moments_simd

        return Engine(name, why, gibbs_simd.sweep, anneal_simd.anneal, moments_simd.moments)
    from physrbm.kernels import anneal, gibbs, moments

    return Engine(name, why, gibbs.sweep, anneal.anneal, moments.moments)


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


def features() -> set[str]:
    """What the processor can, or NUMBA_CPU_FEATURES says it can."""
    import numba
    from llvmlite import binding

    if numba.config.CPU_FEATURES is not None:
        return {part[1:] for part in numba.config.CPU_FEATURES.split(",") if part.startswith("+")}
    return {name for name, on in binding.get_host_cpu_features().items() if on}
