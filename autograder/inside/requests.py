"""The messages between an examiner and a candidate.

They are the requests of each to the other. The replies are not here.

On the wire a message is a dict with its ``op`` and the fields that are not at their default. The
examiner's are made by trusted code. A candidate's `Callback` and `AtStatement` are whatever the
submission made of them: the examiner reads their parts one by one, and never builds a class of this
module from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Final, get_args

from autograder.inside.messages import op_of
from autograder.wire.values import Kwargs, Message

_OP = "op"
ABSENT: Final = object()  # the target of a request that names something of the submission


# what an examiner asks ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Load:
    """Load a submission.

    The fields are those of `autograder.remote.loading.LoadRequest`.

    Attributes
    ----------
    provided
        What stands for functions of the reference, by name.
    provided_in
        The declared file of each of them.
    tells_places
        If True, the candidate tells the place of each statement before it runs.
    """

    files: Mapping[str, str | Sequence[str]]
    order: Sequence[str] = ()
    unread: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    defines: Mapping[str, str] = field(default_factory=dict)
    support: Mapping[str, str] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    forbidden: Sequence[str] = ()
    allowed: Sequence[str] = ()
    inert: Sequence[str] = ()
    inert_later: Sequence[str] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    helpers: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[Sequence[Any]] = ()
    data: Mapping[str, bytes] = field(default_factory=dict)
    seed: int = 0
    provided: Mapping[str, Any] = field(default_factory=dict)
    provided_in: Mapping[str, str] = field(default_factory=dict)
    tells_places: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """Call a name of the submission, an object, or a method.

    The method may be of a name or of an object.

    Attributes
    ----------
    options
        With ``keep``, the answer is a handle; others ask for testimony, see
        `autograder.inside.candidate.observing`.
    """

    args: list[Any]
    kwargs: Kwargs
    options: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    target: Any = ABSENT
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Get:
    """Read a name of the submission, or an object's attribute.

    With ``keep`` the answer is a handle.
    """

    name: str
    target: Any = ABSENT
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Set:
    """Bind a name of the submission, or an attribute of an object."""

    name: str
    value: Any
    target: Any = ABSENT


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an attribute of an object."""

    target: Any
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """Read an item of an object.

    With ``keep`` the answer is a handle.
    """

    target: Any
    key: Any
    keep: bool = False


@dataclass(frozen=True, slots=True)
class SetItem:
    """Set an item of an object."""

    target: Any
    key: Any
    value: Any


@dataclass(frozen=True, slots=True)
class DeleteItem:
    """Delete an item of an object."""

    target: Any
    key: Any


@dataclass(frozen=True, slots=True)
class ApplyOperator:
    """Apply an operator, one of `autograder.inside.candidate.operations.OPERATORS`."""

    name: str
    operands: list[Any]
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Length:
    """Count the elements of an object."""

    target: Any


@dataclass(frozen=True, slots=True)
class Contains:
    """Find out if a text is in an object."""

    target: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Iterate:
    """Begin to iterate.

    The elements of a list or tuple come as handles, from ``start``. Other objects give an iterator.
    """

    target: Any
    start: int = 0


@dataclass(frozen=True, slots=True)
class Next:
    """Take the next element of an iterator, as a handle."""

    target: Any


@dataclass(frozen=True, slots=True)
class Value:
    """Send an object by value."""

    target: Any


@dataclass(frozen=True, slots=True)
class Lend:
    """Keep a copy of a value, as a handle."""

    value: Any


@dataclass(frozen=True, slots=True)
class LendModel:
    """Rebuild a model of a framework, as a handle.

    See `autograder.frameworks.model.ModelSupport`.
    """

    framework: str
    description: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rng:
    """Make a random generator, as a handle.

    Without a seed, it is the next one of the candidate's own.
    """

    seed: int | list[int] | None = None


@dataclass(frozen=True, slots=True)
class Types:
    """Name the class of an object and its bases."""

    target: Any


@dataclass(frozen=True, slots=True)
class Graph:
    """List the operations of a model."""

    target: Any


@dataclass(frozen=True, slots=True)
class Packages:
    """List the packages that were imported."""


@dataclass(frozen=True, slots=True)
class Read:
    """Read an upload.

    The examiner asks it of a candidate that has loaded nothing, and asks no more than this.

    Attributes
    ----------
    files
        Content by path.
    declared
        Names of the files that are due.
    support
        Names of public modules of the course.
    template
        Content of the template's files.
    aliases
        Packages under which declared files can be imported.
    forbidden
        Packages whose use is an error.
    asked
        The declared file of each function and class that is graded; empty if none defines it.
    times
        When each file was changed [s]; given where the newest of several is to be taken.
    beside
        At home, what lies around the files, and is read where they import it.
    """

    files: Mapping[str, bytes]
    declared: Sequence[str]
    support: Sequence[str] = ()
    template: Mapping[str, bytes] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    forbidden: Sequence[str] = ()
    asked: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, float] | None = None
    beside: Mapping[str, bytes] = field(default_factory=dict)


Request = (
    Load | Call | Get | Set | Delete | Item | SetItem | DeleteItem | ApplyOperator
    | Length | Contains | Iterate | Next
    | Value | Lend | LendModel | Rng | Types | Graph | Packages | Read
)  # fmt: skip


# what a candidate says ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Callback:
    """Call an object of the examiner, or its method."""

    id: int
    method: str | None
    args: list[Any]
    kwargs: Kwargs


@dataclass(frozen=True, slots=True)
class AtStatement:
    """A statement is about to run, with this place.

    The place is file, cell and statement. The examiner does not answer.
    """

    place: list[Any]


Said = Callback | AtStatement


def as_message(message: Request | Said) -> Message:
    """Return a message as it goes over the wire."""
    op, shape = _SHAPES[type(message)]
    found: Message = {_OP: op}
    for name, default in shape:
        value = getattr(message, name)
        if value is not default:
            found[name] = value
    return found


def parse(message: Message) -> Request:
    """Return the request of a message, and empty the message.

    Nothing else then keeps its parts alive.

    Raises
    ------
    KeyError
        There is no such request.
    TypeError
        The message lacks a part, or has one too many.
    """
    values = dict(message)
    message.clear()
    return _KINDS[values.pop(_OP)](**values)


def is_question(message: Mapping[str, Any]) -> bool:
    """True if a message asks something, and is no reply."""
    return _OP in message


def is_a(kind: type[Said], message: Mapping[str, Any]) -> bool:
    """True if a candidate's message claims to be of this kind.

    Its parts may be of any type.
    """
    op = message.get(_OP)
    return type(op) is str and op == _SHAPES[kind][0]  # an array would compare element by element


def _shape(kind: type) -> tuple[tuple[str, object], ...]:
    """Return each field with the value at which it is not sent."""
    return tuple(
        (one.name, MISSING if kind in _SENT_WHOLE else one.default) for one in fields(kind)
    )


_SENT_WHOLE = {Callback, LendModel}
_KINDS: Mapping[str, type[Request]] = {op_of(kind): kind for kind in get_args(Request)}
_SHAPES = {kind: (op_of(kind), _shape(kind)) for kind in (*get_args(Request), *get_args(Said))}
