"""What an examiner can ask of a candidate: one function per operation."""

from __future__ import annotations

import itertools
import operator
import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.inside.failures import MAX_NAME_CHARS, clip
from autograder.inside.graphs import model_graph
from autograder.inside.objects import imported_packages, rebuild_model
from autograder.inside.observing import ObservedCall
from autograder.inside.reader import answer as read_upload

if TYPE_CHECKING:
    from autograder.inside.state import CandidateState

Message = dict[str, Any]
Operation = Callable[["CandidateState", Message], Message]

CHUNK = 1_000  # elements per message when a sequence is unpacked

_BINARY = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor", "lshift", "rshift",
    "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul", "eq", "ne", "lt", "le", "gt", "ge",
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


def _load(state: CandidateState, request: Message) -> Message:
    return {"ok": state.load(request)}


def _target(state: CandidateState, request: Message) -> Any:
    """The object of a request: a name of the submission, an object behind a handle, or a method of either."""
    target = request.pop("target") if "target" in request else state.namespace.lookup(request["name"])
    method = request.get("method")
    return target if method is None else getattr(target, method)


def _call(state: CandidateState, request: Message) -> Message:
    function = _target(state, request)
    args, kwargs, options = request.pop("args"), request.pop("kwargs"), request.get("options") or {}
    if not options.keys() - {"keep"}:
        return _told(state, function(*args, **kwargs), options)
    observed = ObservedCall(options, state.namespaces)
    try:
        reply = _told(state, observed.run(function, args, kwargs), options)
    except state.through:
        raise
    except BaseException as error:  # noqa: BLE001  # told with what was seen until then
        reply = {"error": state.describe(error)}
    return {**reply, "testimony": observed.testimony}


def _told(state: CandidateState, value: object, options: Mapping[str, Any]) -> Message:
    return {"ok": state.handles.refer(value) if options.get("keep") else value}


def _get(state: CandidateState, request: Message) -> Message:
    if "target" not in request:
        return _told(state, state.namespace.lookup(request["name"]), request)
    value = getattr(request["target"], request["name"])
    if issubclass(type(value), _BOUND) and not request.get("keep"):
        return {"ok": None, "method": True}
    return _told(state, value, request)


def _set(state: CandidateState, request: Message) -> Message:
    if "target" in request:
        setattr(request["target"], request["name"], request["value"])
    else:
        state.namespace.assign(request["name"], request["value"])
    return {"ok": None}


def _delete(_: CandidateState, request: Message) -> Message:
    delattr(request["target"], request["name"])
    return {"ok": None}


def _item(state: CandidateState, request: Message) -> Message:
    return _told(state, request["target"][request["key"]], request)


def _set_item(_: CandidateState, request: Message) -> Message:
    request["target"][request["key"]] = request["value"]
    return {"ok": None}


def _delete_item(_: CandidateState, request: Message) -> Message:
    del request["target"][request["key"]]
    return {"ok": None}


def _operator(state: CandidateState, request: Message) -> Message:
    return _told(state, OPERATORS[request["name"]](*request.pop("operands")), request)


def _length(_: CandidateState, request: Message) -> Message:
    return {"ok": len(request["target"])}


def _contains(_: CandidateState, request: Message) -> Message:
    return {"ok": bool(request["value"] in request["target"])}


def _iterate(state: CandidateState, request: Message) -> Message:
    """Begin to iterate: the elements of a list or tuple as handles, chunk by chunk; otherwise an iterator."""
    target = request["target"]
    if issubclass(type(target), (list, tuple)):
        first = request.get("start", 0)
        chunk = [state.handles.refer(value) for value in itertools.islice(target, first, first + CHUNK)]
        return {"ok": chunk, "length": len(target)}
    return {"ok": state.handles.refer(iter(target)), "length": None}


def _next(state: CandidateState, request: Message) -> Message:
    for value in request["target"]:
        return {"ok": state.handles.refer(value), "stop": False}
    return {"ok": None, "stop": True}


def _value(_: CandidateState, request: Message) -> Message:
    return {"ok": request["target"]}


def _lend(state: CandidateState, request: Message) -> Message:
    return {"ok": state.handles.refer(request["value"])}


def _lend_model(state: CandidateState, request: Message) -> Message:
    return {"ok": state.handles.refer(rebuild_model(request["config"], request["weights"], request["training"]))}


def _rng(state: CandidateState, request: Message) -> Message:
    seed = request["seed"]
    if seed is None:
        state.rng_count += 1
        seed = [state.seed, state.rng_count]
    return {"ok": state.handles.refer(np.random.default_rng(seed))}


def _types(_: CandidateState, request: Message) -> Message:
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(request["target"]).__mro__]
    return {"ok": [clip(name, MAX_NAME_CHARS) for name in names[:CHUNK]]}


def _graph(_: CandidateState, request: Message) -> Message:
    return {"ok": model_graph(request["target"])}


def _packages(_: CandidateState, _request: Message) -> Message:
    return {"ok": imported_packages()}


def _read(_: CandidateState, request: Message) -> Message:
    """Read an upload: asked of a candidate that has loaded nothing, and asked no more than this."""
    return read_upload(request)


OPERATIONS: Mapping[str, Operation] = {
    "load": _load,
    "call": _call,
    "get": _get,
    "set": _set,
    "delete": _delete,
    "item": _item,
    "set_item": _set_item,
    "delete_item": _delete_item,
    "operator": _operator,
    "length": _length,
    "contains": _contains,
    "iterate": _iterate,
    "next": _next,
    "value": _value,
    "lend": _lend,
    "lend_model": _lend_model,
    "rng": _rng,
    "types": _types,
    "graph": _graph,
    "packages": _packages,
    "read": _read,
}
