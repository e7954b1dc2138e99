"""float32 arithmetic that gives the same bits on every machine: multiply-adds are fused where written, nowhere else."""

import numpy as np

from physrbm.kernels._jit import kernel
from physrbm.kernels.simd import fma

f32, i32, u32 = np.float32, np.int32, np.uint32

ROUND = f32(12582912.0)  # 1.5 * 2^23: adding it rounds to an integer, left in the low bits
# 1 + C1 r + ... + C5 r^5: minimax of 2^r on [-1/2, 1/2], relative error 1e-7 before rounding
C1, C2, C3, C4, C5 = f32(0.6931469775), f32(0.2402224207), f32(0.0555073384), f32(0.0096715134), f32(0.0013264705)


@kernel
def exp2(y):  # type: ignore[no-untyped-def]
    """2^y of a float32, clamped to 2^-126 ... 2^126."""
    y = y if y < f32(126.0) else f32(126.0)
    y = y if y > f32(-126.0) else f32(-126.0)
    shifted = f32(y + ROUND)
    r = f32(y - f32(shifted - ROUND))
    p = f32(fma(fma(fma(fma(fma(C5, r, C4), r, C3), r, C2), r, C1), r, f32(1.0)))
    # the low nine bits of ROUND are zero: shifting leaves the exponent alone
    return i32(p.view(np.int32) + i32(shifted.view(np.int32) << i32(23))).view(np.float32)


@kernel
def is_on(random, y):  # type: ignore[no-untyped-def]
    """Whether a unit of reduced field y = -field/ln 2 turns on, given 32 random bits.

    u <= 1/(1 + 2^y) with u = (r + 1/2) 2^-31, r the upper 31 bits, written without a division.
    """
    u = f32(f32(i32(random >> u32(1))) + f32(0.5))
    return fma(u, exp2(y), u) <= f32(2147483648.0)
