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
    x = rng.normal(size=(5, 4)).astype(np.float32)
    sums = np.sum(model.predict_on_batch(x), axis=-1)
    assert_close(model.count_params(), 51, name="the number of parameters for D = 4, H = 6, C = 3")
    check(model.compiled is True, "the model is not compiled.", "model")
    shapes = [np.shape(weight) for weight in model.get_weights()]
    sizes = sorted(int(np.prod(shape)) for shape in shapes)
    message = f"the model's weights have the shapes {shapes}, expected (4, 6), (6,), (6, 3) and (3,)."
    check(sizes == [3, 6, 18, 24], message, "model")
    assert_close(sums, np.ones(5), name="the sums of the outputs of each example", inputs=(x,))
    # With all other weights zero, the last bias alone decides: softmax(log p) is p.
    p = np.array([0.2, 0.3, 0.5], np.float32)
    model.set_weights([np.reshape(np.log(p), np.shape(w)) if np.size(w) == 3 else 0 * w for w in model.get_weights()])
    output = model.predict_on_batch(x)
    assert_close(output, np.tile(p, (5, 1)), name="the outputs for weights of zero and a bias of log p")
