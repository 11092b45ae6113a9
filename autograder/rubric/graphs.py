"""The graph of a Keras model that stays in the candidate: its operations, and its weights by value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from autograder.remote import Handle, type_names
from autograder.rubric import values, wanted
from autograder.rubric.arguments import takes
from autograder.rubric.checks import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from autograder.rubric.values import Array

#: Layers that only apply an activation, and which one.
_ACTIVATION_LAYERS = {"Activation": None, "Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu"}


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
    """

    name: str
    kind: str
    config: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()


@takes(model=wanted.MODEL, name=wanted.TEXT)
def operations(model: Any, *, name: str = "the model") -> tuple[Operation, ...]:
    """Return the graph of a model: its layers and operations in order. Not counted.

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
    text = model.to_json()
    try:
        record = json.loads(text)
        found = tuple(_operations(record["config"]["layers"], ""))
    except (TypeError, KeyError, ValueError, AttributeError, RecursionError) as error:
        message = f"{name}: its layers cannot be seen; it must be a Sequential or functional model."
        raise CheckFailed(message, "model") from error
    return found


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
    return kind if module == "keras" or module.startswith("keras.") else f"{module}.{kind}"


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
