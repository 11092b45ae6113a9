"""Provided functions at home.

The reference's answers are recorded by arguments and played back.

A criterion may say that a function of the submission is the reference's. At home there is no
reference, so a tape holds what the reference answered to each call that a right solution, an
accepted variant or a mutant made. A call is found again by its arguments: a student may call
in another order or more often, with a little rounding error, or in float32.

What is no value (a cache, a model, the rubric's own data set) is never looked into. A cache that
a provided function has answered is known by the call that made it, anything else by its type.
"""

from __future__ import annotations

import builtins
import inspect
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.examiner.context import provide
from autograder.examiner.verdict import UndecidedEnd
from autograder.remote import Loan
from autograder.wire import WireError, decode, encode

__all__ = [
    "CallRecorder",
    "ProvidedCall",
    "Signature",
    "can_cross",
    "is_same_value",
    "play_provided",
]

# Rounding error of a few operations, as a share of the largest entry. A step of finite differences
# (1e-5 and the like, taken in float64) must stay another argument.
_TOLERANCES = {"float64": 1e-9, "float32": 1e-5, "float16": 1e-2}
_LEAST_SCALE = 1e-3  # what is all rounding error (1e-17 where 0 is due) has no scale of its own
_NARROW = ("float16", "float32", "float64")

_P = inspect.Parameter
_KINDS = {
    int(kind): kind
    for kind in (
        _P.POSITIONAL_ONLY,
        _P.POSITIONAL_OR_KEYWORD,
        _P.VAR_POSITIONAL,
        _P.KEYWORD_ONLY,
        _P.VAR_KEYWORD,
    )
}

Packed = list[Any]  # a sort ("value", "loan", "given", "opaque", "tuple", "raises") and what it is
Parameter = tuple[str, int, list[Any]]  # name, kind (of `inspect`), and the default if there is one


@dataclass(frozen=True, slots=True)
class ProvidedCall:
    """A call of a provided function and the reference's answers.

    Attributes
    ----------
    arguments
        Packed, by the name of the parameter.
    answers
        Packed. More than one only where an argument may have a state: one for each time.
    """

    function: str
    arguments: Mapping[str, Packed]
    answers: Sequence[Packed]

    @property
    def has_state(self) -> bool:
        """True if the same arguments may be answered otherwise the next time."""
        return any(_is_opaque(one) for one in self.arguments.values())


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a provided function."""

    function: str
    parameters: Sequence[Parameter]

    @classmethod
    def of(cls, function: str, target: Callable[..., Any]) -> Signature:
        """Read the parameters of a function of the reference."""
        try:
            found = inspect.signature(target)
        except ValueError:  # a ufunc and the like
            found = inspect.signature(_anything)
        return cls(
            function,
            [(one.name, int(one.kind), _default(one)) for one in found.parameters.values()],
        )

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments by parameter, defaults included.

        Raises
        ------
        TypeError
            The function cannot be called so.
        """
        parameters = [
            inspect.Parameter(
                name, _KINDS[kind], default=default[0] if default else inspect.Parameter.empty
            )
            for name, kind, default in self.parameters
        ]
        try:
            bound = inspect.Signature(parameters).bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.function}() {error}") from None
        bound.apply_defaults()
        return dict(bound.arguments)


class PlayedLoan:
    """Stands at home for a cache of the reference.

    Nothing can be asked of it.

    Parameters
    ----------
    place
        The call that made it, the time of that call, and the part of its answer.
    """

    def __init__(self, place: tuple[int, int, int]) -> None:
        self.place = place


@dataclass
class CallRecorder:
    """Records the calls of one criterion's provided functions, over several solutions.

    Attributes
    ----------
    calls
        Different calls, in the order in which they were first made.
    signatures
        Of the functions, by name.
    """

    calls: list[ProvidedCall] = field(default_factory=list)
    signatures: dict[str, Signature] = field(default_factory=dict)
    _lent: list[tuple[Any, tuple[int, int, int]]] = field(default_factory=list)
    _times: dict[int, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin with another solution.

        It has called nothing yet.
        """
        self._lent, self._times = [], {}

    def record(self, name: str, target: Callable[..., Any]) -> Callable[..., Any]:
        """Return a recorded function of the reference.

        Submissions may call it.
        """
        answering = provide(target)
        self.signatures[name] = signature = Signature.of(name, target)

        def recorded(*args: Any, **kwargs: Any) -> Any:
            try:
                bound = signature.bind(args, kwargs)
            except TypeError:
                return answering(*args, **kwargs)  # raises what Python says of it; so does the tape
            place = self._find(
                name, {key: _pack(value, self._lent) for key, value in bound.items()}
            )
            try:
                answer = answering(*args, **kwargs)
            except Exception as error:
                self._keep(place, ["raises", _builtin_base(error), str(error)])
                raise
            number, time = place
            loans = itertools.count()
            packed = _pack_answer(
                answer, bound, lambda loan: self._lend(loan, (number, time, next(loans)))
            )
            if packed is not None:
                self._keep(place, packed)
            return answer

        recorded.__name__ = name
        return recorded

    def _find(self, name: str, arguments: dict[str, Packed]) -> tuple[int, int]:
        """Return a call's number and its present time.

        A new call is added.
        """
        number = next(iter(_fitting(self.calls, name, arguments)), None)
        if number is None:
            number = len(self.calls)
            self.calls.append(ProvidedCall(name, arguments, []))
        time = self._times.get(number, 0)
        self._times[number] = time + 1
        return number, time if self.calls[number].has_state else 0

    def _keep(self, place: tuple[int, int], answer: Packed) -> None:
        number, time = place
        answers = self.calls[number].answers
        if time == len(answers):
            assert isinstance(answers, list)
            answers.append(answer)

    def _lend(self, loan: Loan, place: tuple[int, int, int]) -> Packed:
        self._lent.append((loan.value, place))
        return ["loan", *place]


def play_provided(
    names: Iterable[str], calls: Sequence[ProvidedCall], signatures: Mapping[str, Signature]
) -> dict[str, Callable[..., Any]]:
    """Return a criterion's provided functions, played from the tape.

    They are for one candidate.
    """
    times: dict[int, int] = {}
    return {name: _play(name, calls, signatures.get(name), times) for name in names}


def _play(
    name: str,
    calls: Sequence[ProvidedCall],
    signature: Signature | None,
    times: dict[int, int],
) -> Callable[..., Any]:
    def played(*args: Any, **kwargs: Any) -> Any:
        if signature is None:
            raise UndecidedEnd(_undecided(name))
        bound = signature.bind(args, kwargs)
        arguments = {key: _pack(value, ()) for key, value in bound.items()}
        number = next(iter(_fitting(calls, name, arguments)), None)
        if number is None:
            raise UndecidedEnd(_undecided(name))
        call = calls[number]
        time = times.get(number, 0) if call.has_state else 0
        if time >= len(call.answers):
            raise UndecidedEnd(_undecided(name))
        times[number] = time + 1
        answer = _unpack(call.answers[time], bound)
        return _as_narrow(answer, _widest(call.arguments.values()), _widest(arguments.values()))

    played.__name__ = name
    return played


def _undecided(name: str) -> str:
    return (
        f"This cannot be decided at home: here `{name}` is the course's own, and your code calls "
        "it with"
        " arguments for which its answer is not recorded. It will be graded all the same."
    )


# packing ------------------------------------------------------------------------------------------


def _pack(value: Any, lent: Sequence[tuple[Any, tuple[int, int, int]]]) -> Packed:
    """Write an argument as a wire value."""
    if isinstance(value, PlayedLoan):
        return ["loan", *value.place]
    for held, place in reversed(lent):
        if held is value:
            return ["loan", *place]
    if can_cross(value):
        return ["value", _copy(value)]
    if isinstance(value, tuple | list):
        return ["tuple", [_pack(part, lent) for part in value]]
    return ["opaque", type(value).__name__]


def _pack_answer(
    answer: Any, bound: Mapping[str, Any], lend: Callable[[Loan], Packed]
) -> Packed | None:
    """Return an answer as a wire value.

    It is None if the answer cannot cross at all.
    """
    if isinstance(answer, Loan):
        return lend(answer)
    if isinstance(answer, tuple):
        given = [_name_of(part, bound) for part in answer]
        if answer and all(given):
            return ["given", given]
        parts = [_pack_answer(part, bound, lend) for part in answer]
        return None if None in parts else ["tuple", parts]
    return ["value", _copy(answer)] if can_cross(answer) else None


def _copy(value: Any) -> Any:
    """Return a copy of a value.

    The reference may go on to write into its own arrays.
    """
    return decode(b"".join(bytes(part) for part in encode(value)))


def _name_of(part: Any, bound: Mapping[str, Any]) -> str | None:
    """Return the parameter that was given this very object.

    Numbers and texts have none, since equal ones are chance.
    """
    if isinstance(part, bool | int | float | str | None):
        return None
    return next((name for name, value in bound.items() if value is part), None)


def _unpack(packed: Packed, bound: Mapping[str, Any]) -> Any:
    match packed:
        case ["loan", number, time, part]:
            return Loan(PlayedLoan((number, time, part)))
        case ["given", names]:
            return tuple(bound[name] for name in names)
        case ["tuple", parts]:
            return tuple(_unpack(part, bound) for part in parts)
        case ["raises", kind, text]:
            raise getattr(builtins, kind)(text)
    return packed[1]


def _is_opaque(packed: Packed) -> bool:
    if packed[0] == "tuple":
        return any(_is_opaque(part) for part in packed[1])
    return bool(packed[0] == "opaque")


def can_cross(value: object) -> bool:
    """Return True if a value can be written to a tape."""
    try:
        encode(value)
    except WireError:
        return False
    return True


def _builtin_base(error: Exception) -> str:
    return next(base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins")


def _anything(*_args: Any, **_kwargs: Any) -> None:
    """Stand for the signature of a function that has none to read."""


def _default(parameter: inspect.Parameter) -> list[Any]:
    is_known = parameter.default is not inspect.Parameter.empty and can_cross(parameter.default)
    return [parameter.default] if is_known else []


# finding ------------------------------------------------------------------------------------------


def _fitting(
    calls: Sequence[ProvidedCall], name: str, arguments: Mapping[str, Packed]
) -> Iterator[int]:
    """Yield the numbers of recorded calls with these arguments."""
    for number, call in enumerate(calls):
        same = call.function == name and call.arguments.keys() == arguments.keys()
        if same and all(_fits(call.arguments[key], given) for key, given in arguments.items()):
            yield number


def _fits(recorded: Packed, given: Packed) -> bool:
    if recorded[0] != given[0]:
        return False
    if recorded[0] == "value":
        return is_same_value(recorded[1], given[1])
    if recorded[0] == "tuple":
        return len(recorded[1]) == len(given[1]) and all(map(_fits, recorded[1], given[1]))
    return list(recorded) == list(given)


def is_same_value(recorded: Any, given: Any) -> bool:
    """Return True if two values are the same but for rounding.

    The width of numbers does not count either.
    """
    if _is_number(recorded) and _is_number(given):
        return _are_close(np.asarray(recorded), np.asarray(given))
    if isinstance(recorded, tuple | list):
        same = type(recorded) is type(given) and len(recorded) == len(given)
        return same and all(map(is_same_value, recorded, given))
    if isinstance(recorded, dict):
        same = isinstance(given, dict) and recorded.keys() == given.keys()
        return same and all(is_same_value(value, given[key]) for key, value in recorded.items())
    return type(recorded) is type(given) and bool(recorded == given)


def _is_number(value: Any) -> bool:
    is_array = isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fiubc"
    return is_array or isinstance(value, bool | int | float | complex)


def _are_close(recorded: np.ndarray[Any, Any], given: np.ndarray[Any, Any]) -> bool:
    if recorded.shape != given.shape or not _is_kind_fit(recorded.dtype.kind, given.dtype.kind):
        return False
    if given.dtype.kind in "iub" and recorded.dtype.kind in "iub":
        return bool(np.array_equal(recorded, given))
    names = [one.dtype.name for one in (recorded, given) if one.dtype.kind == "f"]
    tolerance = max(_TOLERANCES.get(name, 1e-9) for name in names or ["float64"])
    finite = recorded[np.isfinite(recorded)]
    scale = float(np.max(np.abs(finite), initial=_LEAST_SCALE))
    with np.errstate(all="ignore"):
        return bool(np.allclose(given, recorded, rtol=0.0, atol=tolerance * scale, equal_nan=True))


def _is_kind_fit(recorded: str, given: str) -> bool:
    if "b" in (recorded, given):  # a mask is no index
        return recorded == given
    return given in ("iu" if recorded in "iu" else "iufc" if recorded == "c" else "iuf")


# width --------------------------------------------------------------------------------------------


def _widest(packed: Iterable[Packed]) -> str:
    """Return the widest real type in some arguments.

    It is empty if there is none.
    """
    found = [_NARROW.index(name) for one in packed for name in _float_names(one) if name in _NARROW]
    return _NARROW[max(found)] if found else ""


def _float_names(packed: Packed) -> Iterator[str]:
    if packed[0] == "value":
        yield from _names_in(packed[1])
    elif packed[0] == "tuple":
        for part in packed[1]:
            yield from _float_names(part)


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, np.ndarray | np.generic):
        yield value.dtype.name
    elif isinstance(value, tuple | list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _names_in(part)


def _as_narrow(answer: Any, recorded: str, given: str) -> Any:
    """Answer in the width of the arguments, as the function itself would."""
    if not recorded or not given or _NARROW.index(given) >= _NARROW.index(recorded):
        return answer
    if isinstance(answer, np.ndarray | np.generic) and answer.dtype.name == recorded:
        return answer.astype(given)
    if isinstance(answer, tuple):
        return tuple(_as_narrow(part, recorded, given) for part in answer)
    if isinstance(answer, dict):
        return {key: _as_narrow(part, recorded, given) for key, part in answer.items()}
    return answer
