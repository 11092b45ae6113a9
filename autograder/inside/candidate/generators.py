"""Random generators of the examiner in a candidate.

They are copies of its generators' state, and stand-ins that draw in the examiner.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import numpy as np

if TYPE_CHECKING:
    from autograder.wire import Ref

#: Bit generators by name: nothing else is ever built.
_BITS = {name: getattr(np.random, name) for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")}

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


class Ask(Protocol):
    """A caller of the examiner's functions.

    It takes the function's reference, a method or None, and arguments.
    """

    def __call__(self, ref: Ref, method: str | None, args: tuple[Any, ...], kwargs: dict[str, Any], /) -> Any:
        """Call the function and return its answer."""


class LentGenerator(np.random.Generator):
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

    def __init__(self, ref: Ref, ask: Ask) -> None:
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

    def _draw(self, method: str, given: dict[str, Any]) -> Any:
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

    def method(self: LentGenerator, *args: Any, **kwargs: Any) -> Any:
        given = signature.bind(self, *args, **kwargs).arguments
        return self._draw(name, {key: value for key, value in given.items() if key != "self"})

    method.__name__ = name
    method.__doc__ = original.__doc__
    return method


#: The methods that NumPy has here.
_OFFERED = frozenset(name for name in dir(np.random.Generator) if not name.startswith("_") and name not in _UNSHARED)

for _name in _OFFERED - vars(LentGenerator).keys():
    setattr(LentGenerator, _name, _asking(_name))


def _refused(name: str) -> property:
    def refuse(_: LentGenerator) -> NoReturn:
        raise AttributeError(f"a generator of the grader has no {name}")

    return property(refuse)


for _name in _UNSHARED:
    setattr(LentGenerator, _name, _refused(_name))
