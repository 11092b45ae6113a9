"""Bayesian personalised ranking"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "bpr_loss_and_grads: one pair by hand",
    points=2,
    tests=["bpr_loss_and_grads"],
    hint="The difference of the scores is log 3: sigmoid(x) is 3/4, the loss log(4/3), and the factor of all gradients -sigmoid(-x) = "
    "-1/4. P moves along q_i - q_j, q_i along p, q_j against it; then reg times each row.",
)
def test_r3_example(submission):
    P, Q = np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([[0.0, 0.5], [np.log(3), 0.5], [7.0, 7.0]])
    args = (P, Q, np.array([1]), np.array([1]), np.array([0]))
    loss, dP, dQ = unpack(submission.bpr_loss_and_grads(*args, 0.0), "loss dP dQ", of="bpr_loss_and_grads")
    assert_close(loss, np.log(4 / 3), name="loss")
    due_dP = np.array([[0.0, 0.0], [-np.log(3) / 4, 0.0]])
    due_dQ = np.array([[0.25, 0.5], [-0.25, -0.5], [0.0, 0.0]])
    assert_close((dP, dQ), (due_dP, due_dQ), name="dP dQ", axes="U k; I k")

    loss, dP, dQ = unpack(submission.bpr_loss_and_grads(*args, 2.0), "loss dP dQ", of="bpr_loss_and_grads")
    assert_close(loss, np.log(4 / 3) + 5 + 0.25 + np.log(3) ** 2 + 0.25, name="loss for reg = 2")
    due_dP[1] += [2.0, 4.0]
    due_dQ[:2] += [[0.0, 1.0], [2 * np.log(3), 1.0]]
    assert_close((dP, dQ), (due_dP, due_dQ), name="dP dQ", axes="U k; I k")
