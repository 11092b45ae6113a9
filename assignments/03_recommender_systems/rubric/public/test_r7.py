"""Two towers in Keras"""

import numpy as np

from autograder.rubric import check, criterion


@criterion(
    "build_two_tower: pairs of ids become scores",
    points=2,
    tests=["build_two_tower"],
    uses=("keras",),
    timeout_s=20,
    hint="The model takes a list of two arrays of integers, [user_id, item_id], and returns one number for each pair. (U + I) k "
    "parameters, or U + I (+ 1) more with biases.",
)
def test_r7_example(submission):
    model = submission.build_two_tower(6, 4, 2)
    users, items = np.array([0, 5, 3], dtype=np.int32), np.array([3, 0, 3], dtype=np.int32)
    scores = model.predict_on_batch([users, items])
    check(np.shape(scores) in ((3,), (3, 1)), f"the scores of 3 pairs have the shape {np.shape(scores)}, expected (3,) or (3, 1).", "model")
    parameters = model.count_params()
    check(parameters in (20, 30, 31), f"the model for 6 users, 4 items and dim 2 has {parameters} parameters, expected 20.", "model")
