"""`rnn_layers.py` of 04_natural_language_processing against oracles that share no code with it.

Keras' SimpleRNN and LSTM (with its gates in another order) for values; TensorFlow's automatic differentiation through
them, and through the formulas, for gradients; naive loops for embeddings and the masked loss. Tolerances are those of
float64 sums over at most a few hundred terms of size 1: 1e-10 leaves four digits of room.
"""

# ruff: noqa: N803, N806  # letters of axes and weights, as in the reference

import doctest
import importlib
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "04_natural_language_processing"
TIGHT = {"rtol": 1e-10, "atol": 1e-10}
SIZES = [(2, 7, 3, 4), (1, 1, 2, 3), (3, 1, 4, 4), (4, 5, 1, 1)]  # N, T, D, H


@pytest.fixture(scope="module")
def layers():
    """Import the file of the reference as a student's would be, and forget it afterwards."""
    before = sys.modules.pop("rnn_layers", None)
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module("rnn_layers")
    finally:
        sys.path.remove(str(FOLDER))
        sys.modules.pop("rnn_layers", None)
        if before is not None:
            sys.modules["rnn_layers"] = before


@pytest.fixture(scope="module")
def tf():
    """Import TensorFlow, the oracle; its own import warns of its own affairs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("tensorflow")


@pytest.fixture
def rng():
    """Make a generator whose draws are the same in every run."""
    return np.random.default_rng(44)


def gradients_by_tape(tf, function, inputs, upstream):
    """Return the outputs of a TensorFlow function, and the gradient of their products with `upstream` for each input."""
    variables = [tf.Variable(value) for value in inputs]
    with tf.GradientTape() as tape:
        outputs = function(*variables)
        scalar = tf.add_n([tf.reduce_sum(out * g) for out, g in zip(outputs, upstream, strict=True)])
    return [out.numpy() for out in outputs], [gradient.numpy() for gradient in tape.gradient(scalar, variables)]


def assert_all_close(actual, expected):
    """Compare arrays one by one, shapes included."""
    for got, want in zip(actual, expected, strict=True):
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, **TIGHT)


def test_reference_docstring_examples_run(layers):
    """Every example in a docstring shows what the function really returns."""
    assert doctest.testmod(layers).failed == 0


# N1


@pytest.mark.parametrize(("shape", "words"), [((2, 3), 5), ((1, 1), 1), ((4, 6), 3)])
def test_embedding_agrees_with_a_loop(layers, rng, shape, words):
    """Every place has the row of its word, and every row the sum of its places."""
    x, W = rng.integers(0, words, size=shape), rng.normal(size=(words, 4))
    dout = rng.normal(size=(*shape, 4))
    out, cache = layers.word_embedding_forward(x, W)
    expected, dW = np.zeros((*shape, 4)), np.zeros((words, 4))
    for place in np.ndindex(shape):
        for d in range(4):
            expected[(*place, d)] = W[x[place], d]
            dW[x[place], d] += dout[(*place, d)]
    assert_all_close([out, layers.word_embedding_backward(dout, cache)], [expected, dW])


# N2


@pytest.mark.parametrize(("N", "T", "D", "H"), SIZES)
def test_rnn_agrees_with_keras(layers, tf, rng, N, T, D, H):
    """States and gradients of the whole sequence are those of Keras' SimpleRNN."""
    shapes = (N, T, D), (N, H), (D, H), (H, H), (H,)
    inputs = [rng.normal(size=shape) for shape in shapes]
    h, cache = layers.rnn_forward(*inputs)
    dh = rng.normal(size=h.shape)

    def oracle(x, h0, Wx, Wh, b):
        cell = tf.keras.layers.SimpleRNNCell(H, dtype="float64")
        cell.build((N, D))
        states, state = [], h0
        for t in range(T):  # the cell's own call, with variables of the tape in the place of its weights
            cell.kernel, cell.recurrent_kernel, cell.bias = Wx, Wh, b
            state, _ = cell.call(x[:, t], [state])
            states.append(state)
        return [tf.stack(states, axis=1)]

    expected, gradients = gradients_by_tape(tf, oracle, inputs, [dh])
    assert_all_close([h], expected)
    assert_all_close(layers.rnn_backward(dh, cache), gradients)


def test_rnn_layer_agrees_with_keras(layers, tf, rng):
    """The whole layer of Keras, built with these weights, shows the same states."""
    x, h0, Wx, Wh, b = (rng.normal(size=shape) for shape in [(2, 6, 3), (2, 4), (3, 4), (4, 4), (4,)])
    layer = tf.keras.layers.SimpleRNN(4, return_sequences=True, dtype="float64")
    layer.build((2, 6, 3))
    layer.set_weights([Wx, Wh, b])
    assert_all_close([layers.rnn_forward(x, h0, Wx, Wh, b)[0]], [layer(x, initial_state=h0).numpy()])


@pytest.mark.parametrize(("N", "D", "H"), [(3, 4, 5), (1, 1, 2), (4, 4, 4)])
def test_rnn_step_agrees_with_tensorflow(layers, tf, rng, N, D, H):
    """The state and all five gradients of one step are those of the formula, differentiated automatically."""
    inputs = [rng.normal(size=shape) for shape in [(N, D), (N, H), (D, H), (H, H), (H,)]]
    next_h, cache = layers.rnn_step_forward(*inputs)
    upstream = rng.normal(size=next_h.shape)

    def oracle(x, h, Wx, Wh, b):
        return [tf.tanh(tf.linalg.matmul(x, Wx) + tf.linalg.matmul(h, Wh) + b)]

    expected, gradients = gradients_by_tape(tf, oracle, inputs, [upstream])
    assert_all_close([next_h], expected)
    assert_all_close(layers.rnn_step_backward(upstream, cache), gradients)


# N3


def order_of_keras(a):
    """Reorder the gates i, f, o, g along the last axis to Keras' i, f, c, o, where c is g."""
    i, f, o, g = np.split(a, 4, axis=-1)
    return np.concatenate([i, f, g, o], axis=-1)


def order_of_cs231n(a):
    """Undo `order_of_keras`."""
    i, f, g, o = np.split(a, 4, axis=-1)
    return np.concatenate([i, f, o, g], axis=-1)


def keras_cell(tf, H, D):
    """Return a function for one step of Keras' LSTMCell, with variables of a tape as its weights."""
    cell = tf.keras.layers.LSTMCell(H, dtype="float64", unit_forget_bias=False)
    cell.build((None, D))

    def step(x, h, c, Wx, Wh, b):
        cell.kernel, cell.recurrent_kernel, cell.bias = Wx, Wh, b
        _, (h, c) = cell.call(x, [h, c])
        return h, c

    return step


@pytest.mark.parametrize(("N", "D", "H"), [(3, 4, 5), (1, 1, 2), (4, 4, 4)])
def test_lstm_step_agrees_with_keras(layers, tf, rng, N, D, H):
    """Both outputs of one step, and all six gradients with both upstream, are those of Keras' cell."""
    x, h, c, Wx, Wh, b = (
        rng.normal(size=shape) for shape in [(N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    )
    next_h, next_c, cache = layers.lstm_step_forward(x, h, c, Wx, Wh, b)
    upstream = [rng.normal(size=(N, H)), rng.normal(size=(N, H))]
    inputs = [x, h, c, *map(order_of_keras, (Wx, Wh, b))]
    expected, gradients = gradients_by_tape(tf, keras_cell(tf, H, D), inputs, upstream)
    assert_all_close([next_h, next_c], expected)
    gradients[3:] = map(order_of_cs231n, gradients[3:])
    assert_all_close(layers.lstm_step_backward(*upstream, cache), gradients)


@pytest.mark.parametrize(("N", "T", "D", "H"), SIZES)
def test_lstm_agrees_with_keras(layers, tf, rng, N, T, D, H):
    """States and gradients of the whole sequence are those of Keras' cell, step by step from an empty memory."""
    x, h0, Wx, Wh, b = (rng.normal(size=shape) for shape in [(N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)])
    h, cache = layers.lstm_forward(x, h0, Wx, Wh, b)
    dh = rng.normal(size=h.shape)
    step = keras_cell(tf, H, D)

    def oracle(x, h0, Wx, Wh, b):
        states, state, memory = [], h0, tf.zeros((N, H), tf.float64)
        for t in range(T):
            state, memory = step(x[:, t], state, memory, Wx, Wh, b)
            states.append(state)
        return [tf.stack(states, axis=1)]

    inputs = [x, h0, *map(order_of_keras, (Wx, Wh, b))]
    expected, gradients = gradients_by_tape(tf, oracle, inputs, [dh])
    assert_all_close([h], expected)
    gradients[2:] = map(order_of_cs231n, gradients[2:])
    assert_all_close(layers.lstm_backward(dh, cache), gradients)


def test_lstm_layer_agrees_with_keras(layers, tf, rng):
    """The whole layer of Keras, built with these weights in its order, shows the same states."""
    x, h0, Wx, Wh, b = (rng.normal(size=shape) for shape in [(2, 6, 3), (2, 4), (3, 16), (4, 16), (16,)])
    layer = tf.keras.layers.LSTM(4, return_sequences=True, dtype="float64")
    layer.build((2, 6, 3))
    layer.set_weights([*map(order_of_keras, (Wx, Wh, b))])
    shown = layer(x, initial_state=[h0, np.zeros((2, 4))]).numpy()
    assert_all_close([layers.lstm_forward(x, h0, Wx, Wh, b)[0]], [shown])


def test_sigmoid_is_that_of_one_number(layers):
    """The given sigmoid is 1 / (1 + exp(-z)) where that does not overflow, and 0 and 1 far away."""
    z = np.linspace(-20, 20, 41)
    np.testing.assert_allclose(layers.sigmoid(z), [1 / (1 + math.exp(-one)) for one in z], rtol=1e-14)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        assert layers.sigmoid(np.array([-1e4, 1e4])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("name", ["rnn", "lstm"])
def test_recurrent_layers_keep_float32(layers, rng, name):
    """What is fed in float32 comes back in float32, gradients included."""
    gates = 4 if name == "lstm" else 1
    shapes = [(2, 3, 4), (2, 5), (4, 5 * gates), (5, 5 * gates), (5 * gates,)]
    inputs = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    h, cache = getattr(layers, f"{name}_forward")(*inputs)
    gradients = getattr(layers, f"{name}_backward")(np.ones_like(h), cache)
    assert {array.dtype.name for array in (h, *gradients)} == {"float32"}


# N4


@pytest.mark.parametrize(("N", "T", "V"), [(3, 4, 5), (1, 1, 2), (2, 6, 1)])
def test_temporal_softmax_loss_agrees_with_a_loop(layers, rng, N, T, V):
    """The loss is the sum of -log p over the words that count, one by one, divided by N."""
    x, y, mask = rng.normal(size=(N, T, V)), rng.integers(0, V, size=(N, T)), rng.random((N, T)) < 0.6
    total = 0.0
    for n, t in np.ndindex(N, T):
        if mask[n, t]:
            total -= math.log(math.exp(x[n, t, y[n, t]]) / sum(math.exp(score) for score in x[n, t]))
    assert layers.temporal_softmax_loss(x, y, mask)[0] == pytest.approx(total / N, rel=1e-12, abs=1e-12)


def test_temporal_softmax_loss_gradient_agrees_with_tensorflow(layers, tf, rng):
    """Loss and gradient are those of TensorFlow's cross-entropy, weighted by the mask."""
    x, y, mask = rng.normal(size=(3, 5, 4)), rng.integers(0, 4, size=(3, 5)), rng.random((3, 5)) < 0.6

    def oracle(x):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, x)
        return [tf.reduce_sum(losses * mask) / 3]

    (expected,), (gradient,) = gradients_by_tape(tf, oracle, [x], [1.0])
    loss, dx = layers.temporal_softmax_loss(x, y, mask)
    np.testing.assert_allclose(loss, expected, **TIGHT)
    assert_all_close([dx], [gradient])
    assert not dx[~mask].any()


def test_temporal_softmax_loss_far_away_is_finite(layers):
    """A probability that is 0 in floating point costs as much as its score lies behind."""
    loss, dx = layers.temporal_softmax_loss(np.array([[[2e4, 0.0]]]), np.array([[1]]), np.array([[True]]))
    assert loss == 2e4
    assert dx.tolist() == [[[1.0, -1.0]]]


def test_temporal_softmax_loss_of_no_word_is_zero(layers, rng):
    """Where nothing counts there is nothing to lose, and nothing to learn."""
    mask = np.zeros((2, 3), dtype=bool)
    loss, dx = layers.temporal_softmax_loss(rng.normal(size=(2, 3, 4)), np.zeros((2, 3), dtype=int), mask)
    assert loss == 0
    assert not dx.any()
