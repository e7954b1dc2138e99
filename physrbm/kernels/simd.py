"""Vectors as numba values: LLVM vector types with the few operations that the kernels need.

LLVM lowers <32 x float> to what the processor has (2 registers of AVX-512, 4 of AVX2, 8 of NEON): no operation here is
of one processor but what chooses by signs where there is AVX2 without masks. Floating-point operations are exactly
those of `arithmetic`, lane by lane, and never contracted: a kernel gives the bits of its portable twin.

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


def vector_splat(builder: Any, x: Any, lanes: int) -> Any:
    """`x` on all lanes."""
    kind = ir.VectorType(x.type, lanes)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), x, ir.Constant(_I, 0))
    zeros = ir.Constant(ir.VectorType(_I, lanes), [0] * lanes)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros)


def address(context: Any, builder: Any, array_type: Any, array: Any, index: Any, element: ir.Type) -> Any:
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
            return emit(builder, args[0], vector_splat(builder, builder.trunc(args[1], _I), WORD))

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
    return kinds[x](x), lambda context, builder, sig, args: vector_splat(builder, args[0], WORD)


def _loader(kind: Vector, align: int) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def load(typing: Any, array: Any, index: Any) -> Any:
        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.load(address(context, builder, sig.args[0], args[0], args[1], kind.llvm), align=align)

        return kind(array, types.intp), emit

    return load


load_float, load_double, load_int = _loader(F32, 4), _loader(F64, 8), _loader(I32, 4)


@intrinsic  # type: ignore[untyped-decorator]
def store(typing: Any, array: Any, index: Any, x: Any) -> Any:
    """Write the lanes of a vector to consecutive elements of an array from `index` on."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        size = 8 if sig.args[2] == F64 else 4
        where = address(context, builder, sig.args[0], args[0], args[1], args[2].type)
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
        return _mask(builder, address(context, builder, sig.args[0], args[0], args[1], _I))

    return BITS(words, types.intp), emit


@intrinsic  # type: ignore[untyped-decorator]
def store_bits(typing: Any, words: Any, index: Any, bits: Any) -> Any:
    """Write a mask as the 32 bits of a uint32 word."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        where = address(context, builder, sig.args[0], args[0], args[1], _I)
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
        made, vector = ir.Constant(kind.llvm, ir.Undefined), vector_splat(builder, args[1], VECTOR)
        for q in range(kind.k):
            made = builder.insert_value(made, vector, q)
        return made

    return kind(like, types.float32), emit


@intrinsic  # type: ignore[untyped-decorator]
def add_where(typing: Any, total: Any, weight: Any, words: Any, index: Any) -> Any:
    """`total` plus `weight` on the lanes whose bit is set in the K / 2 words from `index` on."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        added, vector = args[0], vector_splat(builder, args[1], VECTOR)
        word = address(context, builder, sig.args[2], args[2], args[3], _I)
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
        sign = builder.shl(vector_splat(builder, word, 8), ir.Constant(ints, [31 - first - at - k for k in range(8)]))
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
        word = address(context, builder, sig.args[2], args[2], args[3], _I)
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
            where = address(context, builder, sig.args[0], args[0], index, total.llvm.element)
            builder.store(builder.extract_value(args[1], q), where, align=4)
        return context.get_dummy_value()

    return types.void(array, total), emit
