"""The reference of 02_computer_vision against oracles that share no code with it.

TensorFlow and Keras for convolutions, pooling and normalisation, with their automatic differentiation; counted pixels
for overlaps; the definition for suppression. Tolerances are those of float64 sums over at most a few hundred terms of
size 1: 1e-10 leaves four digits of room.
"""

import doctest
import importlib
import itertools
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "02_computer_vision"
FILES = ("layers", "vision")
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
def vision(reference):
    """Return boxes, network and audio of the reference."""
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
    return np.random.default_rng(22)


def gradients_by_tape(tf, function, inputs, upstream):
    """Return the output of a TensorFlow function, and the gradient of <output, upstream> for each input."""
    variables = [tf.Variable(value) for value in inputs]
    with tf.GradientTape() as tape:
        out = function(*variables)
        scalar = tf.reduce_sum(out * upstream)
    return out.numpy(), [gradient.numpy() for gradient in tape.gradient(scalar, variables)]


def assert_all_close(actual, expected):
    """Compare arrays one by one, shapes included."""
    for got, want in zip(actual, expected, strict=True):
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, **TIGHT)


@pytest.mark.parametrize("name", FILES)
def test_reference_docstring_examples_run(reference, name):
    """Every example in a docstring shows what the function really returns."""
    assert doctest.testmod(reference[FILES.index(name)]).failed == 0


def test_reference_imported_alone_brings_no_framework():
    """The NumPy exercises must not wait for TensorFlow."""
    import subprocess

    code = "import layers, vision, sys; print({'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=FOLDER)
    assert done.stdout == "set()\n"


# V1 to V4

CONVOLUTIONS = [  # images, filters, stride, pad
    ((2, 3, 4, 4), (3, 4, 4), 2, 1),
    ((2, 3, 5, 5), (2, 3, 3), 1, 0),
    ((1, 2, 4, 7), (3, 3, 2), 1, 1),
    ((2, 1, 8, 5), (1, 2, 3), 2, 2),
    ((2, 2, 6, 9), (2, 1, 1), 3, 0),
]


def convolution(tf, stride, pad):
    """Return TensorFlow's convolution for arrays with channels in front."""

    def oracle(x, w, b):
        padded = tf.pad(tf.transpose(x, (0, 2, 3, 1)), ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        out = tf.nn.conv2d(padded, tf.transpose(w, (2, 3, 1, 0)), stride, "VALID") + b
        return tf.transpose(out, (0, 3, 1, 2))

    return oracle


@pytest.mark.parametrize(("images", "filters", "stride", "pad"), CONVOLUTIONS)
def test_convolution_any_shape_agrees_with_tensorflow(layers, tf, rng, images, filters, stride, pad):
    """Values of both convolutions, and gradients of the first, are TensorFlow's."""
    number, *window = filters
    x, w, b = rng.normal(size=images), rng.normal(size=(number, images[1], *window)), rng.normal(size=number)
    conv_param = {"stride": stride, "pad": pad}
    out, cache = layers.conv_forward_naive(x, w, b, conv_param)
    dout = rng.normal(size=out.shape)
    expected, gradients = gradients_by_tape(tf, convolution(tf, stride, pad), (x, w, b), dout)
    assert_all_close([out, layers.conv_forward_im2col(x, w, b, conv_param)[0]], [expected, expected])
    assert_all_close(layers.conv_backward_naive(dout, cache), gradients)


@pytest.mark.parametrize(
    ("images", "window", "stride"),
    [((2, 3, 4, 4), (2, 2), 2), ((1, 2, 7, 6), (3, 2), 2), ((2, 2, 5, 5), (3, 3), 1), ((2, 1, 8, 5), (2, 3), 3)],
)
def test_max_pooling_agrees_with_tensorflow(layers, tf, rng, images, window, stride):
    """Values and gradients are TensorFlow's, whether windows overlap or not."""
    x = rng.normal(size=images) - 1
    pool_param = {"pool_height": window[0], "pool_width": window[1], "stride": stride}
    out, cache = layers.max_pool_forward_naive(x, pool_param)
    dout = rng.normal(size=out.shape)

    def oracle(x):
        pooled = tf.nn.max_pool2d(tf.transpose(x, (0, 2, 3, 1)), window, stride, "VALID")
        return tf.transpose(pooled, (0, 3, 1, 2))

    expected, gradients = gradients_by_tape(tf, oracle, (x,), dout)
    assert_all_close([out, layers.max_pool_backward_naive(dout, cache)], [expected, *gradients])


# V5


@pytest.mark.parametrize("eps", [1e-5, 0.1])
def test_spatial_batchnorm_in_training_agrees_with_tensorflow(layers, tf, rng, eps):
    """Output and gradients are those of moments over images and pixels."""
    x, dout = 2 * rng.normal(size=(3, 4, 2, 5)) + 3, rng.normal(size=(3, 4, 2, 5))
    gamma, beta = rng.normal(size=4), rng.normal(size=4)

    def oracle(x, gamma, beta):
        x = tf.transpose(x, (0, 2, 3, 1))
        mean, variance = tf.nn.moments(x, axes=[0, 1, 2])
        return tf.transpose(tf.nn.batch_normalization(x, mean, variance, beta, gamma, eps), (0, 3, 1, 2))

    out, cache = layers.spatial_batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})
    expected, gradients = gradients_by_tape(tf, oracle, (x, gamma, beta), dout)
    assert_all_close([out], [expected])
    assert_all_close(layers.spatial_batchnorm_backward(dout, cache), gradients)


def test_spatial_batchnorm_running_statistics_agree_with_keras(layers, tf, rng):
    """After three batches the running statistics, and then the output at test time, are those of Keras' layer."""
    layer = tf.keras.layers.BatchNormalization(
        axis=1, momentum=0.8, epsilon=1e-3, dtype="float64", moving_variance_initializer="zeros"
    )
    bn_param = {"mode": "train", "momentum": 0.8, "eps": 1e-3}
    one, zero = np.ones(3), np.zeros(3)
    for _ in range(3):
        x = rng.normal(size=(4, 3, 2, 2))
        layer(x, training=True)
        layers.spatial_batchnorm_forward(x, one, zero, bn_param)
    statistics = [layer.moving_mean.numpy(), layer.moving_variance.numpy()]
    np.testing.assert_allclose([bn_param["running_mean"], bn_param["running_var"]], statistics, rtol=1e-6)

    bn_param["mode"] = "test"
    out, cache = layers.spatial_batchnorm_forward(x, one, zero, bn_param)
    np.testing.assert_allclose(out, layer(x, training=False).numpy(), rtol=1e-5)
    assert cache is None


def test_spatial_batchnorm_unknown_mode_is_refused(layers):
    """A mode that is neither train nor test is an error that names it."""
    with pytest.raises(ValueError, match="expected 'train' or 'test', got 'eval'"):
        layers.spatial_batchnorm_forward(np.ones((1, 1, 1, 1)), np.ones(1), np.ones(1), {"mode": "eval"})


@pytest.mark.parametrize("form", [(1, 6, 1, 1), (6,)])
@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_groupnorm_agrees_with_tensorflow(layers, tf, rng, groups, form):
    """Output and gradients are those of moments over each group, for gamma and beta of both shapes."""
    x, dout = 2 * rng.normal(size=(2, 6, 3, 4)) + 3, rng.normal(size=(2, 6, 3, 4))
    gamma, beta = rng.normal(size=form), rng.normal(size=form)

    def oracle(x, gamma, beta):
        grouped = tf.reshape(x, (2, groups, -1))
        mean, variance = tf.nn.moments(grouped, axes=[2], keepdims=True)
        x_hat = tf.reshape((grouped - mean) / tf.sqrt(variance + 1e-2), x.shape)
        return x_hat * tf.reshape(gamma, (1, 6, 1, 1)) + tf.reshape(beta, (1, 6, 1, 1))

    out, cache = layers.spatial_groupnorm_forward(x, gamma, beta, groups, {"eps": 1e-2})
    expected, gradients = gradients_by_tape(tf, oracle, (x, gamma, beta), dout)
    assert_all_close([out], [expected])
    assert_all_close(layers.spatial_groupnorm_backward(dout, cache), gradients)


# V6


def test_box_iou_equals_counted_pixels(vision, rng):
    """For whole coordinates, overlap is a matter of counting the pixels in both boxes, and in either."""
    corner = rng.integers(0, 8, size=(12, 2))
    boxes = np.concatenate([corner, corner + rng.integers(0, 6, size=(12, 2))], axis=1)
    pixels = [set(itertools.product(range(x1, x2), range(y1, y2))) for x1, y1, x2, y2 in boxes.tolist()]
    expected = [[len(a & b) / max(len(a | b), 1) for b in pixels[5:]] for a in pixels[:5]]
    np.testing.assert_allclose(vision.box_iou(boxes[:5].astype(float), boxes[5:].astype(float)), expected, rtol=1e-12)


def test_box_iou_without_area_warns_of_nothing(vision):
    """Two boxes without area overlap by 0, without a division on the way."""
    points = np.array([[1.0, 1.0, 1.0, 1.0], [2.0, 0.0, 2.0, 5.0]])
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(vision.box_iou(points, points), np.zeros((2, 2)))


def test_nms_agrees_with_tensorflow(vision, tf, rng):
    """What is kept, and in which order, is what TensorFlow keeps."""
    for threshold in (0.2, 0.5, 0.8):
        corner = rng.uniform(0, 10, size=(40, 2))
        boxes = np.concatenate([corner, corner + rng.uniform(1, 6, size=(40, 2))], axis=1).astype(np.float32)
        scores = rng.permutation(40).astype(np.float32)
        expected = tf.image.non_max_suppression(boxes, scores, 40, iou_threshold=threshold).numpy()
        np.testing.assert_array_equal(vision.nms(boxes, scores, threshold), expected)


def test_nms_of_no_boxes_is_empty(vision):
    """No boxes, nothing kept: an empty array of integers."""
    kept = vision.nms(np.zeros((0, 4)), np.zeros(0), 0.5)
    assert kept.shape == (0,)
    assert kept.dtype.kind == "i"


# V7


def test_build_cnn_is_small_and_compiled(vision, tf):
    """The model has its outputs, a residual addition, few parameters, as many for images of another size, and a loss."""
    model = vision.build_cnn((16, 16, 1), 4)
    assert model.output_shape == (None, 4)
    assert model.count_params() == vision.build_cnn((40, 24, 1), 4).count_params() <= 10_000
    assert any(isinstance(layer, tf.keras.layers.Add) for layer in model.layers)
    assert isinstance(model.loss, tf.keras.losses.SparseCategoricalCrossentropy)


# V8


@pytest.mark.parametrize("dilation", [1, 2, 5])
@pytest.mark.parametrize("taps", [1, 2, 3])
def test_causal_convolution_agrees_with_keras(vision, tf, rng, taps, dilation):
    """Values are those of Keras' Conv1D with causal padding."""
    x, w, b = rng.normal(size=(2, 9, 3)), rng.normal(size=(taps, 3, 4)), rng.normal(size=4)
    layer = tf.keras.layers.Conv1D(4, taps, padding="causal", dilation_rate=dilation, dtype="float64")
    layer.build((None, None, 3))
    layer.set_weights([w, b])
    assert_all_close([vision.dilated_causal_conv1d(x, w, b, dilation)], [layer(x).numpy()])


@pytest.mark.parametrize(("kernel", "dilations"), [(2, [1, 2, 4, 8]), (3, [1, 3]), (1, [7]), (2, [])])
def test_receptive_field_equals_reach_of_an_impulse(vision, kernel, dilations):
    """An impulse is felt for as many samples as the receptive field is long."""
    signal = np.zeros((1, 40, 1))
    signal[0, 0] = 1
    for dilation in dilations:
        signal = vision.dilated_causal_conv1d(signal, np.ones((kernel, 1, 1)), np.zeros(1), dilation)
    assert np.flatnonzero(signal)[-1] + 1 == vision.receptive_field(kernel, dilations)


@pytest.mark.parametrize("mu", [7, 64, 255])
def test_mulaw_encode_gives_the_nearest_code(vision, rng, mu):
    """Of all codes, the one that is chosen is nearest on the companded scale."""
    x = rng.uniform(-1, 1, size=500)
    y = np.sign(x) * np.log(1 + mu * np.abs(x)) / np.log(1 + mu)
    nearest = np.abs(y[:, None] - np.linspace(-1, 1, mu + 1)).argmin(axis=1)
    np.testing.assert_array_equal(vision.mulaw_encode(x, mu), nearest)


@pytest.mark.parametrize("mu", [7, 64, 255])
def test_mulaw_decode_inverts_the_formula(vision, mu):
    """Every code's sample, companded by the formula, is the code again."""
    x = vision.mulaw_decode(np.arange(mu + 1), mu)
    y = np.sign(x) * np.log(1 + mu * np.abs(x)) / np.log(1 + mu)
    np.testing.assert_allclose(y, np.linspace(-1, 1, mu + 1), atol=1e-12)
