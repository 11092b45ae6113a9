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
    from autograder.inside.candidate import Candidate

Message = dict[str, Any]
Operation = Callable[["Candidate", Message], Message]

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


def _load(candidate: Candidate, request: Message) -> Message:
    return {"ok": candidate.load(request)}


def _target(candidate: Candidate, request: Message) -> Any:
    """The object of a request: a name of the submission, an object behind a handle, or a method of either."""
    target = request.pop("target") if "target" in request else candidate.namespace.lookup(request["name"])
    method = request.get("method")
    return target if method is None else getattr(target, method)


def _call(candidate: Candidate, request: Message) -> Message:
    function = _target(candidate, request)
    args, kwargs, options = request.pop("args"), request.pop("kwargs"), request.get("options") or {}
    if not options.keys() - {"keep"}:
        return _told(candidate, function(*args, **kwargs), options)
    observed = ObservedCall(options, candidate.namespaces)
    try:
        reply = _told(candidate, observed.run(function, args, kwargs), options)
    except candidate.through:
        raise
    except BaseException as error:  # noqa: BLE001  # told with what was seen until then
        reply = {"error": candidate.describe(error)}
    return {**reply, "testimony": observed.testimony}


def _told(candidate: Candidate, value: object, options: Mapping[str, Any]) -> Message:
    return {"ok": candidate.handles.refer(value) if options.get("keep") else value}


def _get(candidate: Candidate, request: Message) -> Message:
    if "target" not in request:
        return _told(candidate, candidate.namespace.lookup(request["name"]), request)
    value = getattr(request["target"], request["name"])
    if issubclass(type(value), _BOUND) and not request.get("keep"):
        return {"ok": None, "method": True}
    return _told(candidate, value, request)


def _set(candidate: Candidate, request: Message) -> Message:
    if "target" in request:
        setattr(request["target"], request["name"], request["value"])
    else:
        candidate.namespace.assign(request["name"], request["value"])
    return {"ok": None}


def _delete(_candidate: Candidate, request: Message) -> Message:
    delattr(request["target"], request["name"])
    return {"ok": None}


def _item(candidate: Candidate, request: Message) -> Message:
    return _told(candidate, request["target"][request["key"]], request)


def _set_item(_candidate: Candidate, request: Message) -> Message:
    request["target"][request["key"]] = request["value"]
    return {"ok": None}


def _delete_item(_candidate: Candidate, request: Message) -> Message:
    del request["target"][request["key"]]
    return {"ok": None}


def _operator(candidate: Candidate, request: Message) -> Message:
    return _told(candidate, OPERATORS[request["name"]](*request.pop("operands")), request)


def _length(_candidate: Candidate, request: Message) -> Message:
    return {"ok": len(request["target"])}


def _contains(_candidate: Candidate, request: Message) -> Message:
    return {"ok": bool(request["value"] in request["target"])}


def _iterate(candidate: Candidate, request: Message) -> Message:
    """Begin to iterate: the elements of a list or tuple as handles, chunk by chunk; otherwise an iterator."""
    target = request["target"]
    if issubclass(type(target), (list, tuple)):
        first = request.get("start", 0)
        chunk = [candidate.handles.refer(value) for value in itertools.islice(target, first, first + CHUNK)]
        return {"ok": chunk, "length": len(target)}
    return {"ok": candidate.handles.refer(iter(target)), "length": None}


def _next(candidate: Candidate, request: Message) -> Message:
    for value in request["target"]:
        return {"ok": candidate.handles.refer(value), "stop": False}
    return {"ok": None, "stop": True}


def _value(_candidate: Candidate, request: Message) -> Message:
    return {"ok": request["target"]}


def _lend(candidate: Candidate, request: Message) -> Message:
    return {"ok": candidate.handles.refer(request["value"])}


def _lend_model(candidate: Candidate, request: Message) -> Message:
    return {"ok": candidate.handles.refer(rebuild_model(request["config"], request["weights"], request["training"]))}


def _rng(candidate: Candidate, request: Message) -> Message:
    seed = request["seed"]
    if seed is None:
        candidate.rng_count += 1
        seed = [candidate.seed, candidate.rng_count]
    return {"ok": candidate.handles.refer(np.random.default_rng(seed))}


def _types(_candidate: Candidate, request: Message) -> Message:
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(request["target"]).__mro__]
    return {"ok": [clip(name, MAX_NAME_CHARS) for name in names[:CHUNK]]}


def _graph(_candidate: Candidate, request: Message) -> Message:
    return {"ok": model_graph(request["target"])}


def _packages(_candidate: Candidate, _request: Message) -> Message:
    return {"ok": imported_packages()}


def _read(_candidate: Candidate, request: Message) -> Message:
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
