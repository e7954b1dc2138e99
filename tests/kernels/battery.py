"""The random numbers of chains as they are used, for a battery of tests to read:

python tests/kernels/battery.py [--seed 1] [--blocks 4] | dieharder -a -g 200 -k 2 -Y 1

32 streams a block, xoshiro128++, one 32-bit number a stream in turn, block after block: correlations between streams
and between blocks are seen as correlations within the output.
"""

import argparse
import os
import sys

import numpy as np

from physrbm import sampling
from physrbm.kernels._jit import kernel
from physrbm.kernels.lanes import load_streams, next_random, store_streams
from physrbm.kernels.simd import store

ROUNDS = 2**14  # numbers of every stream at once


@kernel
def fill(rng, numbers):  # type: ignore[no-untyped-def]
    """numbers (round, block, 32) int32 from the streams (block, 4, 32), which go on."""
    for block in range(rng.shape[0]):
        streams = load_streams(rng[block])
        for k in range(numbers.shape[0]):
            random, streams = next_random(streams)
            store(numbers, (k * rng.shape[0] + block) * 32, random)
        store_streams(rng[block], streams)


def main() -> None:
    """Write until nobody reads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blocks", type=int, default=4)
    given = parser.parse_args()
    chains = sampling.new_chains(np.zeros((128 * given.blocks, 1), np.uint8), 1, given.seed, (0,))
    numbers = np.empty((ROUNDS, len(chains.rng), 32), np.int32)
    written = 0
    try:
        while True:
            fill(chains.rng, numbers)
            sys.stdout.buffer.write(numbers.data)
            written += numbers.nbytes
    except BrokenPipeError:
        print(f"{written} bytes = 2^{np.log2(written):.1f}", file=sys.stderr)
        os._exit(0)  # the interpreter would try to flush into the closed pipe


if __name__ == "__main__":
    main()
