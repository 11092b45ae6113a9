"""Tapes of public criteria.

They hold the draws and the reference's answers, which are recorded, and played back at home.

A tape holds values, never code. It is played in order: what a rubric asks of ``rng`` and of
``reference`` must be what it asked when the tape was made, whatever the submission answered in
between.

An answer that is no value (an instance of a class of the reference) stays opaque: what the rubric
asks of it is recorded in its turn, operators included.

Provided functions are called by the submission, in whatever order: `autograder.home.provided`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, UsageError
from autograder.home.provided import ProvidedCall, Signature, can_cross, is_same_value
from autograder.wire import WireError, decode, encode

TAPE_NAME = "tape.bin"
VERSION = 2
_OPERATORS = (
    *(
        "add",
        "radd",
        "sub",
        "rsub",
        "mul",
        "rmul",
        "truediv",
        "rtruediv",
        "floordiv",
        "rfloordiv",
        "mod",
        "rmod",
    ),
    *("pow", "rpow", "matmul", "rmatmul", "neg", "pos", "abs", "lt", "le", "gt", "ge"),
    *("getitem", "len", "float", "int", "bool", "call"),
)

Event = tuple[str, list[Any]]  # what was asked, and the answer: empty if it is no value


@dataclass(frozen=True, slots=True)
class Tape:
    """The recording of a rubric's public criteria.

    Attributes
    ----------
    rubric
        Digest of the public rubric it was made of.
    cases
        Events by ``criterion[case]``.
    defines
        The declared file that defines each name under test and each provided one.
    open_names
        Names under test where the template leaves something to do.
    calls
        Calls of provided functions, by criterion.
    signatures
        Of provided functions, by name.
    """

    rubric: str
    cases: Mapping[str, tuple[Event, ...]]
    defines: Mapping[str, str] = field(default_factory=dict)
    open_names: Sequence[str] = ()
    calls: Mapping[str, Sequence[ProvidedCall]] = field(default_factory=dict)
    signatures: Mapping[str, Signature] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Return the tape as a wire value."""
        return {
            "version": VERSION,
            "rubric": self.rubric,
            "cases": {
                name: [[asked, answer] for asked, answer in events]
                for name, events in self.cases.items()
            },
            "defines": dict(self.defines),
            "open_names": list(self.open_names),
            "calls": {
                name: [[one.function, dict(one.arguments), list(one.answers)] for one in calls]
                for name, calls in self.calls.items()
            },
            "signatures": {
                name: [list(parameter) for parameter in one.parameters]
                for name, one in self.signatures.items()
            },
        }

    def agrees_with(self, other: Tape) -> bool:
        """Return True if two recordings differ by rounding alone.

        Processors and libraries round differently.
        """
        return is_same_value(self.as_data(), other.as_data())


class Track:
    """The events of one case.

    They are being recorded, or being played.
    """

    def __init__(self, name: str, events: tuple[Event, ...] | None = None) -> None:
        self._name = name
        self._played = None if events is None else iter(events)
        self.events: list[Event] = []

    def record(self, asked: str, answer: Callable[[], Any]) -> Any:
        """Record a question's answer and return it.

        An answer that is no value is returned as an opaque object.
        """
        value = answer()
        is_value = can_cross(value)
        self.events.append((asked, [value] if is_value else []))
        return value if is_value else Recording(self, value, asked)

    def play(self, asked: str) -> Any:
        """The answer that was recorded.

        Raises
        ------
        CourseError
            The rubric asks something else than when the tape was made.
        """
        assert self._played is not None
        expected, answer = next(self._played, ("nothing more", []))
        if expected != asked:
            raise CourseError(
                f"The tape of `{self._name}` does not fit its rubric: expected {expected}, the "
                f"rubric asks {asked}.",
                hint="The author records it anew with `autograder tape`.",
            )
        return answer[0] if answer else Playing(self, asked)


class _Operators:
    """Forwards every operator to ``operate``."""

    def operate(self, operator: str, *args: Any, **kwargs: Any) -> Any:
        """Answer one operator.

        ``call`` is an operator, too.
        """
        raise NotImplementedError

    def __init_subclass__(cls) -> None:
        for operator in _OPERATORS:
            setattr(cls, f"__{operator}__", _forward(operator))


def _forward(operator: str) -> Callable[..., Any]:
    def forward(self: _Operators, *args: Any, **kwargs: Any) -> Any:
        return self.operate(operator, *args, **kwargs)

    return forward


class Recording(_Operators):
    """An object of the examiner whose answers are recorded.

    It is the generator, the reference, or an object that the reference returned.
    """

    def __init__(self, track: Track, target: Any, name: str) -> None:
        self._track = track
        self._target = target
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._track.record(f"{self._name}.{name}", lambda: getattr(self._target, name))

    def operate(self, operator: str, *args: Any, **kwargs: Any) -> Any:
        """Have the object answer, and record the answer."""
        method = getattr(self._target, f"__{operator}__")
        arguments = [
            one._target if isinstance(one, Recording) else one  # noqa: SLF001 - one of us
            for one in args
        ]
        return self._track.record(f"{self._name}:{operator}", lambda: method(*arguments, **kwargs))


class Playing(_Operators):
    """A stand-in for such an object when the tape is played."""

    def __init__(self, track: Track, name: str) -> None:
        self._track = track
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._track.play(f"{self._name}.{name}")

    def operate(self, operator: str, *_args: Any, **_kwargs: Any) -> Any:
        """Give the answer that was recorded."""
        return self._track.play(f"{self._name}:{operator}")


def write_tape(path: Path, tape: Tape) -> None:
    """Write a tape."""
    frame = encode(tape.as_data())
    path.write_bytes(b"".join(bytes(part) for part in frame))


def load_tape(path: Path) -> Tape:
    """Read a tape.

    Raises
    ------
    UsageError
        There is no tape, or the tape is damaged or of another version.
    """
    hint = "The author records it with `autograder tape`."
    try:
        data = decode(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"No tape of the reference's answers: {path} cannot be read.", hint=hint
        ) from error
    except WireError as error:
        raise UsageError(f"The tape {path} is damaged: {error}.", hint=hint) from error
    try:
        return _tape_of(data)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"The tape {path} was made by another version of autograder.", hint=hint
        ) from error


def _tape_of(data: Any) -> Tape:
    if data["version"] != VERSION:
        raise ValueError(data["version"])
    cases = {
        name: tuple((asked, answer) for asked, answer in events)
        for name, events in data["cases"].items()
    }
    calls = {
        name: tuple(ProvidedCall(*parts) for parts in rows) for name, rows in data["calls"].items()
    }
    signatures = {name: Signature(name, rows) for name, rows in data["signatures"].items()}
    return Tape(
        data["rubric"], cases, data["defines"], tuple(data["open_names"]), calls, signatures
    )


def digest_rubric(folder: Path) -> str:
    """Return a digest of the public rubric files.

    Line ends do not count. A tape fits these files alone.
    """
    account = hashlib.sha256()
    for path in _rubric_files(folder):
        account.update(
            path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0"
        )
    return account.hexdigest()


def _rubric_files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("test_*.py"))
