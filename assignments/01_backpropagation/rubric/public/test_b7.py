"""Two-layer net"""

import math

import numpy as np

from autograder.rubric import assert_close, criterion, unpack

# When it is graded, these are the course's own: a mistake in a layer is not paid for twice. At home they are yours.
LAYERS = ["affine_forward", "affine_backward", "relu_forward", "relu_backward", "softmax_loss"]
# Two features, two hidden units, two classes; small enough to follow every number.
PARAMS = {
    "W1": np.array([[1.0, -1.0], [0.0, 1.0]]),
    "b1": np.array([0.0, 0.5]),
    "W2": np.array([[2.0, 0.0], [0.0, 1.0]]),
    "b2": np.array([0.0, -0.5]),
}
X = np.array([[1.0, 1.0], [-1.0, 0.5]])
SCORES = np.array([[2.0, 0.0], [0.0, 1.5]])  # the hidden units are (1, 0.5) and (0, 2): the last relu cut -1 off


def loss_with(submission, params, reg=0.0):
    """Return the method loss of a net with given parameters, also where ``__init__`` is not written yet."""
    (inputs, hidden), classes = params["W1"].shape, len(params["b2"])
    stand_in, method = submission.lend(submission.TwoLayerNet), submission.TwoLayerNet.loss
    try:
        net = submission.TwoLayerNet(inputs, hidden, classes, 1e-2, reg)
    except Exception:  # its own criterion says so
        stand_in.params, stand_in.reg = dict(params), reg
        return lambda *args: method(stand_in, *args)
    net.params = dict(params)
    return net.loss


@criterion(
    "Two-layer net: scores to follow by hand",
    points=1,
    tests=["TwoLayerNet"],
    provided=LAYERS,
    hint="loss(X) without y returns the scores and nothing else: affine, relu, affine, with the "
    "parameters that are in self.params at the time of the call.",
)
def test_b7_example_scores(submission):
    assert_close(loss_with(submission, PARAMS)(X), SCORES, name="scores", axes="N C")


@criterion(
    "Two-layer net: a loss to follow by hand",
    points=1,
    tests=["TwoLayerNet"],
    provided=LAYERS,
    hint="The softmax loss of the scores, plus half of reg times the sum of all squared weights; "
    "biases are not weights.",
)
def test_b7_example_loss(submission):
    # Both examples are right; the other class is 2 and 1.5 behind. The squared weights add up to 3 and to 5.
    data_loss = (math.log(1 + math.exp(-2.0)) + math.log(1 + math.exp(-1.5))) / 2
    for reg in (0.0, 0.5):
        answer = loss_with(submission, PARAMS, reg)(X, np.array([0, 1]))
        loss, _ = unpack(answer, "loss grads", of="TwoLayerNet.loss")
        assert_close(loss, data_loss + 0.5 * reg * (3 + 5), name=f"loss with reg = {reg}")
