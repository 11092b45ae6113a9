"""Decoding of values that hold others.

Each is built once its values are there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from autograder.wire import layout
from autograder.wire.account import TRUNCATED, Account
from autograder.wire.errors import WireError
from autograder.wire.keys import KEY_TYPES, MEMBER_TYPES
from autograder.wire.layout import LONG_COUNT, U32
from autograder.wire.read_leaves import read_ref_fields
from autograder.wire.values import ReadonlyDict, ReadonlyList, Ref

Builder = Callable[[Account, list[Any]], object]


def build_list(account: Account, items: list[Any]) -> object:
    """Return the list itself, or one that cannot be changed."""
    return ReadonlyList(items) if account.readonly else items


def _build_tuple(_account: Account, items: list[Any]) -> object:
    return tuple(items)


def _build_dict(account: Account, items: list[Any]) -> object:
    count = len(items) >> 1
    keys = items[:count]
    if set(map(type, keys)) != _ONLY_STR:
        account.check_keys(keys, KEY_TYPES)
    pairs = zip(keys, items[count:], strict=True)
    value = ReadonlyDict(pairs) if account.readonly else dict(pairs)
    if len(value) != count:
        raise WireError("bad frame: a dict with equal keys")
    return value


def _build_set(account: Account, items: list[Any]) -> object:
    if account.readonly:
        return _build_frozenset(account, items)
    account.check_keys(items, MEMBER_TYPES)
    return _all_of(set(items), items)


def _build_frozenset(account: Account, items: list[Any]) -> object:
    account.check_keys(items, MEMBER_TYPES)
    return _all_of(frozenset(items), items)


def _all_of(members: set[Any] | frozenset[Any], items: list[Any]) -> object:
    if len(members) != len(items):
        raise WireError("bad frame: a set with equal elements")
    return members


def _build_range(_account: Account, items: list[Any]) -> object:
    if len(items) != 3 or any(type(item) is not int for item in items) or items[2] == 0:
        raise WireError("bad frame: a range needs three integers, the last not 0")
    return range(*items)


def _build_slice(_account: Account, items: list[Any]) -> object:
    if len(items) != 3:
        raise WireError("bad frame: a slice needs three values")
    return slice(*items)


def _build_ref(ref: Ref, account: Account, items: list[Any]) -> object:
    return account.resolved(Ref(ref.kind, ref.id, ref.type_name, items[0]))


_ONLY_STR = {str}
_BUILDERS: dict[int, Builder] = {
    layout.LIST: build_list,
    layout.TUPLE: _build_tuple,
    layout.DICT: _build_dict,
    layout.SET: _build_set,
    layout.FROZENSET: _build_frozenset,
    layout.RANGE: _build_range,
    layout.SLICE: _build_slice,
    layout.REF_INFO: build_list,
}
_PLANS = {tag: (builder, *layout.CONTAINERS[tag]) for tag, builder in _BUILDERS.items()}
_KEYED = frozenset({layout.DICT, layout.SET, layout.FROZENSET})


def open_container(account: Account, tag: int, at: int) -> tuple[int, Builder, int]:
    """Begin a container.

    Returns the number of values that it needs, its builder, and the place where the values begin.
    """
    plan = _PLANS.get(tag)
    if plan is None:
        raise WireError(f"bad frame: unknown tag 0x{tag:02x}")
    builder, empty, base, each, per_count = plan
    count = account.data[at]
    at += 1
    if count == LONG_COUNT:
        count = U32.unpack_from(account.data, at)[0]
        at += 4
    if count:
        if count * per_count > len(account.data) - at:
            raise WireError(TRUNCATED)
        if count > account.budget.dict_keys and tag in _KEYED:
            raise WireError(f"bad frame: {count} keys in one container, at most {account.budget.dict_keys} may cross")
        account.charge(base + each * count, count * per_count)
    elif empty:
        account.charge(empty)
    if tag == layout.REF_INFO:
        if count != 1:
            raise WireError("bad frame: a reference needs one value of information")
        ref, at = read_ref_fields(account, at)
        builder = partial(_build_ref, ref)
    return count * per_count, builder, at
