"""One training step by hand."""

import json

import numpy as np
import pytest

from autograder.rubric import assert_close, criterion

# Two features, two classes, one layer: softmax(x W + b). It goes to the candidate as data.
LAYERS = [
    {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 2]}},
    {"module": "keras.layers", "class_name": "Dense", "config": {"units": 2, "activation": "softmax"}},
]
CONFIG = json.dumps({"module": "keras", "class_name": "Sequential", "config": {"name": "tiny", "layers": LAYERS}})
COMPILED = {"compile": '{"optimizer": "sgd", "loss": "sparse_categorical_crossentropy"}', "optimizer": []}


@criterion(
    "train_step: an example",
    points=1,
    tests=["train_step"],
    uses=("keras",),
    timeout_s=12,
    hint="Half each for the loss and for the step. With all weights zero both classes have probability 1/2: the loss is log 2, and the gradient of the scores "
    "is (p - one_hot(y)) / N.",
)
@pytest.mark.parametrize("kind", ["loss", "weights"])
def test_i7_example(submission, kind):
    zero = [np.zeros((2, 2), np.float32), np.zeros(2, np.float32)]
    model = submission.lend_model({"config": CONFIG, "weights": zero, "training": COMPILED})
    x, y = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32), np.array([0, 1])
    loss = submission.train_step.keep(model, x, y, 0.1)
    if kind == "loss":
        assert_close(loss.value(), np.float32(np.log(2)), name="the loss before the step")
    else:
        # The scores' gradients are (-1/4, 1/4) for the first example and (1/4, -1/4) for the second.
        kernel = np.array([[-0.05, 0.05], [-0.05, 0.05]], np.float32)
        names = ["the kernel after the step", "the bias after the step"]
        assert_close(model.get_weights(), [kernel, np.zeros(2, np.float32)], name=names)
