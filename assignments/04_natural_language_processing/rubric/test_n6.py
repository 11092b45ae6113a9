"""Frontier: attention, for translation and summaries"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_avoids,
    assert_close,
    assert_consistent,
    assert_stable,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

# B, Tq, Tk, d, dv. No two of them are equal where a mistake could hide behind it; and all equal, where shapes hide nothing.
SHAPES = [(2, 3, 5, 4, 6), (1, 4, 2, 3, 1), (3, 1, 4, 2, 5), (2, 5, 1, 6, 2), (2, 4, 4, 4, 4)]
LIBRARIES = ["*.dot_product_attention", "*.MultiHeadAttention", "*.Attention", "*.GradientTape"]
GRADIENTS = {"name": "dq dk dv", "axes": "B Tq d; B Tk d; B Tk dv"}


def draw(rng, shape):
    """Draw q, k and v."""
    B, Tq, Tk, d, dv = shape
    return rng.normal(size=(B, Tq, d)), rng.normal(size=(B, Tk, d)), rng.normal(size=(B, Tk, dv))


def masks(rng, shape):
    """Return no mask; the past alone, for all; and one for each sentence in which every query sees something, not all of them all."""
    B, Tq, Tk = shape[:3]
    own = rng.random((B, Tq, Tk)) < 0.5
    own[:, :, 0] |= ~own.any(axis=2)
    return [None, np.tri(Tq, Tk, dtype=bool)[None], own]


def attention(submission, q, k, v, mask):
    """Return out and weights of the submission."""
    answer = submission.scaled_dot_product_attention.keep(q, k, v, *(() if mask is None else (mask,)))
    out, weights, cache = unpack(answer, "out weights cache", of="scaled_dot_product_attention")
    return out.value(), weights.value(), cache


@criterion(
    "Attention: output and weights",
    points=3,
    tests=["scaled_dot_product_attention"],
    hint="Scores are divided by the root of d, the length of a key; the softmax runs over the keys, the last axis; and where the mask "
    "is False, a score counts for nothing BEFORE the softmax.",
)
def test_n6_values(submission, reference, rng):
    assert_avoids(submission, functions=["scaled_dot_product_attention"], names=LIBRARIES)
    for shape in SHAPES:
        q, k, v = draw(rng, shape)
        for mask, kind in zip(masks(rng, shape), ("without a mask", "with a mask for all", "with a mask for each"), strict=True):
            out, weights, _ = attention(submission, q, k, v, mask)
            expected = reference.scaled_dot_product_attention(q, k, v, mask)
            assert_close(weights, expected[1], name=f"weights {kind}", axes="B Tq Tk", inputs=(q, k, v))
            assert_close(out, expected[0], name=f"out {kind}", axes="B Tq dv", inputs=(q, k, v))


@criterion(
    "positional_encoding: values",
    points=1,
    tests=["positional_encoding"],
    hint="Columns 2i and 2i + 1 share the angle t / 10000^(2i / d): the exponent is an even number over d in both. Positions count from 0.",
)
def test_n6_positions(submission, reference):
    for T, d in ((7, 6), (1, 4), (12, 2), (100, 16)):
        assert_close(submission.positional_encoding(T, d), reference.positional_encoding(T, d), name="encoding", axes="T d")


@criterion(
    "Attention: gradients",
    points=5,
    tests=["scaled_dot_product_attention", "attention_backward"],
    hint="With p the weights and dp = dout v^T, the scores get p * (dp - sum(p * dp)), summed over the keys; and the root of d divides "
    "dq and dk once more. dk sums over the queries.",
)
def test_n6_gradients(submission, reference, rng):
    assert_avoids(submission, functions=["attention_backward"], names=LIBRARIES)
    for shape in SHAPES:
        for mask in masks(rng, shape):
            q, k, v = draw(rng, shape)
            *_, cache = attention(submission, q, k, v, mask)
            out, _, own = reference.scaled_dot_product_attention(q, k, v, mask)
            dout = rng.normal(size=out.shape)
            actual = submission.attention_backward(dout, cache)
            right = reference.attention_backward(dout, own)
            if not is_close(actual, right, inputs=(q, k, v)):
                half_for_own_gradient(submission, rng, (q, k, v), mask, dout, actual)
            assert_close(actual, right, **GRADIENTS, inputs=(q, k, v))


def half_for_own_gradient(submission, rng, at, mask, dout, gradients):
    """Give half of the points for gradients that are those of the submission's own, wrong forward pass."""

    def own_forward(q, k, v):
        return assert_array(attention(submission, q, k, v, mask)[0], dout.shape, name="out", axes="B Tq dv")

    at = dict(zip("qkv", at, strict=True))
    try:
        assert_consistent(own_forward, at, gradients, upstream=dout, rng=rng, directions=3, **GRADIENTS)
    except CheckFailed:
        return
    partial(0.5, "These are the gradients of your own forward pass, but that is not this attention.")


@criterion(
    "Attention: what must hold for any sentences",
    points=2,
    tests=["scaled_dot_product_attention"],
    hint="Attention knows no order: shuffled keys with their values give the same output, shuffled queries shuffled outputs. The "
    "weights of a query sum to 1 over what it may see and are 0 elsewhere, so what is hidden may change as it likes.",
)
def test_n6_properties(submission, rng):
    for shape in SHAPES[:3]:
        B, Tq, Tk = shape[:3]
        for mask in masks(rng, shape):
            q, k, v = draw(rng, shape)
            out, weights, _ = attention(submission, q, k, v, mask)
            out = assert_array(out, (B, Tq, shape[4]), name="out", axes="B Tq dv")
            weights = assert_array(weights, (B, Tq, Tk), name="weights", axes="B Tq Tk")
            keep = np.broadcast_to(True if mask is None else mask, weights.shape)
            seen, hidden = np.sum(weights, axis=2, where=keep), np.sum(np.abs(weights), axis=2, where=~keep)
            assert_close(seen, np.ones((B, Tq)), name="sums of the weights of what a query may see", axes="B Tq", inputs=(q, k, v))
            assert_close(hidden, np.zeros((B, Tq)), name="sums of the weights of what it may not see", axes="B Tq", inputs=(q, k, v))
            assert_close(weights @ v, out, name="weights @ v, against out", axes="B Tq dv", inputs=(q, k, v), check_dtype=False)

            keys, queries = rng.permutation(Tk), rng.permutation(Tq)
            shuffled = None if mask is None else mask[:, :, keys]
            again = attention(submission, q, k[:, keys], v[:, keys], shuffled)[0]
            assert_close(again, out, name="out after keys and values were shuffled", axes="B Tq dv", inputs=(q, k, v), check_dtype=False)
            shuffled = None if mask is None else mask[:, queries]
            again = attention(submission, q[:, queries], k, v, shuffled)[0]
            assert_close(again, out[:, queries], name="out after queries were shuffled", axes="B Tq dv", inputs=(q, k, v), check_dtype=False)

    q, k, v = draw(rng, (2, 4, 4, 3, 2))
    causal = np.tri(4, dtype=bool)[None]
    before = assert_array(attention(submission, q, k, v, causal)[0], (2, 4, 2), name="out", axes="B Tq dv")
    k, v = k.copy(), v.copy()
    k[:, 2:], v[:, 2:] = rng.normal(size=(2, 2, 3)), rng.normal(size=(2, 2, 2))
    after = assert_array(attention(submission, q, k, v, causal)[0], (2, 4, 2), name="out", axes="B Tq dv")
    assert_close(after[:, :2], before[:, :2], name="out before the moment at which keys and values were changed", inputs=(q,), check_dtype=False)
    check(not np.allclose(after[:, 2:], before[:, 2:]), "out does not depend on keys and values that the mask lets through.")


@criterion(
    "Attention: large scores, and queries that see nothing",
    points=2,
    tests=["scaled_dot_product_attention", "attention_backward"],
    hint="Subtract the largest score before exp. A query that may see nothing has weights 0 and an output of 0: a score of -1e9 in all "
    "of its places makes equal weights instead, and -inf alone makes 0 / 0.",
)
def test_n6_stability(submission, reference, rng):
    q, k, v = draw(rng, (2, 3, 4, 5, 2))
    for mask in masks(rng, (2, 3, 4)):
        given = (1e3 * q, k, v) if mask is None else (1e3 * q, k, v, mask)
        out, *_ = reference.scaled_dot_product_attention(1e3 * q, k, v, mask)
        kept = submission.scaled_dot_product_attention.under(errstate={"over": "raise", "divide": "raise", "invalid": "raise"}, keep=True)
        answer, _, _ = unpack(kept(*given), "out weights cache", of="scaled_dot_product_attention")
        assert_close(answer.value(), out, name="out for scores in the thousands", axes="B Tq dv", inputs=(q, k, v))

    mask = rng.random((2, 3, 4)) < 0.7
    mask[:, :, 0] = True
    mask[0, 1], mask[1, 2] = False, False
    for dtype in (np.float64, np.float32):
        q, k, v, dout = (array.astype(dtype) for array in (*draw(rng, (2, 3, 4, 5, 2)), rng.normal(size=(2, 3, 2))))
        out, weights, cache = attention(submission, q, k, v, mask)
        expected = reference.scaled_dot_product_attention(q, k, v, mask)
        name = f"where two queries see nothing, in {np.dtype(dtype).name}"
        assert_close(weights, expected[1], name=f"weights {name}", axes="B Tq Tk", inputs=(q, k, v))
        assert_close(out, expected[0], name=f"out {name}", axes="B Tq dv", inputs=(q, k, v))
        lent = submission.lend(dout)
        gradients = assert_stable(submission.attention_backward, lent, cache, name="attention_backward")
        # What a query that sees nothing adds is 0; whether the others are right is graded elsewhere.
        dq = assert_array(unpack(gradients, "dq dk dv", of="attention_backward")[0], q.shape, name="dq", axes="B Tq d")
        assert_close(dq[~mask.any(axis=2)], np.zeros((2, 5)), name=f"dq of queries {name}", inputs=(q, k, v))
        # Both arguments stay where the function runs. If the first call changed one, the second gives another answer.
        again = unpack(submission.attention_backward(lent, cache), "dq dk dv", of="attention_backward")[0]
        assert_close(again, dq, name="dq if the same is asked again: dout or the cache was changed", axes="B Tq d", check_dtype=False)
