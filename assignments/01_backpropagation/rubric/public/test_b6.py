"""Inverted dropout"""

import numpy as np

from autograder.rubric import assert_array, assert_close, check, criterion, unpack


@criterion(
    "Dropout, training: what comes out is 0 or x / p",
    points=1,
    tests=["dropout_forward"],
    hint="p is the probability to KEEP an entry. mask = (numbers drawn from 0 to 1 < p) / p: "
    "mind the parentheses, and one number for every entry of x.",
)
def test_b6_example_train(submission):
    # With p = 0.3 the usual mistakes keep other shares: 0.62 for randn, 0.7 for p read as the one to drop, or all.
    x, p = np.arange(1.0, 10001.0).reshape(100, 100), 0.3
    answer = submission.dropout_forward(x, {"p": p, "mode": "train", "seed": 1})
    out, _ = unpack(answer, "out cache", of="dropout_forward")
    out = assert_array(out, x.shape, name="out")
    kept = out != 0

    share = float(np.mean(kept))
    seen = f"out: {share:.0%} of the entries were kept with p = 0.3"
    reason = ""
    if abs(share - 0.7) < 0.04:
        reason = ": p is the probability to KEEP an entry, and seems to be read as the one to DROP it"
    elif abs(share - 0.618) < 0.04:
        reason = ": so many numbers of randn are below 0.3, but of numbers drawn evenly from 0 to 1 (rand) 30 % are"
    check(0.1 < share < 0.5, f"{seen}{reason}.", kind="statistics")
    assert_close(out[kept], (x / p)[kept], name="the entries that were kept")


@criterion(
    "Dropout, test: nothing happens",
    points=1,
    tests=["dropout_forward"],
    hint="Inverted dropout divides by p while training, so that at test time x is already what "
    "it should be.",
)
def test_b6_example_test(submission, rng):
    x = rng.normal(size=(4, 5))
    out, _ = unpack(submission.dropout_forward(x, {"p": 0.3, "mode": "test"}), "out cache", of="dropout_forward")
    assert_close(out, x, name="out", axes="N D", inputs=(x,))
