"""What came back by value cannot be changed by mistake, and says what to do instead."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable

import numpy as np
import pytest

from autograder.wire import ReadonlyDict, ReadonlyList

LIST_MESSAGE = (
    "this list is a copy of the submission's value: a change here would be lost; "
    "use submission.lend(...) for a list that a function changes, or list(...) for a copy of your own"
)
DICT_MESSAGE = LIST_MESSAGE.replace("list", "dict")


def add_to(value: list) -> None:
    """Extend in place."""
    value += [1]


def repeat_in_place(value: list) -> None:
    """Repeat in place."""
    value *= 2


def merge_into(value: dict) -> None:
    """Update in place."""
    value |= {1: 2}


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.__setitem__(0, 1),
        lambda value: value.__setitem__(slice(None), []),
        lambda value: value.__delitem__(0),
        lambda value: value.append(1),
        lambda value: value.extend([1]),
        lambda value: value.insert(0, 1),
        lambda value: value.pop(),
        lambda value: value.remove(1),
        lambda value: value.clear(),
        lambda value: value.sort(key=None),
        lambda value: value.reverse(),
        add_to,
        repeat_in_place,
    ],
)
def test_readonly_list_change_is_refused(cross, change: Callable[[list], None]) -> None:
    """Every way to change a list raises TypeError with the way out, and changes nothing."""
    value = cross([1, 2], readonly=True)
    with pytest.raises(TypeError) as caught:
        change(value)
    assert str(caught.value) == LIST_MESSAGE
    assert value == [1, 2]


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.__setitem__("a", 1),
        lambda value: value.__delitem__("a"),
        lambda value: value.clear(),
        lambda value: value.pop("a"),
        lambda value: value.popitem(),
        lambda value: value.setdefault("b", 1),
        lambda value: value.update(b=1),
        merge_into,
    ],
)
def test_readonly_dict_change_is_refused(cross, change: Callable[[dict], None]) -> None:
    """Every way to change a dict raises TypeError with the way out, and changes nothing."""
    value = cross({"a": 1}, readonly=True)
    with pytest.raises(TypeError) as caught:
        change(value)
    assert str(caught.value) == DICT_MESSAGE
    assert value == {"a": 1}


def test_readonly_types_have_every_mutator_covered() -> None:
    """No method of a list or dict that changes it is left as it was."""
    readers = {
        *("__class_getitem__", "__reversed__", "copy", "count", "index", "fromkeys", "get", "items", "keys", "values"),
        *(
            "__contains__",
            "__eq__",
            "__format__",
            "__ge__",
            "__getattribute__",
            "__getitem__",
            "__getstate__",
            "__gt__",
        ),
        *("__iter__", "__le__", "__len__", "__lt__", "__mul__", "__ne__", "__or__", "__repr__", "__rmul__", "__ror__"),
        *("__add__", "__hash__", "__init__", "__new__", "__sizeof__", "__doc__"),
    }
    for plain, readonly in ((list, ReadonlyList), (dict, ReadonlyDict)):
        assert set(vars(plain)) - set(vars(readonly)) - readers == set()


@pytest.mark.parametrize("size", [3, 5000])
def test_readonly_array_change_is_refused(cross, size) -> None:
    """Arrays inside and beside the head are not writeable."""
    array = cross([np.zeros(size)], readonly=True)[0]
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_readonly_reaches_every_level(cross) -> None:
    """Containers inside containers are read-only too, and sets are frozen."""
    value = cross(({"a": [{1}]}, [{}]), readonly=True)
    kinds = type(value[0]), type(value[0]["a"]), type(value[0]["a"][0]), type(value[1]), type(value[1][0])
    assert kinds == (ReadonlyDict, ReadonlyList, frozenset, ReadonlyList, ReadonlyDict)


def test_readonly_values_behave_like_plain_ones(cross) -> None:
    """They compare, print, serialise and iterate as the list and dict they are."""
    value = cross({"a": [1, {"b": None}]}, readonly=True)
    assert value == {"a": [1, {"b": None}]}
    assert repr(value) == "{'a': [1, {'b': None}]}"
    assert json.loads(json.dumps(value)) == value
    assert isinstance(value["a"], list)
    assert (value["a"] + [2], value | {"c": 1}) == ([1, {"b": None}, 2], {"a": [1, {"b": None}], "c": 1})


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))], ids=["deepcopy", "pickle"]
)
def test_readonly_deep_copy_is_plain(cross, duplicate) -> None:
    """A copy is one's own: plain on every level."""
    value = duplicate(cross({"a": [1, [2]]}, readonly=True))
    value["a"][1].append(3)
    assert (type(value), value) == (dict, {"a": [1, [2, 3]]})


def test_readonly_shallow_copy_is_plain(cross) -> None:
    """`copy`, `list` and `dict` give something that can be changed."""
    value = cross([{"a": 1}], readonly=True)
    for mine in (copy.copy(value), value.copy(), list(value), value[:]):
        mine.append(1)
        assert type(mine) is list
    for mine in (copy.copy(value[0]), value[0].copy(), dict(value[0])):
        mine["b"] = 1
        assert type(mine) is dict


def test_writable_values_can_be_changed(cross) -> None:
    """Without `readonly`, everything is plain and one's own."""
    value = cross([{"a": {1}}, np.zeros(3), np.zeros(5000)])
    value[0]["a"].add(2)
    value[1][0] = value[2][0] = 1
    assert value[0] == {"a": {1, 2}}
