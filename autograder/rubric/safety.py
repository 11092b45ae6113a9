"""Checks of inputs that must stay, and of extreme values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.rubric import wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import CheckFailed, counted_check
from autograder.rubric.comparing import values
from autograder.rubric.work import Function, Testimony, name_of, observe, site_of

#: Floating-point errors that a stable function does not meet. Underflow is none: exp(-1000) is
#: rightly 0.
STRICT = {"over": "raise", "divide": "raise", "invalid": "raise", "under": "ignore"}


@counted_check
@takes(
    function=wanted.OF_SUBMISSION,
    names=wanted.MAYBE_NAMES,
    may_change=wanted.POSITIONS,
    returns=wanted.FLAG,
)
def assert_unchanged(
    function: Function,
    *args: Any,
    names: str | Sequence[str] = (),
    may_change: Collection[int | str] = (),
    returns: bool = False,
    **kwargs: Any,
) -> Any:
    """Check that a call leaves its arguments as they were [SAFE].

    Every bit counts.

    The candidate reports its arguments after the call, so this is testimony. A function
    that is called twice with ``submission.lend(x)`` and gives the same answer says the
    same without it.

    Parameters
    ----------
    function
        Of the submission.
    *args, **kwargs
        What it is called with.
    names
        What the student calls the positional arguments: ``"dout cache"``.
    may_change
        Positions, or names of keyword arguments, that the function may change, such as
        a ``bn_param``.
    returns
        Whether to return what the function returned.

    Raises
    ------
    CheckFailed
        Of kind "changed its input".

    Examples
    --------
    ::

        assert_unchanged(submission.relu_backward, dout, x, names="dout x")
    """
    observed = observe(function, arguments=True)
    called = name_of(function)
    letters = names.replace(",", " ").split() if isinstance(names, str) else list(names)
    if letters and len(letters) != len(args):
        what = f"`names` must name the {len(args)} arguments of {called}, got {len(letters)} names"
        raise refuse("assert_unchanged", what)
    labels = {i: letters[i] if letters else f"argument {i + 1}" for i in range(len(args))} | {
        key: key for key in kwargs
    }
    strange = next((one for one in may_change if one not in labels), None)
    if strange is not None:
        raise refuse(
            "assert_unchanged", f"`may_change` must name arguments of {called}, got {strange!r}"
        )
    before = {key: _copied(value) for key, value in _numbered(args, kwargs).items()}
    answer = observed(*args, **kwargs)
    after = _after(observed.testimony, before)
    if after is None:
        raise CheckFailed(
            f"{called}: its arguments after the call could not be read.", "changed its input"
        )
    for key, old in before.items():
        change = None if key in may_change else _change(old, after[key], labels[key])
        if change:
            raise CheckFailed(f"{called} changed its input {change}.", "changed its input")
    return answer if returns else None


def _after(testimony: Testimony, before: Mapping[int | str, Any]) -> dict[int | str, Any] | None:
    """Return the arguments after a call by position and by name.

    It is None if the candidate did not tell all of them.
    """
    told = _numbered(testimony.arguments or (), testimony.keywords or {})
    return told if set(told) == set(before) else None


def _numbered(args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[int | str, Any]:
    """Return arguments by position and by name."""
    together: dict[int | str, Any] = dict(enumerate(args))
    together.update(kwargs)
    return together


def _copied(argument: Any) -> Any:
    """Copy what an in-process function could change before our eyes."""
    if isinstance(argument, np.ndarray):
        return argument.copy()
    if isinstance(argument, (list, tuple)):
        return (
            type(argument)(_copied(item) for item in argument)
            if type(argument) in (list, tuple)
            else argument
        )
    return (
        {key: _copied(value) for key, value in argument.items()}
        if type(argument) is dict
        else argument
    )


def _change(old: Any, new: Any, name: str) -> str | None:
    """Return what changed in words, or None if nothing did."""
    if isinstance(old, (list, tuple)):
        return _change_of_items(old, new, name)
    if isinstance(old, Mapping):
        return _change_of_mapping(old, new, name)
    if isinstance(old, np.ndarray) or values.is_number(old):
        return _change_of_array(np.asarray(old), new, name)
    if isinstance(old, (set, frozenset)):
        return (
            None
            if isinstance(new, (set, frozenset)) and new == old
            else f"{name}: its elements are others now"
        )
    if old is None or isinstance(old, (str, bytes, range, slice)):
        return (
            None
            if type(new) is type(old) and new == old
            else f"{name}: it became {values.describe(new)}"
        )
    return None  # functions, handles and loans are not compared


def _change_of_items(old: Sequence[Any], new: Any, name: str) -> str | None:
    if not isinstance(new, (list, tuple)) or len(new) != len(old):
        return f"{name}: it became {values.describe(new)}"
    changes = (_change(a, b, f"{name}[{i}]") for i, (a, b) in enumerate(zip(old, new, strict=True)))
    return next((change for change in changes if change), None)


def _change_of_mapping(old: Mapping[Any, Any], new: Any, name: str) -> str | None:
    if not isinstance(new, Mapping):
        return f"{name}: it became {values.describe(new)}"
    if set(old) != set(new):
        return f"{name}: its keys became {', '.join(sorted(map(repr, new)))}"[:200]
    changes = (_change(value, new[key], f"{name}[{key!r}]") for key, value in old.items())
    return next((change for change in changes if change), None)


def _change_of_array(old: values.Array, new: Any, name: str) -> str | None:
    if not (isinstance(new, np.ndarray) or values.is_number(new)):
        return f"{name}: it became {values.describe(new)}"
    now = np.asarray(new)
    if now.shape != old.shape or now.dtype != old.dtype.newbyteorder("="):
        return f"{name}: it became {values.describe(new)}"
    changed = ~((now == old) | ((now != now) & (old != old)))  # noqa: PLR0124  # NaN stays NaN
    if not changed.any():
        return None
    first = tuple(np.argwhere(changed)[0])
    was, became = values.pair(old[first], now[first])
    if not old.ndim:
        return f"{name}: {was} became {became}"
    amount = f"{np.count_nonzero(changed)} of {old.size} values"
    return f"{name}: {amount}; {name}{values.place(first)} was {was} and became {became}"


@counted_check
@takes(
    function=wanted.OF_SUBMISSION,
    errstate=wanted.ERRSTATE | wanted.NONE,
    name=wanted.TEXT | wanted.NONE,
)
def assert_stable(
    function: Function,
    *args: Any,
    errstate: Mapping[str, str] | None = None,
    name: str | None = None,
    **kwargs: Any,
) -> Any:
    """Check that a call is stable and answers with finite numbers [STAB].

    The call meets no overflow, no division by zero and no NaN. It runs in the candidate
    under ``np.errstate(over="raise", divide="raise", invalid="raise",
    under="ignore")``.

    Parameters
    ----------
    function
        Of the submission.
    *args, **kwargs
        Extreme values.
    errstate
        Instead of the state above.
    name
        What the student calls the answer; by default the function's name.

    Returns
    -------
    value
        The answer, to be compared further.

    Raises
    ------
    CheckFailed
        Of kind "not stable" if floating-point arithmetic failed, of kind "NaN" if the
        answer is not finite.

    Examples
    --------
    ::

        p = assert_stable(submission.softmax, np.array([[1e3, -1e3]]))
    """
    called = name or name_of(function)
    try:
        answer = observe(function, errstate=dict(STRICT if errstate is None else errstate))(
            *args, **kwargs
        )
    except (ArithmeticError, RuntimeWarning) as error:
        reason = str(error) or type(error).__name__
        raise CheckFailed(
            f"{called} is not stable: {reason}{site_of(error)}{_size_words(args)}.", "not stable"
        ) from error
    require_finite(answer, called)
    return answer


def _size_words(args: object) -> str:
    """Return the inputs' size in words, for a student to reproduce."""
    arrays = [
        np.abs(leaf)
        for leaf in _leaves(args)
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f" and leaf.size
    ]
    return (
        f", for inputs up to {values.number(max(float(array.max()) for array in arrays))}"
        if arrays
        else ""
    )


@counted_check
@takes(value=wanted.ANSWER, name=wanted.TEXT)
def assert_finite(value: object, *, name: str = "out") -> None:
    """Check that every part of a value holds finite numbers alone.

    Raises
    ------
    CheckFailed
        Of kind "NaN" for a NaN or an infinity, "type" where there is no number at all,
        "shape" for an empty array.

    Examples
    --------
    >>> assert_finite((1.0, {"dx": np.ones(3)}))
    >>> assert_finite(np.array([1.0, np.inf]), name="loss")
    Traceback (most recent call last):
    ...
    autograder.rubric.checks.CheckFailed: loss: 1 of 2 values are not finite; the first
    is inf at [1].
    """
    require_finite(value, name)


def _leaves(value: object) -> list[object]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def require_finite(value: object, name: str) -> None:
    """Fail unless every part of a value is finite numbers."""
    numbers = [
        leaf for leaf in _leaves(value) if isinstance(leaf, np.ndarray) or values.is_number(leaf)
    ]
    if not numbers:
        raise CheckFailed(
            f"{name}: expected numbers, got {values.describe(value)}.{values.remedy(value)}", "type"
        )
    for leaf in numbers:
        array = values.array_of(leaf, name, "numbers")
        if array.size == 0:
            raise CheckFailed(
                f"{name}: expected numbers, got an empty array of shape {array.shape}.", "shape"
            )
        _require_finite_array(array, name)


def _require_finite_array(array: values.Array, name: str) -> None:
    finite = np.isfinite(array)
    if finite.all():
        return
    first = tuple(np.argwhere(~finite)[0])
    word = values.number(array[first])
    if not array.ndim:
        raise CheckFailed(f"{name} is {word}, expected a finite number.", "NaN")
    amount = f"{np.count_nonzero(~finite)} of {array.size} values are not finite"
    raise CheckFailed(f"{name}: {amount}; the first is {word} at {values.place(first)}.", "NaN")
