"""Keras models that stay in the candidate: every part that does not fit is found by its value."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.home.inline import InlineSpawner
from autograder.remote import LoadRequest, open_submission
from autograder.rubric import (
    assert_activation,
    assert_frozen,
    assert_layers,
    assert_loss_agrees,
    assert_parameters,
    count_parameters,
    operations,
    unseen,
)

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

class TransformerBlock(layers.Layer):  # as in Keras' own tutorial
    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1):
        super().__init__()
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.ffn = keras.Sequential([layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)
        self.dropout2 = layers.Dropout(rate)

    def call(self, inputs, training=None):
        attn_output = self.att(inputs, inputs)
        attn_output = self.dropout1(attn_output, training=training)
        out1 = self.layernorm1(inputs + attn_output)
        ffn_output = self.ffn(out1)
        ffn_output = self.dropout2(ffn_output, training=training)
        return self.layernorm2(out1 + ffn_output)

class TokenAndPositionEmbedding(layers.Layer):
    def __init__(self, maxlen, vocab_size, embed_dim):
        super().__init__()
        self.token_emb = layers.Embedding(vocab_size, embed_dim)
        self.pos_emb = layers.Embedding(maxlen, embed_dim)

    def call(self, x):
        positions = keras.ops.arange(0, keras.ops.shape(x)[-1], 1)
        return self.token_emb(x) + self.pos_emb(positions)

class Heads(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3 * shape[-1]))

    def call(self, x):
        B, T, C = keras.ops.shape(x)
        q, k, v = keras.ops.split(keras.ops.reshape(x @ self.w, (B, T, 2, -1)), 3, axis=-1)
        weights = keras.ops.softmax(keras.ops.einsum("bthd,bshd->bhts", q, k))
        return x + keras.ops.reshape(keras.ops.einsum("bhts,bshd->bthd", weights, v), (B, T, C))

class OfTensorFlow(layers.Layer):
    def __init__(self, stranger):
        super().__init__()
        self.stranger = stranger  # no configuration can tell it
        self.dense = layers.Dense(8)

    def call(self, x):
        import tensorflow as tf
        scores = tf.matmul(x, self.dense(x), transpose_b=True)
        return x + tf.matmul(tf.nn.softmax(scores), x)

class Projected(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(8)

    def call(self, x):
        import tensorflow as tf
        return tf.nn.relu(self.dense(x)) + self.dense.bias

class Concealed(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(8)

    def build(self, shape):
        self.dense.build(shape)
        self.is_built = True

    def call(self, x):
        if hasattr(self, "is_called"):
            raise ValueError("once is enough")
        self.is_called = True
        return x + self.dense(x)

class Stack(layers.Layer):
    def __init__(self):
        super().__init__()
        self.blocks = [TransformerBlock(8, 2, 16), Heads()]

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x

class Residual(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(8)

    def call(self, x, training=False):
        return layers.add([x, self.dense(x)])

def around(kind, *args):
    tokens = keras.Input((6,), dtype="int32", name="tokens")
    h = TokenAndPositionEmbedding(6, 9, 8)(tokens)
    blocks = {
        "TransformerBlock": lambda: TransformerBlock(8, 2, 16),
        "OfTensorFlow": lambda: OfTensorFlow(open),
        "Lambda": lambda: layers.Lambda(lambda t: t + keras.ops.softmax(t)),
    }
    block = blocks.get(kind, globals().get(kind))()
    return keras.Model(tokens, layers.Dense(9, name="head")(block(h)))

def wrapped():
    return keras.Sequential([keras.Input((6, 8)), Projected()])

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


def joins_two_paths(graph):
    """Return the kinds on one of two paths that an addition joins, as rubrics look for a residual connection."""
    inputs = {op.name: op.inputs for op in graph}
    kinds = {op.name: op.kind for op in graph}

    def reached(name):
        return {name}.union(*(reached(source) for source in inputs.get(name, ())))

    found = set()
    for op in graph:
        if op.kind == "Add" and len(op.inputs) >= 2:
            paths = [reached(source) for source in op.inputs]
            found |= {kinds[name] for name in set.union(*paths) - set.intersection(*paths)}
    return found


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("TransformerBlock", "MultiHeadAttention"),
        ("Heads", "Softmax"),
        ("OfTensorFlow", "Softmax"),
        ("Stack", "MultiHeadAttention"),
        ("Residual", "Dense"),
        ("Lambda", "Softmax"),
    ],
)
def test_operations_inside_a_layer_of_the_students_are_seen(student, kind, due):
    """A block of Keras' tutorial, one of parts, one of TensorFlow's functions, blocks in a block, a Model, a Lambda."""
    graph = operations(student.around(kind))
    own = [op for op in graph if op.inside]
    assert {op.inside for op in own} == {"graph"}
    assert due in joins_two_paths(graph)
    assert len({op.name for op in graph}) == len(graph)
    assert unseen(graph) == ""


def test_operations_inside_a_layer_have_its_path_and_their_configuration(student):
    """And those of a model in it have its path, too."""
    graph = {op.kind: op for op in operations(student.around("TransformerBlock"))}
    attention = graph["MultiHeadAttention"]
    outer = graph["models.TransformerBlock"].name
    assert attention.name.startswith(f"{outer}/")
    assert attention.config["num_heads"] == 2
    assert [op.name.count("/") for op in operations(student.around("TransformerBlock")) if op.kind == "Dense"] == [
        2,
        2,
        0,
    ]


def test_operations_bias_inside_a_layer_is_no_second_path(student):
    """What is added to the path does not come from the inputs."""
    assert joins_two_paths(operations(student.wrapped())) == set()


def test_operations_layer_that_cannot_be_run_again_lists_its_layers(student, fails):
    """Then a message can say that nobody sees what they are for."""
    model = student.around("Concealed")
    graph = operations(model)
    concealed = next(op for op in graph if op.kind == "models.Concealed")
    assert concealed.inside == "layers"
    assert [op.kind for op in graph if op.name.startswith(f"{concealed.name}/")] == ["Dense"]
    sentence = (
        f" Nobody can see what is computed inside your own `{concealed.name}` (models.Concealed): build that part of "
        "Keras' layers in the model itself."
    )
    assert unseen(graph) == sentence
    assert fails(assert_layers, model, [("Dense", {})]).message.endswith(sentence)


def test_layers_inside_a_layer_of_the_students_count(student, passes):
    """As themselves, or as the layer that they are in."""
    due = ["Embedding", "Add", "MultiHeadAttention", "Dropout", "Add", "LayerNormalization"]
    due += ["Sequential", "Dense", "Dense", "Dropout", "Add", "LayerNormalization", "Dense"]
    passes(assert_layers, student.around("TransformerBlock"), [(kind, {}) for kind in due])
    due = ["models.TokenAndPositionEmbedding", "models.TransformerBlock", "Dense"]
    passes(assert_layers, student.around("TransformerBlock"), [(kind, {}) for kind in due])


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
