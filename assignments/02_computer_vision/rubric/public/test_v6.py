"""Detection: overlap and non-maximum suppression"""

import numpy as np

from autograder.rubric import assert_close, criterion

A = np.array([[0.0, 0.0, 2.0, 2.0]])
B = np.array([[1.0, 1.0, 3.0, 2.0], [0.0, 0.0, 2.0, 2.0], [5.0, 5.0, 6.0, 6.0]])


@criterion(
    "Intersection over union: an example to do by hand",
    points=1,
    tests=["box_iou"],
    hint="Areas 4 and 2, intersection 1, so the union is 5. Where boxes do not meet, max(0, ...) keeps a side from being negative.",
)
def test_v6_example_iou(submission):
    assert_close(submission.box_iou(A, B), np.array([[0.2, 1.0, 0.0]]), name="iou", axes="N M", atol=1e-4)


@criterion(
    "Non-maximum suppression: an example to do by hand",
    points=1,
    tests=["nms"],
    provided=["box_iou"],
    hint="Box 2 has the highest score and drops box 0, which is nearly the same; box 1 is far away and stays.",
)
def test_v6_example_nms(submission):
    boxes = np.array([[0.0, 0.0, 2.0, 2.0], [5.0, 5.0, 6.0, 6.0], [0.0, 0.0, 2.0, 2.1]])
    kept = submission.nms(boxes, np.array([0.8, 0.5, 0.9]), 0.5)
    assert_close(kept, np.array([2, 1]), name="kept", axes="K")
