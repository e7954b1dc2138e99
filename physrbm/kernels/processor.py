"""What the processor can."""


def features() -> set[str]:
    """What the processor can, or NUMBA_CPU_FEATURES says it can."""
    import numba
    from llvmlite import binding

    if numba.config.CPU_FEATURES is not None:
        return {part[1:] for part in numba.config.CPU_FEATURES.split(",") if part.startswith("+")}
    return {name for name, on in binding.get_host_cpu_features().items() if on}
