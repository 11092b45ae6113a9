"""The graph of a Keras model that stays in the candidate: its operations, and its weights by value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from autograder.inside.loading.looking import is_within
from autograder.remote import Handle, graph_rows, type_names
from autograder.rubric import values, wanted
from autograder.rubric.arguments import takes
from autograder.rubric.checks import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autograder.rubric.values import Array

#: Layers that only apply an activation, and which one.
_ACTIVATION_LAYERS = {"Activation": None, "Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu"}


_NAMED = 3  # layers in a sentence
_MALFORMED = (TypeError, KeyError, ValueError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Operation:
    """One node of a model's graph: a layer, or an operation such as the addition in ``x + h``.

    Attributes
    ----------
    name
        Within the model; parts of a nested model are ``outer/inner``.
    kind
        Class name of what is Keras' own: ``"Dense"``, ``"Add"``; with its module otherwise.
    config
        Keras' configuration: ``units``, ``activation``.
    inputs
        Names of the operations whose outputs go in.
    inside
        How much is seen of the inside of a layer of the student's own: ``"graph"`` if its operations follow, with their
        inputs; ``"layers"`` if only the layers in it do, without; ``"nothing"``. Empty for what is Keras' own.
    """

    name: str
    kind: str
    config: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    inside: str = ""


@takes(model=wanted.MODEL, name=wanted.TEXT)
def operations(model: Any, *, name: str = "the model") -> tuple[Operation, ...]:
    """Return the graph of a model: its layers and operations in order. Not counted.

    A model in a model is followed by its parts, ``outer/inner``. So is a layer of the student's own, ``block/attention``:
    its `call` is run once more with symbolic tensors, and if it refuses these, TensorFlow's graph of it tells what it
    computes. Where neither can be had, only its layers are listed, without inputs: see `Operation.inside` and `unseen`.

    Parameters
    ----------
    model
        A handle of a sequential or functional Keras model.
    name
        What the student calls it.

    Raises
    ------
    CheckFailed
        Of kind "type" if it is no Keras model; of kind "model" if it does not show its graph (a subclass of Model).

    Examples
    --------
    ::

        additions = [op for op in operations(model) if op.kind == "Add" and len(set(op.inputs)) >= 2]
    """
    require_model(model, name)
    found = _described(model)
    if found is not None and all(is_keras(one.kind) for one in found):
        return found
    try:
        rows = tuple(_operation(row) for row in graph_rows(model))
    except Exception as error:
        if not isinstance(error, _MALFORMED) and not hasattr(error, "remote"):
            raise
        rows = ()
    if not rows:
        message = f"{name}: its layers cannot be seen; it must be a Sequential or functional model."
        raise CheckFailed(message, "model")
    return rows


def _described(model: Any) -> tuple[Operation, ...] | None:
    """Return the graph as Keras' description of the model has it, or None where that cannot be made or read."""
    try:
        record = json.loads(model.to_json())
        return tuple(_operations(record["config"]["layers"], ""))
    except Exception as error:
        if not isinstance(error, _MALFORMED) and not hasattr(error, "remote"):
            raise
        return None  # an own layer need not have a configuration that can be told


def is_keras(kind: str) -> bool:
    """Return True for a kind of Keras' own that shows in the graph what it computes."""
    return "." not in kind and kind != "Lambda"


def _operation(row: Any) -> Operation:
    """Read one operation of what a candidate says of its graph."""
    name, module, kind, inside = (str(row[key]) for key in ("name", "module", "class_name", "inside"))
    config = json.loads(row["config"])
    if not isinstance(config, dict):
        raise TypeError("a malformed configuration")
    inputs = tuple(str(source) for source in row["inputs"])
    return Operation(name, _kind({"module": module, "class_name": kind}), config, inputs, inside)


@takes(graph=wanted.sequence_of(Operation, "what `operations(model)` returned"))
def unseen(graph: Sequence[Operation]) -> str:
    """Return a sentence on layers of the student's own whose inside is not seen, for the end of a message.

    It is empty if everything is seen. Not counted.

    Examples
    --------
    ::

        check(found, f"the model has no addition of two paths.{unseen(graph)}", "model")
    """
    hidden = [f"`{one.name}` ({one.kind})" for one in graph if one.inside in ("layers", "nothing")]
    if not hidden:
        return ""
    named = ", ".join(hidden[:_NAMED])
    if len(hidden) > _NAMED:
        named += f" and {len(hidden) - _NAMED} more"
    return (
        f" Nobody can see what is computed inside your own {named}: build that part of Keras' layers in "
        "the model itself."
    )


def require_model(model: Any, name: str) -> None:
    """Fail unless a value is a Keras model in the candidate."""
    if isinstance(model, Handle) and any(
        kind.startswith("keras.") and kind.endswith(".Model") for kind in type_names(model)
    ):
        return
    hint = " Is a `return` missing?" if values.is_none(model) else ""
    raise CheckFailed(f"{name}: expected a Keras model, got {values.describe(model)}.{hint}", "type")


def _operations(layers: Sequence[Mapping[str, Any]], outer: str) -> Iterator[Operation]:
    """Yield the operations of a configuration; a model inside is followed by its parts."""
    before: tuple[str, ...] = ()
    for layer in layers:
        config = layer["config"]
        name = outer + str(layer.get("name") or config["name"])
        inputs = (
            tuple(outer + source for source in _sources(layer["inbound_nodes"])) if "inbound_nodes" in layer else before
        )
        yield Operation(name, _kind(layer), config, inputs)
        if isinstance(config.get("layers"), list):
            yield from _operations(config["layers"], f"{name}/")
        before = (name,)


def _kind(layer: Mapping[str, Any]) -> str:
    module, kind = str(layer.get("module")), str(layer["class_name"])
    return kind if is_within(module, "keras") else f"{module}.{kind}"


def _sources(nodes: object) -> Iterator[str]:
    """Yield the names of the operations whose outputs stand in the arguments of a call."""
    waiting = [nodes]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict) and item.get("class_name") == "__keras_tensor__":
            yield str(item["config"]["keras_history"][0])
        elif isinstance(item, (dict, list)):
            waiting.extend(reversed(list(item.values()) if isinstance(item, dict) else item))


@takes(graph=wanted.sequence_of(Operation, "what `operations(model)` returned"))
def folded(graph: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return a graph with its activation layers folded into the layers before them, and without input layers.

    ``Dense(8), Activation("tanh")`` and ``Dense(8, activation="tanh")`` are then the same. Not counted.
    """
    kept: list[Operation] = []
    for operation in graph:
        previous = kept[-1] if kept else None
        activation = _own_activation(operation)
        if activation and previous and _is_linear(previous) and set(operation.inputs) <= {previous.name}:
            config = {**previous.config, "activation": activation}
            kept[-1] = replace(previous, name=operation.name, config=config)
        elif operation.kind != "InputLayer":
            kept.append(operation)
    return tuple(kept)


def _own_activation(operation: Operation) -> str | None:
    if operation.kind not in _ACTIVATION_LAYERS:
        return None
    return _ACTIVATION_LAYERS[operation.kind] or str(operation.config.get("activation"))


def _is_linear(operation: Operation) -> bool:
    return operation.config.get("activation") in ("linear", None) and operation.kind not in _ACTIVATION_LAYERS


@takes(model=wanted.MODEL, name=wanted.TEXT)
def count_parameters(model: Any, *, name: str = "the model") -> int:
    """Return the number of weights of a model or layer, trainable or not, from the weights themselves. Not counted.

    Raises
    ------
    CheckFailed
        Of kind "type" if these are no weights.
    """
    return sum(weight.size for weight in weights_of(model, name))


@takes(model=wanted.MODEL, name=wanted.TEXT)
def weights_of(model: Any, name: str = "the model") -> list[Array]:
    """Return the weights of a model or layer by value. Not counted."""
    if not isinstance(model, Handle):
        require_model(model, name)
    weights = model.get_weights()
    if not isinstance(weights, (list, tuple)):
        raise CheckFailed(f"{name}: expected a list of weights, got {values.describe(weights)}.", "type")
    return [values.array_of(weight, f"{name}, weight {i}") for i, weight in enumerate(weights)]
