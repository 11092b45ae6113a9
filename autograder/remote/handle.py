"""Handles of objects that stay in the candidate.

It also has their callable parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from autograder.inside.requests import (
    ApplyOperator,
    Contains,
    Delete,
    DeleteItem,
    Get,
    Graph,
    Item,
    Iterate,
    Length,
    Next,
    Request,
    Set,
    SetItem,
    Types,
    Value,
)
from autograder.remote.testimony import CallRecord
from autograder.wire import Ref
from autograder.wire.values import Kwargs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from autograder.remote.conversation import Reply

# What pytest, hypothesis, inspect and notebooks probe an object for: answered here, never by the
# candidate.
_PROBES = ("_pytest", "pytest", "_hypothesis", "hypothesis", "_repr_", "_ipython", "_mock")


MAX_REASON_CHARACTERS = 200
MAX_SHOWN_NAME = 40


class Owner(Protocol):
    """The candidate that a handle belongs to."""

    def ask(self, request: Request, doing: str = "") -> Reply:
        """Send a request to the candidate and return its reply."""

    def call(  # noqa: D102
        self,
        called: RemoteCallable,
        address: Mapping[str, Any],
        args: Iterable[Any],
        kwargs: Mapping[str, Any],
        options: Kwargs,
    ) -> Any: ...

    def drop(self, number: int) -> None:
        """Learn that a handle is gone."""


def is_probe(name: str) -> bool:
    """Return True if tools probe for a name."""
    return (name.startswith("__") and name.endswith("__")) or name.startswith(_PROBES)


class RemoteCallable:
    """Something callable in the candidate.

    It is a function or class of the submission, or a method of a handle.

    Parameters
    ----------
    owner
        Its submission.
    name
        For messages.
    address
        How a request names it: ``name``, or ``target`` and ``method``.
    options
        See `under`.

    Attributes
    ----------
    testimony
        What was seen of the last call of this object, where options asked for it.
    """

    def __init__(
        self,
        owner: Owner,
        name: str,
        address: Mapping[str, Any],
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._autograder_owner = owner
        self._address = address
        self._options = dict(options or {})
        self.testimony = CallRecord()
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object and return its answer.

        The answer comes by value where it can, read-only, and as a `Handle` otherwise.
        """
        return self._call(args, kwargs, self._options)

    def keep(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object and keep the answer in the candidate.

        Returns the answer's `Handle`.
        """
        return self._call(args, kwargs, {**self._options, "keep": True})

    def under(  # noqa: PLR0913  # one per circumstance, all optional
        self,
        *,
        errstate: Mapping[str, str] | str | None = None,
        count_work: bool = False,
        recursion_limit: int | None = None,
        arguments: bool = False,
        warnings: bool = False,
        keep: bool = False,
    ) -> RemoteCallable:
        """Return the same object, called under other circumstances.

        Parameters
        ----------
        errstate
            `numpy.errstate` of the call, warnings of NumPy being errors: its arguments, or one word
            for ``over``, ``divide`` and ``invalid`` (underflow is ignored then: a correct softmax
            underflows).
        count_work
            Count executed lines and loop turns.
        recursion_limit
            How many frames deep the call may go.
        arguments
            Tell the arguments as they are after the call.
        warnings
            Tell the warnings.
        keep
            Leave the answer in the candidate.
        """
        if isinstance(errstate, str):
            errstate = {
                "over": errstate,
                "divide": errstate,
                "invalid": errstate,
                "under": "ignore",
            }
        options = {
            "errstate": None if errstate is None else dict(errstate),
            "count_work": count_work,
            "recursion_limit": recursion_limit,
            "arguments": arguments,
            "warnings": warnings,
            "keep": keep,
        }
        return RemoteCallable(
            self._autograder_owner,
            self.__name__,
            self._address,
            {key: value for key, value in options.items() if value not in (None, False)},
        )

    def _call(self, args: tuple[Any, ...], kwargs: Kwargs, options: Mapping[str, Any]) -> Any:
        __tracebackhide__ = True
        return self._autograder_owner.call(self, self._address, args, kwargs, dict(options))

    def _autograder_reference(self) -> Ref:
        return Ref(
            "attribute",
            0,
            "",
            [self._address.get("target"), self._address.get("method", self._address.get("name"))],
        )

    def __getattr__(self, name: str) -> Any:
        if is_probe(name) or name.startswith("_"):
            raise AttributeError(f"{self.__name__} has no attribute {name!r}")
        return read_attribute(
            self._autograder_owner, self._autograder_reference(), name, f"{self.__name__}.{name}"
        )

    def __repr__(self) -> str:
        return f"<`{self.__name__}` of the submission>"


def read_attribute(owner: Owner, target: object, name: str, label: str) -> Any:
    """Return an attribute of an object in the candidate.

    It comes as a value, a method, or a handle.
    """
    reply = owner.ask(Get(name, target), f"while reading `{label}`")
    if reply.get("method") is True:
        return RemoteCallable(owner, label, {"target": target, "method": name})
    return reply["ok"]


class Handle:
    """An object that stays in the candidate.

    Attributes, items, ``len``, iteration, calls and arithmetic operators act on the object there,
    operators with their operands in order. An answer comes back by value where it can, else as a
    handle; iterating and unpacking give handles. Attributes of the object that are called ``value``
    or ``type_name`` are reached with `hold`.

    Values cross, verdicts do not: comparing a handle and asking for its truth raise, since the
    answer would be the submission's. A handle that came where the reference gives a value can be
    handed on and fetched; nothing is computed with it.
    """

    __slots__ = (
        "__weakref__",
        "_autograder_info",
        "_autograder_methods",
        "_autograder_number",
        "_autograder_owner",
        "_autograder_strange",
        "type_name",
    )
    __array_ufunc__ = None
    type_name: str

    def __init__(self, owner: Owner, ref: Ref) -> None:
        write = object.__setattr__
        write(self, "_autograder_owner", owner)
        write(self, "_autograder_number", ref.id)
        write(self, "_autograder_info", ref.info if isinstance(ref.info, dict) else None)
        write(self, "_autograder_methods", None)
        write(self, "_autograder_strange", False)
        write(self, "type_name", ref.type_name[:300])

    def value(self) -> Any:
        """Return the object by value, read-only.

        Its parts that cannot cross are handles.

        Raises
        ------
        TypeError
            The object cannot cross at all.
        """
        answer = _ask(self, Value(self), "while its value was read")["ok"]
        if answer is self:
            why = reason_of(self)
            raise TypeError(
                f"a `{self.type_name}` of the submission cannot cross by value{why and f': {why}'}"
            )
        return answer

    def __getattr__(self, name: str) -> Any:
        if (
            name in ("__name__", "__qualname__")
            and self._autograder_info is not None
            and self._autograder_info.get("name")
        ):
            return str(self._autograder_info["name"])
        if is_probe(name) or name.startswith("_autograder"):
            raise AttributeError(f"a handle has no attribute {name!r}")
        label = f"{self.type_name}.{name}"
        if self._autograder_methods is not None and name in self._autograder_methods:
            return RemoteCallable(self._autograder_owner, label, {"target": self, "method": name})
        found = read_attribute(self._autograder_owner, self, name, label)
        if isinstance(found, RemoteCallable):
            object.__setattr__(
                self, "_autograder_methods", (self._autograder_methods or frozenset()) | {name}
            )
        return found

    def __setattr__(self, name: str, value: object) -> None:
        if is_probe(name):
            raise AttributeError(f"a handle has no attribute {name!r}")
        _ask(self, Set(name, value, self), f"while setting `{name}`")

    def __delattr__(self, name: str) -> None:
        _ask(self, Delete(self, name), f"while deleting `{name}`")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object."""
        return handle_callable(self)(*args, **kwargs)

    def __getitem__(self, key: object) -> Any:
        return _ask(self, Item(self, key), "while an item was read")["ok"]

    def __setitem__(self, key: object, value: object) -> None:
        _ask(self, SetItem(self, key, value), "while an item was set")

    def __delitem__(self, key: object) -> None:
        _ask(self, DeleteItem(self, key), "while an item was deleted")

    def __len__(self) -> int:
        length = _ask(self, Length(self), "during `len`")["ok"]
        if type(length) is not int or not 0 <= length < 2**63:
            raise TypeError("the submission gave a length that is no number")
        return length

    def __bool__(self) -> NoReturn:  # `object` has none that it would override
        raise _no_verdict(self, "the truth of")

    def __eq__(self, other: object) -> bool:
        if self is not other:  # of one object there is one handle
            raise _no_verdict(self, "a comparison with")
        return True

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __contains__(self, value: object) -> bool:
        if type(value) is not str:
            raise _no_verdict(self, f"whether a {type(value).__name__} is in")
        return _ask(self, Contains(self, value), "during `in`")["ok"] is True

    def __iter__(self) -> Iterator[Any]:
        reply = _ask(self, Iterate(self), "while it was iterated")
        return (
            _iterate_sequence(self, reply)
            if type(reply.get("length")) is int
            else _iterate_steps(self, reply["ok"])
        )

    def __hash__(self) -> int:
        return hash((id(self._autograder_owner), self._autograder_number))

    def __repr__(self) -> str:
        return f"<handle of a `{self.type_name}` of the submission>"

    def _autograder_reference(self) -> Ref:
        return Ref("handle", self._autograder_number)

    def __array_function__(self, *_args: object) -> NoReturn:
        self.__array__()

    def __array__(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise NotAValue(
            f"a `{self.type_name}` of the submission is not converted to an array by itself: use "
            ".value()"
        )

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a handle cannot be copied or pickled")

    def __del__(self) -> None:
        self._autograder_owner.drop(self._autograder_number)


def _ask(handle: Handle, request: Request, doing: str) -> Reply:
    __tracebackhide__ = True
    owner = handle._autograder_owner  # noqa: SLF001
    reply: Reply = owner.ask(request, f"{doing} (`{handle.type_name}`)")
    return reply


def learn_reason(handle: Handle, ref: Ref) -> None:
    """Learn the reason that a kept object does not cross.

    It does not cross by value. The candidate gives the reason once that was asked.
    """
    if isinstance(ref.info, dict) and "why" in ref.info:
        object.__setattr__(
            handle,
            "_autograder_info",
            {**(handle._autograder_info or {}), "why": ref.info["why"]},  # noqa: SLF001
        )


def reason_of(handle: Handle) -> str:
    """Return the reason that an object stayed in the candidate.

    It is one line in the candidate's words, for an object of a kind that crosses. Else it is empty.
    """
    why = (handle._autograder_info or {}).get("why")  # noqa: SLF001
    return why.partition("\n")[0][:MAX_REASON_CHARACTERS] if isinstance(why, str) else ""


def describe_handle(handle: Handle) -> str:
    """Describe an object in the candidate, with its reason.

    An example is "an object of class `ndarray` (<reason>)". The reason tells why the object stays.
    """
    why = reason_of(handle)
    return f"an object of class `{handle.type_name[:MAX_SHOWN_NAME]}`{why and f' ({why})'}"


def handle_callable(handle: Handle) -> RemoteCallable:
    """The object behind a handle as something to be called, with options."""
    return RemoteCallable(
        handle._autograder_owner,  # noqa: SLF001
        getattr(handle, "__name__", handle.type_name),
        {"target": handle},
    )


def _iterate_sequence(handle: Handle, reply: Reply) -> Iterator[Any]:
    length, start = reply["length"], 0
    while start < length:
        chunk = reply["ok"]
        if not isinstance(chunk, list) or not chunk:
            return
        yield from chunk
        start += len(chunk)
        if start < length:
            reply = _ask(handle, Iterate(handle, start), "while it was iterated")


def _iterate_steps(handle: Handle, iterator: object) -> Iterator[Any]:
    while True:
        reply = _ask(handle, Next(iterator), "while it was iterated")
        if reply.get("stop") is not False:
            return
        yield reply["ok"]


def _binary(name: str, *, is_reflected: bool = False) -> Callable[[Handle, object], Any]:
    def operate(self: Handle, other: object) -> Any:
        operands = [other, self] if is_reflected else [self, other]
        return _ask(self, ApplyOperator(name, operands), f"during `{name}`")["ok"]

    return operate


def _comparison(self: Handle, _other: object) -> NoReturn:
    raise _no_verdict(self, "a comparison with")


class NotAValue(TypeError):  # noqa: N818  # whose fault it is depends on what was due
    """A submission's object stands where a value is due.

    A rubric computes with the value.
    """


def _no_verdict(handle: Handle, what: str) -> NotAValue:
    return NotAValue(f"{what} a `{handle.type_name}` of the submission is no verdict: use .value()")


def _unary(name: str) -> Callable[[Handle], Any]:
    def operate(self: Handle) -> Any:
        return _ask(self, ApplyOperator(name, [self]), f"during `{name}`")["ok"]

    return operate


def _number(name: str, kind: type) -> Callable[[Handle], Any]:
    def convert(self: Handle) -> Any:
        number = _unary(name)(self)
        if type(number) is not kind:
            raise TypeError(f"the submission gave no {kind.__name__}")
        return number

    return convert


_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
_BITWISE = ("and", "or", "xor", "lshift", "rshift")


def _add_operators() -> None:
    for name in (*_ARITHMETIC, *_BITWISE, "divmod"):
        sent = f"{name}_" if name in ("and", "or") else name
        setattr(Handle, f"__{name}__", _binary(sent))
        setattr(Handle, f"__r{name}__", _binary(sent, is_reflected=True))
    for name in _ARITHMETIC:
        setattr(Handle, f"__i{name}__", _binary(f"i{name}"))
    for name in ("lt", "le", "gt", "ge"):
        setattr(Handle, f"__{name}__", _comparison)
    for name in ("neg", "pos", "abs", "invert", "round"):
        setattr(Handle, f"__{name}__", _unary(name))
    for kind in (float, int, complex):
        setattr(Handle, f"__{kind.__name__}__", _number(kind.__name__, kind))


_add_operators()


class HandleView:
    """A handle that only gives handles.

    Its attributes, items and answers are handles, too, so nothing is copied out of the candidate.

    Parameters
    ----------
    handle
        The handle.
    """

    __slots__ = ("_handle",)

    def __init__(self, handle: Handle) -> None:
        object.__setattr__(self, "_handle", handle)

    def __getattr__(self, name: str) -> Any:
        if is_probe(name):
            raise AttributeError(name)
        request = Get(name, self._handle, keep=True)
        return _ask(self._handle, request, f"while reading `{name}`")["ok"]

    def __getitem__(self, key: object) -> Any:
        return _ask(self._handle, Item(self._handle, key, keep=True), "while an item was read")[
            "ok"
        ]

    def __repr__(self) -> str:
        return f"hold({self._handle!r})"


def hold(handle: Handle) -> Any:
    """Look into an object of the candidate without copying.

    Examples are ``hold(net).params["W1"] = w`` and ``hold(h).value``.
    """
    return HandleView(handle)


def type_names(handle: Handle) -> tuple[str, ...]:
    """Return the qualified names of an object's class and its bases.

    The object is in the candidate, and the names are as the candidate says, such as
    ``keras.src...Dense``.
    """
    names = _ask(handle, Types(handle), "while its type was read")["ok"]
    return tuple(name for name in names if type(name) is str) if isinstance(names, list) else ()


def graph_rows(handle: Handle) -> list[Any]:
    """Return the operations of a Keras model in the candidate.

    They are as the candidate says. Those inside own layers are included.
    """
    rows = _ask(handle, Graph(handle), "while its layers were read")["ok"]
    return rows if isinstance(rows, list) else []
