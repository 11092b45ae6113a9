"""Frontier: speech synthesis, the attention of Tacotron 2"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "Location-sensitive attention: three characters to do by hand",
    points=1,
    tests=["location_sensitive_attention"],
    hint="With F = 1, 0, 0 the feature of a character is what its LEFT neighbour has been given. "
    "Here this is 1 for the second character alone, so its energy is tanh(20) * log 3, others 0, "
    "and the weights are 1/5, 3/5, 1/5.",
)
def test_n9_example(submission):
    zero = np.zeros((1, 1))
    params = {
        "W": zero,
        "V": zero,
        "U": np.array([[20.0]]),
        "b": np.zeros(1),
        "v": np.array([np.log(3.0)]),
        "F": np.array([[1.0], [0.0], [0.0]]),
    }
    memory = np.array([[[10.0], [20.0], [40.0], [1e6]]])  # the fourth is padding
    answer = submission.location_sensitive_attention(
        zero, memory, np.array([[1.0, 0.0, 0.0, 0.0]]), np.array([3]), params
    )
    parts = unpack(answer, "context weights cumulative", of="location_sensitive_attention")
    expected = (
        np.array([[22.0]]),
        np.array([[0.2, 0.6, 0.2, 0.0]]),
        np.array([[1.2, 0.6, 0.2, 0.0]]),
    )
    assert_close(parts, expected, name="context weights cumulative", axes="B H; B T; B T")
