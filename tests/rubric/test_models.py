"""Keras models that stay in the candidate: every part that does not fit is found by its value."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.remote import LoadRequest, open_submission
from autograder.rubric import (
    assert_activation,
    assert_frozen,
    assert_layers,
    assert_loss_agrees,
    assert_parameters,
    count_parameters,
    operations,
)
from autograder.sandbox.inline import InlineSpawner

STUDENT = """
import keras
from keras import layers

def mlp(hidden="tanh", output="softmax", loss=None, split=False, regularizer=None, classes=3):
    parts = [keras.Input((5,))]
    if split:
        parts += [layers.Dense(7), layers.Activation(hidden)]
    else:
        parts += [layers.Dense(7, activation=hidden, kernel_regularizer=regularizer)]
    model = keras.Sequential(parts + [layers.Dense(classes, activation=output)])
    if loss is not None:
        model.compile(loss=loss, optimizer="sgd")
    return model

def scc(from_logits=False, sparse=True):
    kind = keras.losses.SparseCategoricalCrossentropy if sparse else keras.losses.CategoricalCrossentropy
    return kind(from_logits=from_logits)

def compiled(output="softmax", from_logits=False, sparse=True, regularizer=None):
    return mlp(output=output, loss=scc(from_logits, sparse), regularizer=regularizer)

def binary(output="sigmoid", from_logits=False):
    return mlp(output=output, loss=keras.losses.BinaryCrossentropy(from_logits=from_logits), classes=1)

def by_name(loss):
    return mlp(loss=loss)

def named_tanh(x):
    return keras.ops.relu(x)
named_tanh.__name__ = "tanh"

def disguised():
    return mlp(hidden=named_tanh)

def residual(merge=True):
    image = keras.Input((4, 4, 1), name="image")
    h = layers.Conv2D(3, 3, padding="same", name="first")(image)
    g = layers.Conv2D(3, 3, padding="same", name="second")(h)
    pooled = layers.GlobalAveragePooling2D(name="pool")(h + g if merge else g)
    return keras.Model(image, layers.Dense(2, name="head")(pooled))

def nested():
    inner = keras.Sequential([keras.Input((7,)), layers.Dense(2, name="deep")], name="inner")
    return keras.Sequential([keras.Input((5,)), layers.Dense(7, name="wide"), inner], name="outer")

def unbuilt():
    return keras.Sequential([layers.Dense(3)])

class Own(keras.Model):
    def call(self, x):
        return x

class Liar(keras.Sequential):
    def to_json(self, **kwargs):
        return "[" * 100_000

class Dense(layers.Layer):
    def call(self, x):
        return x

def homemade():
    return keras.Sequential([keras.Input((5,)), Dense()])

def pretender():
    class Sequential:
        compiled = True
        def to_json(self):
            return '{"config": {"layers": []}}'
        def get_weights(self):
            return []
    return Sequential()

class Wordy(keras.Sequential):
    def to_json(self, **kwargs):
        tensors = "[" + ",".join(["0"] * 500_000) + "]"
        layer = '{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d"}, "inbound_nodes": %s}' % tensors
        return '{"config": {"layers": [%s]}}' % layer

def frozen(is_frozen=True):
    model = mlp(loss="sparse_categorical_crossentropy")
    model.layers[0].trainable = not is_frozen
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd", run_eagerly=True)
    return model
"""


@pytest.fixture(scope="module")
def student():
    """Return a submission with many models, behind the real conversation, in this process."""
    pytest.importorskip("keras")
    load = LoadRequest(files={"models.py": STUDENT}, order=["models.py"])
    submission = open_submission(InlineSpawner(), load)
    yield submission
    submission.close()


X = np.linspace(-2, 2, 20, dtype=np.float32).reshape(4, 5)


# structure ----------------------------------------------------------------------------------------------------


def test_operations_of_a_residual_model_show_the_addition_and_its_paths(student):
    """`h + g` is an operation without a layer, whose two inputs are known."""
    graph = operations(student.residual())
    assert [(op.kind, op.name, op.inputs) for op in graph] == [
        ("InputLayer", "image", ()),
        ("Conv2D", "first", ("image",)),
        ("Conv2D", "second", ("first",)),
        ("Add", graph[3].name, ("first", "second")),
        ("GlobalAveragePooling2D", "pool", (graph[3].name,)),
        ("Dense", "head", ("pool",)),
    ]
    assert not any(op.kind == "Add" for op in operations(student.residual(merge=False)))


def test_operations_of_a_nested_model_have_their_path(student):
    """A model in a model is one operation, followed by its own."""
    graph = operations(student.nested())
    assert [(op.kind, op.name) for op in graph if op.kind != "InputLayer"] == [
        ("Dense", "wide"),
        ("Sequential", "inner"),
        ("Dense", "inner/deep"),
    ]


@pytest.mark.parametrize("build", ["Own", "Liar"])
def test_operations_of_a_model_that_hides_them_fail(student, fails, build):
    """A subclass of Model shows no layers; 100,000 brackets for JSON end in the same sentence."""
    failure = fails(assert_layers, getattr(student, build)(), [], name="build_mlp")
    assert failure.message == ("build_mlp: its layers cannot be seen; it must be a Sequential or functional model.")


def test_operations_of_a_huge_graph_are_read_in_linear_time(student):
    """A configuration of a megabyte is read at once; a quadratic reader would need hours."""
    assert [op.kind for op in operations(student.Wordy())] == ["Dense"]


def test_operations_of_a_class_of_the_students_do_not_pass_for_keras(student, fails):
    """A layer of the student's that is called Dense is no Dense."""
    failure = fails(assert_layers, student.homemade(), [("Dense", {})])
    assert failure.message == "the model: expected the layers Dense; got models.Dense."


@pytest.mark.parametrize("build", [lambda s: s.pretender(), lambda s: None, lambda s: X, lambda s: s.scc()])
@pytest.mark.parametrize(
    "check",
    [
        lambda model: assert_layers(model, []),
        lambda model: assert_parameters(model, 0),
        lambda model: assert_loss_agrees(model, X),
    ],
)
def test_model_checks_of_what_is_no_model_fail_by_type(student, fails, build, check):
    """Nothing, an array, an object that looks like a model."""
    assert fails(check, build(student)).kind == "type"


def test_assert_layers_activation_may_be_a_layer_of_its_own(student, passes):
    """Dense with tanh, and Dense followed by Activation, are the same model."""
    expected = [("Dense", {"units": 7, "activation": "tanh"}), ("Dense", {"units": 3, "activation": "softmax"})]
    passes(assert_layers, student.mlp(), expected)
    passes(assert_layers, student.mlp(split=True), expected)


def test_assert_layers_wrong_kind_or_configuration_fails(student, fails):
    """Missing layers and other units are told by name."""
    assert fails(assert_layers, student.mlp(), [("Dense", {})]).message == (
        "the model: expected the layers Dense; got Dense, Dense."
    )
    failure = fails(assert_layers, student.mlp(), [("Dense", {"units": 16}), ("Dense", {})], name="build_mlp")
    assert failure.message.startswith("build_mlp: Dense `dense")
    assert failure.message.endswith("`: expected units 16, got 7.")
    assert failure.kind == "model"


# parameters ---------------------------------------------------------------------------------------------------


def test_assert_parameters_counts_the_weights(student, passes, fails):
    """(5 + 1) 7 + (7 + 1) 3 weights, counted from the arrays."""
    model = student.mlp()
    assert count_parameters(model) == 66
    passes(assert_parameters, model, 66)
    passes(assert_parameters, model, at_most=66)
    assert fails(assert_parameters, model, 63).message == "the model: expected 63 parameters, got 66."
    assert fails(assert_parameters, model, at_most=50).message == "the model: expected at most 50 parameters, got 66."


def test_assert_parameters_of_an_unbuilt_model_fail(student, fails):
    """Without the shape of its input a model has no weights: at most 10,000 is no pass."""
    assert fails(assert_parameters, student.unbuilt(), at_most=10_000).message == (
        "the model has no weights: it does not know the shape of its input."
    )


# activations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["linear", "relu", "tanh", "sigmoid", "softmax", "elu", "softplus"])
def test_assert_activation_is_told_by_its_values(student, passes, fails, word):
    """Every known activation equals its definition and no other."""
    layer = student.mlp(hidden=word).layers[0]
    passes(assert_activation, layer, word)
    other = "relu" if word == "tanh" else "tanh"
    assert fails(assert_activation, layer, other, name="hidden layer").message == (
        f"hidden layer: expected the activation {other}, got {word}."
    )


def test_assert_activation_name_does_not_help(student, fails):
    """A relu that calls itself tanh is a relu."""
    failure = fails(assert_activation, student.disguised().layers[0], "tanh", name="hidden layer")
    assert failure.message == "hidden layer: expected the activation tanh, got relu."


def test_assert_activation_of_no_layer_fails(fails):
    """There must be a layer."""
    assert fails(assert_activation, None, "tanh").message == "the layer: expected a layer, got None."


# losses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "from_logits"),
    [("softmax", False), (None, True)],
)
@pytest.mark.parametrize("regularizer", [None, "l2"])
def test_assert_loss_agrees_with_its_outputs_passes(student, passes, output, from_logits, regularizer):
    """Probabilities with from_logits=False and logits with True, with or without a regulariser."""
    passes(assert_loss_agrees, student.compiled(output, from_logits, regularizer=regularizer), X)


def test_assert_loss_agrees_for_one_hot_labels_and_by_name_passes(student, passes):
    """The same loss for one-hot rows, and by its name."""
    passes(assert_loss_agrees, student.compiled(sparse=False), X, labels="one-hot")
    passes(assert_loss_agrees, student.by_name("sparse_categorical_crossentropy"), X)


@pytest.mark.parametrize(("output", "from_logits"), [("sigmoid", False), (None, True)])
def test_assert_loss_agrees_for_one_output_passes(student, passes, fails, output, from_logits):
    """Binary cross-entropy of one output."""
    passes(assert_loss_agrees, student.binary(output, from_logits), X)
    fails(assert_loss_agrees, student.binary(output, not from_logits), X)


def test_assert_loss_agrees_logits_mismatch_fails_with_the_remedy(student, fails):
    """Softmax outputs with from_logits=True train well and are wrong: found by the value of the loss."""
    failure = fails(assert_loss_agrees, student.compiled("softmax", from_logits=True), X, name="build_mlp")
    assert failure.message == (
        "build_mlp: the compiled loss is not the cross-entropy of its outputs, which are probabilities: "
        "1.225 instead of 1.843 for known predictions. Use from_logits=False."
    )
    failure = fails(assert_loss_agrees, student.compiled(None, from_logits=False), X)
    assert "which are logits: " in failure.message


@pytest.mark.parametrize("output", ["sigmoid", "relu"])
def test_assert_loss_agrees_outputs_that_are_no_probabilities_fail(student, fails, output):
    """Sigmoid outputs for several classes are no probabilities, so a loss for such does not fit."""
    assert "its outputs, which are logits: " in fails(assert_loss_agrees, student.compiled(output), X).message


def test_assert_loss_agrees_loss_that_takes_other_labels_fails(student, fails):
    """A squared error of class numbers does not even have a value."""
    assert fails(assert_loss_agrees, student.by_name("mse"), X).message == (
        "the model: the compiled loss cannot be computed for labels that are class numbers."
    )
    assert (
        "probabilities: 0.3575 instead of"
        in fails(assert_loss_agrees, student.by_name("mse"), X, labels="one-hot").message
    )


def test_assert_loss_agrees_model_that_is_not_compiled_fails(student, fails):
    """Without a loss there is nothing to compare."""
    assert fails(assert_loss_agrees, student.mlp(), X).message == (
        "the model is not compiled: call model.compile with a loss and an optimizer."
    )


# frozen weights -----------------------------------------------------------------------------------------------


def test_assert_frozen_layer_stays_and_trainable_one_does_not(student, passes, fails):
    """Frozen weights are bit-equal after a step of training."""
    y = np.array([0, 1, 2, 0])
    model = student.frozen()
    passes(assert_frozen, model.layers[0], lambda: model.train_on_batch(X, y))
    model = student.frozen(is_frozen=False)
    failure = fails(assert_frozen, model.layers[0], lambda: model.train_on_batch(X, y), name="base")
    assert failure.message == "base: 2 of 2 weights changed in training; it is not frozen."


def test_assert_frozen_layer_without_weights_fails(student, fails):
    """What has no weights is not frozen."""
    layer = student.mlp(split=True).layers[1]
    assert fails(assert_frozen, layer, lambda: None).message == "the layer has no weights that could be frozen."
