"""Values of types that the wire does not know by name.

They are subclasses of plain types, and frameworks' tensors.

A subclass is read by the methods of its base, never by its own: an overridden `__float__`,
`__len__` or `__iter__` is not asked. Frameworks are recognised by the modules of a type and its
bases; none is imported.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.frameworks import find_framework
from autograder.wire.arrays import DTYPES
from autograder.wire.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.frameworks import Framework

_mro = type.__dict__["__mro__"].__get__
_name = type.__dict__["__name__"].__get__
_module = type.__dict__["__module__"].__get__


def type_name(value: object) -> str:
    """Return the name of a value's real type.

    It has at most 100 characters, all printable.
    """
    name = str.__str__(_name(type(value)))[:100]
    return name if name.isprintable() else ascii(name)


def _plain_dict(value: Any) -> dict[Any, Any]:
    """Return the items in the order of iteration.

    An OrderedDict keeps its own order.

    `dict.copy` will not do: it calls `keys` where a subclass has an `__iter__`.
    """
    if issubclass(type(value), OrderedDict):
        return {key: dict.__getitem__(value, key) for key in OrderedDict.keys(value)}
    return dict(dict.items(value))


def _plain_scalar(kind: type[np.generic], value: Any) -> object:
    """Return the NumPy scalar of `kind` with the bytes of `value`."""
    return np.frombuffer(np.generic.tobytes(value), kind)[0]


_PLAIN: dict[type, Callable[[Any], object]] = {
    int: int.__int__,
    float: float.__float__,
    complex: complex.__complex__,
    str: str.__str__,
    bytes: bytes.__bytes__,
    list: list.copy,
    tuple: lambda value: tuple.__getitem__(value, slice(None)),
    dict: _plain_dict,
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    np.ndarray: lambda value: np.ndarray.view(value, np.ndarray),
    **{dtype.type: partial(_plain_scalar, dtype.type) for dtype in DTYPES},
    np.longlong: partial(_plain_scalar, np.int64),
    np.ulonglong: partial(_plain_scalar, np.uint64),
}


def find_plain(value: object) -> object | None:
    """Return the plain value of an instance of a subclass, or None.

    Raises
    ------
    WireError
        The value is a masked array. Its data without its mask would be another value.
    """
    for base in _mro(type(value)):
        read = _PLAIN.get(base)
        if read is not None:
            return _read_plain(value, read)
        if base is np.ma.MaskedArray:
            raise WireError(
                "a masked array cannot cross: use its filled() values, or its data and mask apart"
            )
    return None


def _read_plain(value: object, read: Callable[[Any], object]) -> object:
    try:
        return read(value)
    except Exception as error:
        raise WireError(
            f"a value of type {type_name(value)} cannot cross: it could not be read"
        ) from error


def _framework_of(value: object) -> tuple[Framework | None, set[str]]:
    """Return a value's framework, and its bases' names there."""
    found: Framework | None = None
    names = set()
    for base in _mro(type(value)):
        module = _module(base)
        framework = find_framework(module) if type(module) is str else None
        if framework is not None:
            found = found or framework
            names.add(str.__str__(_name(base)))
    return found, names


def find_tensor(value: Any) -> np.ndarray[Any, Any] | None:
    """Return the array of a framework's tensor, or None.

    A variable counts as a tensor.

    Raises
    ------
    WireError
        The tensor is sparse, ragged or symbolic, and has no array.
    """
    framework, bases = _framework_of(value)
    if framework is None:
        return None
    if bases & framework.sparse:
        raise WireError(
            f"a value of type {type_name(value)} cannot cross: only dense tensors have an array"
        )
    if bases & framework.symbolic:
        raise WireError(
            f"a value of type {type_name(value)} cannot cross: a symbolic tensor has no value yet"
        )
    if not bases & framework.dense:
        return None
    try:
        plain = framework.read(value)  # only ever done where the tensor lives
        array = np.asarray(plain)
    except Exception as error:
        raise WireError(
            f"a value of type {type_name(value)} cannot cross: it has no value that could be read"
        ) from error
    if type(plain) is bytes:
        raise WireError(f"a value of type {type_name(value)} cannot cross: it holds a string")
    return array
