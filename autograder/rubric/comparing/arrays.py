"""Comparison of one array with another.

It is about kind of value, shape, dtype, NaNs and values. The first that is wrong fails.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from autograder.errors import CourseError
from autograder.rubric.checks import CheckFailed, current, note_too_fine, tell, use
from autograder.rubric.comparing import forms, pictures, tolerance, values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.rubric.comparing.forms import CheckDtype
    from autograder.rubric.comparing.values import Array

Floats = Literal["float32", "float64"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The arguments of `assert_close` that hold for every part of an answer.

    They say how values are compared.

    Attributes
    ----------
    is_form
        Whether type, shape and dtype are compared strictly, and no values.
    """

    inputs: object = ()
    operations: float = 1
    rtol: float | None = None
    atol: float | None = None
    check_dtype: CheckDtype = True
    allow_nan: bool = False
    elementwise: bool = False
    precision: Floats = "float32"
    is_form: bool = False

    @property
    def needs_float64(self) -> bool:
        """Return whether float32 is too little."""
        return self.precision == "float64"


def compare_arrays(
    actual: object, expected: Array, how: Comparison, *, name: str, axes: str | None = None
) -> None:
    """Compare a value with an expected array.

    The order is kind, shape, dtype, NaNs, values.
    """
    tell(name, actual, expected)
    letters = axis_letters(axes, expected.ndim, name)
    converts = not how.is_form and how.check_dtype != "exact"
    array = forms.require_shape(actual, expected, name=name, letters=letters, converts=converts)
    if how.is_form:
        forms.require_form(array, expected.dtype, name=name)
        return
    due = (
        tolerance.DOUBLE
        if how.needs_float64
        else tolerance.precision_due(expected.dtype, how.inputs)
    )
    array = _in_due_numbers(array, expected, due, how, name)
    if expected.size == 0:
        return
    _require_numbers(array, expected, how, name)
    allowed = _allowed(array, expected, due, how)
    _require_values(
        array,
        expected,
        allowed,
        how,
        name=name,
        lengths=dict(zip(letters, expected.shape, strict=False)),
    )
    if _is_too_fine(expected, allowed, how):
        note_too_fine(name)
    if due is tolerance.DOUBLE and _uses_float32(array, expected, how):
        forms.note_precision(name, due)


def axis_letters(axes: str | None, rank: int, name: str) -> tuple[str, ...]:
    """Return the letters of the axes of one array, or ()."""
    letters = tuple((axes or "").replace(",", " ").split())
    if letters and len(letters) != rank:
        raise CourseError(
            f"{name}: axes {axes!r} name {len(letters)} axes, the expected value has {rank}."
        )
    return letters


def _in_due_numbers(
    array: Array, expected: Array, due: tolerance.Precision, how: Comparison, name: str
) -> Array:
    """Return an answer in the kind of numbers that is due.

    Fail if float32 came where float64 is needed.
    """
    array = forms.require_numbers(
        array, expected.dtype, due, name=name, check_dtype=how.check_dtype
    )
    is_single = how.needs_float64 and tolerance.precision_of(array.dtype) is tolerance.SINGLE
    if is_single and _agrees(
        array, expected, tolerance.SINGLE, how
    ):  # else the values are told to be wrong
        owner = "the value agrees" if array.ndim == 0 else "the values agree"
        message = (
            f"{name}: float64 is needed here, got {array.dtype}; {owner} to float32's precision."
        )
        raise CheckFailed(message, "dtype", pictures.shape_evidence(name, array, expected))
    return array


def _agrees(array: Array, expected: Array, precision: tolerance.Precision, how: Comparison) -> bool:
    """Return True if an answer is right enough for a precision."""
    noise = tolerance.precision_due(expected.dtype, how.inputs).noise
    scale = pictures.largest_finite(expected)
    errors = _errors(array, expected)
    return bool(
        (errors <= tolerance.tolerance(scale, precision, how.operations, noise=noise)).all()
    )


def _uses_float32(array: Array, expected: Array, how: Comparison) -> bool:
    """Return True if an answer passes because the rule grants float32."""
    if how.rtol is not None or how.atol is not None or expected.dtype.kind in "biu":
        return False
    return not _agrees(array, expected, tolerance.DOUBLE, how)


def _is_too_fine(expected: Array, allowed: float | Array, how: Comparison) -> bool:
    """Return True if a tolerance is below a few roundings of float32."""
    if how.needs_float64 or expected.dtype.kind not in "fc" or not np.isfinite(allowed).all():
        return False
    sizes = (
        np.abs(values.widened(expected)) if how.elementwise else pictures.largest_finite(expected)
    )
    # Zeros are what is left of numbers of an unknown size: of numbers near 1, as everywhere.
    return bool(np.any(allowed < tolerance.SINGLE.rest * np.where(np.equal(sizes, 0), 1.0, sizes)))


def _require_numbers(array: Array, expected: Array, how: Comparison, name: str) -> None:
    """Fail where the answer alone is NaN or infinite."""
    if _all_finite(array) and _all_finite(expected):
        return
    if not how.allow_nan and np.isnan(expected).any():
        raise CourseError(
            f"{name}: the expected values hold NaN.", hint="Pass allow_nan=True if that is meant."
        )
    wrong = ~np.isfinite(array) & np.isfinite(expected)
    if not wrong.any():
        return
    first = tuple(np.argwhere(wrong)[0])
    word = values.number(array[first])
    where = f" at {values.place(first)}" if array.ndim else ""
    amount = (
        f"{np.count_nonzero(wrong)} of {wrong.size} values are not finite; the first is"
        if array.ndim
        else "got"
    )
    evidence = pictures.value_evidence(
        name,
        array,
        expected,
        errors=_errors(array, expected),
        wrong=wrong,
        worst=first,
        allowed=0.0,
    )
    message = f"{name}: {amount} {word}{where}, expected {values.number(expected[first])}."
    raise CheckFailed(message, "NaN", evidence)


def _all_finite(array: Array) -> bool:
    return array.dtype.kind in "biu" or bool(np.isfinite(array).all())


def _allowed(
    array: Array, expected: Array, due: tolerance.Precision, how: Comparison
) -> float | Array:
    """Return the largest absolute error allowed.

    It is one number, or one for each value.
    """
    if how.rtol is not None or how.atol is not None:
        relative, absolute = how.rtol or 0.0, how.atol or 0.0
        if how.elementwise:
            return np.asarray(absolute + relative * np.abs(values.widened(expected)))
        return absolute + relative * pictures.largest_finite(expected)
    if expected.dtype.kind in "biu":
        return 0.0
    precision = tolerance.granted(
        due, array.dtype, needs_float64=how.needs_float64, has_gpu=current().has_gpu
    )
    return tolerance.tolerance(
        pictures.largest_finite(expected), precision, how.operations, noise=due.noise
    )


def _errors(array: Array, expected: Array) -> pictures.Errors:
    """Return the absolute errors.

    They are 0 where both are the same infinity or both NaN, and NaN where one is.
    """
    with np.errstate(all="ignore"):
        errors: Array = np.asarray(np.abs(values.widened(array) - values.widened(expected)))
    if _all_finite(expected):
        return errors
    same = (array == expected) | (np.isnan(array) & np.isnan(expected))
    return np.where(same & ~np.isfinite(expected), 0.0, errors)


def _require_values(  # noqa: PLR0913  # as many facts as the check has
    array: Array,
    expected: Array,
    allowed: float | Array,
    how: Comparison,
    *,
    name: str,
    lengths: Mapping[str, int],
) -> None:
    errors = _errors(array, expected)
    exact = array.dtype.kind in "biu" and expected.dtype.kind in "biu" and not np.any(allowed)
    # A NaN is not <= anything, but infinity is at most a tolerance relative to infinity.
    wrong = array != expected if exact else ~((errors <= allowed) & np.isfinite(errors))
    if not wrong.any():
        if np.any(allowed):
            use(float(np.max(errors / np.maximum(allowed, np.finfo(np.float64).tiny))))
        return
    worst = _worst(errors, wrong, allowed if how.elementwise else 0.0)
    limit = float(np.broadcast_to(allowed, errors.shape)[worst])
    evidence = pictures.value_evidence(
        name, array, expected, errors=errors, wrong=wrong, worst=worst, allowed=limit
    )
    hint = pictures.diagnose(array, expected, allowed, {**_lengths(how.inputs), **lengths})
    message = _mismatch(
        name,
        array,
        expected,
        errors,
        wrong=wrong,
        worst=worst,
        limit=limit,
        elementwise=how.elementwise,
    )
    if (
        not exact
        and expected.dtype.kind in "fc"
        and _agrees(array, expected, tolerance.SINGLE, how)
    ):
        owner = "The value agrees" if array.ndim == 0 else "The values agree"
        hint = f"{owner} to float32's precision; float64's is needed here."
    raise CheckFailed(f"{message} {hint}" if hint else message, "wrong values", evidence)


def _worst(errors: pictures.Errors, wrong: Array, allowed: float | Array) -> tuple[int, ...]:
    """Return the index of the largest error among the wrong values.

    NaN counts as the largest.
    """
    excess = np.where(wrong, np.nan_to_num(errors - allowed, nan=np.inf), -np.inf)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(excess)), errors.shape))


def _lengths(inputs: object) -> dict[str, int]:
    """Return the length of the inputs' first axis.

    That is the batch, the likeliest factor of a mistake.
    """
    first = inputs[0] if isinstance(inputs, (tuple, list)) and inputs else inputs
    return {"N": first.shape[0]} if isinstance(first, np.ndarray) and first.ndim else {}


def _mismatch(  # noqa: PLR0913  # as many facts as the check has
    name: str,
    array: Array,
    expected: Array,
    errors: pictures.Errors,
    *,
    wrong: Array,
    worst: tuple[int, ...],
    limit: float,
    elementwise: bool,
) -> str:
    got, due = values.pair(array[worst], expected[worst])
    if expected.dtype.kind == "b":
        return _exact_mismatch(name, wrong, worst, got, due)
    if limit == 0 and expected.dtype.kind in "iu":
        return _exact_mismatch(name, wrong, worst, got, due)
    scale = pictures.largest_finite(expected)
    error = float(errors[worst])
    facts = f"{array.dtype}"
    if math.isfinite(error):  # both in the same terms
        unit, word = (scale, "relative error") if scale > 0 and not elementwise else (1.0, "error")
        facts = (
            f"{word} {values.number(error / unit)}, tolerance {values.number(limit / unit)}, "
            f"{facts}"
        )
    if array.ndim == 0:
        return f"{name}: got {got}, expected {due} ({facts})."
    amount = f"{np.count_nonzero(wrong)} of {wrong.size} values are wrong"
    where = f"the largest error is {values.number(error)} at {values.place(worst)}"
    return f"{name}: {amount}; {where}: got {got}, expected {due} ({facts})."


def _exact_mismatch(name: str, wrong: Array, worst: tuple[int, ...], got: str, due: str) -> str:
    if wrong.ndim == 0:
        return f"{name}: got {got}, expected {due}."
    first = f"{np.count_nonzero(wrong)} of {wrong.size} values are wrong"
    return f"{name}: {first}, the worst at {values.place(worst)}: got {got}, expected {due}."
