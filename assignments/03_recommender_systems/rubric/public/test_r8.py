"""An honest split"""

import numpy as np

from autograder.rubric import assert_array, assert_close, criterion, unpack


@criterion(
    "leave_last_out: a short log",
    points=2,
    tests=["leave_last_out"],
    hint="User 7 was last seen at time 9, which is row 2 of the log, though row 3 stands below it. User 8 has one interaction only, which "
    "stays for training.",
)
def test_r8_example(submission):
    users, items, times = np.array([7, 8, 7, 7]), np.array([0, 0, 1, 2]), np.array([3.0, 1.0, 9.0, 5.0])
    train, test = unpack(submission.leave_last_out(users, items, times), "train_idx test_idx", of="leave_last_out")
    assert_close(np.sort(assert_array(test, (1,), name="test_idx")), np.array([2]), name="test_idx")
    assert_close(np.sort(assert_array(train, (3,), name="train_idx")), np.array([0, 1, 3]), name="train_idx in ascending order")
