"""The reference of 01_backpropagation against oracles that share no code with it.

TensorFlow's automatic differentiation for the layers and the net, the complex step [1]_ and the closed form of the
oscillator for the simulator, and statistics for dropout. Tolerances are those of float64 sums over at most a few
hundred terms of size 1: 1e-10 leaves four digits of room.

.. [1] W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40,
   1998.
"""

import doctest
import importlib
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "01_backpropagation"
FILES = ("layers", "net")
TIGHT = {"rtol": 1e-10, "atol": 1e-10}


@pytest.fixture(scope="module")
def reference():
    """Import both files of the reference as a student's would be, and forget them afterwards."""
    before = {name: sys.modules.pop(name, None) for name in FILES}
    sys.path.insert(0, str(FOLDER))
    try:
        yield tuple(importlib.import_module(name) for name in FILES)
    finally:
        sys.path.remove(str(FOLDER))
        for name in FILES:
            sys.modules.pop(name, None)
        sys.modules.update({name: module for name, module in before.items() if module is not None})


@pytest.fixture(scope="module")
def layers(reference):
    """Return the layers of the reference."""
    return reference[0]


@pytest.fixture(scope="module")
def net(reference):
    """Return the net and the simulator of the reference."""
    return reference[1]


@pytest.fixture(scope="module")
def tf():
    """Import TensorFlow, the oracle; its own import warns of its own affairs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("tensorflow")


@pytest.fixture
def rng():
    """Make a generator whose draws are the same in every run."""
    return np.random.default_rng(20)


def gradients_by_tape(tf, function, inputs, upstream):
    """Return the output of a TensorFlow function, and the gradient of <output, upstream> for each input."""
    variables = [tf.Variable(value) for value in inputs]
    with tf.GradientTape() as tape:
        out = function(*variables)
        scalar = tf.reduce_sum(out * upstream)
    return out.numpy(), [gradient.numpy() for gradient in tape.gradient(scalar, variables)]


def assert_all_close(actual, expected):
    """Compare gradients one by one, shapes included."""
    for got, want in zip(actual, expected, strict=True):
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, **TIGHT)


@pytest.mark.parametrize("name", FILES)
def test_reference_docstring_examples_run(reference, name):
    """Every example in a docstring shows what the function really returns."""
    assert doctest.testmod(reference[FILES.index(name)]).failed == 0


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 1, 3)])
@pytest.mark.parametrize("examples", [1, 5])
def test_affine_any_shape_agrees_with_tensorflow(layers, tf, rng, shape, examples):
    """Values and gradients of the affine layer are TensorFlow's, for examples of one to three axes."""
    x, w = rng.standard_normal((examples, *shape)), rng.standard_normal((math.prod(shape), 3))
    b, dout = rng.standard_normal(3), rng.standard_normal((examples, 3))
    out, cache = layers.affine_forward(x, w, b)
    expected, gradients = gradients_by_tape(tf, lambda x, w, b: tf.reshape(x, (examples, -1)) @ w + b, (x, w, b), dout)
    assert_all_close([out], [expected])
    assert_all_close(layers.affine_backward(dout, cache), gradients)


def test_relu_away_from_zero_agrees_with_tensorflow(layers, tf, rng):
    """Values and gradients of relu are TensorFlow's."""
    x, dout = rng.standard_normal((4, 5)), rng.standard_normal((4, 5))
    out, cache = layers.relu_forward(x)
    expected, gradients = gradients_by_tape(tf, tf.nn.relu, (x,), dout)
    assert_all_close([out, layers.relu_backward(dout, cache)], [expected, *gradients])


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_softmax_loss_any_scale_agrees_with_tensorflow(layers, tf, rng, scale):
    """Loss and gradient are those of TensorFlow's sparse cross-entropy, mean over the batch."""
    x, y = scale * rng.standard_normal((6, 4)), rng.integers(0, 4, 6)
    loss, dx = layers.softmax_loss(x, y)
    expected, gradients = gradients_by_tape(
        tf, lambda x: tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, x)), (x,), 1.0
    )
    assert isinstance(loss, float)
    assert loss == pytest.approx(float(expected), rel=1e-12)
    assert_all_close([dx], gradients)


def test_softmax_loss_of_huge_scores_equals_the_limit(layers):
    """With scores that differ by 10,000 the loss is the difference, and the gradient one-hot differences."""
    loss, dx = layers.softmax_loss(np.array([[1e4, 0.0], [0.0, 1e4]]), np.array([1, 1]))
    assert loss == 5000.0
    np.testing.assert_array_equal(dx, [[0.5, -0.5], [0.0, 0.0]])


@pytest.mark.parametrize("eps", [1e-5, 1e-2, 0.1])
@pytest.mark.parametrize("backward", ["batchnorm_backward", "batchnorm_backward_alt"])
def test_batchnorm_in_training_agrees_with_tensorflow(layers, tf, rng, eps, backward):
    """Output and both backward passes are TensorFlow's, also where eps is not small."""
    x, dout = 2 * rng.standard_normal((7, 4)) + 3, rng.standard_normal((7, 4))
    gamma, beta = rng.standard_normal(4), rng.standard_normal(4)

    def oracle(x, gamma, beta):
        mean, variance = tf.nn.moments(x, axes=[0])
        return tf.nn.batch_normalization(x, mean, variance, beta, gamma, eps)

    out, cache = layers.batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})
    expected, gradients = gradients_by_tape(tf, oracle, (x, gamma, beta), dout)
    assert_all_close([out], [expected])
    assert_all_close(getattr(layers, backward)(dout, cache), gradients)


def test_batchnorm_running_statistics_agree_with_keras(layers, tf, rng):
    """Three training batches leave the running averages that Keras keeps, which also divides by N."""
    keras_layer = tf.keras.layers.BatchNormalization(momentum=0.8, epsilon=1e-3, dtype="float64")
    bn_param = {"mode": "train", "eps": 1e-3, "momentum": 0.8, "running_var": np.ones(3)}  # Keras begins at 1
    for _ in range(3):
        x = rng.standard_normal((6, 3)) * 2 + 1
        keras_layer(x, training=True)
        layers.batchnorm_forward(x, np.ones(3), np.zeros(3), bn_param)
    assert_all_close(
        [bn_param["running_mean"], bn_param["running_var"]],
        [keras_layer.moving_mean.numpy(), keras_layer.moving_variance.numpy()],
    )
    bn_param["mode"] = "test"
    out, _ = layers.batchnorm_forward(x, np.ones(3), np.zeros(3), bn_param)
    assert_all_close([out], [keras_layer(x, training=False).numpy()])


def test_batchnorm_unknown_mode_says_what_is_expected(layers):
    """A misspelt mode is refused instead of being read as one of the two."""
    with pytest.raises(ValueError, match=r"^bn_param\['mode'\]: expected 'train' or 'test', got 'training'\.$"):
        layers.batchnorm_forward(np.ones((2, 1)), np.ones(1), np.zeros(1), {"mode": "training"})


@pytest.mark.parametrize("shape", [(1, 5), (6, 4), (3, 8)])
@pytest.mark.parametrize("eps", [1e-5, 0.1])
def test_layernorm_any_shape_agrees_with_tensorflow(layers, tf, rng, shape, eps):
    """Values and gradients are TensorFlow's, also for a batch of one."""
    x, dout = 2 * rng.standard_normal(shape) + 3, rng.standard_normal(shape)
    gamma, beta = rng.standard_normal(shape[1]), rng.standard_normal(shape[1])

    def oracle(x, gamma, beta):
        mean, variance = tf.nn.moments(x, axes=[1], keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, beta, gamma, eps)

    out, cache = layers.layernorm_forward(x, gamma, beta, {"eps": eps})
    expected, gradients = gradients_by_tape(tf, oracle, (x, gamma, beta), dout)
    assert_all_close([out], [expected])
    assert_all_close(layers.layernorm_backward(dout, cache), gradients)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_dropout_in_training_keeps_the_share_p_and_the_mean(layers, p):
    """A share p of 100,000 entries survives, divided by p; 6 standard deviations of a binomial share are allowed."""
    x = np.full((1000, 100), 3.0)
    out, _ = layers.dropout_forward(x, {"p": p, "mode": "train", "seed": 5})
    deviation = math.sqrt(p * (1 - p) / x.size)
    assert np.mean(out != 0) == pytest.approx(p, abs=6 * deviation)
    np.testing.assert_allclose(out[out != 0], 3.0 / p, rtol=1e-15)


def test_dropout_backward_scales_by_the_mask_of_the_forward_pass(layers, rng):
    """Dropout is linear once drawn: the backward pass applies to dout what the forward pass applied to ones."""
    dout = rng.standard_normal((20, 30))
    out, cache = layers.dropout_forward(np.ones((20, 30)), {"p": 0.4, "mode": "train"})
    np.testing.assert_allclose(layers.dropout_backward(dout, cache), dout * out, rtol=1e-15)


def test_dropout_at_test_time_changes_nothing(layers, rng):
    """Inverted dropout is the identity at test time, in both directions."""
    x = rng.standard_normal((3, 4)).astype(np.float32)
    out, cache = layers.dropout_forward(x, {"p": 0.4, "mode": "test"})
    np.testing.assert_array_equal(out, x)
    np.testing.assert_array_equal(layers.dropout_backward(x, cache), x)
    assert out.dtype == np.float32


@pytest.mark.parametrize("reg", [0.0, 0.7])
def test_two_layer_net_loss_and_gradients_agree_with_tensorflow(net, tf, rng, reg):
    """Scores, loss and the gradients of all four parameters are TensorFlow's, with and without penalty."""
    model = net.TwoLayerNet(5, 7, 3, weight_scale=0.5, reg=reg)
    model.params["b1"], model.params["b2"] = rng.standard_normal(7), rng.standard_normal(3)
    x, y = rng.standard_normal((6, 5)), rng.integers(0, 3, 6)

    def scores_of(w1, b1, w2, b2):
        return tf.nn.relu(x @ w1 + b1) @ w2 + b2

    def oracle(w1, b1, w2, b2):
        per_example = tf.nn.sparse_softmax_cross_entropy_with_logits(y, scores_of(w1, b1, w2, b2))
        return tf.reduce_mean(per_example) + reg * (tf.nn.l2_loss(w1) + tf.nn.l2_loss(w2))

    names = ("W1", "b1", "W2", "b2")
    params = [model.params[name] for name in names]
    loss, grads = model.loss(x, y)
    expected, gradients = gradients_by_tape(tf, oracle, params, 1.0)
    assert loss == pytest.approx(float(expected), rel=1e-12)
    assert_all_close([grads[name] for name in names], gradients)
    assert_all_close([model.loss(x)], [scores_of(*params).numpy()])


@pytest.mark.parametrize("n", [0, 1, 2, 17, 200])
def test_simulate_spring_agrees_with_its_closed_form(net, n):
    """A leapfrog step is a rotation in scaled coordinates, so n steps are a rotation by n times its angle.

    With x = k dt^2 / 2, one step has trace 2 (1 - x), hence the angle acos(1 - x).
    """
    q0, v0, k, dt = 0.7, -1.3, 2.5, 0.05
    x = k * dt**2 / 2
    angle = n * math.acos(1 - x)
    scale = math.sqrt(k * (1 - x / 2))  # of velocity against position: v^2 = scale^2 (amplitude^2 - q^2)
    expected = (
        q0 * math.cos(angle) + v0 / scale * math.sin(angle),
        v0 * math.cos(angle) - q0 * scale * math.sin(angle),
    )
    assert net.simulate_spring(q0, v0, k, dt, n) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("n", [0, 1, 3, 200])
def test_simulate_spring_grad_agrees_with_the_complex_step(net, n):
    """The adjoint equals the derivative along each input by the complex step, which has no cancellation."""
    start, dt, upstream = (0.7, -1.3, 2.5), 0.05, (0.3, -2.0)

    def derivative(index):
        shifted = [value + (1e-30j if i == index else 0) for i, value in enumerate(start)]
        return sum(g * end.imag / 1e-30 for g, end in zip(upstream, simulate(*shifted), strict=True))

    def simulate(q0, v0, k):
        return (complex(end) for end in net.simulate_spring(q0, v0, k, dt, n))

    expected = [derivative(index) for index in range(3)]
    assert net.simulate_spring_grad(*start, dt, n, *upstream) == pytest.approx(expected, rel=1e-11, abs=1e-12)


def test_no_function_of_the_reference_changes_its_arguments(layers, rng):
    """Arrays that a function is given are the same afterwards; bn_param gets new arrays."""
    x, dout = rng.standard_normal((6, 4)), rng.standard_normal((6, 4))
    gamma, beta, y = rng.standard_normal(4), rng.standard_normal(4), rng.integers(0, 4, 6)
    running = np.ones(4)
    for array in (x, dout, gamma, beta, y, running):
        array.setflags(write=False)  # whoever writes raises
    layers.affine_backward(dout, layers.affine_forward(x, np.eye(4), beta)[1])
    layers.relu_backward(dout, layers.relu_forward(x)[1])
    layers.softmax_loss(x, y)
    bn_param = {"mode": "train", "running_mean": running, "running_var": running}
    layers.batchnorm_backward(dout, layers.batchnorm_forward(x, gamma, beta, bn_param)[1])
    layers.layernorm_backward(dout, layers.layernorm_forward(x, gamma, beta, {})[1])
    layers.dropout_backward(dout, layers.dropout_forward(x, {"p": 0.5, "mode": "train"})[1])
    np.testing.assert_array_equal(running, np.ones(4))
    assert bn_param["running_mean"] is not running
