"""Schedule and clipping"""

import numpy as np

from autograder.rubric import assert_close, criterion, unpack


@criterion(
    "warmup_cosine: a short schedule",
    points=1,
    tests=["warmup_cosine"],
    hint="Two steps up, half a cosine in four steps down, then nothing changes any more.",
)
def test_o3_example_schedule(submission):
    rates = [submission.warmup_cosine(step, 8.0, 2, 6) for step in (0, 1, 2, 4, 6, 7)]
    assert_close(
        rates,
        [0.0, 4.0, 8.0, 4.0, 0.0, 0.0],
        name="learning rates of steps 0, 1, 2, 4, 6, 7",
        check_dtype=False,
    )


@criterion(
    "clip_grad_norm: two gradients to clip by hand",
    points=1,
    tests=["clip_grad_norm"],
    hint="The norm is that of all numbers of all gradients together, here the 5 of 3 and 4; each "
    "gradient becomes a fifth.",
)
def test_o3_example_clipping(submission):
    grads = [np.array([3.0]), np.array([[0.0, 4.0]])]
    answer = unpack(submission.clip_grad_norm(grads, 1.0), "clipped norm", of="clip_grad_norm")
    # PyTorch divides by norm + 1e-6, which is as good.
    assert_close(
        answer, ([np.array([0.6]), np.array([[0.0, 0.8]])], 5.0), name="clipped norm", atol=1e-4
    )
