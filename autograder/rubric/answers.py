"""Checks of a function's answer before anything is computed with it.

An answer is several values, or one array of a shape.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.rubric import safety, wanted
from autograder.rubric.arguments import takes
from autograder.rubric.checks import CheckFailed, counted_check, note_conversion
from autograder.rubric.comparing import arrays, forms, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.rubric.comparing.values import Array


@counted_check
@takes(answer=wanted.ANSWER, names=wanted.SOME_NAMES, of=wanted.TEXT)
def unpack(answer: Any, names: str | Sequence[str], *, of: str) -> tuple[Any, ...]:
    """Return the values of an answer of several values.

    It fails, and names the answer, if there are fewer or more.

    An array of as many numbers stands for them; the report notes that.

    Parameters
    ----------
    answer
        By value, or kept in the candidate (``submission.f.keep(x)``).
    names
        What the values are called: ``"out cache"``.
    of
        The function.

    Raises
    ------
    CheckFailed
        Of kind "type" or "shape".

    Examples
    --------
    >>> out, cache = unpack((1.0, None), "out cache", of="relu_forward")
    >>> unpack(None, "out cache", of="relu_forward")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: relu_forward returned None, expected 2 values
    (out, cache). \
Is a `return` missing?
    """
    called = names.replace(",", " ").split() if isinstance(names, str) else list(names)
    due = f"expected {values.counted(len(called), 'value')} ({', '.join(called)})"
    if isinstance(answer, (tuple, list)) or values.class_name(answer) in ("tuple", "list"):
        # One more than is due: an answer kept in the candidate might never end.
        items = tuple(itertools.islice(answer, len(called) + 1))
    elif isinstance(answer, np.ndarray) and answer.shape == (
        len(called),
    ):  # rows of more axes may be one value
        items = tuple(answer)
        note_conversion("list", f"{', '.join(called)}: an array accepted for {len(called)} values")
    else:
        hint = " Is a `return` missing?" if values.is_none(answer) else ""
        raise CheckFailed(f"{of} returned {values.describe(answer)}, {due}.{hint}", "type")
    if len(items) != len(called):
        raise CheckFailed(f"{of} returned {_amount(answer, items, len(called))}, {due}.", "shape")
    return items


def _amount(answer: Any, items: tuple[Any, ...], due: int) -> str:
    """Say how many values an answer has.

    Of one in the candidate, say no more than that they are too many.
    """
    if len(items) > due and not isinstance(answer, (tuple, list)):
        return f"more than {values.counted(due, 'value')}"
    number = len(answer) if isinstance(answer, (tuple, list)) else len(items)
    return values.counted(number, "value")


@counted_check
@takes(
    value=wanted.ANSWER,
    shape=wanted.SHAPE,
    name=wanted.TEXT,
    axes=wanted.AXES | wanted.NONE,
    finite=wanted.FLAG,
)
def assert_array(
    value: Any,
    shape: Sequence[int],
    *,
    name: str = "out",
    axes: str | None = None,
    finite: bool = True,
) -> Array:
    """Return an answer that is an array of real numbers of a shape.

    It fails, and says what the answer is, if it is something else.

    For properties: compute with the array that is returned, not with the answer. A list
    of numbers, and axes of length 1 that are more or fewer, are converted with a note,
    as `assert_close` does.

    Parameters
    ----------
    value
        Of the submission.
    shape
        ``()`` for a number.
    name
        What the student calls it.
    axes
        Letters of the axes: ``"N D"``.
    finite
        Whether all values must be finite.

    Returns
    -------
    array
        A plain array of the shape that is due and of the submission's dtype: booleans,
        integers or floating-point numbers.

    Raises
    ------
    CheckFailed
        Of kind "type", "shape", "dtype" or "NaN".

    Examples
    --------
    >>> import numpy as np
    >>> assert_array(np.ones((2, 3)), (2, 3), name="p", axes="N C").sum(axis=1)
    array([3., 3.])
    >>> assert_array(np.ones(3), (2, 3), name="p", axes="N C")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: p: expected shape (N, C) = (2, 3), got (3,).
    """
    letters = arrays.axis_letters(axes, len(shape), name)
    array = forms.require_shape(
        value, np.broadcast_to(0.0, tuple(shape)), name=name, letters=letters
    )
    if array.dtype.kind == "c" and not array.imag.any():
        note_conversion("numbers", f"{name}: {array.dtype} accepted for real numbers")
        array = array.real
    if array.dtype.kind not in "biuf" or (array.dtype.kind == "f" and array.dtype.itemsize < 4):
        raise CheckFailed(
            f"{name}: expected real numbers of at least float32, got {array.dtype}.", "dtype"
        )
    if finite and array.size:
        safety.require_finite(array, name)
    return array
