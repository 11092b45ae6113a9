"""A residual network in Keras"""

import numpy as np

from autograder.rubric import CheckFailed, check, criterion, partial


@criterion(
    "build_cnn: a compiled model for small images",
    points=2,
    tests=["build_cnn"],
    uses=("keras",),
    timeout_s=20,
    hint="Return the model, and compile it first (half of the points). keras.Input takes the shape of one image, without the batch. At "
    "most 10,000 parameters are the other half: a Conv2D with 64 filters of 3 x 3 on 64 channels alone has 36,928.",
)
def test_v7_example(submission, rng):
    model = submission.build_cnn((16, 16, 1), 4)
    outputs = model.predict_on_batch(rng.normal(size=(2, 16, 16, 1)).astype(np.float32))
    shape = np.shape(outputs)
    check(shape == (2, 4), f"the outputs for 2 images and 4 classes have the shape {shape}, expected (2, 4).", "model")
    parameters = model.count_params()
    too_many = f"the model has {parameters} parameters, at most 10,000 are allowed."
    wrong = []
    for is_right, message in (
        (model.compiled is True, "the model is not compiled."),
        (0 < parameters <= 10_000, too_many),
    ):
        try:
            check(is_right, message, "model")
        except CheckFailed as failure:
            wrong.append(failure)
    if len(wrong) == 1:
        partial(0.5, f"Half of this is right, but {wrong[0]}")
    if wrong:
        raise wrong[0]
