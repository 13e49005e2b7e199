"""Logarithm and exponential that the compiler can vectorise: numba calls libm once per value, this does not.

Polynomials on the bits of a double, after FreeBSD's e_log.c (k_log.h) and Cody and Waite's reduction.
`log` is for finite positive normal values: within 1 ulp. `exp` clamps its argument to [-708, 709]: within
1e-15 relative. Products are added in one step where the processor can. Uncompiled they are `math.log` and
`math.exp`. `plus` is the one addition whose order in a sum the compiler may choose, so that sums too become
vectors: the same bits on any number of threads, and nothing else of `fastmath`.
"""

from __future__ import annotations

import math
import operator
import struct

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from schedlab.kernels import kernel

_LN2_HI, _LN2_LO = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_INV_LN2, _ROUND = 1.4426950408889634, 6755399441055744.0
_SQRT_HALF, _EXPONENT = 0x3FE6A09E667F3BCD, -0x10000000000000
_L1, _L2, _L3, _L4 = (
    0.6666666666666735130,
    0.3999999999940941908,
    0.2857142874366239149,
    0.2222219843214978396,
)
_L5, _L6, _L7 = 0.1818357216161805012, 0.1531383769920937332, 0.1479819860511658591
_E = tuple(1.0 / math.factorial(i) for i in range(14))
_E2, _E3, _E4, _E5, _E6, _E7, _E8, _E9, _E10, _E11, _E12, _E13 = _E[2:]


@intrinsic
def _bits(context, x):
    """The 64 bits of a double as an int64."""

    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.int64))

    return types.int64(types.float64), generate


@intrinsic
def _double(context, i):
    """The double that has these 64 bits."""

    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.float64))

    return types.float64(types.int64), generate


@intrinsic
def _fma(context, a, b, c):
    """a * b + c, rounded once where that is quick."""

    def generate(context, builder, signature, args):
        double = ir.DoubleType()
        of = ir.FunctionType(double, [double] * 3)
        return builder.call(builder.module.declare_intrinsic("llvm.fmuladd", [double], of), args)

    return types.float64(types.float64, types.float64, types.float64), generate


@intrinsic
def _plus(context, a, b):
    """a + b, a step of a sum over a loop."""

    def generate(context, builder, signature, args):
        return builder.fadd(*args, flags=("reassoc",))

    return types.float64(types.float64, types.float64), generate


@kernel(inline=True)
def _log(x):
    i = _bits(x)
    shifted = i - _SQRT_HALF
    k = float(shifted >> 52)
    f = _double(i - (shifted & _EXPONENT)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    r = w * _fma(w, _fma(w, _L6, _L4), _L2) + z * _fma(w, _fma(w, _fma(w, _L7, _L5), _L3), _L1)
    half = 0.5 * f * f
    return k * _LN2_HI - ((half - _fma(s, half + r, k * _LN2_LO)) - f)


@kernel(inline=True)
def _exp(x):
    x = min(max(x, -708.0), 709.0)
    shifted = _fma(x, _INV_LN2, _ROUND)
    k = shifted - _ROUND
    r = _fma(-k, _LN2_LO, _fma(-k, _LN2_HI, x))
    square = r * r
    fourth = square * square
    low = _fma(square, _fma(r, _E5, _E4), _fma(r, _E3, _E2))
    middle = _fma(square, _fma(r, _E9, _E8), _fma(r, _E7, _E6))
    high = _fma(square, _fma(r, _E13, _E12), _fma(r, _E11, _E10))
    p = _fma(square, _fma(fourth, _fma(fourth, high, middle), low), 1.0 + r)
    return p * _double((_bits(shifted) << 52) + 0x3FF0000000000000)


def _plain_exp(x):
    return math.exp(min(max(x, -708.0), 709.0))


def _plain_bits(x):
    return struct.unpack("q", struct.pack("d", x))[0]


def _plain_double(i):
    return struct.unpack("d", struct.pack("q", i))[0]


if numba.config.DISABLE_JIT:
    log, exp, bits, double, plus = math.log, _plain_exp, _plain_bits, _plain_double, operator.add
else:
    log, exp, bits, double, plus = _log, _exp, _bits, _double, _plus


@kernel(inline=True)
def softplus(x):
    """log(1 + exp(x)) without overflow."""
    return max(x, 0.0) + log(1.0 + exp(-abs(x)))
