"""Checks of the arguments that a rubric gives to helpers.

They come before anything is computed, and refuse in one sentence.

A wrong argument is the author's mistake and must cost no submission a point. Most are met on the
reference, too, and are then found before anything is graded. Those in a branch that only a wrong
submission reaches are not; there the rubric's own source decides (`HelperMisused.is_written`).
"""

from __future__ import annotations

import ast
import difflib
import functools
import inspect
import linecache
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import numpy as np

from autograder.errors import CourseError
from autograder.remote import Handle, RemoteCallable

P = ParamSpec("P")
R = TypeVar("R")

_PACKAGE = __name__.rpartition(".")[0]
_SHOWN_CHARS, _SHOWN_ITEMS = 60, 8
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
_ITERATORS = (types.GeneratorType, map, filter, zip, enumerate, reversed)


class HelperMisused(CourseError):  # noqa: N818  # as `CheckFailed`: a finding about the course
    """A rubric calls a helper with an argument that it cannot use.

    Attributes
    ----------
    is_written
        True if the wrong argument stands in the rubric's source as it is: no submission had a
        hand in it. Where that cannot be told it is False, and the reference decides.
    """

    def __init__(self, message: str, *, hint: str | None = None, is_written: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.is_written = is_written


@dataclass(frozen=True, slots=True)
class ArgumentKind:
    """One kind of argument.

    It has words that complete "expected", and a test.

    Attributes
    ----------
    hint
        Of a wrong value: what may have been meant, or None.
    """

    words: str
    holds: Callable[[Any], bool]
    hint: Callable[[Any], str | None] = lambda _: None

    def __or__(self, other: ArgumentKind) -> ArgumentKind:
        """Return what one or the other kind is."""
        return ArgumentKind(
            f"{self.words} or {other.words}",
            lambda value: self.holds(value) or other.holds(value),
            lambda value: self.hint(value) or other.hint(value),
        )


def takes(**wanted: ArgumentKind) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have a helper refuse arguments that it cannot use, with `HelperMisused`.

    Parameters
    ----------
    wanted
        By parameter; one that is not named is not checked. Defaults are right by definition.
    """

    def wrap(helper: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(helper)
        name = helper.__qualname__.removesuffix(".__init__")
        unknown = wanted.keys() - signature.parameters.keys()
        assert not unknown, f"{name} has no parameters {unknown}"

        @functools.wraps(helper)
        def check_arguments(*args: P.args, **kwargs: P.kwargs) -> R:
            __tracebackhide__ = True
            try:
                given = signature.bind(*args, **kwargs).arguments
            except TypeError:
                raise _misfit(name, signature, args, kwargs) from None
            for parameter, value in given.items():
                kind = wanted.get(parameter)
                if kind is not None and not kind.holds(value):
                    raise _misuse(name, signature, parameter, kind, value)
            return helper(*args, **kwargs)

        return check_arguments

    return wrap


def refuse(helper: str, what: str, *, hint: str | None = None) -> HelperMisused:
    """Return the error of arguments that do not go together."""
    call = _call_in_rubric(helper)
    is_written = call is not None and call.is_plain and all(map(call.is_written, call.arguments))
    return HelperMisused(f"{helper}: {what}.", hint=hint, is_written=is_written)


def _misuse(
    helper: str, signature: inspect.Signature, parameter: str, kind: ArgumentKind, value: object
) -> HelperMisused:
    call = _call_in_rubric(helper, signature)
    return HelperMisused(
        f"{helper}: `{parameter}` must be {kind.words}, got {in_words(value)}.",
        hint=kind.hint(value),
        is_written=call is not None and call.is_written(parameter),
    )


def _misfit(
    helper: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> HelperMisused:
    """Return the error of too many, too few or unknown arguments."""
    call = _call_in_rubric(helper, signature)
    what, hint = _misfit_words(signature, args, kwargs)
    return HelperMisused(
        f"{helper}: {what}.", hint=hint, is_written=call is not None and call.is_plain
    )


def _misfit_words(
    signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[str, str | None]:
    known = [one for one in signature.parameters.values() if one.name != "self"]
    names = [one.name for one in known if one.kind is not one.VAR_POSITIONAL]
    positional = [one.name for one in known if one.kind is one.POSITIONAL_OR_KEYWORD]
    own = len(args) - ("self" in signature.parameters)
    for name in kwargs:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = f"Did you mean `{close[0]}`?" if close else None
            return f"expected one of {', '.join(names)}, got the unknown argument `{name}`", hint
        if name in positional[:own]:
            return f"`{name}` is given twice, by position and by name", None
    if own > len(positional) and not any(one.kind is one.VAR_POSITIONAL for one in known):
        by_name = [name for name in names if name not in positional]
        hint = f"Pass the others by name: {', '.join(by_name)}." if by_name else None
        count = f"{len(positional)} argument{'s' * (len(positional) != 1)}"
        return f"expected at most {count} by position, got {own}", hint
    missing = [
        one.name
        for one in known
        if one.default is one.empty
        and one.name not in kwargs
        and one.name not in positional[:own]
        and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
    ]
    listed = ", ".join(f"`{name}`" for name in missing)
    return f"the argument{'s' * (len(missing) != 1)} {listed} must be given, got none", None


# in words -------------------------------------------------------------------------------------


def in_words(value: object) -> str:  # noqa: PLR0911  # one return a kind of value
    """Describe an argument.

    Small plain values are written out, others are named by their kind.
    """
    if isinstance(value, Handle):
        return f"an object of the submission, of class `{value.type_name[:_SHOWN_CHARS]}`"
    if isinstance(value, RemoteCallable):
        return f"the submission's function `{value.__name__}`"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, _FUNCTIONS):
        name = value.__name__
        return "a lambda" if name == "<lambda>" else f"the function `{name}`"
    if isinstance(value, _ITERATORS):
        return "a generator" if isinstance(value, types.GeneratorType) else _an_object(value)
    if isinstance(value, (type, types.ModuleType)):
        return f"the {'class' if isinstance(value, type) else 'module'} `{value.__name__}`"
    if _is_plain(value):
        text = repr(value)
        return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return f"a {type(value).__name__} of {len(value)}"
    return _an_object(value)


def _an_object(value: object) -> str:
    return f"an object of class `{type(value).__name__}`"


def _is_plain(value: object) -> bool:
    if isinstance(value, (list, tuple, dict)) and type(value) in (list, tuple, dict):
        items = [*value, *(value.values() if isinstance(value, dict) else ())]
        return len(items) <= _SHOWN_ITEMS and all(
            not isinstance(item, (list, tuple, dict)) and _is_plain(item) for item in items
        )
    return value is None or type(value) in (bool, int, float, complex, str, bytes, range)


# whose mistake --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Call:
    """A call in the rubric's source.

    Attributes
    ----------
    is_plain
        True if no ``*`` or ``**`` passes what was computed.
    arguments
        By parameter, the expressions.
    variables
        Names of the function around it, whose values may be the submission's.
    """

    is_plain: bool
    arguments: Mapping[str, Any]
    variables: frozenset[str]

    def is_written(self, parameter: str) -> bool:
        """Return True if an argument has only literals, lambdas and global names."""
        if parameter not in self.arguments:
            return False
        names = {
            node.id for node in _nodes(self.arguments[parameter]) if isinstance(node, ast.Name)
        }
        return not names & self.variables


def _nodes(given: object) -> Iterator[ast.AST]:
    if isinstance(given, ast.AST):
        yield from ast.walk(given)
    elif isinstance(given, (tuple, list)):  # of `*args`
        for one in given:
            yield from _nodes(one)
    elif isinstance(given, dict):  # of `**kwargs`
        yield from _nodes(list(given.values()))


def _call_in_rubric(helper: str, signature: inspect.Signature | None = None) -> _Call | None:
    """Find the expression that called a helper, or return None.

    None means that the source does not tell.
    """
    frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001  # the documented way up
    while frame is not None and str(frame.f_globals.get("__name__")).startswith(_PACKAGE):
        frame = frame.f_back
    node = None if frame is None else _call_at(frame)
    if frame is None or node is None:
        return None
    called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
    if (called.id if isinstance(called, ast.Name) else called) != helper:
        return None
    starred = any(isinstance(one, ast.Starred) for one in node.args)
    is_plain = not starred and all(one.arg is not None for one in node.keywords)
    code = frame.f_code
    variables = frozenset((*code.co_varnames, *code.co_cellvars, *code.co_freevars))
    return _Call(is_plain, _bound(node, signature) if is_plain else {}, variables)


def _bound(node: ast.Call, signature: inspect.Signature | None) -> Mapping[str, Any]:
    """Return the expressions of a call by parameter.

    There are none where they do not fit.
    """
    named = {one.arg: one.value for one in node.keywords if one.arg is not None}
    if signature is None:
        return {"arguments": [*node.args, *named.values()]}
    first = (None,) if "self" in signature.parameters else ()
    try:
        return signature.bind_partial(*first, *node.args, **named).arguments
    except TypeError:
        return {}


def _call_at(frame: types.FrameType) -> ast.Call | None:
    """Return the call that a frame waits for."""
    places = list(frame.f_code.co_positions())
    place = places[frame.f_lasti // 2] if frame.f_lasti // 2 < len(places) else (None,) * 4
    try:
        tree = ast.parse("".join(linecache.getlines(frame.f_code.co_filename)))
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and place == (
            node.lineno,
            node.end_lineno,
            node.col_offset,
            node.end_col_offset,
        ):
            return node
    return None
