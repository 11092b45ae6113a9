"""What the variant with Keras asks in addition: a model is built, trained for an epoch, and predicts."""

import numpy as np

from autograder.rubric import assert_close, check, criterion


@criterion(
    "Classifier: parameters, training and outputs",
    points=10,
    tests=["build_classifier"],
    uses=("keras",),
    hint="tanh in the hidden layer, softmax at the end.",
)
def test_n_classifier(submission, rng):
    model = submission.build_classifier(20, 16, 8)
    check(model.count_params() == 472, "the model has not 20 * 16 + 16 + 16 * 8 + 8 = 472 parameters.", kind="model")
    x, y = rng.normal(size=(128, 20)).astype(np.float32), rng.integers(0, 8, 128)
    model.fit(x, y, batch_size=32, epochs=1, verbose=0)
    w1, b1, w2, b2 = model.get_weights()
    z = np.tanh(x @ w1 + b1) @ w2 + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    assert_close(model.predict(x, verbose=0), e / e.sum(axis=1, keepdims=True), name="the outputs", inputs=(x,))
