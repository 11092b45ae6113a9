"""Equality with expected values: shape, dtype, NaNs, and how far the numbers are off.

The order of a comparison is fixed: kind of value, shape, dtype, NaNs, values. The first that is wrong is the failure,
and it is told in one sentence; a second says what would have been right, if that is exact and cheap to find.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.errors import CourseError
from autograder.rubric import values, wanted
from autograder.rubric.arguments import takes
from autograder.rubric.arrays import CheckDtype, Comparison, compare_arrays
from autograder.rubric.checks import CheckFailed, answer, counted

Names = str | Sequence[str]


@counted
@takes(
    actual=wanted.ANSWER,
    expected=wanted.EXPECTED,
    name=wanted.NAMES,
    axes=wanted.AXES | wanted.NONE,
    inputs=wanted.FED,
    operations=wanted.POSITIVE,
    rtol=wanted.TOLERANCE | wanted.NONE,
    atol=wanted.TOLERANCE | wanted.NONE,
    check_dtype=wanted.FLAG | wanted.one_of("exact"),
    allow_nan=wanted.FLAG,
    elementwise=wanted.FLAG,
)
def assert_close(  # noqa: PLR0913  # each is one thing that an author may have to say
    actual: object,
    expected: object,
    *,
    name: Names = "out",
    axes: str | None = None,
    inputs: object = (),
    operations: float = 1,
    rtol: float | None = None,
    atol: float | None = None,
    check_dtype: CheckDtype = True,
    allow_nan: bool = False,
    elementwise: bool = False,
) -> None:
    """Check that an answer equals the expected one within the tolerance that its precision asks for.

    .. math:: |a_i - e_i| <= r max(1, s), s = max_i |e_i|

    with r = 1e-7 where float64 is due, 1e-4 for float32, and less where all expected values are small
    (see `autograder.rubric.tolerance`). What is due follows from the inputs and the reference, never from the dtype
    that was returned: float32 for float64 is accepted at 1e-4 with a note, anything narrower fails by its dtype.
    Integers and booleans are exact. Python numbers, NumPy scalars and 0-d arrays are the same.

    Parameters
    ----------
    actual
        The submission's answer.
    expected
        Number or array of any shape; or None, text, or a tuple, list or dict of such: then the answer has the same
        structure (a list for a tuple will do; further keys of a dict are ignored).
    name
        What the student calls it. For a tuple, the names of its parts: ``"dx dw db"``.
    axes
        Letters of the axes: ``"D M"``; for a tuple, the letters of its parts: ``"N D; D M; M"``.
    inputs
        What the function was fed: arrays of a lower precision lower what is due.
    operations
        Floating-point operations behind one output value; only matters in float32 (from about 10,000).
    rtol, atol
        Instead of the rule above: the largest error allowed is ``atol + rtol * s``. One that is missing is 0.
    check_dtype
        True: integers for integers, floating point for floating point; False: any numbers; ``"exact"``: the same dtype.
    allow_nan
        Whether a NaN is right where a NaN is expected. Infinities must always stand where they are expected.
    elementwise
        The largest error allowed is ``atol + rtol * |e_i|`` for every value by itself.

    Raises
    ------
    CheckFailed
        Of kind "type", "shape", "dtype", "NaN" or "wrong values".
    CourseError
        If the expected values are NaN where that is not allowed, or are no numbers, or `axes` does not fit them.

    Notes
    -----
    The relative error of a message is the largest error divided by s, the largest expected value.
    `numpy.testing.assert_allclose` broadcasts, takes NaN for equal to NaN, has a tolerance relative to each value (so
    that zeros must be exact), and prints arrays; this does none of it.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> assert_close(x + 1e-9, x, name="x")
    >>> assert_close((x, 2.0), (x, 2.0), name="dx loss", axes="N D;")
    >>> assert_close(4.6, 2.3, name="loss")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: loss: got 4.6, expected 2.3 (relative error 1, tolerance 2.3e-07, float64). \
It is 2 times what it should be.
    >>> assert_close(x.T, np.ones((2, 3)), name="dw", axes="D M")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: dw: expected shape (D, M) = (2, 3), got (2, 2).
    """
    how = Comparison(inputs, operations, rtol, atol, check_dtype, allow_nan, elementwise)
    compare(actual, expected, how, name=name, axes=axes)


@takes(
    actual=wanted.ANSWER,
    expected=wanted.EXPECTED,
    name=wanted.NAMES,
    axes=wanted.AXES | wanted.NONE,
    inputs=wanted.FED,
    operations=wanted.POSITIVE,
    rtol=wanted.TOLERANCE | wanted.NONE,
    atol=wanted.TOLERANCE | wanted.NONE,
    check_dtype=wanted.FLAG | wanted.one_of("exact"),
    allow_nan=wanted.FLAG,
    elementwise=wanted.FLAG,
)
def is_close(  # noqa: PLR0913  # those of `assert_close`
    actual: object,
    expected: object,
    *,
    name: Names = "out",
    axes: str | None = None,
    inputs: object = (),
    operations: float = 1,
    rtol: float | None = None,
    atol: float | None = None,
    check_dtype: CheckDtype = True,
    allow_nan: bool = False,
    elementwise: bool = False,
) -> bool:
    """Whether `assert_close` would pass: for several right answers, or to find out which mistake was made.

    The parameters are those of `assert_close`. Not counted as a check; but an answer that differs from that for the reference is a ground for `partial`.

    Examples
    --------
    >>> import numpy as np
    >>> is_close(1.0, 1.0 + 1e-9), is_close(np.ones((1, 2)), np.ones(2))
    (True, False)
    """
    how = Comparison(inputs, operations, rtol, atol, check_dtype, allow_nan, elementwise)
    try:
        compare(actual, expected, how, name=name, axes=axes)
    except CheckFailed:
        return answer(False)
    return answer(True)


def compare(actual: object, expected: object, how: Comparison, *, name: Names = "out", axes: str | None = None) -> None:
    """Do what `assert_close` does, without being counted: for other checks."""
    if expected is None or isinstance(expected, (str, bytes, set, frozenset)):
        _compare_plain(actual, expected, str(name))
    elif isinstance(expected, (tuple, list)):
        _compare_sequence(actual, expected, how, name, axes)
    elif isinstance(expected, Mapping):
        _compare_mapping(actual, expected, how, str(name))
    else:
        compare_arrays(actual, values.reference_array(expected, str(name)), how, name=str(name), axes=axes)


def _compare_plain(actual: object, expected: object, name: str) -> None:
    sets = isinstance(actual, (set, frozenset)) and isinstance(expected, (set, frozenset))
    if type(actual) is not type(expected) and not sets:
        raise CheckFailed(f"{name}: expected {values.describe(expected)}, got {values.describe(actual)}.", "type")
    if actual != expected:
        raise CheckFailed(f"{name}: expected {values.describe(expected)}, got {values.describe(actual)}.")


def _compare_sequence(
    actual: object, expected: Sequence[object], how: Comparison, name: Names, axes: str | None
) -> None:
    kind = "tuple" if isinstance(expected, tuple) else "list"
    names = _part_names(name, len(expected))
    whole = name if isinstance(name, str) else ", ".join(name)
    if not isinstance(actual, (tuple, list)):
        got = values.describe(actual)
        raise CheckFailed(f"{whole}: expected a {kind} of {len(expected)}, got {got}.{_missing_return(actual)}", "type")
    if len(actual) != len(expected):
        raise CheckFailed(
            f"{whole}: expected a {kind} of {len(expected)}, got {values.counted(len(actual), 'value')}.", "shape"
        )
    letters = axes.split(";") if axes is not None else [None] * len(expected)
    if len(letters) != len(expected):
        raise CourseError(f"{whole}: axes {axes!r} name {len(letters)} parts, the expected {kind} has {len(expected)}.")
    _compare_parts(list(zip(names, actual, expected, letters, strict=True)), how)


def _missing_return(actual: object) -> str:
    return " Is a `return` missing?" if actual is None else ""


def _part_names(name: Names, parts: int) -> Sequence[str]:
    names = name.replace(",", " ").split() if isinstance(name, str) else list(name)
    return names if len(names) == parts > 1 else [f"{name}[{i}]" for i in range(parts)]


def _compare_mapping(actual: object, expected: Mapping[Any, object], how: Comparison, name: str) -> None:
    if not isinstance(actual, Mapping):
        got = values.describe(actual)
        raise CheckFailed(f"{name}: expected a dict, got {got}.{_missing_return(actual)}", "type")
    missing = next((key for key in expected if key not in actual), None)
    if missing is not None:
        raise CheckFailed(f"{name}: the key {missing!r} is missing.", "shape")
    _compare_parts([(f"{name}[{key!r}]", actual[key], value, None) for key, value in expected.items()], how)


def _compare_parts(parts: Sequence[tuple[str, object, object, str | None]], how: Comparison) -> None:
    """Compare every part, and fail with the first that is wrong, saying which others are right."""
    right: list[str] = []
    failure: CheckFailed | None = None
    for name, actual, expected, axes in parts:
        try:
            compare(actual, expected, how, name=name, axes=axes)
            right.append(name)
        except CheckFailed as failed:
            failure = failure or failed
    if failure is None:
        return
    if right and len(parts) <= 8 and not failure.message.endswith("right."):  # more names than that help nobody
        verb = "is" if len(right) == 1 else "are"
        failure = CheckFailed(f"{failure.message} {_enumerate(right)} {verb} right.", failure.kind, failure.evidence)
    raise failure


def _enumerate(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
