"""Slow, obvious twins of the kernels: scalars, loops, one chain at a time."""

from fractions import Fraction

import numpy as np

from physrbm.kernels.arithmetic import C1, C2, C3, C4, C5, ROUND

f32, M = np.float32, 0xFFFFFFFF


def fma(x, y, z):
    """x y + z rounded once: the float32 nearest to the exact value, even ones on ties."""
    exact = Fraction(float(x)) * Fraction(float(y)) + Fraction(float(z))
    near = f32(float(exact))  # rounded twice: at most one step off
    steps = (np.nextafter(near, f32(-np.inf)), near, np.nextafter(near, f32(np.inf)))
    return min(steps, key=lambda c: (abs(Fraction(float(c)) - exact), int(c.view(np.int32)) & 1))


def exp2(y):
    y = min(max(y, f32(-126)), f32(126))
    rounded = f32(f32(y + ROUND) - ROUND)
    r, p = f32(y - rounded), C5
    for c in (C4, C3, C2, C1, f32(1)):
        p = fma(p, r, c)
    return f32(p * f32(2.0 ** int(rounded)))


def xoshiro(s):
    """Next 32 bits of xoshiro128++ with the state s, a list of four Python integers changed in place."""

    def rotate(x, k):
        return ((x << k) | (x >> (32 - k))) & M

    out = (rotate((s[0] + s[3]) & M, 7) + s[0]) & M
    t = (s[1] << 9) & M
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotate(s[3], 11)
    return out


def multispin_half_sweep(source, target, J, thresholds, streams):
    """One layer of one block of 1024 lanes: source (n, 1024), target (m, 1024) of {0,1}, J (n, m, 1024) of -1, 0, +1.

    thresholds (lane, 2, 4). Lane 32 w + l takes bit l of stream w; all lanes of a unit draw bits, from the highest on,
    until each has differed from its threshold, at least 9 and at most 32.
    """
    s = 2 * source.astype(int) - 1
    lanes = np.arange(1024)
    for unit in range(target.shape[0]):
        f = (s * J[:, unit]).sum(0).astype(int)
        threshold = thresholds[lanes, abs(f) % 2, abs(f) // 2].astype(np.int64)
        drawn, n = np.zeros(1024, np.int64), 0
        while n < 9 or (n < 32 and (drawn == threshold >> (32 - n)).any()):
            words = np.array([xoshiro(stream) for stream in streams])
            drawn, n = 2 * drawn + ((words[lanes // 32] >> (lanes % 32)) & 1), n + 1
        against = drawn < threshold >> (32 - n)
        target[unit] = (f >= 0) != against


def field(source, weights, bias, grouped):
    """Sum of the weights (n,) of the sources (n,) that are on, in order; NaN is no bond."""
    total, size = bias, 4 if grouped else 1
    for k in range(0, source.size, size):
        part = f32(0)
        for weight, on in zip(weights[k : k + size], source[k : k + size], strict=True):
            if not np.isnan(weight):
                part = f32(part + f32(weight * f32(on)))
        total = f32(total + part)
    return total


def half_sweep(source, target, bias, weights, scale, base, base_scale, streams, grouped):
    """One layer of one block: source (chain, n), target (chain, m), weights (n, m) with NaN for no bond."""
    for unit in range(target.shape[1]):
        for chain in range(len(target)):
            total = field(source[chain], weights[:, unit], bias[unit], grouped)
            y = fma(total, scale[chain], f32(base[unit] * base_scale[chain]))
            u = f32(f32(xoshiro(streams[chain % 32]) >> 1) + f32(0.5))
            target[chain, unit] = fma(u, exp2(y), u) <= f32(2**31)
