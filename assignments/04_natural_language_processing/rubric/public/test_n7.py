"""Frontier: speech recognition with CTC"""

import numpy as np
import pytest

from autograder.rubric import CheckFailed, assert_close, check, criterion, is_close, unpack


@pytest.mark.parametrize("part", ["loss", "grad"])
@criterion(
    "ctc_loss: two frames to do by hand",
    points=1,
    tests=["ctc_loss"],
    hint="Half each, loss and grad. Three paths are read as [1]: 1 1, 1 - and - 1, with 0.3 + 0.3 + 0.2. Only - -, with "
    "0.2, is read as nothing. The gradient for class 1 at the first frame is -(0.3 + 0.3) / 0.8.",
)
def test_n7_example_loss(submission, part):
    y = np.log(
        np.array([[[0.4, 0.6], [0.4, 0.6]], [[0.5, 0.5], [0.5, 0.5]]])
    )  # 2 frames, 2 utterances, 2 classes
    answer = submission.ctc_loss(y, np.array([[1], [1]]), np.array([2, 2]), np.array([1, 0]))
    loss, grad = unpack(answer, "loss grad", of="ctc_loss")
    if part == "loss":
        assert_close(loss, -np.log([0.8, 0.2]), name="loss", axes="B")
        return
    expected = -np.array([[[0.25, 0.75], [1.0, 0.0]], [[0.375, 0.625], [1.0, 0.0]]])
    if is_close(grad, expected + np.exp(y)):
        raise CheckFailed("grad: exp(log_probs) is added to it, as if a log-softmax came before.")
    assert_close(grad, expected, name="grad", axes="T B C")


@criterion(
    "ctc_greedy_decode: an example to do by hand",
    points=1,
    tests=["ctc_greedy_decode"],
    hint="The best classes are 1 1 - 1 2, which is read as 1 1 2: the blank keeps the second 1 "
    "from being merged.",
)
def test_n7_example_decode(submission):
    log_probs = np.log(
        np.array(
            [[0.1, 0.8, 0.1], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.7, 0.2], [0.2, 0.1, 0.7]]
        )
    )[:, None]
    found = submission.ctc_greedy_decode(log_probs, np.array([5]))
    check(
        isinstance(found, (list, tuple)) and len(found) == 1,
        "transcripts: expected a list with one transcript.",
        kind="type",
    )
    labels = found[0].tolist() if isinstance(found[0], np.ndarray) else found[0]
    check(
        isinstance(labels, (list, tuple)) and list(labels) == [1, 1, 2],
        f"the transcript is [1, 1, 2], got {labels}.",
    )
