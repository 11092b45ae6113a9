"""One training step by hand."""

import json
from itertools import pairwise

import numpy as np
import pytest

from autograder.rubric import assert_close, check, criterion


def network(submission, rng, widths, frozen=()):
    """Make a network in the candidate, and return it with its weights.

    It goes there as data, so that nobody here needs Keras: hidden layers of tanh, an output layer of softmax.
    """
    layers = [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, widths[0]]}}]
    for i, units in enumerate(widths[1:]):
        activation = "softmax" if i == len(widths) - 2 else "tanh"
        config = {"units": units, "activation": activation, "trainable": i not in frozen}
        layers.append({"module": "keras.layers", "class_name": "Dense", "config": config})
    shapes = [shape for n, m in pairwise(widths) for shape in ((n, m), (m,))]
    weights = [rng.normal(0, 0.8, shape).astype(np.float32) for shape in shapes]
    model = {
        "config": json.dumps(
            {"module": "keras", "class_name": "Sequential", "config": {"name": "tiny", "layers": layers}}
        ),
        "weights": weights,
        "training": {"compile": '{"optimizer": "sgd", "loss": "sparse_categorical_crossentropy"}', "optimizer": []},
    }
    return submission.lend_model(model), weights


def batch(rng, n, features, classes):
    """Return examples and labels, every class among them where there is room."""
    return rng.normal(size=(n, features)).astype(np.float32), rng.permutation(np.arange(n) % classes)


def differentiate(weights, x, y):
    """Return loss and gradients of a network, in float64: the chain rule, layer by layer."""
    weights = [weight.astype(np.float64) for weight in weights]
    inputs, h = [], x.astype(np.float64)
    for W, b in zip(weights[::2], weights[1::2], strict=True):
        inputs.append(h)
        scores = h @ W + b
        h = np.tanh(scores)
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(y)), y]))

    gradients = []
    delta = (p - np.eye(p.shape[1])[y]) / len(y)
    for W, h in zip(reversed(weights[::2]), reversed(inputs), strict=True):
        gradients = [h.T @ delta, delta.sum(axis=0), *gradients]
        delta = (delta @ W.T) * (1 - h * h)  # h was a tanh, but for the first layer, where nothing asks for delta
    return loss, gradients


CASES = (((3, 4, 3), 6, 0.5), ((4, 2), 1, 0.1), ((2, 5, 4, 3), 9, 1.5))


@criterion(
    "train_step: every weight",
    points=3,
    tests=["train_step"],
    uses=("keras",),
    timeout_s=12,
    hint="Each weight moves by minus lr times its gradient of the mean loss over the batch, those of hidden layers "
    "too, and by nothing else.",
)
def test_i7_values(submission, rng):
    for widths, n, lr in CASES:
        model, weights = network(submission, rng, widths)
        x, y = batch(rng, n, widths[0], widths[-1])
        _, gradients = differentiate(weights, x, y)
        submission.train_step.keep(model, x, y, lr)
        steps = [(after - before) / np.float32(-lr) for after, before in zip(model.get_weights(), weights, strict=True)]
        names = [
            f"the gradient with which the {kind} of layer {i} moved"
            for i in range(len(widths) - 1)
            for kind in ("kernel", "bias")
        ]
        assert_close(steps, gradients, name=names, inputs=(x,))


@criterion(
    "train_step: the loss",
    points=1,
    tests=["train_step"],
    uses=("keras",),
    timeout_s=12,
    hint="The mean cross-entropy of the batch, with the weights as they were before the step, is returned as a number.",
)
def test_i7_loss(submission, rng):
    for widths, n, lr in CASES:
        model, weights = network(submission, rng, widths)
        x, y = batch(rng, n, widths[0], widths[-1])
        loss, _ = differentiate(weights, x, y)
        assert_close(submission.train_step(model, x, y, lr), loss, name="the loss before the step", inputs=(x,))


def is_same(weights, others):
    return all(np.array_equal(one, other) for one, other in zip(weights, others, strict=True))


@criterion(
    "train_step: properties",
    points=3,
    tests=["train_step"],
    uses=("keras",),
    timeout_s=12,
    hint="A point each: a learning rate of zero moves nothing; only model.trainable_variables take a step; repeated "
    "steps go downhill. Each asks for a step that moves weights, too.",
)
@pytest.mark.parametrize("kind", ["zero", "frozen", "downhill"])
def test_i7_properties(submission, rng, kind):
    if kind == "downhill":
        model, weights = network(submission, rng, (3, 3))
        x, y = batch(rng, 12, 3, 3)
        losses = [differentiate(weights, x, y)[0]]
        for _ in range(5):
            submission.train_step.keep(model, x, y, 0.1)
            losses.append(differentiate(model.get_weights(), x, y)[0])  # of the weights, whatever was returned
        falls = bool(np.all(np.diff(losses) < 0))
        check(falls, "the loss of a convex model does not fall from step to step with lr=0.1.", "training")
        return
    model, weights = network(submission, rng, (3, 4, 2), frozen=(0,) if kind == "frozen" else ())
    x, y = batch(rng, 8, 3, 2)
    if kind == "zero":
        submission.train_step.keep(model, x, y, 0.0)
        check(is_same(model.get_weights(), weights), "a step with lr=0 changes the weights.", "model")
    submission.train_step.keep(model, x, y, 0.5)
    after = model.get_weights()
    if kind == "frozen":
        check(is_same(after[:2], weights[:2]), "the weights of a frozen layer changed.", "model")
    moved = not any(np.array_equal(now, before) for now, before in zip(after[2:], weights[2:], strict=True))
    check(moved, "a step with lr=0.5 leaves weights of a trainable layer as they were.", "model")
