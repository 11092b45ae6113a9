r"""Checks of Keras models that stay in the candidate [ARCH].

They are about what a model is made of, and whether the parts fit together.

What a model *says* of itself (names, kinds, configuration) is the candidate's word.
What it *does* is not: weights, activations and losses are fetched by value and compared
with their definitions here. Begin with the first, since it makes good messages, and
rest the points on the second.

Notation: :math:`p` predictions of shape (n, ..., C), :math:`y` labels of shape (n, ...),
:math:`\ell = -\operatorname{mean} \log p_y`; for logits :math:`p =
\operatorname{softmax}(z)`; with C = 1 the binary cross-entropy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autograder.inside.loading.looking import is_within
from autograder.remote import Handle, graph_rows, type_names
from autograder.rubric import wanted
from autograder.rubric.arguments import refuse, takes
from autograder.rubric.checks import CheckFailed, counted_check
from autograder.rubric.comparing import values
from autograder.rubric.comparing.arrays import Comparison, compare_arrays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autograder.rubric.comparing.values import Array


#: Layers that only apply an activation, and which one.
_ACTIVATION_LAYERS = {
    "Activation": None,
    "Softmax": "softmax",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "ELU": "elu",
}


_NAMED = 3  # layers in a sentence
_MALFORMED = (TypeError, KeyError, ValueError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Operation:
    """One node of a model's graph.

    It is a layer, or an operation such as the addition in ``x + h``.

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
        How much is seen of the inside of a layer of the student's own: ``"graph"`` if
        its operations follow, with their inputs; ``"layers"`` if only the layers in it
        do, without; ``"nothing"``. Empty for what is Keras' own.
    """

    name: str
    kind: str
    config: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    inside: str = ""


@takes(model=wanted.MODEL, name=wanted.TEXT)
def operations(model: Any, *, name: str = "the model") -> tuple[Operation, ...]:
    """Return a model's layers and operations in order.

    It is not counted as a check.

    A model in a model is followed by its parts, ``outer/inner``. So is a layer of the
    student's own, ``block/attention``: its `call` is run once more with symbolic
    tensors, and if it refuses these, TensorFlow's graph of it tells what it computes.
    Where neither can be had, only its layers are listed, without inputs: see
    `Operation.inside` and `unseen`.

    Parameters
    ----------
    model
        A handle of a sequential or functional Keras model.
    name
        What the student calls it.

    Raises
    ------
    CheckFailed
        Of kind "type" if it is no Keras model; of kind "model" if it does not show its
        graph (a subclass of Model).

    Examples
    --------
    ::

        additions = [op for op in operations(model) if op.kind == "Add" and
        len(set(op.inputs)) >= 2]
    """
    require_model(model, name)
    found = _described(model)
    if found is not None and all(is_keras_kind(one.kind) for one in found):
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
    """Return the graph as Keras' description of the model has it.

    It is None where that cannot be made or read.
    """
    try:
        record = json.loads(model.to_json())
        return tuple(_operations(record["config"]["layers"], ""))
    except Exception as error:
        if not isinstance(error, _MALFORMED) and not hasattr(error, "remote"):
            raise
        return None  # an own layer need not have a configuration that can be told


def is_keras_kind(kind: str) -> bool:
    """Return True for a kind of Keras that shows its computation."""
    return "." not in kind and kind != "Lambda"


def _operation(row: Any) -> Operation:
    """Read one operation of a candidate's graph."""
    name, module, kind, inside = (
        str(row[key]) for key in ("name", "module", "class_name", "inside")
    )
    config = json.loads(row["config"])
    if not isinstance(config, dict):
        raise TypeError("a malformed configuration")
    inputs = tuple(str(source) for source in row["inputs"])
    return Operation(name, _kind({"module": module, "class_name": kind}), config, inputs, inside)


@takes(graph=wanted.sequence_of(Operation, "what `operations(model)` returned"))
def unseen(graph: Sequence[Operation]) -> str:
    """Return a sentence on layers whose inside is not seen.

    These are layers of the student's own, and the sentence is for the end of a message.
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
        f" Nobody can see what is computed inside your own {named}: build that part of Keras' "
        "layers in "
        "the model itself."
    )


def require_model(model: Any, name: str) -> None:
    """Fail unless a value is a Keras model in the candidate."""
    if isinstance(model, Handle) and any(
        kind.startswith("keras.") and kind.endswith(".Model") for kind in type_names(model)
    ):
        return
    hint = " Is a `return` missing?" if values.is_none(model) else ""
    raise CheckFailed(
        f"{name}: expected a Keras model, got {values.describe(model)}.{hint}", "type"
    )


def _operations(layers: Sequence[Mapping[str, Any]], outer: str) -> Iterator[Operation]:
    """Yield the operations of a configuration.

    A model inside is followed by its parts.
    """
    before: tuple[str, ...] = ()
    for layer in layers:
        config = layer["config"]
        name = outer + str(layer.get("name") or config["name"])
        inputs = (
            tuple(outer + source for source in _sources(layer["inbound_nodes"]))
            if "inbound_nodes" in layer
            else before
        )
        yield Operation(name, _kind(layer), config, inputs)
        if isinstance(config.get("layers"), list):
            yield from _operations(config["layers"], f"{name}/")
        before = (name,)


def _kind(layer: Mapping[str, Any]) -> str:
    module, kind = str(layer.get("module")), str(layer["class_name"])
    return kind if is_within(module, "keras") else f"{module}.{kind}"


def _sources(nodes: object) -> Iterator[str]:
    """Yield the operations whose outputs are arguments of a call."""
    waiting = [nodes]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict) and item.get("class_name") == "__keras_tensor__":
            yield str(item["config"]["keras_history"][0])
        elif isinstance(item, (dict, list)):
            waiting.extend(reversed(list(item.values()) if isinstance(item, dict) else item))


@takes(graph=wanted.sequence_of(Operation, "what `operations(model)` returned"))
def folded(graph: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return a graph with activation layers folded into the layers before them.

    Input layers are left out. ``Dense(8), Activation("tanh")`` and
    ``Dense(8, activation="tanh")`` are then the same. Not counted.
    """
    kept: list[Operation] = []
    for operation in graph:
        previous = kept[-1] if kept else None
        activation = _own_activation(operation)
        if (
            activation
            and previous
            and _is_linear(previous)
            and set(operation.inputs) <= {previous.name}
        ):
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
    return (
        operation.config.get("activation") in ("linear", None)
        and operation.kind not in _ACTIVATION_LAYERS
    )


@takes(model=wanted.MODEL, name=wanted.TEXT)
def count_parameters(model: Any, *, name: str = "the model") -> int:
    """Return the number of weights of a model or layer.

    It is that of the weights themselves, trainable or not. Not counted.

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
        raise CheckFailed(
            f"{name}: expected a list of weights, got {values.describe(weights)}.", "type"
        )
    return [values.array_of(weight, f"{name}, weight {i}") for i, weight in enumerate(weights)]


#: Float32 arithmetic in another order: a thousandth of what any wrong activation or loss is off.
_FLOAT32 = 1e-5

ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(-1, keepdims=True),
    "elu": lambda z: np.where(z > 0, z, np.expm1(z)),
    "softplus": lambda z: np.log1p(np.exp(z)),
}


@counted_check
@takes(model=wanted.MODEL, expected=wanted.LAYERS, name=wanted.TEXT)
def assert_layers(
    model: Any, expected: Sequence[tuple[str, Mapping[str, Any]]], *, name: str = "the model"
) -> None:
    """Check kinds and configuration of a model's layers, in order.

    Input layers are left out; an activation layer counts as the activation of the layer
    before it. A layer of the student's own counts as itself, or as what is inside it.

    Parameters
    ----------
    model
        A handle of a sequential or functional Keras model.
    expected
        Kind and the part of the configuration that matters, for each layer.
    name
        What the student calls it.

    Raises
    ------
    CheckFailed
        Of kind "model" or "type".

    Examples
    --------
    ::

        assert_layers(model, [("Dense", {"units": 16, "activation": "tanh"}), ("Dense",
        {"units": 3})])
    """
    graph = operations(model, name=name)
    due = [kind for kind, _ in expected]
    opened = folded([one for one in graph if not one.inside])
    layers = opened if [layer.kind for layer in opened] == due else folded(_closed(graph))
    got = [layer.kind for layer in layers]
    if got != due:
        shown = ", ".join(got[:20]) or "none"
        raise CheckFailed(
            f"{name}: expected the layers {', '.join(due)}; got {shown[:400]}.{unseen(graph)}",
            "model",
        )
    for layer, (kind, config) in zip(layers, expected, strict=True):
        for key, value in config.items():
            if layer.config.get(key) != value:
                got_value = _word(layer.config.get(key))
                raise CheckFailed(
                    f"{name}: {kind} `{layer.name}`: expected {key} {value!r}, got {got_value}.",
                    "model",
                )


def _closed(graph: Sequence[Operation]) -> list[Operation]:
    """Leave out what is inside layers of the student's own."""
    own = tuple(f"{one.name}/" for one in graph if one.inside)
    return [one for one in graph if not one.name.startswith(own)]


def _word(value: object) -> str:
    if isinstance(value, (str, int, float, bool, type(None))):
        return repr(value)[:60]
    return values.describe(value)


@counted_check
@takes(
    model=wanted.MODEL,
    expected=wanted.whole(0) | wanted.NONE,
    at_most=wanted.whole(0) | wanted.NONE,
    name=wanted.TEXT,
)
def assert_parameters(
    model: Any, expected: int | None = None, *, at_most: int | None = None, name: str = "the model"
) -> None:
    """Check the number of weights of a model.

    Raises
    ------
    CheckFailed
        Of kind "model" or "type".
    """
    if expected is None and at_most is None:
        raise refuse("assert_parameters", "one of expected and at_most must be given, got none")
    require_model(model, name)
    number = count_parameters(model, name=name)
    if number == 0:
        raise CheckFailed(
            f"{name} has no weights: it does not know the shape of its input.", "model"
        )
    if expected is not None and number != expected:
        raise CheckFailed(f"{name}: expected {expected} parameters, got {number}.", "model")
    if at_most is not None and number > at_most:
        raise CheckFailed(f"{name}: expected at most {at_most} parameters, got {number}.", "model")


@counted_check
@takes(layer=wanted.MODEL, expected=wanted.one_of(*ACTIVATIONS), name=wanted.TEXT)
def assert_activation(layer: Any, expected: str, *, name: str = "the layer") -> None:
    """Check a layer's activation by its values at -3 to 3.

    Its name does not matter.

    Parameters
    ----------
    layer
        A handle of a layer that has an activation: ``model.layers[0]``.
    expected
        One of `ACTIVATIONS`.
    name
        What the student calls it.

    Raises
    ------
    CheckFailed
        Of kind "model" if it is another; the message names it if it is a known one.
    """
    if not isinstance(layer, Handle):
        raise CheckFailed(f"{name}: expected a layer, got {values.describe(layer)}.", "type")
    z = np.linspace(-3, 3, 8, dtype=np.float32).reshape(2, 4)
    answer = values.array_of(layer.activation(z), f"{name}, its activation")
    if _agrees(answer, ACTIVATIONS[expected](z)):
        return
    other = next(
        (word for word, function in ACTIVATIONS.items() if _agrees(answer, function(z))),
        "another function",
    )
    raise CheckFailed(f"{name}: expected the activation {expected}, got {other}.", "model")


def _agrees(answer: Array, expected: Array) -> bool:
    try:
        compare_arrays(answer, expected, Comparison(rtol=_FLOAT32, atol=_FLOAT32), name="")
    except CheckFailed:
        return False
    return True


@counted_check
@takes(
    model=wanted.MODEL,
    x=wanted.FED,
    labels=wanted.one_of("sparse", "one-hot"),
    name=wanted.TEXT,
)
def assert_loss_agrees(
    model: Any, x: Any, *, labels: Literal["sparse", "one-hot"] = "sparse", name: str = "the model"
) -> None:
    """Check that the compiled loss is the fitting cross-entropy, by value.

    Whether the outputs are probabilities or logits is told from the outputs for `x`;
    then the compiled loss of *known* predictions of this kind is compared with the
    definition. At initialisation the outputs of a softmax are nearly uniform, where
    both kinds of loss agree: the model's own predictions would show nothing.

    Parameters
    ----------
    model
        A handle of a compiled Keras model with C outputs, or one.
    x
        Inputs, a few and not too small.
    labels
        Whether the loss is due for class numbers or for one-hot rows.
    name
        What the student calls it.

    Raises
    ------
    CheckFailed
        Of kind "model" if the loss is another, or the model is not compiled.

    Notes
    -----
    Losses of regularisers, which Keras adds, are taken off.
    """
    require_model(model, name)
    if model.compiled is not True:
        raise CheckFailed(
            f"{name} is not compiled: call model.compile with a loss and an optimizer.", "model"
        )
    outputs = values.array_of(model.predict_on_batch(x), f"{name}, its outputs")
    if not outputs.size or not outputs.ndim or not np.isfinite(outputs).all():
        raise CheckFailed(
            f"{name}: expected finite outputs, got {values.describe(outputs)}.", "model"
        )
    kind = "probabilities" if _are_probabilities(outputs) else "logits"
    predictions, y, right = _known_case(outputs.shape, kind)
    sent = np.eye(outputs.shape[-1], dtype=np.float32)[y] if labels == "one-hot" else y
    loss = _compiled_loss(model, predictions, sent, name)
    if abs(loss - right) <= 10 * _FLOAT32 * max(1.0, abs(right)):
        return
    _, _, other = _known_case(
        outputs.shape, kind, treated_as="logits" if kind == "probabilities" else "probabilities"
    )
    is_other = abs(loss - other) <= 1e-3 * max(1.0, abs(other))
    hint = f" Use from_logits={kind == 'logits'}." if is_other else ""
    raise CheckFailed(
        f"{name}: the compiled loss is not the cross-entropy of its outputs, which are {kind}: "
        f"{loss:.4g} instead of "
        f"{right:.4g} for known predictions.{hint}",
        "model",
    )


def _are_probabilities(outputs: Array) -> bool:
    if outputs.shape[-1] == 1:
        return bool(((outputs > 0) & (outputs < 1)).all())
    return bool((outputs >= 0).all() and np.allclose(outputs.sum(-1), 1.0, atol=1e-3))


def _known_case(
    shape: tuple[int, ...], kind: str, *, treated_as: str | None = None
) -> tuple[Array, Array, float]:
    """Return predictions of a kind, labels, and a cross-entropy.

    The cross-entropy is that of the predictions treated as a kind.
    """
    classes = shape[-1]
    z = 2 * np.cos(np.arange(np.prod(shape)).reshape(shape))
    y = np.arange(np.prod(shape[:-1])).reshape(shape[:-1]) % max(classes, 2)
    p = ACTIVATIONS["sigmoid" if classes == 1 else "softmax"](z)
    given = p if kind == "probabilities" else z
    as_given = treated_as or kind
    p = (
        given
        if as_given == "probabilities"
        else ACTIVATIONS["sigmoid" if classes == 1 else "softmax"](given)
    )
    p = np.clip(p, 1e-7, 1 - 1e-7)
    of_label = (
        np.where(y == 1, p[..., 0], 1 - p[..., 0])
        if classes == 1
        else np.take_along_axis(p, y[..., None], -1)
    )
    return (
        given.astype(np.float32),
        (y[..., None] if classes == 1 else y),
        float(-np.log(of_label).mean()),
    )


def _compiled_loss(model: Any, predictions: Array, labels: Array, name: str) -> float:
    """Return the compiled loss of predictions, without what regularisers add."""
    try:
        answer = model.compute_loss(y=labels, y_pred=predictions)
    except Exception as error:
        if not hasattr(error, "remote"):  # not raised by Keras in the candidate
            raise
        word = "class numbers" if labels.shape != predictions.shape else "one-hot rows"
        raise CheckFailed(
            f"{name}: the compiled loss cannot be computed for labels that are {word}.", "model"
        ) from error
    loss = values.array_of(answer, f"{name}, its loss", "a number")
    losses = model.losses
    if not isinstance(losses, (list, tuple)):
        raise CheckFailed(
            f"{name}: expected a list of losses, got {values.describe(losses)}.", "type"
        )
    extra = [values.array_of(part, f"{name}, its losses") for part in losses]
    if loss.size != 1 or not np.isfinite(loss).all():
        raise CheckFailed(f"{name}: expected a finite loss, got {values.describe(loss)}.", "model")
    return float(loss.item()) - float(sum(part.sum() for part in extra))


@counted_check
@takes(
    layer=wanted.MODEL,
    train=wanted.function_of("a function without arguments that trains", 0),
    name=wanted.TEXT,
)
def assert_frozen(layer: Any, train: Callable[[], object], *, name: str = "the layer") -> None:
    """Check that training leaves the weights of a layer as they were.

    A model's weights can be checked, too.

    Parameters
    ----------
    layer
        A handle of a layer with weights.
    train
        Trains what contains the layer.
    name
        What the student calls it.

    Raises
    ------
    CheckFailed
        Of kind "model" if a weight changed, or there are none.
    """
    before = weights_of(layer, name)
    if not before:
        raise CheckFailed(f"{name} has no weights that could be frozen.", "model")
    train()
    after = weights_of(layer, name)
    if [weight.shape for weight in after] != [weight.shape for weight in before]:
        raise CheckFailed(f"{name}: its weights have other shapes after training.", "model")
    changed = [
        i
        for i, (old, new) in enumerate(zip(before, after, strict=True))
        if not np.array_equal(old, new)
    ]
    if changed:
        raise CheckFailed(
            f"{name}: {len(changed)} of {len(before)} weights changed in training; it is not "
            "frozen.",
            "model",
        )
