"""A first Keras model."""

import numpy as np

from autograder.rubric import assert_close, check, criterion


@criterion(
    "build_mlp: an example",
    points=2,
    tests=["build_mlp"],
    uses=("keras",),
    timeout_s=12,
    hint="Two Dense layers with a bias each, the last one with softmax: (D + 1) H + (H + 1) C parameters, and "
    "probabilities that sum to one.",
)
def test_i6_example(submission, rng):
    model = submission.build_mlp(4, 6, 3, 1)
    assert_close(model.count_params(), 51, name="the number of parameters for D = 4, H = 6, C = 3")
    output = model.predict_on_batch(rng.normal(size=(5, 4)).astype(np.float32))
    check(np.shape(output) == (5, 3), f"the outputs of 5 examples have the shape {np.shape(output)}.", "shape")
    assert_close(np.sum(output, axis=-1), np.ones(5, np.float32), name="the sums of the outputs of each example")
    check(model.compiled is True, "the model is not compiled.", "model")
