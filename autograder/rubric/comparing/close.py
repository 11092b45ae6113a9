"""Comparisons of answers with expected values.

The order of a comparison is fixed: kind of value, shape, dtype, NaNs, values. The first
that is wrong is the failure, and it is told in one sentence; a second says what would
have been right, if that is exact and cheap to find.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.errors import CourseError
from autograder.rubric import wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import (
    CheckFailed,
    answer,
    counted_check,
    note_conversion,
    partial,
    take_conversions,
)
from autograder.rubric.comparing import forms, values
from autograder.rubric.comparing.arrays import Comparison, Floats, compare_arrays

if TYPE_CHECKING:
    from autograder.rubric.comparing.forms import CheckDtype


Names = str | Sequence[str]


@counted_check
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
    precision=wanted.one_of("float32", "float64"),
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
    precision: Floats = "float32",
) -> None:
    """Check that an answer equals the expected one within a tolerance.

    It is the tolerance that the precision of the answer asks for.

    .. math:: |a_i - e_i| <= r max(1, s), s = max_i |e_i|

    with r = 1e-4, the rule of float32, and less where all expected values are small
    (see `autograder.rubric.comparing.tolerance`). That holds whatever was fed and
    whatever dtype came back, so that no draw decides about float32 work; the report
    notes where more was used than float64 needs. ``precision="float64"`` asks for r =
    1e-7. Integers and booleans are exact.

    Form is not judged. By one rule (see `autograder.rubric.comparing.forms`) a list of
    numbers is an array, axes of length 1 may be more or fewer where the number of axes
    differs, and a number may be of another type: whole floats for integers, integers
    for floats, 0 and 1 for booleans. The report notes what was converted. Where form
    matters, one criterion says so with `assert_form`.

    Parameters
    ----------
    actual
        The submission's answer.
    expected
        Number or array of any shape; or None, text, or a tuple, list or dict of such:
        then the answer has the same structure (a list for a tuple will do; further keys
        of a dict are ignored).
    name
        What the student calls it. For a tuple, the names of its parts: ``"dx dw db"``.
    axes
        Letters of the axes: ``"D M"``; for a tuple, the letters of its parts: ``"N D; D M; M"``.
    inputs
        What the function was fed: float16 lowers what is due, float32 is no conversion
        then, and the lengths of the first help to say what is wrong.
    operations
        Floating-point operations behind one output value; only matters in float32 (from
        about 10,000).
    rtol, atol
        Instead of the rule above: the largest error allowed is ``atol + rtol * s``. One
        that is missing is 0. Less than float32 can do is fair only where the title or
        the hint says so.
    check_dtype
        True: the same numbers in another type are converted, with a note; False: any
        numbers are compared, without; ``"exact"``: the same dtype, and nothing is
        converted.
    allow_nan
        Whether a NaN is right where a NaN is expected. Infinities must always stand
        where they are expected.
    elementwise
        The largest error allowed is ``atol + rtol * |e_i|`` for every value by itself.
    precision
        ``"float64"``: r is 1e-7, and float32 is too little. Say so in the title or the
        hint. A message tells whether the values are right to float32's precision.

    Raises
    ------
    CheckFailed
        Of kind "type", "shape", "dtype", "NaN" or "wrong values".
    CourseError
        If the expected values are NaN where that is not allowed, or are no numbers, or
        `axes` does not fit them.

    Notes
    -----
    Relative error and tolerance of a message are divided by s, the largest expected value.
    `numpy.testing.assert_allclose` broadcasts, takes NaN for equal to NaN, has a
    tolerance relative to each value (so that zeros must be exact), and prints arrays;
    this does none of it.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> assert_close(x + 1e-9, x, name="x")
    >>> assert_close((x, 2.0), (x, 2.0), name="dx loss", axes="N D;")
    >>> assert_close(4.6, 2.3, name="loss")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: loss: got 4.6, expected 2.3 (relative error 1,
    tolerance 0.0001, float64). \
It is 2 times what it should be.
    >>> assert_close(x.T, np.ones((2, 3)), name="dw", axes="D M")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: dw: expected shape (D, M) = (2, 3), got (2, 2).
    """
    how = Comparison(inputs, operations, rtol, atol, check_dtype, allow_nan, elementwise, precision)
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
    precision=wanted.one_of("float32", "float64"),
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
    precision: Floats = "float32",
) -> bool:
    """Return True if `assert_close` would pass.

    It is for criteria with several right answers, and for naming a mistake.

    The parameters are those of `assert_close`. Not counted as a check; but an answer
    that differs from that for the reference is a ground for `partial`.

    Examples
    --------
    >>> import numpy as np
    >>> is_close(1.0, 1.0 + 1e-9), is_close(np.ones((1, 2)), np.ones(2))
    (True, True)
    """
    how = Comparison(inputs, operations, rtol, atol, check_dtype, allow_nan, elementwise, precision)
    try:
        compare(actual, expected, how, name=name, axes=axes)
    except CheckFailed:
        return answer(False)
    finally:
        take_conversions()
    return answer(True)


@counted_check
@takes(
    actual=wanted.ANSWER,
    like=wanted.EXPECTED,
    name=wanted.NAMES,
    axes=wanted.AXES | wanted.NONE,
)
def assert_form(
    actual: object, like: object, *, name: Names = "out", axes: str | None = None
) -> None:
    """Check an answer's type, shape and dtype, and no value.

    The other checks convert; this one says that form matters. One criterion of an
    exercise is enough for that.

    Parameters
    ----------
    actual
        The submission's answer.
    like
        A value of the form that is due: the reference's answer, or ``np.zeros((3,
        4))``. Nested as for `assert_close`.
    name
        What the student calls it. For a tuple, the names of its parts: ``"dx dw db"``.
    axes
        Letters of the axes: ``"D M"``; for a tuple, the letters of its parts: ``"N D; D M; M"``.

    Raises
    ------
    CheckFailed
        Of kind "type": no array where one is due, a list for example; "shape"; or
        "dtype": other numbers, or floating point of another precision. All integers are
        alike, so are Python numbers, NumPy scalars and 0-d arrays, and an integer is a
        floating-point number; a list stands for a tuple.

    Examples
    --------
    >>> import numpy as np
    >>> assert_form(np.ones(3), np.zeros(3), name="db", axes="M")
    >>> assert_form(np.ones((1, 3)), np.zeros(3), name="db", axes="M")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: db: expected shape (M,) = (3,), got (1, 3).
    >>> assert_form(np.ones(3, np.float32), np.zeros(3), name="db")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: db: expected dtype float64, got float32.
    """
    compare(actual, like, Comparison(is_form=True), name=name, axes=axes)


def compare(
    actual: object,
    expected: object,
    how: Comparison,
    *,
    name: Names = "out",
    axes: str | None = None,
) -> None:
    """Do what `assert_close` does for another check, without being counted."""
    if expected is None or isinstance(expected, (str, bytes, set, frozenset)):
        _compare_plain(actual, expected, str(name), how)
    elif isinstance(expected, (tuple, list)):
        _compare_sequence(actual, expected, how, name, axes)
    elif isinstance(expected, Mapping):
        _compare_mapping(actual, expected, how, str(name))
    else:
        compare_arrays(
            actual, values.reference_array(expected, str(name)), how, name=str(name), axes=axes
        )


def _compare_plain(actual: object, expected: object, name: str, how: Comparison) -> None:
    sets = isinstance(actual, (set, frozenset)) and isinstance(expected, (set, frozenset))
    if type(actual) is not type(expected) and not sets:
        raise CheckFailed(
            f"{name}: expected {values.describe(expected)}, got {values.describe(actual)}.", "type"
        )
    if actual != expected and not how.is_form:
        raise CheckFailed(
            f"{name}: expected {values.describe(expected)}, got {values.describe(actual)}."
        )


def _compare_sequence(
    actual: object, expected: Sequence[object], how: Comparison, name: Names, axes: str | None
) -> None:
    kind = "tuple" if isinstance(expected, tuple) else "list"
    names = part_names(name, len(expected))
    whole = name if isinstance(name, str) else ", ".join(name)
    actual = _in_parts(actual, expected, how, whole)
    if not isinstance(actual, (tuple, list)):
        got = values.describe(actual)
        raise CheckFailed(
            f"{whole}: expected a {kind} of {len(expected)}, got {got}.{_missing_return(actual)}",
            "type",
        )
    if len(actual) != len(expected):
        raise CheckFailed(
            f"{whole}: expected a {kind} of {len(expected)}, got "
            f"{values.counted(len(actual), 'value')}.",
            "shape",
        )
    letters = axes.split(";") if axes is not None else [None] * len(expected)
    if len(letters) != len(expected):
        raise CourseError(
            f"{whole}: axes {axes!r} name {len(letters)} parts, the expected {kind} has "
            f"{len(expected)}."
        )
    _compare_parts(list(zip(names, actual, expected, letters, strict=True)), how)


def _in_parts(actual: object, expected: Sequence[object], how: Comparison, name: str) -> object:
    """Return an array as a list of its rows.

    These must have the shapes that are due; anything else is returned as it is.
    """
    if (
        how.is_form
        or how.check_dtype == "exact"
        or not isinstance(actual, np.ndarray)
        or not expected
    ):
        return actual
    if not actual.ndim or not all(_is_like(actual.shape[1:], one) for one in expected):
        return actual
    kind = "tuple" if isinstance(expected, tuple) else "list"
    note_conversion("list", f"{name}: an array accepted for a {kind}")
    return list(actual)


def _is_like(shape: tuple[int, ...], expected: object) -> bool:
    if not isinstance(expected, np.ndarray) and not values.is_number(expected):
        return False
    due = np.asarray(expected).shape
    return shape == due or forms.fits(shape, due)


def _missing_return(actual: object) -> str:
    return " Is a `return` missing?" if actual is None else ""


def part_names(name: Names, parts: int) -> Sequence[str]:
    """Return the names of an answer's parts, numbered where none are given."""
    names = name.replace(",", " ").split() if isinstance(name, str) else list(name)
    return names if len(names) == parts > 1 else [f"{name}[{i}]" for i in range(parts)]


def _compare_mapping(
    actual: object, expected: Mapping[Any, object], how: Comparison, name: str
) -> None:
    if not isinstance(actual, Mapping):
        got = values.describe(actual)
        raise CheckFailed(f"{name}: expected a dict, got {got}.{_missing_return(actual)}", "type")
    missing = next((key for key in expected if key not in actual), None)
    if missing is not None:
        raise CheckFailed(f"{name}: the key {missing!r} is missing.", "shape")
    _compare_parts(
        [(f"{name}[{key!r}]", actual[key], value, None) for key, value in expected.items()], how
    )


def _compare_parts(
    parts: Sequence[tuple[str, object, object, str | None]], how: Comparison
) -> None:
    """Compare every part, and fail with the first wrong one.

    The message says which others are right.
    """
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
    if (
        right and len(parts) <= 8 and not failure.message.endswith("right.")
    ):  # more names than that help nobody
        verb = "is" if len(right) == 1 else "are"
        failure = CheckFailed(
            f"{failure.message} {_enumerate(right)} {verb} right.", failure.kind, failure.evidence
        )
    raise failure


def _enumerate(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@takes(actual=wanted.ANSWER, expected=wanted.REALS, factors=wanted.REALS | wanted.NONE)
def is_multiple(
    actual: object, expected: Sequence[float], factors: Sequence[float] | None = None
) -> bool:
    """Return True if all numbers are off by one positive factor.

    Parameters
    ----------
    actual
        The submission's answers, one number for each expected one.
    expected
        The right numbers, of which the first is not 0.
    factors
        Also right: a factor for each number, such as the size of its batch where a sum
        stands for the mean.

    Examples
    --------
    >>> is_multiple([2.0, 6.0], [1.0, 3.0]), is_multiple([4.0, 15.0], [1.0, 3.0], [4, 5])
    (True, True)
    >>> is_multiple([-1.0, -3.0], [1.0, 3.0])
    False
    """
    if factors is not None and len(factors) != len(expected):
        raise refuse(
            "is_multiple", f"{len(factors)} factors do not fit {len(expected)} expected numbers"
        )
    if not isinstance(actual, (list, tuple, np.ndarray)) or len(actual) != len(expected):
        return False
    candidates = [] if factors is None else [factors]
    common = _number(actual[0]) / expected[0]
    if common > 0:
        candidates.append([common] * len(expected))
    return any(
        all(
            is_close(one, factor * due)
            for one, factor, due in zip(actual, some, expected, strict=True)
        )
        for some in candidates
    )


def _number(answer: object) -> float:
    """Return the number that an answer is, or NaN."""
    try:
        array = values.array_of(answer, "answer")
    except CheckFailed:
        return np.nan
    return float(array.real.item()) if array.size == 1 else np.nan


@takes(one=wanted.ANSWER, other=wanted.ANSWER)
def has_other_direction(one: object, other: object) -> bool:
    """Return True if two arrays point in different directions.

    Opposite directions count as one.

    Used to find out whether a gradient depends on what it should: then it turns where
    that changes. An array of zeros has no direction, so that the answer is False.

    Examples
    --------
    >>> import numpy as np
    >>> has_other_direction(np.array([1.0, 2.0]), np.array([2.0, 1.0]))
    True
    >>> has_other_direction(np.array([1.0, 2.0]), np.array([-2.0, -4.0]))
    False
    """
    try:
        first, second = (values.array_of(value, "answer") for value in (one, other))
    except CheckFailed:
        return False
    if first.shape != second.shape:
        return False
    with np.errstate(all="ignore"):  # the numbers of a submission may overflow
        norms = float(np.linalg.norm(first) * np.linalg.norm(second))
        return norms > 0 and bool(abs(np.sum(first * second)) < 0.9999 * norms)


@takes(actual=wanted.ANSWER, expected=wanted.EXPECTED, inputs=wanted.FED)
def count_close(actual: object, expected: Sequence[object], *, inputs: object = ()) -> int:
    """Return how many parts of an answer are right.

    Parameters
    ----------
    actual
        The submission's answer: a tuple or list with a part for each expected one;
        otherwise no part is right.
    expected
        The right parts.
    inputs
        What the function was fed, as for `assert_close`.

    Examples
    --------
    >>> count_close((1.0, 3.0), (1.0, 2.0))
    1
    """
    return sum(_are_close(actual, expected, inputs))


def _are_close(actual: object, expected: Sequence[object], inputs: object) -> list[bool]:
    if not isinstance(actual, (list, tuple)) or len(actual) != len(expected):
        return [False] * len(expected)
    return [is_close(one, due, inputs=inputs) for one, due in zip(actual, expected, strict=True)]


@takes(
    actual=wanted.ANSWER,
    expected=wanted.EXPECTED,
    name=wanted.NAMES,
    inputs=wanted.FED | wanted.NONE,
)
def partial_for_close(
    actual: Sequence[object],
    expected: Sequence[Sequence[object]],
    inputs: Sequence[object] | None = None,
    *,
    name: Names,
) -> None:
    """End the criterion with the share of the parts that are right.

    A part counts if it is right for every draw. The criterion ends if others are wrong.

    Parameters
    ----------
    actual
        The submission's answers, one for each draw, each a tuple of parts.
    expected
        The right answers, as many, each with as many parts.
    inputs
        What the function was fed for each draw, as for `assert_close`.
    name
        The names of the parts: ``"dx dw db"``.

    Raises
    ------
    Partial
        If some parts are right for all draws and some are not. If all are, or none,
        nothing happens.

    Examples
    --------
    >>> partial_for_close([(1.0, 3.0), (2.0, 5.0)], [(1.0, 2.0), (2.0, 4.0)], name="dx dw")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.Partial: Right: dx.
    """
    fed = [()] * len(expected) if inputs is None else inputs
    if not (len(actual) == len(expected) == len(fed)):
        raise refuse("partial_for_close", "actual, expected and inputs have one item for each draw")
    rows = [_are_close(*one) for one in zip(actual, expected, fed, strict=True)]
    names = part_names(name, len(rows[0]) if rows else 0)
    right = [
        part for part, column in zip(names, zip(*rows, strict=True), strict=True) if all(column)
    ]
    if right and len(right) < len(names):
        partial(len(right) / len(names), f"Right: {', '.join(right)}.")
