r"""The allowed error of an answer.

It is as large as float32 rounds, for inputs and answers of any precision.

Notation: :math:`s` is the scale, the largest absolute expected value;
:math:`\varepsilon` the machine epsilon of the precision that is granted; :math:`n` the
number of operations that one output value takes.

.. math:: r = \max(r_0, 8 \varepsilon \sqrt{n}), \qquad |a - e| \le r \max(1, s)

:math:`r_0` is 1e-4 in float32, 1e-7 in float64, 1e-2 in float16, 2^-5 in bfloat16: room
for every right formula, far more than rounding needs, far less than any mistake leaves.
Rounding errors add up like a random walk, hence the root [1]_. Float32 is granted
everywhere, for its work may come back as float64, and then only the draw would tell
whether it stays within 1e-7. Float64 is granted where a rubric says so; float16 and
bfloat16 are where they were fed.

On a GPU, matrix products and convolutions of float32 may round their *factors* to TF32,
with 10 bits after the point and a unit roundoff :math:`u = 2^{-11}`; products and sums
stay float32 [2]_. Each product is then off by at most :math:`2u + u^2` of itself, and
by :math:`\sqrt{2} u` in the mean square. A sum of n such products is off by
:math:`\sqrt{2} u` of the root of the sum of their squares, which for factors of either
sign is what the sum itself is like, whatever n: no root of n here. The largest of many
such errors is five or six times as much, hence :math:`r_0 = 8u = 2^{-8}` (0.4 %). The
same factor 8 gives bfloat16, with :math:`u = 2^{-8}`, its :math:`2^{-5}`.

Where the expected values are small, the absolute term would let zeros pass. So the
tolerance never exceeds :math:`\max(s \max(10^{-3}, r_0), \min(c, q s))`. The first is a
thousandth of the scale: 1,000 times what float32 is off where small values were
computed from small ones, and a tenth of a mistake of 1 %. The second is for small
values that are left where larger ones cancel: of values near 1, float32 leaves :math:`c
= 8 \varepsilon`, about 1e-6. But it never is more than :math:`q = 2^{-7}` of the scale,
so that a mistake of 1 % fails at every scale. (The other precisions have :math:`c =
1000 \varepsilon` and :math:`q = 1/4`: float64 has no need of more, the others can do no
better.) All this holds unless :math:`s` is itself no more than rounding noise (1e-10 in
float64, 1e-6 where float32 was fed): an expected 3e-17 stands for 0.

References
----------
.. [1] N. J. Higham, T. Mary, "A new approach to probabilistic rounding error analysis",
SIAM J. Sci. Comput. 41
   (2019), theorem 3.1.
.. [2] NVIDIA A100 Tensor Core GPU Architecture, white paper (2020), "TF32"; PTX ISA, "tf32".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Precision:
    """A floating-point precision, and what it may cost.

    Attributes
    ----------
    name
        Of the dtype.
    epsilon
        Distance from 1 to the next number.
    floor
        Smallest relative tolerance :math:`r_0`.
    noise
        Expected values up to this size stand for 0.
    rest
        Absolute error :math:`c` that cancellation may leave in small values.
    share
        Largest part :math:`q` of the scale that this may be.
    """

    name: str
    epsilon: float
    floor: float
    noise: float
    rest: float
    share: float = 0.25


HALF = Precision("float16", 2.0**-10, 1e-2, 1e-3, 1000 * 2.0**-10)
BRAIN = Precision("bfloat16", 2.0**-7, 2.0**-5, 1e-2, 1000 * 2.0**-7)
SINGLE = Precision("float32", 2.0**-23, 1e-4, 1e-6, 8 * 2.0**-23, 2.0**-7)
TENSOR = Precision("float32 with TF32 products", 2.0**-23, 2.0**-8, 1e-6, 1000 * 2.0**-23)
DOUBLE = Precision("float64", 2.0**-52, 1e-7, 1e-10, 1000 * 2.0**-52)


def precision_of(dtype: np.dtype[Any]) -> Precision:
    """Return the precision of a dtype.

    Integers and booleans are exact, hence double.
    """
    if dtype.name.startswith(("bfloat", "float8")):
        return BRAIN
    if dtype.kind not in "fc":
        return DOUBLE
    bits = 8 * dtype.itemsize // (2 if dtype.kind == "c" else 1)
    return HALF if bits <= 16 else SINGLE if bits == 32 else DOUBLE


def precision_due(expected: np.dtype[Any], inputs: object = ()) -> Precision:
    """Return the precision in which an answer is due.

    It is the lowest among the reference's answer and what was fed. Python floats among
    the inputs do not count: like NumPy, they adapt to the arrays.
    """
    fed = [value.dtype for value in _leaves(inputs) if isinstance(value, (np.ndarray, np.generic))]
    return max(
        (precision_of(dtype) for dtype in [expected, *fed]), key=lambda precision: precision.epsilon
    )


def granted(
    due: Precision, returned: np.dtype[Any], *, needs_float64: bool = False, has_gpu: bool = False
) -> Precision:
    """Return the precision to which an answer is held.

    Parameters
    ----------
    due
        That of the reference and of what was fed.
    returned
        The answer's dtype. It matters on a GPU only, which rounds no products of float64.
    needs_float64
        Whether the rubric asks for it.
    has_gpu
        Whether products of matrices are a GPU's.
    """
    if needs_float64:
        return DOUBLE
    if has_gpu and SINGLE in (due, precision_of(returned)):
        return TENSOR
    return due if due.epsilon > SINGLE.epsilon else SINGLE


def _leaves(values: object) -> Iterable[object]:
    if isinstance(values, dict):
        values = list(values.values())
    if not isinstance(values, (list, tuple)):
        return [values]
    return [leaf for value in values for leaf in _leaves(value)]


def tolerance(
    scale: float, precision: Precision, operations: float = 1, *, noise: float | None = None
) -> float:
    """Return the largest absolute error that is allowed.

    Parameters
    ----------
    scale
        Largest absolute expected value :math:`s`.
    precision
        What is granted.
    operations
        Floating-point operations behind one output value :math:`n`.
    noise
        Expected values up to this size stand for 0; by default that of the precision.

    Examples
    --------
    >>> tolerance(1.0, DOUBLE), tolerance(50.0, SINGLE), round(tolerance(1e-3, SINGLE), 12)
    (1e-07, 0.005, 1e-06)
    """
    relative = max(precision.floor, 8 * precision.epsilon * math.sqrt(operations))
    allowed = relative * max(1.0, scale)
    if scale <= (precision.noise if noise is None else noise):
        return allowed
    return min(
        allowed,
        max(scale * max(1e-3, precision.floor), min(precision.rest, scale * precision.share)),
    )
