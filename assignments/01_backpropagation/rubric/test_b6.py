"""Inverted dropout"""

import math

import numpy as np
import pytest

from autograder.rubric import assert_array, assert_close, assert_form, check, criterion, is_close, unpack


SHAPE = (100, 200)
# For the share that is kept: even if whole rows or columns are drawn, which is no mistake of the share, 400 draws have a
# standard deviation of at most 0.025.
LARGE = (400, 400)


def forward(submission, x, dropout_param):
    """Return what the submission's forward pass gives, as an array of the shape of x, or the check has failed."""
    out, _ = unpack(submission.dropout_forward(x, dropout_param), "out cache", of="dropout_forward")
    return assert_array(out, x.shape, name="out")


def forward_and_cache(submission, x, dropout_param):
    """Return the output, and the cache, which stays where it is."""
    answer = submission.dropout_forward.keep(x, dropout_param)
    out, cache = unpack(answer, "out cache", of="dropout_forward")
    return assert_array(out.value(), x.shape, name="out"), cache


def draw(rng, shape):
    """Draw numbers of both signs, none of them near 0."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 2, size=shape)


@pytest.mark.parametrize("case", ["share", "scale", "calls", "entries"])
@criterion(
    "Dropout: which entries are kept, and what becomes of them",
    points=4,
    tests=["dropout_forward"],
    hint="A point each: a share p of the entries is kept; what is kept is divided by p, what is "
    "not is 0; every call draws anew; every entry has a draw of its own.",
)
def test_b6_mask(submission, rng, case):
    for p in (0.2, 0.5, 0.9):
        x = draw(rng, LARGE if case == "share" else SHAPE)
        dropout_param = {"p": p, "mode": "train"}
        out = forward(submission, x, dropout_param)
        kept = out != 0
        if case == "share":
            check_share(float(np.mean(kept)), p)
        elif case == "scale":
            check(bool(np.any(kept)), f"out: every entry is 0 with p = {p}.")
            assert_close(out[kept], (x / p)[kept], name="the entries that were kept", inputs=(x,))
        elif case == "calls":
            again = forward(submission, x, dropout_param)
            fresh = bool(np.any((again != 0) != kept))
            check(fresh, f"out: two calls without a seed kept the same entries with p = {p}.", kind="statistics")
        else:
            for axis, name in ((0, "rows"), (1, "columns")):
                different = np.unique(kept, axis=axis).shape[axis]
                says = f"out: only {different} of {SHAPE[axis]} {name} have entries of their own dropped with p = {p}."
                check(different > SHAPE[axis] // 2, says, kind="statistics")


def check_share(share, p):
    """Check the share of kept entries, and tell one that points to a usual mistake from others."""
    seen = f"out: {share:.0%} of the entries were kept with p = {p}"
    normal = (1 + math.erf(p / math.sqrt(2))) / 2
    reason = ""
    if abs(share - (1 - p)) < 0.02:
        reason = ", which is 1 - p: p is the probability to KEEP an entry, and seems to be read as the one to DROP it"
    elif abs(share - normal) < 0.02:
        reason = ": so many numbers of randn are below p, but of numbers drawn evenly from 0 to 1 a share p is"
    check(abs(share - p) < 0.1, f"{seen}{reason}.", kind="statistics")


@pytest.mark.parametrize("function", ["dropout_forward", "dropout_backward"])
@criterion(
    "Dropout: test mode, and the backward pass",
    points=2,
    tests=["dropout_forward", "dropout_backward"],
    hint="Half each. In test mode x comes out as it is. The backward pass multiplies dout by the "
    "very mask of the forward pass, 1/p included, so the mask must be in the cache; after a "
    "forward pass in test mode it lets everything through.",
)
def test_b6_values(submission, rng, function):
    for shape in ((6, 7), (5,), (2, 3, 4)):
        x, dout = draw(rng, shape), rng.normal(size=shape)
        for p in (0.4, 0.75):
            if function == "dropout_forward":
                out = forward(submission, x, {"p": p, "mode": "test"})
                assert_close(out, x, name="out in test mode", inputs=(x,))
            else:
                check_backward(submission, x, dout, {"p": p, "mode": "train", "seed": int(rng.integers(1000))})
                check_backward(submission, x, dout, {"p": p, "mode": "test"})


def check_backward(submission, x, dout, dropout_param):
    """Check that dx is dout times what the submission's forward pass multiplied x by."""
    out, cache = forward_and_cache(submission, x, dropout_param)
    actual = submission.dropout_backward(dout, cache)
    mode = dropout_param["mode"]
    # A test mode that multiplies by something is paid for above; what is right for a right one is right here.
    is_right = mode == "test" and is_close(actual, dout, inputs=(x,))
    assert_close(actual, dout if is_right else dout * (out / x), name=f"dx in mode {mode!r}", inputs=(x,))


@pytest.mark.parametrize("function", ["dropout_forward", "dropout_backward"])
@criterion(
    "Dropout: the seed, the dtype of x, and nothing changed",
    points=2,
    tests=["dropout_forward", "dropout_backward"],
    hint="Half each. Forward: with dropout_param['seed'] the same entries are dropped every "
    "time; out has the dtype of x, float32 for float32; x stays as it is, so no x *= mask. "
    "Backward: dout stays as it is.",
)
def test_b6_safe(submission, rng, function):
    x = draw(rng, (20, 30))
    if function == "dropout_backward":
        # dout stays in the candidate: if the first call changed it, the second gives something else.
        kept = submission.lend(rng.normal(size=x.shape))
        _, cache = forward_and_cache(submission, x, {"p": 0.5, "mode": "train", "seed": 3})
        first, second = submission.dropout_backward(kept, cache), submission.dropout_backward(kept, cache)
        check_not_zero(first, x.shape, "dx")
        assert_close(second, first, name="dx of a second call with the same dout and cache")
        return

    for seed in (0, 7):
        dropout_param = {"p": 0.5, "mode": "train", "seed": seed}
        first, second = forward(submission, x, dropout_param), forward(submission, x, dropout_param)
        same = bool(np.array_equal(first != 0, second != 0))
        check(same, f"out: two calls with the seed {seed} dropped different entries.")

    single = x.astype(np.float32)
    answer = submission.dropout_forward(single, {"p": 0.5, "mode": "train"})
    assert_form(unpack(answer, "out cache", of="dropout_forward")[0], single, name="out for x of float32")

    # x stays in the candidate: if the first call changed it, the second gives something else.
    kept, dropout_param = submission.lend(x), {"p": 0.5, "mode": "train", "seed": 3}
    submission.dropout_forward(kept, dropout_param)
    second, _ = unpack(submission.dropout_forward(kept, dropout_param), "out cache", of="dropout_forward")
    assert_close(second, forward(submission, x, dropout_param), name="out of a second call with the same x and seed")


def check_not_zero(value, shape, name):
    """Check that a value is an array of this shape, and not all of it zero."""
    check(bool(np.any(assert_array(value, shape, name=name) != 0)), f"{name}: every value is zero.")
