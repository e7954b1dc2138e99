"""What the processor can."""


def features() -> set[str]:
    """What the processor can, or NUMBA_CPU_FEATURES says it can, and NUMBA_ENABLE_AVX lets numba use."""
    import numba
    from llvmlite import binding

    if numba.config.CPU_FEATURES is not None:
        found = {part[1:] for part in numba.config.CPU_FEATURES.split(",") if part.startswith("+")}
    else:
        found = {name for name, on in binding.get_host_cpu_features().items() if on}
    return found if numba.config.ENABLE_AVX else {name for name in found if not name.startswith("avx")}
