"""Values that cross besides plain data, and their limits.

It also has the form of a reply on the reading side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

MIB = 1 << 20

#: What one end says to the other: its operation and the parts of it, by name.
Message = dict[str, Any]
#: The keyword arguments of a call.
Kwargs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of one frame.

    Both ends check them before they allocate.

    Attributes
    ----------
    frame_bytes
        Bytes of a frame, arrays included.
    items
        Elements of all containers together; a dictionary counts keys and values.
    depth
        Containers inside containers.
    str_bytes
        UTF-8 bytes of one string.
    int_bits
        Bits of one integer.
    dict_keys
        Keys of one dictionary, elements of one set.
    handles
        References.
    """

    frame_bytes: int = 512 * MIB
    items: int = 2_000_000
    depth: int = 64
    str_bytes: int = MIB
    int_bits: int = 4096
    dict_keys: int = 10_000
    handles: int = 200_000


DEFAULT_BUDGET = Budget()


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an object on one side of the wire.

    Attributes
    ----------
    kind
        What it refers to: ``handle`` (lives in the candidate), ``callback``, ``loan``, ``stub``,
        ``generator`` or ``model`` (live in, or come from, the examiner). At most 255 ASCII
        characters.
    id
        Number of the object on its own side, 64 bits, signed.
    type_name
        Name of its type, for messages.
    info
        A wire value that goes with it.
    """

    kind: str
    id: int
    type_name: str = ""
    info: Any = None


def _refuse(self: object, *_args: object, **_kwargs: object) -> NoReturn:
    kind = "list" if isinstance(self, list) else "dict"
    message = (
        f"this {kind} is a copy of the submission's value: a change here would be lost; "
        f"use submission.lend(...) for a {kind} that a function changes, or {kind}(...) for a copy "
        "of your own"
    )
    raise TypeError(message)


class ReadonlyList(list[Any]):
    """A list that came back by value.

    Its mutators raise TypeError. Copies of it are plain lists.
    """

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = pop = remove = clear = sort = reverse = _refuse

    def __reduce__(self) -> tuple[type[list[Any]], tuple[list[Any]]]:
        return list, (list(self),)


class ReadonlyDict(dict[Any, Any]):
    """A dict that came back by value.

    Its mutators raise TypeError. Copies of it are plain dicts.
    """

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[dict[Any, Any]], tuple[dict[Any, Any]]]:
        return dict, (dict(self),)
