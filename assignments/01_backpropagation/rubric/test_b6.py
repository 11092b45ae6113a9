"""Inverted dropout"""

import numpy as np

from autograder.rubric import assert_close, assert_finite, assert_fraction, assert_unchanged, check, criterion, unpack

# 20,000 entries: a share of p = 0.2 has a standard deviation of 0.003, and no mistake is nearer than 0.1.
SHAPE = (100, 200)


def array_of(value, shape, name):
    """Return a value that must be an array of finite numbers of this shape."""
    got = f"shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
    is_right = isinstance(value, np.ndarray) and value.shape == shape
    check(is_right, f"{name}: expected an array of shape {shape}, got {got}.", kind="shape")
    assert_finite(value, name=name)
    return value


def forward(submission, x, dropout_param):
    """Return what the submission's forward pass gives, as an array of the shape of x, or the check has failed."""
    out, _ = unpack(submission.dropout_forward(x, dropout_param), "out cache", of="dropout_forward")
    return array_of(out, x.shape, "out")


def draw(rng, shape):
    """Draw numbers of both signs, none of them near 0."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 2, size=shape)


@criterion(
    "Dropout: which entries are kept, and what becomes of them",
    points=4,
    tests=["dropout_forward"],
    hint="Each entry of x is kept with probability p, by a draw of its own, in every call anew, and divided by p. If too many "
    "or too few are kept, see whether you read p as the probability to DROP, used randn, or forgot a parenthesis in (... < p) / p.",
)
def test_b6_mask(submission, rng):
    for p in (0.2, 0.5, 0.9):
        x = draw(rng, SHAPE)
        dropout_param = {"p": p, "mode": "train"}
        out, again = forward(submission, x, dropout_param), forward(submission, x, dropout_param)
        kept = out != 0
        check_convention(kept, p)
        assert_fraction(kept, p, name="out", says=f"a share p = {p} of the entries is kept")

        # x / p and x * (1 / p) differ in the last bit, which is twice as large in float32 for half of its bits.
        ulp = np.finfo(np.float32 if out.dtype == np.float32 else np.float64).eps
        assert_close(out[kept], (x / p)[kept], name="the entries that were kept", rtol=4 * float(ulp), elementwise=True)

        fresh = bool(np.any((again != 0) != kept))
        check(fresh, "out: two calls without a seed dropped the same entries.", kind="statistics")
        for axis, name in ((0, "rows"), (1, "columns")):
            different = np.unique(kept, axis=axis).shape[axis]
            check(
                different > SHAPE[axis] // 2,
                f"out: only {different} of {SHAPE[axis]} {name} have entries of their own dropped.",
                kind="statistics",
            )


def check_convention(kept, p):
    """Tell those who follow the other convention that it is the other one."""
    share = float(np.mean(kept))
    dropped = abs(share - (1 - p)) < 0.02 < abs(share - p)
    check(
        not dropped,
        f"out: {share:.0%} of the entries were kept with p = {p}: p was read as the probability to DROP an entry, but it is "
        "the probability to KEEP one.",
        kind="statistics",
    )


@criterion(
    "Dropout: test mode, and the backward pass",
    points=2,
    tests=["dropout_forward", "dropout_backward"],
    hint="The backward pass multiplies dout by the very mask of the forward pass, 1/p included, so the mask must be in the "
    "cache; in test mode it lets everything through.",
)
def test_b6_values(submission, rng):
    for shape in ((6, 7), (5,), (2, 3, 4)):
        x, dout = draw(rng, shape), rng.normal(size=shape)
        for p in (0.4, 0.75):
            answer = submission.dropout_forward.keep(x, {"p": p, "mode": "train", "seed": int(rng.integers(1000))})
            out, cache = unpack(answer, "out cache", of="dropout_forward")
            mask = array_of(out.value(), shape, "out") / x
            assert_close(submission.dropout_backward(dout, cache), dout * mask, name="dx in training", inputs=(x,))

            answer = submission.dropout_forward.keep(x, {"p": p, "mode": "test"})
            out, cache = unpack(answer, "out cache", of="dropout_forward")
            assert_close(out.value(), x, name="out in test mode", inputs=(x,))
            assert_close(submission.dropout_backward(dout, cache), dout, name="dx in test mode", inputs=(x,))


@criterion(
    "Dropout: the seed, the dtype, and nothing changed",
    points=2,
    tests=["dropout_forward", "dropout_backward"],
    hint="With dropout_param['seed'] the same entries are dropped every time; out has the dtype of x, float32 for float32; x "
    "and dout stay as they are, so no x *= mask.",
)
def test_b6_safe(submission, rng):
    x = draw(rng, (20, 30))
    for seed in (0, 7):
        dropout_param = {"p": 0.5, "mode": "train", "seed": seed}
        first, second = forward(submission, x, dropout_param), forward(submission, x, dropout_param)
        same = bool(np.array_equal(first != 0, second != 0))
        check(same, f"out: two calls with the seed {seed} dropped different entries.")

    for mode in ("train", "test"):
        single = forward(submission, x.astype(np.float32), {"p": 0.5, "mode": mode, "seed": 3})
        check(single.dtype == np.float32, f"out: expected dtype float32 for float32 in mode {mode!r}, got {single.dtype}.", kind="dtype")

    # x stays in the candidate: if the first call changed it, the second gives something else.
    kept, dropout_param = submission.lend(x), {"p": 0.5, "mode": "train", "seed": 3}
    submission.dropout_forward(kept, dropout_param)
    second, _ = unpack(submission.dropout_forward(kept, dropout_param), "out cache", of="dropout_forward")
    assert_close(second, forward(submission, x, dropout_param), name="out of a second call with the same x and seed")
    answer = submission.dropout_forward.keep(x, {"p": 0.5, "mode": "train", "seed": 3})
    _, cache = unpack(answer, "out cache", of="dropout_forward")
    assert_unchanged(submission.dropout_backward, np.ones(x.shape), cache, names="dout cache")
