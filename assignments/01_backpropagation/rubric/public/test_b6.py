"""Inverted dropout"""

import numpy as np

from autograder.rubric import assert_close, check, criterion, unpack


@criterion(
    "Dropout, training: what comes out is 0 or x / p",
    points=1,
    tests=["dropout_forward"],
    hint="p is the probability to KEEP an entry. mask = (numbers drawn from 0 to 1 < p) / p: mind the parentheses, and one "
    "number for every entry of x.",
)
def test_b6_example_train(submission):
    x, p = np.arange(1.0, 10001.0).reshape(50, 200), 0.8
    answer = submission.dropout_forward(x, {"p": p, "mode": "train", "seed": 1})
    out, _ = unpack(answer, "out cache", of="dropout_forward")
    is_array = isinstance(out, np.ndarray) and out.shape == x.shape
    check(is_array, f"out: expected an array of shape {x.shape}.", kind="shape")
    kept = out != 0

    share = float(np.mean(kept))
    read_as_drop = "p is the probability to KEEP an entry; you seem to read it as the probability to DROP one."
    check(share > 0.5, f"out: {share:.0%} of the entries were kept with p = 0.8. {read_as_drop}", kind="statistics")
    check(share < 1.0, "out: nothing at all was dropped with p = 0.8.", kind="statistics")
    assert_close(out[kept], (x / p)[kept], name="the entries that were kept")


@criterion(
    "Dropout, test: nothing happens",
    points=1,
    tests=["dropout_forward"],
    hint="Inverted dropout divides by p while training, so that at test time x is already what it should be.",
)
def test_b6_example_test(submission, rng):
    x = rng.normal(size=(4, 5))
    out, _ = unpack(submission.dropout_forward(x, {"p": 0.3, "mode": "test"}), "out cache", of="dropout_forward")
    assert_close(out, x, name="out", axes="N D", inputs=(x,))
