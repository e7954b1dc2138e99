"""States to bits, a row of samples after the other."""

from physrbm.kernels._jit import kernel
from physrbm.kernels.arithmetic import u32


@kernel
def pack_rows(states, words):  # type: ignore[no-untyped-def]
    """Set the bits of states (chain, unit) uint8 in words (block, unit, W), which are zero."""
    width = 32 * words.shape[2]
    for chain in range(states.shape[0]):
        block, lane = divmod(chain, width)
        w, shift = lane >> 5, u32(lane & 31)
        for unit in range(states.shape[1]):
            words[block, unit, w] |= u32(u32(states[chain, unit]) << shift)
