"""Round numbers along an axis."""

import math


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round numbers (1, 2, 5 times a power of ten) within low ... high."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low or most < 1:
        return [low] if math.isfinite(low) else []
    raw = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    step = next((f * power for f in (1, 2, 5, 10) if f * power >= raw * (1 - 1e-12)), 10 * power)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [k * step for k in range(first, min(last, first + 1000) + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Powers of ten within low ... high, both positive; round numbers where they hold none."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    powers = list(range(first, last + 1))
    if len(powers) < 2:
        return [t for t in ticks(low, high, most) if t > 0]
    step = -(-len(powers) // max(1, most))
    return [10.0**k for k in powers[::step]]


def label(x: float) -> str:
    """Short: 0, 25k, -18.5, 1e-05."""
    if x == 0:
        return "0"
    size = abs(x)
    if 1e3 <= size < 1e7:
        for factor, letter in ((1e6, "M"), (1e3, "k")):
            if size >= factor:
                return f"{x / factor:.4g}{letter}"
    return f"{x:.4g}" if 1e-3 <= size < 1e7 else f"{x:.3g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
