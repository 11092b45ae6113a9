"""Objects that stay on one side of the wire.

The candidate's stay behind handles, the examiner's behind proxies.
"""

from __future__ import annotations

import functools
import itertools
import sys
import weakref
from typing import TYPE_CHECKING, Any, NoReturn

from autograder.inside.candidate.generators import Ask, LentGenerator
from autograder.inside.loading.failures import MAX_LINE_CHARS, MAX_NAME_CHARS, clip
from autograder.inside.loading.inert import InertAnswerError, find_package
from autograder.wire import Ref, WireError, encode
from autograder.wire.foreign import type_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MAX_HANDLES = 200_000
MAX_PARTS = 1_000


class Loan:
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


class Stub:
    """An object of the examiner of which some methods can be called."""

    __slots__ = ("__weakref__", "_ask", "_ref")

    def __init__(self, ref: Ref, ask: Ask) -> None:
        self._ref = ref
        self._ask = ask

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self._ref.info:
            raise AttributeError(
                f"this {self._ref.type_name or 'object'} has no attribute {name!r} (it has: {', '.join(self._ref.info)})"
            )
        return lambda *args, **kwargs: self._ask(self._ref, name, args, kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object, if that was declared."""
        if "__call__" not in self._ref.info:
            raise TypeError(f"this {self._ref.type_name or 'object'} cannot be called")
        return self._ask(self._ref, "__call__", args, kwargs)

    def __repr__(self) -> str:
        return f"<{self._ref.type_name or 'object'} of the grader>"


def make_callback(ref: Ref, ask: Ask) -> Callable[..., Any]:
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
            package = find_package(obj)
            if package is not None:
                raise InertAnswerError(package)
            number = next(self._next)
            self._objects[number] = obj
            self._numbers[id(obj)] = number
        return Ref("handle", number, _class_name(obj), {"why": clip(why, MAX_LINE_CHARS)} if why else _info(obj))

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
    return {"name": clip(name, MAX_NAME_CHARS) if type(name) is str else "", "class": issubclass(type(obj), type)}


class Proxies:
    """The examiner's objects, as they are in the candidate.

    A proxy that the submission drops is reported with the next message, so the examiner knows which
    of its objects are still held.

    Parameters
    ----------
    ask
        Calls a function of the examiner.
    """

    def __init__(self, ask: Ask) -> None:
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
            self._alive[ref.id] = weakref.ref(proxy, functools.partial(self._dropped, id(proxy), ref.id))
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
            return Loan(ref.id)
        if ref.kind == "generator stub":
            return LentGenerator(ref, self._ask)
        return Stub(ref, self._ask) if ref.kind == "stub" else make_callback(ref, self._ask)

    def _dropped(self, key: int, number: int, _reference: object) -> None:
        self._refs.pop(key, None)
        self._alive.pop(number, None)
        self._released[number] = None


def rebuild_model(config: str, weights: list[Any], training: Mapping[str, Any] | None) -> Any:
    """Build a Keras model from its description with Keras' own classes.

    Parameters
    ----------
    config
        JSON of ``model.to_json()``.
    weights
        ``model.get_weights()``.
    training
        ``compile`` (JSON of the compile configuration) and ``optimizer`` (its variables), or None.
    """
    import json  # noqa: PLC0415

    import keras  # noqa: PLC0415  # only where a criterion uses it

    model = keras.models.model_from_json(config)
    model.set_weights(weights)
    if training is not None:
        model.compile_from_config(json.loads(training["compile"]))
        if training["optimizer"]:
            model.optimizer.build(model.trainable_variables)
            for variable, value in zip(model.optimizer.variables, training["optimizer"], strict=True):
                variable.assign(value)
    return model


def imported_packages() -> list[str]:
    """The packages that are imported now."""
    return sorted({name.partition(".")[0] for name in list(sys.modules)})
