"""Objects that stand for missing packages for looking.

Such a package is not installed where this is graded.

They take part in everything that draws, shows or reports progress, and do nothing. Used as a value
they raise `InertUseError`: no number, array or answer is ever made up.
"""

from __future__ import annotations

import itertools
import linecache
import sys
from opcode import opmap
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

Kind = TypeVar("Kind")

# characters of a name in a message: `a.b().c().d()` of a loop would grow without end
_MAX_PATH = 80
_MAX_PARTS = 10_000  # pieces of a picture that one call gives
# turns of a `zip` that other sequences end, and that ends by itself where none does
_BESIDE_OTHERS = 256
_MAX_SEARCHED = 1_000  # elements of an answer's array that are looked at
_DECORATED = (FunctionType, MethodType, type, staticmethod, classmethod)
# By these, libraries recognise an array, a tensor or an object of their own.
_OF_ARRAYS = frozenset({"dtype", "shape", "ndim", "numpy", "detach", "is_tensor_like"})
_PROBED = ("__", "_keras", "_tf", "_torch", "_jax", "_self_", "_repr_", "_ipython_")
_GIVE_BACK = (".interact", ".interact_manual")  # `interact(f, x=3)` returns f
_SIZED = (list, tuple, range, np.ndarray)
# `zip(colours, xs)` ends with its shortest part: what has no length here may not be that part.
_ENDS_WITH_OTHERS = frozenset({"zip", "islice"})
_FRESH = "__inert_base__"  # marks what stands among the bases of one class alone
_UNPACK, _UNPACK_STAR, _EXTENDED = (
    opmap["UNPACK_SEQUENCE"],
    opmap["UNPACK_EX"],
    opmap["EXTENDED_ARG"],
)


class InertUseError(ModuleNotFoundError):
    """An object of an inert package was used as a value."""


class _LengthError(InertUseError, TypeError):
    """The length of an inert object was asked for.

    `list` asks for it, too, and goes on after a `TypeError`.
    """


class InertAnswerError(InertUseError):
    """An inert package's object was about to cross as an answer."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"something of {package}, which is not installed where this is graded", name=package
        )


for _error in (InertUseError, InertAnswerError, _LengthError):
    _error.__name__ = _error.__qualname__ = "ModuleNotFoundError"  # the name that a student reads


class Inert(ModuleType):
    """Stands for a module, class, function or object of one inert package.

    Each package has a subclass of its own, named so that errors raised by Python itself are true
    as well: "expected str, not matplotlib (not installed where this is graded)".
    """

    package = ""

    def __init__(self, path: str) -> None:
        super().__init__(path if len(path) <= _MAX_PATH else f"{path[:_MAX_PATH]}...")

    # parts ----------------------------------------------------------------------------------------

    def part(self, suffix: str) -> Inert:
        """Make something that this object leads to."""
        path = self.__name__
        return type(self)(path if path.endswith("...") else path + suffix)

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "0.0.0"  # programs print and compare it
        # which has NumPy's `shape`
        is_of_arrays = name in _OF_ARRAYS and not self.__name__.endswith("pylab")
        if is_of_arrays or name.startswith(_PROBED):
            raise AttributeError(f"{self._refusal()}, and no {name!r}")
        found = self.attribute(name)
        self.__dict__[name] = found
        return found

    def attribute(self, name: str) -> Any:
        """Make the attribute of a name."""
        return self.part(f".{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do nothing.

        A decorated function stays as it is.
        """
        is_decorator = (len(args) == 1 and not kwargs) or self.__name__.endswith(_GIVE_BACK)
        if is_decorator and args and issubclass(type(args[0]), _DECORATED):
            return args[0]
        return self.called(*args, **kwargs)

    def called(self, *args: Any, **_kwargs: Any) -> Any:
        """Return the object to which a call leads.

        It has as many parts as the call's first argument.
        """
        made = self.part("()")
        if args and type(args[0]) in _SIZED and np.shape(args[0])[:1] != ():
            made.__dict__["__parts__"] = min(len(args[0]), _MAX_PARTS)
        return made

    def __getitem__(self, _key: object) -> Any:
        return self.part("[...]")

    def __setitem__(self, _key: object, _value: object) -> None:
        """Do nothing.

        An example is ``plt.rcParams["figure.figsize"] = (5, 4)``.
        """

    def __delitem__(self, _key: object) -> None:
        """Do nothing."""

    def __contains__(self, _item: object) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        count = _count_expected(sys._getframe(1))  # noqa: SLF001  # only the caller's code tells
        if count is None:
            count = self.__dict__.get("__parts__", 1)
        return (self.part("[...]") for _ in range(count))

    def __reversed__(self) -> Iterator[Any]:
        return iter([self.part("[...]") for _ in range(self.__dict__.get("__parts__", 1))])

    def __len__(self) -> int:
        if "__parts__" not in self.__dict__:
            raise _LengthError(self._refusal(), name=self.package)
        return int(self.__dict__["__parts__"])

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_error: object) -> None:
        """Do nothing."""

    # identity -------------------------------------------------------------------------------------

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{self.__name__}: {self.package} is not installed where this is graded>"

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __copy__(self) -> Inert:
        return self

    def __deepcopy__(self, _memo: object) -> Inert:
        return self

    def __reduce_ex__(self, _protocol: object) -> tuple[Callable[..., Inert], tuple[str, str]]:
        return _rebuild, (self.package, self.__name__)

    # types ----------------------------------------------------------------------------------------

    def __mro_entries__(self, _bases: object) -> tuple[type, ...]:
        return (self.base(),)

    def base(self) -> type[InertBase]:
        """Make the stand-in for a base class, for one class."""
        return fresh(kind_of(self.package, InertBase))

    def __instancecheck__(self, _instance: object) -> bool:
        return False

    def __subclasscheck__(self, _subclass: object) -> bool:
        return False

    def __or__(self, other: object) -> Inert:
        if other is None or isinstance(other, type | Inert):  # `plt.Axes | None`
            return self
        raise InertUseError(self._refusal(), name=self.package)

    __ror__ = __or__

    # values ---------------------------------------------------------------------------------------

    def _refusal(self) -> str:
        return (
            f"{self.package} is not installed where this is graded: `{self.__name__}` has no "
            "value here"
        )

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise InertUseError(self._refusal(), name=self.package)

    __float__ = __int__ = __complex__ = __index__ = __round__ = __trunc__ = __floor__ = __ceil__ = (
        _refuse
    )
    __abs__ = __neg__ = __pos__ = __invert__ = __array__ = __bytes__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __add__ = __sub__ = __mul__ = __matmul__ = __truediv__ = __floordiv__ = __mod__ = __divmod__ = (
        _refuse
    )
    __radd__ = __rsub__ = __rmul__ = __rmatmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = (
        __rdivmod__
    ) = _refuse
    __pow__ = __rpow__ = __and__ = __rand__ = __xor__ = __rxor__ = _refuse
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _refuse


class InertBase:
    """The stand-in for an inert package's class among bases.

    They are the bases of a student's class.
    """

    package = ""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        """Take any arguments."""

    def __init_subclass__(cls, **_options: object) -> None:
        """Take any options.

        ``super().update(n)`` then finds something, which `__getattr__` does not help with.
        """
        base = next((one for one in cls.__mro__ if _FRESH in vars(one)), cls)
        functions = (
            [one for one in vars(cls).values() if type(one) is FunctionType]
            if base is not cls
            else []
        )
        for name in {
            name
            for one in functions
            if "super" in one.__code__.co_names
            for name in one.__code__.co_names
        }:
            if not (name.startswith("_") or any(name in vars(one) for one in cls.__mro__[1:])):
                setattr(base, name, _Part(name))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return kind_of(self.package, Inert)(f"{type(self).__name__}.{name}")

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_error: object) -> None:
        """Do nothing."""


class _Part:
    """A part of an inert base class, reached by ``super()``."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, _instance: object, owner: type[InertBase]) -> Inert:
        return kind_of(owner.package, Inert)(f"{owner.__name__}.{self._name}")


def fresh(base: type[InertBase]) -> type[InertBase]:
    """Make a base class that nothing else has."""
    return type(base.__name__, (base,), {_FRESH: True})


_kinds: dict[tuple[str, type], Any] = {}


def kind_of(package: str, family: type[Kind]) -> type[Kind]:
    """Return the subclass of a family for a package, always the same."""
    key = package, family
    if key not in _kinds:
        _kinds[key] = type(
            f"{package} (not installed where this is graded)", (family,), {"package": package}
        )
    found: type[Kind] = _kinds[key]
    return found


def _rebuild(package: str, path: str) -> Inert:
    """Make an inert object again that was pickled."""
    return kind_of(package, Inert)(path)


def find_inert_package(value: object) -> str | None:
    """Return the inert package of a value, or None.

    An array of objects is judged by its elements.
    """
    kind = type(value)
    if issubclass(kind, Inert):
        return kind.package
    # such as the axes of subplots
    if kind is np.ndarray and value.dtype == object:  # type: ignore[attr-defined]
        elements = itertools.islice(value.flat, _MAX_SEARCHED)  # type: ignore[attr-defined]
        return next((type(one).package for one in elements if issubclass(type(one), Inert)), None)
    return None


def _count_expected(frame: FrameType) -> int | None:
    """Return the number of parts that iterating code takes.

    It is None where the code does not tell.
    """
    code, place = frame.f_code.co_code, frame.f_lasti
    operation, argument = code[place], code[place + 1]
    if place >= 2 and code[place - 2] == _EXTENDED:
        argument += code[place - 1] << 8
    if operation == _UNPACK:
        return argument
    if operation == _UNPACK_STAR:  # `first, *others, last = ...`
        return (argument & 0xFF) + (argument >> 8)
    return _BESIDE_OTHERS if _callee(frame) in _ENDS_WITH_OTHERS else None


def _callee(frame: FrameType) -> str:
    """Return the last name of the function being called.

    A frame is calling it. The name is written as in the frame's source.
    """
    line, _, column, _ = next(
        itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None)
    )
    if line is None or column is None:
        return ""
    # columns count bytes
    text = linecache.getline(frame.f_code.co_filename, line).encode()[column:]
    return text.decode(errors="replace").partition("(")[0].rpartition(".")[2].strip()
