"""Objects that stay on one side of the wire.

The candidate's stay behind handles, the examiner's behind proxies.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import operator
import sys
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import numpy as np

from autograder.inside.loading.failures import MAX_LINE_CHARS, MAX_NAME_CHARS, clip
from autograder.inside.loading.inert import InertAnswerError, find_inert_package
from autograder.wire import Ref, WireError, encode
from autograder.wire.foreign import type_name
from autograder.wire.values import Kwargs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


#: Bit generators by name: nothing else is ever built.
_BITS = {
    name: getattr(np.random, name) for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
}

#: Not answered: what they return is a generator itself.
_UNSHARED = ("bit_generator",)


def rebuild_generator(info: Mapping[str, Any]) -> np.random.Generator | np.random.RandomState:
    """Make a generator that continues from the state that was sent."""
    bits = _BITS[info["bit_generator"]]()
    if info["is_legacy"]:
        legacy = np.random.RandomState(bits)
        legacy.set_state(info["state"])
        return legacy
    bits.state = info["state"]
    return np.random.Generator(bits)


class ExaminerCall(Protocol):
    """A caller of the examiner's functions.

    It takes the function's reference, a method or None, and arguments.
    """

    def __call__(
        self, ref: Ref, method: str | None, args: tuple[Any, ...], kwargs: Kwargs, /
    ) -> Any:
        """Call the function and return its answer."""


class ExaminerGenerator(np.random.Generator):
    """A generator that draws in the examiner.

    To the submission, it is one of NumPy's.

    Every method takes what NumPy's takes. `np.random.default_rng` returns it as it is.

    Parameters
    ----------
    ref
        With the names of the methods that may be called.
    ask
        Calls a method in the examiner.
    """

    def __init__(self, ref: Ref, ask: ExaminerCall) -> None:
        super().__init__(np.random.PCG64(0))  # which never draws
        self._ref = ref
        self._ask = ask

    def __getattribute__(self, name: str) -> Any:
        if name in _OFFERED and name not in object.__getattribute__(self, "_ref").info:
            ref = object.__getattribute__(self, "_ref")
            listed = ", ".join(ref.info)
            raise AttributeError(f"this generator has no attribute {name!r} (it has: {listed})")
        return super().__getattribute__(name)

    def __repr__(self) -> str:
        return "<random generator of the grader>"

    __str__ = __repr__

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a generator of the grader cannot be copied")

    def shuffle(self, x: Any, axis: int = 0) -> None:
        """Put an array or a list into a random order, in place."""
        items = x if isinstance(x, (np.ndarray, list)) else list(x)
        length = items.shape[axis] if isinstance(items, np.ndarray) else len(items)
        # NumPy makes a permutation by the same swaps: the order is that of its own shuffle.
        order = self._ask(self._ref, "permutation", (length,), {})
        if isinstance(items, np.ndarray):
            items[...] = np.take(items, order, axis)
        else:
            x[:] = [items[int(i)] for i in order]

    def spawn(self, n_children: int) -> list[Any]:
        """Make generators that draw in the examiner, too."""
        return list(self._ask(self._ref, "spawn", (operator.index(n_children),), {}))

    def _draw(self, method: str, given: Kwargs) -> Any:
        """Ask the examiner for numbers.

        They go where the submission wants them.
        """
        out = given.pop("out", None)
        if out is not None and method != "permuted":
            given.update(size=out.shape, dtype=out.dtype)
        plain = {key: _plain(key, value) for key, value in given.items()}
        drawn = self._ask(self._ref, method, (), plain)
        if isinstance(drawn, np.ndarray) and not drawn.flags.writeable:
            drawn = drawn.copy()
        if out is None:
            return drawn
        out[...] = drawn
        return out


def _plain(parameter: str, value: Any) -> Any:
    """Return an argument in a form that can cross the wire.

    A dtype crosses by its name, a size as whole numbers.
    """
    if isinstance(value, (type, np.dtype)):
        return np.dtype(value).name
    if parameter == "size" and isinstance(value, Iterable):
        return tuple(operator.index(length) for length in value)
    return value


def _asking(name: str) -> Callable[..., Any]:
    """Return a method that takes NumPy's arguments and asks the examiner."""
    original = getattr(np.random.Generator, name)
    signature = inspect.signature(original)

    def method(self: ExaminerGenerator, *args: Any, **kwargs: Any) -> Any:
        given = signature.bind(self, *args, **kwargs).arguments
        return self._draw(name, {key: value for key, value in given.items() if key != "self"})

    method.__name__ = name
    method.__doc__ = original.__doc__
    return method


#: The methods that NumPy has here.
_OFFERED = frozenset(
    name for name in dir(np.random.Generator) if not name.startswith("_") and name not in _UNSHARED
)

for _name in _OFFERED - vars(ExaminerGenerator).keys():
    setattr(ExaminerGenerator, _name, _asking(_name))


def _refused(name: str) -> property:
    def refuse(_: ExaminerGenerator) -> NoReturn:
        raise AttributeError(f"a generator of the grader has no {name}")

    return property(refuse)


for _name in _UNSHARED:
    setattr(ExaminerGenerator, _name, _refused(_name))


MAX_HANDLES = 200_000
MAX_PARTS = 1_000


class CandidateLoan:
    """An object of the examiner.

    It can be kept, handed on and dropped, and tells nothing of itself.
    """

    __slots__ = ("__weakref__", "_number")

    def __init__(self, number: int) -> None:
        self._number = number

    def __repr__(self) -> str:
        return f"<loan {self._number}>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("an object on loan cannot be copied")


class CandidateStub:
    """An object of the examiner of which some methods can be called."""

    __slots__ = ("__weakref__", "_ask", "_ref")

    def __init__(self, ref: Ref, ask: ExaminerCall) -> None:
        self._ref = ref
        self._ask = ask

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self._ref.info:
            raise AttributeError(
                f"this {self._ref.type_name or 'object'} has no attribute {name!r} (it has: "
                f"{', '.join(self._ref.info)})"
            )
        return lambda *args, **kwargs: self._ask(self._ref, name, args, kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object, if that was declared."""
        if "__call__" not in self._ref.info:
            raise TypeError(f"this {self._ref.type_name or 'object'} cannot be called")
        return self._ask(self._ref, "__call__", args, kwargs)

    def __repr__(self) -> str:
        return f"<{self._ref.type_name or 'object'} of the grader>"


# Python's messages show a class's name to students, who know nothing of two sides
CandidateLoan.__name__ = CandidateLoan.__qualname__ = "Loan"
CandidateStub.__name__ = CandidateStub.__qualname__ = "Stub"


def make_callback(ref: Ref, ask: ExaminerCall) -> Callable[..., Any]:
    """Make a function that calls one of the examiner's.

    It is a real function, so a class that holds it binds it as a method.
    """

    def callback(*args: Any, **kwargs: Any) -> Any:
        return ask(ref, None, args, kwargs)

    callback.__name__ = callback.__qualname__ = ref.type_name or "callback"
    return callback


class Handles:
    """The candidate's objects to which the examiner refers by number.

    One object has one number.
    """

    def __init__(self) -> None:
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}
        self._next = itertools.count(1)

    def __len__(self) -> int:
        return len(self._objects)

    def refer(self, obj: object, *, why: str = "") -> Ref:
        """Return the reference to an object, and keep the object alive.

        ``why`` is the reason that it does not cross by value, if that was asked.

        Raises
        ------
        InertAnswerError
            The object belongs to an inert package.
        """
        number = self._numbers.get(id(obj))
        if number is None:
            if len(self._objects) >= MAX_HANDLES:
                raise MemoryError(f"more than {MAX_HANDLES} objects are referred to")
            package = find_inert_package(obj)
            if package is not None:
                raise InertAnswerError(package)
            number = next(self._next)
            self._objects[number] = obj
            self._numbers[id(obj)] = number
        return Ref(
            "handle",
            number,
            _class_name(obj),
            {"why": clip(why, MAX_LINE_CHARS)} if why else _info(obj),
        )

    def get(self, number: int) -> object:
        """The object behind a number."""
        return self._objects[number]

    def release(self, numbers: Iterable[int]) -> None:
        """Forget objects that the examiner has dropped."""
        for number in numbers:
            obj = self._objects.pop(number, None)
            self._numbers.pop(id(obj), None)


def _class_name(obj: object) -> str:
    return clip(str.__str__(type.__dict__["__qualname__"].__get__(type(obj))), MAX_NAME_CHARS)


def sendable(value: object, export: Callable[[object], object], handles: Handles) -> object:
    """Return the sendable form of a value that the wire refused.

    A tuple or list is sent in parts. A handle stands for the rest.
    """
    if type(value) not in (tuple, list) or len(value) > MAX_PARTS:  # type: ignore[arg-type]
        return _part(value, export, handles)
    parts = [_part(part, export, handles) for part in value]  # type: ignore[attr-defined]
    return tuple(parts) if type(value) is tuple else parts


def _part(value: object, export: Callable[[object], object], handles: Handles) -> object:
    try:
        encode(value, export=export)
    except (WireError, MemoryError) as error:
        return handles.refer(value, why=str(error) or "it is too large")
    except BaseException as error:  # noqa: BLE001  # a hostile method of it
        return handles.refer(value, why=f"reading it raised {type(error).__name__}")
    return value


def find_reason(obj: object) -> str:
    """Return the reason that the wire refused an array or tensor.

    It is empty for an object of a kind that the wire does not know at all.
    """
    if callable(obj):
        return ""
    try:
        encode(obj)
    except WireError as error:
        text = str(error)
        return "" if text == f"a value of type {type_name(obj)} cannot cross" else text
    except Exception:  # noqa: BLE001  # a hostile method of it
        return ""
    return ""


def _info(obj: object) -> Any:
    if not callable(obj):
        return None
    try:
        name = obj.__name__  # type: ignore[attr-defined]
    except BaseException:  # noqa: BLE001  # a callable object, or a hostile one
        name = ""
    return {
        "name": clip(name, MAX_NAME_CHARS) if type(name) is str else "",
        "class": issubclass(type(obj), type),
    }


class Proxies:
    """The examiner's objects, as they are in the candidate.

    A proxy that the submission drops is reported with the next message, so the examiner knows which
    of its objects are still held.

    Parameters
    ----------
    ask
        Calls a function of the examiner.
    """

    def __init__(self, ask: ExaminerCall) -> None:
        self._ask = ask
        self._refs: dict[int, Ref] = {}
        self._alive: dict[int, weakref.ref[Any]] = {}
        self._released: dict[int, None] = {}

    def reference_to(self, obj: object) -> Ref | None:
        """Return the reference of an object that is a proxy, or None."""
        ref = self._refs.get(id(obj))
        if ref is None or self._alive[ref.id]() is not obj:
            return None
        return ref

    def stand_in(self, ref: Ref) -> Any:
        """Return the proxy of a reference.

        It is the same one as long as it lives.
        """
        known = self._alive.get(ref.id)
        proxy = None if known is None else known()
        if proxy is None:
            self._released.pop(ref.id, None)
            proxy = self._make(ref)
            self._refs[id(proxy)] = ref
            self._alive[ref.id] = weakref.ref(
                proxy, functools.partial(self._dropped, id(proxy), ref.id)
            )
        return proxy

    def take_released(self) -> list[int]:
        """The numbers of proxies that were dropped since the last call."""
        released, self._released = self._released, {}
        return list(released)

    def give_back(self, numbers: Iterable[int]) -> None:
        """Undo `take_released`, since the message was not sent."""
        self._released.update(dict.fromkeys(numbers))

    def _make(self, ref: Ref) -> Any:
        if ref.kind == "loan":
            return CandidateLoan(ref.id)
        if ref.kind == "generator stub":
            return ExaminerGenerator(ref, self._ask)
        return (
            CandidateStub(ref, self._ask) if ref.kind == "stub" else make_callback(ref, self._ask)
        )

    def _dropped(self, key: int, number: int, _reference: object) -> None:
        self._refs.pop(key, None)
        self._alive.pop(number, None)
        self._released[number] = None


def imported_packages() -> list[str]:
    """The packages that are imported now."""
    return sorted({name.partition(".")[0] for name in list(sys.modules)})
