"""A residual network in Keras"""

import numpy as np

from autograder.rubric import check, criterion


@criterion(
    "build_cnn: a compiled model for small images",
    points=2,
    tests=["build_cnn"],
    uses=("keras",),
    timeout_s=20,
    hint="Return the model, and compile it first. keras.Input takes the shape of one image, without the batch; a Conv2D with 64 "
    "filters of 3 x 3 on 64 channels alone has 36,928 parameters.",
)
def test_v7_example(submission, rng):
    model = submission.build_cnn((16, 16, 1), 4)
    outputs = model.predict_on_batch(rng.normal(size=(2, 16, 16, 1)).astype(np.float32))
    shape = np.shape(outputs)
    check(shape == (2, 4), f"the outputs for 2 images and 4 classes have the shape {shape}, expected (2, 4).", "model")
    check(model.compiled is True, "the model is not compiled.", "model")
    parameters = model.count_params()
    check(0 < parameters <= 10_000, f"the model has {parameters} parameters, at most 10,000 are allowed.", "model")
