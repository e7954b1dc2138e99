"""Sums looked up instead of added: operations of one processor, AVX-512 or AVX2.

Where the feature is missing LLVM aborts the process when it compiles them: only `tables_floats` and `tables_bytes` may
ask for them, which `gibbs_tables` chooses by `processor.features`.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from physrbm.kernels.simd import F32, VECTOR, WORD, Bundle, address, vector_splat

_F, _I, _H = ir.FloatType(), ir.IntType(32), ir.IntType(16)


@intrinsic  # type: ignore[untyped-decorator]
def quad(typing: Any, like: Any, b0: Any, b1: Any, b2: Any, b3: Any) -> Any:
    """Four numbers, each on a quarter of the K vectors of a bundle; `like` is a tuple of K entries."""
    kind = Bundle(len(like))

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        made, vectors = ir.Constant(kind.llvm, ir.Undefined), [vector_splat(builder, x, VECTOR) for x in args[1:]]
        for q in range(kind.k):
            made = builder.insert_value(made, vectors[4 * q // kind.k], q)
        return made

    return kind(like, types.float32, types.float32, types.float32, types.float32), emit


@intrinsic  # type: ignore[untyped-decorator]
def look_up(typing: Any, total: Any, tables: Any, first: Any, lanes: Any, index: Any) -> Any:
    """Add, for four units, the table entries that 32 source units select: AVX-512 only, elsewhere LLVM aborts.

    lanes: int32, the bits of the 32 source units of a chain, K/4 vectors of chains from `index` on. tables: float32,
    from `first` on (8 groups of four source units, 4 units, 16 sums). One permutation looks up 16 chains.
    """
    floats, ints = total.llvm.element, ir.VectorType(_I, VECTOR)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        table = address(context, builder, sig.args[1], args[1], args[2], floats)
        source = address(context, builder, sig.args[3], args[3], args[4], ints)
        quarter, added = total.k // 4, args[0]
        bits = [builder.load(builder.gep(source, [ir.Constant(ir.IntType(64), q)]), align=4) for q in range(quarter)]
        name, four = "llvm.x86.avx512.permvar.sf.512", ir.Constant(ints, [4] * VECTOR)
        permute = builder.module.globals.get(name)
        permute = permute or ir.Function(builder.module, ir.FunctionType(floats, [floats, ints]), name)
        for group in range(8):
            for r in range(4):
                place = builder.gep(table, [ir.Constant(ir.IntType(64), 4 * group + r)])
                entries = builder.load(place, align=4)
                for q in range(quarter):
                    at = quarter * r + q
                    found = builder.call(permute, [entries, bits[q]])  # reads the low four bits of a lane
                    added = builder.insert_value(added, builder.fadd(builder.extract_value(added, at), found), at)
            bits = [builder.lshr(x, four) for x in bits]
        return added

    return total(total, tables, types.intp, lanes, types.intp), emit


@intrinsic  # type: ignore[untyped-decorator]
def turn_eight(typing: Any, words: Any, first: Any, stride: Any, n: Any, to: Any, index: Any) -> Any:
    """From words of 32 chains, at `first` and every `stride` behind it, a byte a chain: its bits of eight units.

    Of `n` < 8 units the others are off. The 32 bytes go to element `index` of `to` and behind it, in the order of
    `look_up_bytes`: such that it finds the chains in theirs.
    """
    bytes_, dwords = ir.VectorType(ir.IntType(8), WORD), ir.VectorType(_I, 8)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        _, place, step, count, _, _ = args
        found = ir.Constant(bytes_, [0] * WORD)
        for u in range(8):
            there = builder.icmp_signed("<", ir.Constant(count.type, u), count)
            at = builder.select(there, place, args[1])
            word = builder.load(address(context, builder, sig.args[0], args[0], at, _I))
            word = builder.select(there, word, ir.Constant(_I, 0))
            mask = builder.bitcast(word, ir.VectorType(ir.IntType(1), WORD))
            bit, none = (ir.Constant(bytes_, [x] * WORD) for x in ((1 << u) - 256 * (u == 7), 0))
            found = builder.or_(found, builder.select(mask, bit, none))
            place = builder.add(place, step)
        chains = builder.bitcast(found, dwords)
        order = ir.Constant(ir.VectorType(_I, 8), [0, 2, 4, 6, 1, 3, 5, 7])
        chains = builder.shuffle_vector(chains, ir.Constant(dwords, ir.Undefined), order)
        builder.store(chains, address(context, builder, sig.args[4], args[4], args[5], dwords), align=4)
        return context.get_dummy_value()

    return types.void(words, types.intp, types.intp, types.intp, to, types.intp), emit


@intrinsic  # type: ignore[untyped-decorator]
def look_up_bytes(typing: Any, total: Any, tables: Any, first: Any, lanes: Any, index: Any) -> Any:
    """Add to an F32 what eight source units, a byte a chain, select from two tables: AVX2 only, elsewhere LLVM aborts.

    lanes: the bytes of `turn_eight`, from element `index` on. tables: uint8, from `first` on (2 groups of four source
    units, 4 bytes of a float from the lowest on, 16 sums). A shuffle of bytes looks up one byte of 32 floats; eight
    shuffles join the four.
    """
    bytes_, table = ir.VectorType(ir.IntType(8), WORD), ir.VectorType(ir.IntType(8), 16)
    pairs, floats = ir.VectorType(_H, 16), ir.VectorType(_F, 8)

    def joined(builder: Any, x: Any, y: Any) -> tuple[Any, Any]:
        """Elements of x and y in turn, of the lower and of the upper halves of 128 bits."""
        n, found = x.type.count // 2, []
        for half in (0, n // 2):
            at = [
                place for lane in (0, n) for i in range(n // 2) for place in (lane + half + i, 2 * n + lane + half + i)
            ]
            found.append(builder.shuffle_vector(x, y, ir.Constant(ir.VectorType(_I, 2 * n), at)))
        return found[0], found[1]

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        source = builder.load(address(context, builder, sig.args[3], args[3], args[4], bytes_), align=4)
        place = address(context, builder, sig.args[1], args[1], args[2], table)
        low = ir.Constant(bytes_, [15] * WORD)
        upper = builder.lshr(builder.bitcast(source, pairs), ir.Constant(pairs, [4] * 16))
        name = "llvm.x86.avx2.pshuf.b"
        select = builder.module.globals.get(name)
        select = select or ir.Function(builder.module, ir.FunctionType(bytes_, [bytes_, bytes_]), name)
        both = ir.Constant(ir.VectorType(_I, WORD), 2 * list(range(16)))
        added = args[0]
        for group, four in enumerate((source, builder.bitcast(upper, bytes_))):
            chosen, planes = builder.and_(four, low), []
            for k in range(4):
                entries = builder.load(builder.gep(place, [ir.Constant(_I, 4 * group + k)]), align=1)
                entries = builder.shuffle_vector(entries, ir.Constant(table, ir.Undefined), both)
                planes.append(builder.call(select, [entries, chosen]))
            halves = zip(joined(builder, *planes[:2]), joined(builder, *planes[2:]), strict=True)
            parts = [
                builder.bitcast(x, floats)
                for lower, higher in halves
                for x in joined(builder, builder.bitcast(lower, pairs), builder.bitcast(higher, pairs))
            ]
            sixteen, thirty_two = (ir.Constant(ir.VectorType(_I, n), list(range(n))) for n in (16, 32))
            parts = [builder.shuffle_vector(*parts[i : i + 2], sixteen) for i in (0, 2)]
            added = builder.fadd(added, builder.shuffle_vector(*parts, thirty_two))
        return added

    return F32(F32, tables, types.intp, lanes, types.intp), emit
