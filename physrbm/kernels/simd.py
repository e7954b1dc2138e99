"""Vectors as numba values: LLVM vector types with the few operations that the kernels need.

LLVM lowers <32 x float> to what the processor has (2 registers of AVX-512, 4 of AVX2, 8 of NEON): no operation here is
of one processor but the look-ups, which must not be compiled where their feature is missing, and what chooses by signs
where there is AVX2 without masks. Floating-point operations are exactly those of `arithmetic`, lane by lane, and never
contracted: a kernel gives the bits of its portable twin.

Bundle  [K x <16 x float>], the sums of a row on 16 K chains: a bond adds its weight where a bit is set. With AVX-512
        that is one broadcast and K times `vaddps zmm{k}` with a mask loaded from the bit-packed state: the masked add.
F32 I32 Bits  32 lanes, one word of chains: what follows a row's sum (scale, sigmoid, random bits, comparison). In
        multi-spin coding the bits of an I32 are 1024 chains.
F64     32 lanes for what is summed over a whole ladder.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.datamodel import models
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, register_model

from physrbm.kernels.processor import features

WORD, VECTOR = 32, 16  # lanes of a word of chains; of a register
_SIGNS = "avx2" in features() and "avx512f" not in features()
"""whether lanes are chosen by the signs of a vector, for want of masks"""
_F, _D, _I, _H = ir.FloatType(), ir.DoubleType(), ir.IntType(32), ir.IntType(16)


class Vector(types.Type):  # type: ignore[misc]
    """The numba type of a vector of `WORD` lanes."""

    def __init__(self, name: str, element: ir.Type) -> None:
        self.llvm = ir.VectorType(element, WORD)
        super().__init__(name=name)


class Bundle(types.Type):  # type: ignore[misc]
    """The numba type of `k` vectors of 16 floats."""

    def __init__(self, k: int) -> None:
        self.k, self.llvm = k, ir.ArrayType(ir.VectorType(_F, VECTOR), k)
        super().__init__(name=f"bundle of {k}")


class _F32(Vector):
    pass


class _F64(Vector):
    pass


class _I32(Vector):
    pass


class _Bits(Vector):
    pass


F32, F64, I32 = _F32("f32 x 32", _F), _F64("f64 x 32", _D), _I32("i32 x 32", _I)
BITS = _Bits("bit x 32", ir.IntType(1))


@register_model(_F32)
@register_model(_F64)
@register_model(_I32)
@register_model(_Bits)
@register_model(Bundle)
class _Model(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, kind.llvm)


def _operator(op: Any, kind: Vector, result: Vector, emit: Callable[..., Any]) -> None:
    """Teach numba `a op b` of two vectors of one kind."""

    @infer_global(op)
    class _Typed(AbstractTemplate):  # type: ignore[misc]
        def generic(self, args: Any, keywords: Any) -> Any:
            return signature(result, kind, kind) if tuple(args) == (kind, kind) else None

    @lower_builtin(op, type(kind), type(kind))  # type: ignore[untyped-decorator]
    def _lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, *args)


for _kind in (F32, F64):
    _operator(operator.add, _kind, _kind, lambda b, x, y: b.fadd(x, y))
    _operator(operator.sub, _kind, _kind, lambda b, x, y: b.fsub(x, y))
    _operator(operator.mul, _kind, _kind, lambda b, x, y: b.fmul(x, y))
    _operator(operator.truediv, _kind, _kind, lambda b, x, y: b.fdiv(x, y))
_operator(operator.lt, F32, BITS, lambda b, x, y: b.fcmp_ordered("<", x, y))
_operator(operator.le, F32, BITS, lambda b, x, y: b.fcmp_ordered("<=", x, y))
_operator(operator.add, I32, I32, lambda b, x, y: b.add(x, y))
_operator(operator.xor, I32, I32, lambda b, x, y: b.xor(x, y))
_operator(operator.and_, I32, I32, lambda b, x, y: b.and_(x, y))
_operator(operator.or_, I32, I32, lambda b, x, y: b.or_(x, y))


def _vector_splat(builder: Any, x: Any, lanes: int) -> Any:
    kind = ir.VectorType(x.type, lanes)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), x, ir.Constant(_I, 0))
    zeros = ir.Constant(ir.VectorType(_I, lanes), [0] * lanes)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros)


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any, element: ir.Type) -> Any:
    """Pointer to element `index` of an array, seen as `element`."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), element.as_pointer())


def _unary(result: Vector, kind: Vector, emit: Callable[..., Any]) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def operation(typing: Any, x: Any) -> Any:
        if x == kind:
            return result(kind), lambda context, builder, sig, args: emit(builder, args[0])
        return None

    return operation


def _call(builder: Any, name: str, kind: ir.Type, args: list[Any]) -> Any:
    function = builder.module.globals.get(name)
    if function is None:
        function = ir.Function(builder.module, ir.FunctionType(kind, [kind] * len(args)), name)
    return builder.call(function, args)


as_float = _unary(F32, I32, lambda b, x: b.bitcast(x, F32.llvm))  # the same bits
as_int = _unary(I32, F32, lambda b, x: b.bitcast(x, I32.llvm))
to_float = _unary(F32, I32, lambda b, x: b.sitofp(x, F32.llvm))  # the same number
to_int = _unary(I32, F32, lambda b, x: b.fptosi(x, I32.llvm))  # towards zero
to_double = _unary(F64, F32, lambda b, x: b.fpext(x, F64.llvm))
complement = _unary(I32, I32, lambda b, x: b.not_(x))
absolute = _unary(F32, F32, lambda b, x: _call(b, "llvm.fabs.v32f32", F32.llvm, [x]))


def _by_bits(emit: Callable[..., Any]) -> Any:
    """An operation of an I32 vector with a number of bits, the same for all lanes."""

    @intrinsic  # type: ignore[untyped-decorator]
    def operation(typing: Any, x: Any, n: Any) -> Any:
        def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return emit(builder, args[0], _vector_splat(builder, builder.trunc(args[1], _I), WORD))

        return I32(I32, types.int64), lower

    return operation


shift_left = _by_bits(lambda b, x, n: b.shl(x, n))
shift_right = _by_bits(lambda b, x, n: b.lshr(x, n))
rotate_left = _by_bits(lambda b, x, n: _call(b, "llvm.fshl.v32i32", I32.llvm, [x, x, n]))


@intrinsic  # type: ignore[untyped-decorator]
def fma(typing: Any, x: Any, y: Any, z: Any) -> Any:
    """x y + z, rounded once; of float32 numbers or of F32 vectors."""
    kind, name = (F32, "llvm.fma.v32f32") if x == F32 else (types.float32, "llvm.fma.f32")

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _call(builder, name, args[0].type, list(args))

    return kind(kind, kind, kind), emit


@intrinsic  # type: ignore[untyped-decorator]
def choose(typing: Any, bits: Any, x: Any, y: Any) -> Any:
    """x where the bit is set, y elsewhere."""
    return x(BITS, x, x), lambda context, builder, sig, args: builder.select(*args)


@intrinsic  # type: ignore[untyped-decorator]
def splat(typing: Any, x: Any) -> Any:
    """The number `x` on all lanes."""
    kinds = {types.float32: F32, types.float64: F64, types.int32: I32}
    return kinds[x](x), lambda context, builder, sig, args: _vector_splat(builder, args[0], WORD)


def _loader(kind: Vector, align: int) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def load(typing: Any, array: Any, index: Any) -> Any:
        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.load(_address(context, builder, sig.args[0], args[0], args[1], kind.llvm), align=align)

        return kind(array, types.intp), emit

    return load


load_float, load_double, load_int = _loader(F32, 4), _loader(F64, 8), _loader(I32, 4)


@intrinsic  # type: ignore[untyped-decorator]
def store(typing: Any, array: Any, index: Any, x: Any) -> Any:
    """Write the lanes of a vector to consecutive elements of an array from `index` on."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        size = 8 if sig.args[2] == F64 else 4
        where = _address(context, builder, sig.args[0], args[0], args[1], args[2].type)
        builder.store(args[2], where, align=size)
        return context.get_dummy_value()

    return types.void(array, types.intp, x), emit


def _half(builder: Any, first: Any, q: int) -> Any:
    """The mask of 16 lanes in half word `q` from `first` on."""
    bits = builder.load(builder.gep(first, [ir.Constant(ir.IntType(64), q)]), align=2)
    return builder.bitcast(bits, ir.VectorType(ir.IntType(1), VECTOR))


def _mask(builder: Any, word: Any) -> Any:
    """The mask of 32 lanes behind a pointer: two loads, because shifting a mask costs more than loading it."""
    first = builder.bitcast(word, _H.as_pointer())
    both = ir.Constant(ir.VectorType(_I, WORD), list(range(WORD)))
    return builder.shuffle_vector(_half(builder, first, 0), _half(builder, first, 1), both)


@intrinsic  # type: ignore[untyped-decorator]
def load_bits(typing: Any, words: Any, index: Any) -> Any:
    """The 32 bits of a uint32 word as a mask."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _mask(builder, _address(context, builder, sig.args[0], args[0], args[1], _I))

    return BITS(words, types.intp), emit


@intrinsic  # type: ignore[untyped-decorator]
def store_bits(typing: Any, words: Any, index: Any, bits: Any) -> Any:
    """Write a mask as the 32 bits of a uint32 word."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        where = _address(context, builder, sig.args[0], args[0], args[1], _I)
        builder.store(builder.bitcast(args[2], _I), where)
        return context.get_dummy_value()

    return types.void(words, types.intp, BITS), emit


@intrinsic  # type: ignore[untyped-decorator]
def at(typing: Any, array: Any, index: Any) -> Any:
    """array[index] without looking whether the index is negative."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(builder.gep(context.make_array(sig.args[0])(context, builder, args[0]).data, [args[1]]))

    return array.dtype(array, types.intp), emit


@intrinsic  # type: ignore[untyped-decorator]
def any_bit(typing: Any, x: Any) -> Any:
    """Whether a bit of an I32 vector is set on any lane."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        lanes = builder.icmp_unsigned("!=", args[0], ir.Constant(I32.llvm, [0] * WORD))
        return builder.icmp_unsigned("!=", builder.bitcast(lanes, _I), ir.Constant(_I, 0))

    return types.boolean(I32), emit


@intrinsic  # type: ignore[untyped-decorator]
def popcount(typing: Any, x: Any) -> Any:
    """Number of bits set in an int32."""
    return types.int32(types.int32), lambda context, builder, sig, args: builder.ctpop(args[0])


@intrinsic  # type: ignore[untyped-decorator]
def count_of(typing: Any, x: Any) -> Any:
    """Number of bits set in an I32 vector, int64."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        name, kind = "llvm.vector.reduce.add.v32i32", ir.FunctionType(_I, [I32.llvm])
        function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        counts = _call(builder, "llvm.ctpop.v32i32", I32.llvm, [args[0]])
        return builder.zext(builder.call(function, [counts]), ir.IntType(64))

    return types.int64(I32), emit


@intrinsic  # type: ignore[untyped-decorator]
def total_of(typing: Any, x: Any) -> Any:
    """Sum of the lanes of an I32 vector, int64."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        wide = ir.VectorType(ir.IntType(64), WORD)
        name, kind = "llvm.vector.reduce.add.v32i64", ir.FunctionType(ir.IntType(64), [wide])
        function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        return builder.call(function, [builder.sext(args[0], wide)])

    return types.int64(I32), emit


@intrinsic  # type: ignore[untyped-decorator]
def bundle(typing: Any, like: Any, x: Any) -> Any:
    """The number `x` on all 16 K lanes of a bundle; `like` is a tuple of K entries."""
    kind = Bundle(len(like))

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        made, vector = ir.Constant(kind.llvm, ir.Undefined), _vector_splat(builder, args[1], VECTOR)
        for q in range(kind.k):
            made = builder.insert_value(made, vector, q)
        return made

    return kind(like, types.float32), emit


@intrinsic  # type: ignore[untyped-decorator]
def add_where(typing: Any, total: Any, weight: Any, words: Any, index: Any) -> Any:
    """`total` plus `weight` on the lanes whose bit is set in the K / 2 words from `index` on."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        added, vector = args[0], _vector_splat(builder, args[1], VECTOR)
        word = _address(context, builder, sig.args[2], args[2], args[3], _I)
        if _SIGNS:
            for q in range(total.k):
                bits = builder.load(builder.gep(word, [ir.Constant(ir.IntType(64), q // 2)]), align=4)
                old = builder.extract_value(added, q)
                added = builder.insert_value(added, _sum_where_sign(builder, old, vector, bits, 16 * (q % 2)), q)
            return added
        first = builder.bitcast(word, _H.as_pointer())
        for q in range(total.k):  # a mask is loaded where it is used: there are seven mask registers
            mask, old = _half(builder, first, q), builder.extract_value(args[0], q)
            added = builder.insert_value(added, builder.select(mask, builder.fadd(old, vector), old), q)
        return added

    return total(total, types.float32, words, types.intp), emit


def _sum_where_sign(builder: Any, total: Any, x: Any, word: Any, first: int) -> Any:
    """`total` plus `x` on the lanes whose bit of a word is set, without masks: the bits of the lanes from `first` on.

    AVX2 chooses by signs, so lanes shift their bits there; three operations, not four.
    """
    floats, ints, found = ir.VectorType(_F, 8), ir.VectorType(_I, 8), []
    blend = builder.module.globals.get("llvm.x86.avx.blendv.ps.256")
    blend = blend or ir.Function(builder.module, ir.FunctionType(floats, [floats] * 3), "llvm.x86.avx.blendv.ps.256")
    for at in range(0, total.type.count, 8):
        lanes = ir.Constant(ints, list(range(at, at + 8)))
        old, more = (builder.shuffle_vector(v, ir.Constant(v.type, ir.Undefined), lanes) for v in (total, x))
        added = builder.fadd(old, more) if old.type == floats else builder.add(old, more)
        sign = builder.shl(_vector_splat(builder, word, 8), ir.Constant(ints, [31 - first - at - k for k in range(8)]))
        found.append(builder.call(blend, [builder.bitcast(v, floats) for v in (old, added, sign)]))
    while len(found) > 1:
        both = ir.Constant(ir.VectorType(_I, 2 * found[0].type.count), list(range(2 * found[0].type.count)))
        found = [builder.shuffle_vector(*found[k : k + 2], both) for k in range(0, len(found), 2)]
    return builder.bitcast(found[0], total.type)


@intrinsic  # type: ignore[untyped-decorator]
def add_levels(typing: Any, total: Any, levels: Any, words: Any, index: Any) -> Any:
    """`total` plus `levels`, I32, on the lanes whose bit is set in word `index`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        old, more, _, _ = args
        word = _address(context, builder, sig.args[2], args[2], args[3], _I)
        if _SIGNS:
            return _sum_where_sign(builder, old, more, builder.load(word, align=4), 0)
        return builder.select(_mask(builder, word), builder.add(old, more), old)

    return I32(I32, I32, words, types.intp), emit


@intrinsic  # type: ignore[untyped-decorator]
def store_bundle(typing: Any, array: Any, total: Any) -> Any:
    """Write the 16 K lanes of a bundle to the start of an array."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        for q in range(total.k):
            index = ir.Constant(ir.IntType(64), VECTOR * q)
            where = _address(context, builder, sig.args[0], args[0], index, total.llvm.element)
            builder.store(builder.extract_value(args[1], q), where, align=4)
        return context.get_dummy_value()

    return types.void(array, total), emit


@intrinsic  # type: ignore[untyped-decorator]
def quad(typing: Any, like: Any, b0: Any, b1: Any, b2: Any, b3: Any) -> Any:
    """Four numbers, each on a quarter of the K vectors of a bundle; `like` is a tuple of K entries."""
    kind = Bundle(len(like))

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        made, vectors = ir.Constant(kind.llvm, ir.Undefined), [_vector_splat(builder, x, VECTOR) for x in args[1:]]
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
        table = _address(context, builder, sig.args[1], args[1], args[2], floats)
        source = _address(context, builder, sig.args[3], args[3], args[4], ints)
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
            word = builder.load(_address(context, builder, sig.args[0], args[0], at, _I))
            word = builder.select(there, word, ir.Constant(_I, 0))
            mask = builder.bitcast(word, ir.VectorType(ir.IntType(1), WORD))
            bit, none = (ir.Constant(bytes_, [x] * WORD) for x in ((1 << u) - 256 * (u == 7), 0))
            found = builder.or_(found, builder.select(mask, bit, none))
            place = builder.add(place, step)
        chains = builder.bitcast(found, dwords)
        order = ir.Constant(ir.VectorType(_I, 8), [0, 2, 4, 6, 1, 3, 5, 7])
        chains = builder.shuffle_vector(chains, ir.Constant(dwords, ir.Undefined), order)
        builder.store(chains, _address(context, builder, sig.args[4], args[4], args[5], dwords), align=4)
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
        source = builder.load(_address(context, builder, sig.args[3], args[3], args[4], bytes_), align=4)
        place = _address(context, builder, sig.args[1], args[1], args[2], table)
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
