"""Kinds of arguments that helpers take.

Each has the words of its messages.
"""

from __future__ import annotations

import inspect
import itertools
import math
import numbers
import types
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.remote import Handle, RemoteCallable
from autograder.rubric.arguments import ArgumentKind

_NOT_ANSWERS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    types.GeneratorType,
    type,
    map,
    filter,
    zip,
    enumerate,
    reversed,
    np.random.Generator,
    np.random.RandomState,
)
_ITERATORS = (types.GeneratorType, map, filter, zip, enumerate, reversed)
_ERRORS = ("over", "divide", "invalid", "under", "all")
_REACTIONS = ("ignore", "warn", "raise", "call", "print", "log")

_MISSING = object()


# numbers --------------------------------------------------------------------------------------


def _is_real(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iuf"
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_))


def _is_whole(value: object) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, (bool, np.bool_))


def _is_finite(value: Any) -> bool:
    return _is_real(value) and math.isfinite(value)


def whole(least: int) -> ArgumentKind:
    """Return the kind of whole numbers from a least one on."""
    return ArgumentKind(
        f"a whole number of at least {least}", lambda value: _is_whole(value) and value >= least
    )


def one_of(*words: str) -> ArgumentKind:
    """Return the kind of a few words."""
    return ArgumentKind(
        f"one of {', '.join(map(repr, words))}",
        lambda value: isinstance(value, str) and value in words,
    )


NONE = ArgumentKind("None", lambda value: value is None)
FLAG = ArgumentKind("True or False", lambda value: isinstance(value, (bool, np.bool_)))
NUMBER = ArgumentKind("a finite number", _is_finite)
BOUND = ArgumentKind("a number", _is_real)
POSITIVE = ArgumentKind("a number above 0", lambda value: _is_finite(value) and value > 0)
TOLERANCE = ArgumentKind("a number of at least 0", lambda value: _is_finite(value) and value >= 0)
RATIO = ArgumentKind("a number of at least 1", lambda value: _is_finite(value) and value >= 1)
KURTOSIS = ArgumentKind("a number above 1", lambda value: _is_finite(value) and value > 1)
FRACTION = ArgumentKind("a number from 0 to 1", lambda value: _is_finite(value) and 0 <= value <= 1)


# texts ----------------------------------------------------------------------------------------


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple))


TEXT = ArgumentKind("a text that is not empty", _is_text)
AXES = ArgumentKind("a text of letters such as 'N D'", lambda value: isinstance(value, str))
TEXTS = ArgumentKind("a list of texts", lambda value: _is_list(value) and all(map(_is_text, value)))
NAMES = TEXT | TEXTS
SOME_NAMES = ArgumentKind(
    "a text of names such as 'out cache', or a list of texts",
    lambda value: NAMES.holds(value) and len(value) > 0,
)
#: For a parameter whose default is that nothing is named.
MAYBE_NAMES = ArgumentKind(
    "a text of names such as 'dout cache', or a list of texts",
    lambda value: isinstance(value, str) or TEXTS.holds(value),
)


def _is_collection_of_texts(value: Any) -> bool:
    is_collection = isinstance(value, Collection) and not isinstance(value, (str, bytes, Mapping))
    return is_collection and all(map(_is_text, value))


RULES = ArgumentKind(
    "a list of texts",
    lambda value: (
        isinstance(value, (list, tuple, set, frozenset)) and _is_collection_of_texts(value)
    ),
    lambda value: f"Write [{value!r}]." if isinstance(value, str) else None,
)
POSITIONS = ArgumentKind(
    "a list of positions or names",
    lambda value: (
        isinstance(value, (list, tuple, set, frozenset))
        and all(_is_whole(one) or _is_text(one) for one in value)
    ),
)


# values ---------------------------------------------------------------------------------------


def _hint_of_function(value: object) -> str | None:
    if isinstance(value, _ITERATORS):
        return "A generator is used up after one turn: pass list(...) of it."
    return "Pass what it returns, not the function." if callable(value) else None


def _hint_of_expected(value: object) -> str | None:
    if isinstance(value, Handle):
        return "Are the answer and the expected value swapped? Otherwise fetch it with .value()."
    return _hint_of_function(value)


ANSWER = ArgumentKind(
    "an answer of the submission",
    lambda value: not isinstance(value, _NOT_ANSWERS),
    _hint_of_function,
)
EXPECTED = ArgumentKind(
    "a value that the rubric knows",
    lambda value: not isinstance(value, (*_NOT_ANSWERS, Handle, RemoteCallable)),
    _hint_of_expected,
)
FED = ArgumentKind(
    "arrays and numbers", lambda value: not isinstance(value, _NOT_ANSWERS), _hint_of_function
)


def _are_real(value: Any) -> bool:
    """Return True for real numbers, an array or a list of them."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iuf"
    return _is_real(value) or (_is_list(value) and len(value) > 0 and all(map(_are_real, value)))


REALS = ArgumentKind("real numbers", _are_real, _hint_of_expected)
UPSTREAM = ArgumentKind(
    "real numbers, one array for each answer of the function, or None",
    lambda value: (
        all(one is None or _are_real(one) for one in value)
        if isinstance(value, tuple)
        else value is None or _are_real(value)
    ),
    _hint_of_expected,
)
POINT = ArgumentKind(
    "real numbers, or a dict of these by the names of the function's arguments",
    lambda value: (
        _are_real(value)
        or (isinstance(value, Mapping) and len(value) > 0 and all(map(_is_text, value)))
    ),
    _hint_of_expected,
)
SHAPE = ArgumentKind(
    "a tuple of lengths such as (4, 3)",
    lambda value: _is_list(value) and all(_is_whole(one) and one >= 0 for one in value),
    lambda value: f"Write ({value},)." if _is_whole(value) else None,
)
AXIS = ArgumentKind(
    "an axis or a tuple of axes",
    lambda value: _is_whole(value) or (isinstance(value, tuple) and all(map(_is_whole, value))),
)


# lists of numbers -----------------------------------------------------------------------------


def _is_row(value: Any) -> bool:
    return (
        _is_list(value)
        or isinstance(value, range)
        or (isinstance(value, np.ndarray) and value.ndim == 1)
    )


def _are_growing(value: Any) -> bool:
    return (
        _is_row(value)
        and len(value) > 1
        and all(map(_is_whole, value))
        and value[0] > 0
        and all(a < b for a, b in itertools.pairwise(value))
    )


SEEDS = ArgumentKind(
    "a list of whole numbers, one a run",
    lambda value: _is_row(value) and len(value) > 0 and all(map(_is_whole, value)),
    lambda value: f"Write range({value})." if _is_whole(value) and value > 0 else None,
)
SIZES = ArgumentKind("a list of at least two growing whole numbers above 0", _are_growing)
STEPS = ArgumentKind(
    "a list of at least two different numbers above 0",
    lambda value: (
        _is_row(value)
        and len(value) > 1
        and all(map(POSITIVE.holds, value))
        and len(set(map(float, value))) == len(value)
    ),
)
WINDOW = ArgumentKind(
    "a first and a later step such as (10, 29)",
    lambda value: (
        _is_list(value)
        and len(value) == 2
        and all(map(_is_whole, value))
        and 0 <= value[0] < value[1]
    ),
)


def _is_distribution(value: Any) -> bool:
    try:
        p = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return bool(p.ndim == 1 and p.size > 1 and (p >= 0).all() and math.isclose(p.sum(), 1.0))


DISTRIBUTION = ArgumentKind(
    "a list of at least two probabilities that add up to 1", _is_distribution
)


# functions ------------------------------------------------------------------------------------


def _fits(value: Any, arguments: int) -> bool:
    """Return False if a function cannot take that many arguments."""
    if not isinstance(value, (types.FunctionType, types.MethodType)):
        return callable(value)
    try:
        inspect.signature(value).bind(*[None] * arguments)
    except TypeError:
        return False
    return True


def _hint_to_define(value: object) -> str | None:
    return None if callable(value) else "Pass the function itself, without calling it."


def function_of(what: str, arguments: int) -> ArgumentKind:
    """Return the kind of functions with so many arguments."""
    return ArgumentKind(what, lambda value: _fits(value, arguments), _hint_to_define)


FUNCTION = ArgumentKind("a function", callable, _hint_to_define)


def is_of_submission(value: object) -> bool:
    """Return True for a function of the submission.

    Such a function has the options of a call.
    """
    return isinstance(value, Handle) or callable(getattr(type(value), "under", None))


def _hint_of_submission(value: object) -> str | None:
    if callable(value):
        return "Pass `submission.f`, not a function of the reference or of the rubric."
    return "Pass the function first and its arguments behind it: (submission.f, x)."


OF_SUBMISSION = ArgumentKind("a function of the submission", is_of_submission, _hint_of_submission)
MEASURE = ArgumentKind(
    "(submission.f, a function from a size to its arguments), or a function of a size",
    lambda value: (
        len(value) == 2 and is_of_submission(value[0]) and _fits(value[1], 1)
        if isinstance(value, tuple)
        else not is_of_submission(value) and _fits(value, 1)
    ),
)


def _are_calls(value: object) -> bool:
    return _is_list(value) or (_is_whole(value) and int(value) >= 0)  # type: ignore[call-overload]


CALLS = ArgumentKind(
    "a stub, its calls, or a number of at least 0",
    lambda value: (
        _are_calls(value)
        or (
            not isinstance(value, (Handle, RemoteCallable))  # theirs are the submission's word
            and inspect.getattr_static(value, "calls", None) is not None
            and _are_calls(value.calls)
        )
    ),
)
GENERATOR = ArgumentKind(
    "a NumPy random generator",
    lambda value: isinstance(value, np.random.Generator),
    lambda value: (
        "Pass the fixture rng, or np.random.default_rng(seed)."
        if _is_whole(value) or value is None or isinstance(value, types.ModuleType)
        else None
    ),
)
SUBMISSION = ArgumentKind(
    "the fixture `submission`",
    lambda value: (
        not isinstance(value, (Handle, RemoteCallable))
        and inspect.getattr_static(value, "facts", _MISSING) is not _MISSING
    ),
    lambda value: (
        f"Pass submission, and functions=[{value.__name__!r}]."
        if isinstance(value, RemoteCallable)
        else None
    ),
)
MAPPING = ArgumentKind("a dict", lambda value: isinstance(value, Mapping))
ERRSTATE = ArgumentKind(
    "a dict such as {'over': 'raise'}",
    lambda value: (
        isinstance(value, Mapping)
        and all(key in _ERRORS and word in _REACTIONS for key, word in value.items())
    ),
)


# models ---------------------------------------------------------------------------------------

#: An object of another class than these came from no submission by value.
_VALUES = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, range, slice)

MODEL = ArgumentKind(
    "an object of the submission",
    lambda value: (
        value is None
        or isinstance(value, (Handle, RemoteCallable, np.ndarray, np.generic, *_VALUES))
    ),
    lambda _: "Pass what `submission.build()` returned; one of the reference is not graded.",
)
LAYERS = ArgumentKind(
    "a list of kinds with their configuration, such as [('Dense', {'units': 3})]",
    lambda value: (
        _is_list(value)
        and all(
            _is_list(one) and len(one) == 2 and _is_text(one[0]) and isinstance(one[1], Mapping)
            for one in value
        )
    ),
)


def sequence_of(kind: type, words: str) -> ArgumentKind:
    """Return the kind of sequences of objects of one class."""
    return ArgumentKind(
        words,
        lambda value: (
            isinstance(value, Sequence)
            and not isinstance(value, str)
            and all(isinstance(one, kind) for one in value)
        ),
    )
