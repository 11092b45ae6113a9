"""The operations that an examiner can ask of a candidate.

There is one function per operation.
"""

from __future__ import annotations

import itertools
import operator
import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.frameworks import MODELS, find_model_framework
from autograder.inside.candidate.objects import imported_packages
from autograder.inside.candidate.observing import ObservedCall
from autograder.inside.loading.failures import MAX_NAME_CHARS, clip
from autograder.inside.reading.reader import answer_request as read_upload
from autograder.inside.requests import (
    ABSENT,
    ApplyOperator,
    Call,
    Contains,
    Delete,
    DeleteItem,
    Get,
    Graph,
    Item,
    Iterate,
    Lend,
    LendModel,
    Length,
    Load,
    Next,
    Packages,
    Read,
    Request,
    Rng,
    Set,
    SetItem,
    Types,
    Value,
)  # fmt: skip
from autograder.wire.values import Message

if TYPE_CHECKING:
    from autograder.inside.candidate.state import CandidateState

Operation = Callable[["CandidateState", Any], Message]

CHUNK = 1_000  # elements per message when a sequence is unpacked

_BINARY = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor",
    "lshift", "rshift", "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul",
    "eq", "ne", "lt", "le", "gt", "ge",
)  # fmt: skip
_UNARY = ("neg", "pos", "abs", "invert", "truth")
OPERATORS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in (*_BINARY, *_UNARY)},
    "float": float,
    "int": int,
    "complex": complex,
    "divmod": divmod,
    "round": round,
}

_BOUND = (types.MethodType, types.BuiltinMethodType, types.MethodWrapperType)


def _load(state: CandidateState, request: Load) -> Message:
    return {"ok": state.load(request)}


def _call(state: CandidateState, request: Call) -> Message:
    function = (
        state.namespace.lookup(request.name or "") if request.target is ABSENT else request.target
    )
    if request.method is not None:
        function = getattr(function, request.method)
    args, kwargs, options = request.args, request.kwargs, request.options
    if not options.keys() - {"keep"}:
        return _told(state, function(*args, **kwargs), keep=bool(options.get("keep")))
    observed = ObservedCall(options, state.namespaces)
    try:
        reply = _told(state, observed.run(function, args, kwargs), keep=bool(options.get("keep")))
    except state.through:
        raise
    except BaseException as error:  # noqa: BLE001  # told with what was seen until then
        reply = {"error": state.describe(error)}
    return {**reply, "testimony": observed.testimony}


def _told(state: CandidateState, value: object, *, keep: bool) -> Message:
    return {"ok": state.handles.refer(value) if keep else value}


def _get(state: CandidateState, request: Get) -> Message:
    if request.target is ABSENT:
        return _told(state, state.namespace.lookup(request.name), keep=request.keep)
    value = getattr(request.target, request.name)
    if issubclass(type(value), _BOUND) and not request.keep:
        return {"ok": None, "method": True}
    return _told(state, value, keep=request.keep)


def _set(state: CandidateState, request: Set) -> Message:
    if request.target is ABSENT:
        state.namespace.assign(request.name, request.value)
    else:
        setattr(request.target, request.name, request.value)
    return {"ok": None}


def _delete(_state: CandidateState, request: Delete) -> Message:
    delattr(request.target, request.name)
    return {"ok": None}


def _item(state: CandidateState, request: Item) -> Message:
    return _told(state, request.target[request.key], keep=request.keep)


def _set_item(_state: CandidateState, request: SetItem) -> Message:
    request.target[request.key] = request.value
    return {"ok": None}


def _delete_item(_state: CandidateState, request: DeleteItem) -> Message:
    del request.target[request.key]
    return {"ok": None}


def _operator(state: CandidateState, request: ApplyOperator) -> Message:
    return _told(state, OPERATORS[request.name](*request.operands), keep=request.keep)


def _length(_state: CandidateState, request: Length) -> Message:
    return {"ok": len(request.target)}


def _contains(_state: CandidateState, request: Contains) -> Message:
    return {"ok": bool(request.value in request.target)}


def _iterate(state: CandidateState, request: Iterate) -> Message:
    """Begin to iterate.

    The elements of a list or tuple come as handles, chunk by chunk. Other objects give an iterator.
    """
    target = request.target
    if issubclass(type(target), (list, tuple)):
        first = request.start
        chunk = [
            state.handles.refer(value) for value in itertools.islice(target, first, first + CHUNK)
        ]
        return {"ok": chunk, "length": len(target)}
    return {"ok": state.handles.refer(iter(target)), "length": None}


def _next(state: CandidateState, request: Next) -> Message:
    for value in request.target:
        return {"ok": state.handles.refer(value), "stop": False}
    return {"ok": None, "stop": True}


def _value(_state: CandidateState, request: Value) -> Message:
    return {"ok": request.target}


def _lend(state: CandidateState, request: Lend) -> Message:
    return {"ok": state.handles.refer(request.value)}


def _lend_model(state: CandidateState, request: LendModel) -> Message:
    model = MODELS[request.framework].rebuild(request.description)
    return {"ok": state.handles.refer(model)}


def _rng(state: CandidateState, request: Rng) -> Message:
    seed = request.seed
    if seed is None:
        state.rng_count += 1
        seed = [state.seed, state.rng_count]
    return {"ok": state.handles.refer(np.random.default_rng(seed))}


def _types(_state: CandidateState, request: Types) -> Message:
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(request.target).__mro__]
    return {"ok": [clip(name, MAX_NAME_CHARS) for name in names[:CHUNK]]}


def _graph(_state: CandidateState, request: Graph) -> Message:
    framework = find_model_framework(request.target)
    if framework is None:
        raise ValueError("a model without a graph")
    return {"ok": MODELS[framework].graph(request.target)}


def _packages(_state: CandidateState, _request: Packages) -> Message:
    return {"ok": imported_packages()}


def _read(_state: CandidateState, request: Read) -> Message:
    return read_upload(request)


OPERATIONS: Mapping[type[Request], Operation] = {
    Load: _load,
    Call: _call,
    Get: _get,
    Set: _set,
    Delete: _delete,
    Item: _item,
    SetItem: _set_item,
    DeleteItem: _delete_item,
    ApplyOperator: _operator,
    Length: _length,
    Contains: _contains,
    Iterate: _iterate,
    Next: _next,
    Value: _value,
    Lend: _lend,
    LendModel: _lend_model,
    Rng: _rng,
    Types: _types,
    Graph: _graph,
    Packages: _packages,
    Read: _read,
}
