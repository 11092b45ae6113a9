"""The examiner's things that enter a candidate without a copy.

They are functions, loans, stubs and generators.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import math
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.wire import Ref, WireError
from autograder.wire.values import Kwargs

if TYPE_CHECKING:
    import numpy.typing as npt

_FUNCTIONS = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    functools.partial,
    np.ufunc,
)


class Loan:
    """An object of the examiner that a candidate may hold.

    The candidate may hand it on and give it back, but not look into it.

    Parameters
    ----------
    value
        The object. It is what the examiner's functions get when the candidate hands the loan to
        them.
    """

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Loan({type(self.value).__name__})"


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """An array that a callback takes.

    Attributes
    ----------
    shape
        Lengths of its axes, None for any; None alone for any shape.
    dtype
        Its dtype's name, or its kind in words: "float", "int", "bool", "complex"; None for any.
    """

    shape: tuple[int | None, ...] | None = None
    dtype: str | None = None

    def taken(self, value: object) -> npt.NDArray[Any]:
        """Return a value as such an array, read-only.

        As in every check, a list of numbers is an array, and the same numbers may be of another
        type: integers for "float", whole floats for "int".

        Raises
        ------
        TypeError
            The value is no such array. The text tells the expected one.
        """
        array = _as_array(value)
        if self.shape is not None and not _fits(array.shape, self.shape):
            raise TypeError(f"expected shape {_shape_text(self.shape)}, got {array.shape}")
        if self.dtype is None or self.dtype in (array.dtype.name, _KINDS.get(array.dtype.kind)):
            return array
        converted = _converted(array, self.dtype)
        if converted is None:
            raise TypeError(f"expected dtype {self.dtype}, got {array.dtype.name}")
        return converted


_KINDS = {"f": "float", "i": "int", "u": "int", "b": "bool", "c": "complex"}
_WIDEST = {"float": np.float64, "int": np.int64, "bool": np.bool_, "complex": np.complex128}


def _converted(array: npt.NDArray[Any], kind: str) -> npt.NDArray[Any] | None:
    """Return the same numbers in another kind, or None.

    The array is read-only. None means that there are no such numbers.
    """
    if kind not in _WIDEST or array.dtype.kind not in "biuf":
        return None
    with np.errstate(all="ignore"):
        converted: npt.NDArray[Any] = array.astype(_WIDEST[kind])
    if not np.array_equal(converted, array):
        return None
    converted.flags.writeable = False
    return converted


def _as_array(value: object) -> npt.NDArray[Any]:
    """Return an array, also for numbers or lists of numbers.

    An array is returned as it is. The others become a read-only array.
    """
    if isinstance(value, np.ndarray):
        return value
    try:
        array = (
            np.array(value)
            if isinstance(value, (list, tuple, int, float, complex, np.generic))
            else None
        )
    except ValueError:  # lists of different lengths
        array = None
    if array is None or array.dtype.kind not in _KINDS:
        raise TypeError(f"expected an array, got {_type_word(value)}")
    array.flags.writeable = False
    return array


def _type_word(value: object) -> str:
    plain = next((kind for kind in (list, tuple, dict) if isinstance(value, kind)), type(value))
    return plain.__name__


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        want in (None, have) for have, want in zip(shape, wanted, strict=True)
    )


def _shape_text(shape: tuple[int | None, ...]) -> str:
    lengths = ", ".join("any" if length is None else str(length) for length in shape)
    return f"({lengths}{',' if len(shape) == 1 else ''})"


Takes = ArrayOf | type | tuple[type, ...] | None


class BoundedCallback:
    """A function of the examiner with bounds on its calls.

    A candidate calls it.

    Parameters
    ----------
    function
        What is called, with read-only values.
    max_calls
        A call beyond these raises RuntimeError in the candidate.
    takes
        What the arguments must be, in order: an `ArrayOf`, a type or tuple of types, or None for
        anything. Names of the function's parameters do as well. A call with other arguments raises
        TypeError in the candidate.

    Attributes
    ----------
    calls
        How often it was called, refused calls not counted.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        max_calls: int | None = None,
        takes: Sequence[Takes] | None = None,
    ) -> None:
        self.function = function
        self.max_calls = max_calls
        self.takes = takes
        self.calls = 0
        self.__name__ = str(getattr(function, "__name__", "callback"))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function within its bounds."""
        if self.max_calls is not None and self.calls >= self.max_calls:
            raise RuntimeError(f"{self.__name__} was called more than {self.max_calls} times")
        if self.takes is not None:
            args, kwargs = self._taken(args, kwargs), {}
        self.calls += 1
        return self.function(*args, **kwargs)

    def _taken(self, args: tuple[Any, ...], kwargs: Kwargs) -> tuple[Any, ...]:
        """Return the arguments as the types that are taken.

        They are in order.
        """
        takes = self.takes or ()
        if kwargs:
            args = _in_order(self.function, args, kwargs)
        if len(args) != len(takes):
            raise TypeError(
                f"{self.__name__} takes {len(takes)} positional arguments, got {len(args)}"
            )
        return tuple(self._one(*each) for each in enumerate(zip(args, takes, strict=True), start=1))

    def _one(self, number: int, pair: tuple[Any, Takes]) -> Any:
        value, wanted = pair
        try:
            return wanted.taken(value) if isinstance(wanted, ArrayOf) else _of_type(value, wanted)
        except TypeError as error:
            raise TypeError(f"argument {number} of {self.__name__}: {error}") from None


def _of_type(value: object, wanted: type | tuple[type, ...] | None) -> object:
    """Return a value as one of some types.

    The same number of another type will do.
    """
    kinds = () if wanted is None else wanted if isinstance(wanted, tuple) else (wanted,)
    if not kinds or isinstance(value, kinds):
        return value
    if isinstance(value, (bool, int, float, np.generic, np.ndarray)) and np.size(value) == 1:
        array = np.asarray(value).reshape(())
        for kind in kinds:
            converted = _converted(array, kind.__name__)
            if converted is not None:
                return converted.item()
    raise TypeError(
        f"expected {' or '.join(kind.__name__ for kind in kinds)}, got {_type_word(value)}"
    )


def _in_order(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Kwargs
) -> tuple[Any, ...]:
    """Return arguments in the order of a function's parameters.

    Arguments given by name go where the function would take them.
    """
    bound = inspect.signature(function).bind(*args, **kwargs)
    if bound.kwargs:
        raise TypeError(f"got the unexpected argument {next(iter(bound.kwargs))!r}")
    return bound.args


Call = tuple[str, tuple[Any, ...], Kwargs]


class Stub:
    """An examiner's object with some callable methods.

    A candidate may call them. Every call is recorded.

    A provided function that a candidate hands it to may call them too.

    Parameters
    ----------
    target
        The object that answers.
    methods
        Names of the methods that may be called; ``__call__`` makes the stub itself callable.

    Attributes
    ----------
    calls
        ``(method, args, kwargs)`` of each call, in order; the arguments are read-only.
    """

    def __init__(self, target: object, methods: Iterable[str]) -> None:
        self.target = target
        self.methods = tuple(methods)
        self.calls: list[Call] = []
        for name in self.methods:
            if not callable(getattr(target, name, None)):
                raise TypeError(f"stub: {type(target).__name__} has no method {name!r}")

    def call(self, method: str, args: tuple[Any, ...], kwargs: Kwargs) -> Any:
        """Record a call and let the object answer."""
        if method not in self.methods:
            raise AttributeError(f"{type(self.target).__name__} has no attribute {method!r}")
        self.calls.append((method, args, kwargs))
        return getattr(self.target, method)(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object itself, if that is allowed."""
        return self.call("__call__", args, kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self.__dict__.get("methods", ()):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return lambda *args, **kwargs: self.call(name, args, kwargs)

    def __repr__(self) -> str:
        return f"Stub({type(self.target).__name__}, {len(self.calls)} calls)"


#: Methods of a generator that a candidate may call: all that there are.
GENERATOR_METHODS = tuple(
    name
    for name in dir(np.random.Generator)
    if not name.startswith("_") and name != "bit_generator"
)
MAX_SPAWNED = 1_000  # generators in one call

#: Numbers that one call of a generator may make: more would be the examiner's memory.
MAX_DRAWN = 10_000_000


class GeneratorStub(Stub):
    """A random generator of the examiner for a candidate.

    The candidate draws from it with every argument that NumPy takes.

    In the candidate it is a `numpy.random.Generator`. ``shuffle`` and ``out=`` change what is over
    there; a shuffle is recorded as the permutation that it asks for. What ``spawn`` makes draws
    from the examiner, too, and counts here.

    Parameters
    ----------
    target
        The generator that draws.
    methods
        Names of the methods that may be called.
    max_numbers
        A call beyond these raises RuntimeError in the candidate, before it draws.

    Attributes
    ----------
    numbers
        How many numbers were drawn, those included that were refused.
    parent
        The generator that spawned this one.
    """

    def __init__(
        self,
        target: np.random.Generator,
        methods: Iterable[str] = GENERATOR_METHODS,
        *,
        max_numbers: int | None = None,
    ) -> None:
        super().__init__(target, methods)
        self.max_numbers = max_numbers
        self.numbers = 0
        self.parent: GeneratorStub | None = None

    @property
    def is_exhausted(self) -> bool:
        """True if more numbers were asked for than there may be."""
        return self.max_numbers is not None and self.numbers > self.max_numbers

    def call(self, method: str, args: tuple[Any, ...], kwargs: Kwargs) -> Any:
        """Record a call and let the generator draw.

        A call that draws too much is refused.
        """
        if method == "spawn":
            return self._spawn(*args, **kwargs)
        due, made = _numbers_due(method, args, kwargs)
        if made > MAX_DRAWN:
            raise ValueError(f"{method}: {made:,} numbers in one call are more than {MAX_DRAWN:,}")
        self.refuse_beyond(due)
        answer = super().call(method, args, kwargs)
        self.count(
            len(answer)
            if isinstance(answer, bytes)
            else np.size(answer)
            if answer is not None
            else due
        )
        return answer

    def _spawn(self, n_children: int) -> list[GeneratorStub]:
        """Make generators whose draws count as this one's."""
        if n_children > MAX_SPAWNED:
            raise ValueError(
                f"spawn: {n_children:,} generators in one call are more than {MAX_SPAWNED:,}"
            )
        children = [
            GeneratorStub(one, self.methods) for one in super().call("spawn", (n_children,), {})
        ]
        for child in children:
            child.parent = self
            child.calls = self.calls
        return children

    def refuse_beyond(self, due: int) -> None:
        """Refuse a call that draws more than there may be."""
        if self.parent is not None:
            self.parent.refuse_beyond(due)
        if self.max_numbers is not None and self.numbers + due > self.max_numbers:
            self.numbers += due
            raise RuntimeError(f"more than {self.max_numbers} numbers were drawn")

    def count(self, numbers: int) -> None:
        """Count numbers that this generator or its children drew."""
        self.numbers += numbers
        if self.parent is not None:
            self.parent.count(numbers)


def _numbers_due(method: str, args: tuple[Any, ...], kwargs: Kwargs) -> tuple[int, int]:
    """Return the least and most numbers of a generator's call.

    The first is the least number with which it answers, the second is the most that it makes.

    Arguments that the generator refuses count as none.
    """
    try:
        signature = inspect.signature(getattr(np.random.Generator, method))
        given = signature.bind(None, *args, **kwargs).arguments
        size = given.pop("size", None)
        shapes = [
            np.shape(value)
            for key, value in given.items()
            if key != "self" and not isinstance(value, str)
        ]
        answered = math.prod(int(length) for length in np.ravel(size)) if size is not None else 1
        if size is None and method not in ("choice", "bytes", "permutation", "shuffle", "permuted"):
            answered = math.prod(np.broadcast_shapes(*shapes))
    except (TypeError, ValueError, AttributeError):
        return 0, 0
    first = next((value for key, value in given.items() if key != "self"), None)
    population = int(first) if isinstance(first, (int, np.integer)) else 0
    if method in ("permutation", "bytes"):
        return population, population
    if method == "choice":
        return answered, answered + (0 if given.get("replace", True) else population)
    if method in ("multivariate_normal", "dirichlet", "multinomial", "multivariate_hypergeometric"):
        each = max((shape[-1] for shape in shapes if shape), default=1)
        return (answered if size is not None else 1), answered * each
    return answered, answered


class LoanTable:
    """The examiner's objects that a candidate holds now, by number.

    Parameters
    ----------
    withheld
        Objects that must never go into a candidate, such as the criterion's own generator.
    """

    def __init__(self, withheld: Iterable[object] = ()) -> None:
        self._withheld = [obj for obj in withheld if obj is not None]
        self._entries: dict[int, Loan | BoundedCallback | Stub] = {}
        self._originals: dict[int, object] = {}
        self._numbers: dict[int, int] = {}
        self._next = itertools.count(1)
        self.live_loans = 0

    def __len__(self) -> int:
        return len(self._entries)

    def withhold(self, obj: object) -> None:
        """Refuse to send an object from now on."""
        self._withheld.append(obj)

    def export(self, obj: object) -> object:
        """Return the stand-in for an object that is no data.

        Raises
        ------
        WireError
            The object cannot go into a candidate. The text gives the remedy.
        """
        if any(obj is withheld for withheld in self._withheld):
            raise WireError(
                "the criterion's own `rng` never goes into a candidate: use submission.rng()"
            )
        if isinstance(obj, np.random.Generator) and type(obj) is not np.random.Generator:
            return self._refer(obj, GeneratorStub(obj))  # its state is not all that it is
        if isinstance(obj, np.random.Generator | np.random.RandomState):
            return self._generator(obj)
        if isinstance(obj, Loan | BoundedCallback | Stub):
            return self._refer(obj, obj)
        if isinstance(obj, _FUNCTIONS):
            return self._refer(obj, None)
        name = type(obj).__name__ if not isinstance(obj, type) else f"class {obj.__name__}"
        hint = "use submission.loan(...), submission.stub(..., methods=...) or a function"
        raise WireError(f"a value of type {name} cannot go into a candidate: {hint}")

    def _refer(self, obj: Any, entry: Loan | BoundedCallback | Stub | None) -> Ref:
        number = self._numbers.get(id(obj))
        if number is None:
            number = next(self._next)
            self._entries[number] = BoundedCallback(obj) if entry is None else entry
            self._originals[number] = obj
            self._numbers[id(obj)] = number
            self.live_loans += isinstance(obj, Loan)
        return _reference(number, self._entries[number])

    def _generator(self, generator: np.random.Generator | np.random.RandomState) -> Ref:
        bits: Any = (
            generator.bit_generator
            if isinstance(generator, np.random.Generator)
            else generator._bit_generator  # noqa: SLF001
        )
        for withheld in self._withheld:
            if getattr(withheld, "bit_generator", None) is bits:
                raise WireError(
                    "a generator that draws from the criterion's own `rng` never goes into a "
                    "candidate: use submission.rng()"
                )
        is_legacy = isinstance(generator, np.random.RandomState)
        state: Any = (
            generator.get_state(legacy=False)
            if isinstance(generator, np.random.RandomState)
            else bits.state
        )
        return Ref(
            "generator",
            0,
            type(bits).__name__,
            {
                "bit_generator": type(bits).__name__,
                "is_legacy": is_legacy,
                "state": _as_data(state),
            },
        )

    def get(self, number: object) -> Loan | BoundedCallback | Stub | None:
        """The entry of a number that a candidate said."""
        return self._entries.get(number) if type(number) is int else None

    def resolve(self, ref: Ref) -> object:
        """Return the object behind a reference in a message.

        Raises
        ------
        WireError
            The candidate holds no such object.
        """
        entry = self._entries.get(ref.id)
        if entry is None or _kind(entry) != ref.kind:
            raise WireError(
                f"the candidate sent a reference to a {ref.kind[:20]!r} that it does not hold"
            )
        return entry.value if isinstance(entry, Loan) else self._originals[ref.id]

    def release(self, numbers: object) -> None:
        """Forget the objects that the candidate has dropped."""
        for number in numbers if isinstance(numbers, list | tuple) else ():
            if type(number) is int and number in self._entries:
                self.live_loans -= isinstance(self._entries.pop(number), Loan)
                del self._numbers[id(self._originals.pop(number))]


def _kind(entry: Loan | BoundedCallback | Stub) -> str:
    if isinstance(entry, GeneratorStub):
        return "generator stub"
    return "loan" if isinstance(entry, Loan) else "stub" if isinstance(entry, Stub) else "callback"


def _reference(number: int, entry: Loan | BoundedCallback | Stub) -> Ref:
    if isinstance(entry, Stub):
        return Ref(_kind(entry), number, type(entry.target).__name__, list(entry.methods))
    return Ref(_kind(entry), number, entry.__name__ if isinstance(entry, BoundedCallback) else "")


def _as_data(state: Any) -> Any:
    """Return a generator's state with plain numbers only.

    A reference is resolved before the arrays of its message have arrived.
    """
    if isinstance(state, Mapping):
        return {key: _as_data(value) for key, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray | np.generic) else state
