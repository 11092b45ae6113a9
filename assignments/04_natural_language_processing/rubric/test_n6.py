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
    count_close,
    criterion,
    is_close,
    partial,
    partial_for_close,
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


def is_fair(submission, reference, q, k, v, mask):
    """Return True if the submission's output is right here: then it must stay right where numbers are large."""
    out, *_ = attention(submission, q, k, v, mask)
    return is_close(out, reference.scaled_dot_product_attention(q, k, v, mask)[0], inputs=(q, k, v))


def attention(submission, q, k, v, mask):
    """Return out and weights of the submission."""
    answer = submission.scaled_dot_product_attention.keep(q, k, v, *(() if mask is None else (mask,)))
    out, weights, cache = unpack(answer, "out weights cache", of="scaled_dot_product_attention")
    return out.value(), weights.value(), cache


@criterion(
    "Attention: output and weights",
    points=3,
    tests=["scaled_dot_product_attention"],
    hint="Scores are divided by the root of d, the length of a key; the softmax runs over the "
    "keys, the last axis; and where the mask is False, a score counts for nothing BEFORE the "
    "softmax. Two thirds of the points: all is right but the root of d. One third: it is right "
    "without a mask.",
)
def test_n6_values(submission, reference, rng):
    assert_avoids(submission, functions=["scaled_dot_product_attention"], names=LIBRARIES)
    for number, shape in enumerate(SHAPES):
        q, k, v = draw(rng, shape)
        given = masks(rng, shape)
        if number == 0:
            part_for_one_mistake(submission, reference, q, k, v, given)
        for mask, kind in zip(given, ("without a mask", "with a mask for all", "with a mask for each"), strict=True):
            out, weights, _ = attention(submission, q, k, v, mask)
            expected = reference.scaled_dot_product_attention(q, k, v, mask)
            assert_close(weights, expected[1], name=f"weights {kind}", axes="B Tq Tk", inputs=(q, k, v))
            assert_close(out, expected[0], name=f"out {kind}", axes="B Tq dv", inputs=(q, k, v))


def part_for_one_mistake(submission, reference, q, k, v, given):
    """Give a part of the points if the scale is the only mistake, or the mask."""

    def agrees(mask, scale=1.0):
        actual = attention(submission, q, k, v, mask)[:2]
        return is_close(
            actual,
            reference.scaled_dot_product_attention(scale * q, k, v, mask)[:2],
            inputs=(q, k, v),
        )

    if all(agrees(mask) for mask in given):
        return
    for scale in (q.shape[2] ** 0.5, (q.shape[2] / v.shape[2]) ** 0.5):
        if all(agrees(mask, scale) for mask in given):
            partial(
                2 / 3,
                "All is right but for the root of d, the length of a key, by which scores are to be divided.",
            )
    if agrees(None):
        partial(1 / 3, "It is right without a mask, and wrong with one.")


@criterion(
    "positional_encoding: values",
    points=1,
    tests=["positional_encoding"],
    hint="Columns 2i and 2i + 1 share the angle t / 10000^(2i / d): the exponent is an even "
    "number over d in both. Positions count from 0.",
)
def test_n6_positions(submission, reference):
    for T, d in ((7, 6), (1, 4), (12, 2), (100, 16)):
        assert_close(
            submission.positional_encoding(T, d),
            reference.positional_encoding(T, d),
            name="encoding",
            axes="T d",
        )


@criterion(
    "Attention: gradients",
    points=5,
    tests=["scaled_dot_product_attention", "attention_backward"],
    hint="With p the weights and dp = dout v^T, the scores get p * (dp - sum(p * dp)), summed "
    "over the keys; and the root of d divides dq and dk once more. dk sums over the queries. A "
    "third of the points for each that is right. Half of that for each that is the gradient of "
    "your own forward pass, or right for the weights that it returns, but it is another one, if its "
    "weights without a mask are at least 0 and sum to 1.",
)
def test_n6_gradients(submission, reference, rng):
    assert_avoids(submission, functions=["attention_backward"], names=LIBRARIES)
    answers = []
    for shape in SHAPES:
        for mask in masks(rng, shape):
            q, k, v = draw(rng, shape)
            _, weights, cache = attention(submission, q, k, v, mask)
            out, _, own = reference.scaled_dot_product_attention(q, k, v, mask)
            dout = rng.normal(size=out.shape)
            actual = submission.attention_backward(dout, cache)
            actual = tuple(unpack(actual, GRADIENTS["name"], of="attention_backward"))
            right = reference.attention_backward(dout, own)
            answers.append((actual, right, (q, k, v)))
            if count_close(actual, right, inputs=(q, k, v)) < len(right) / 2:
                weights = assert_array(weights, own[3].shape, name="weights", axes="B Tq Tk")
                is_one = is_attention(submission, rng)
                if (
                    is_one
                    and not is_close(weights, own[3])
                    and is_close(actual, reference.attention_backward(dout, (q, k, v, weights)), inputs=(q, k, v))
                ):
                    partial(
                        0.5,
                        "The gradients are right for the weights that you return, but these are other ones.",
                    )
                if is_one:
                    half_for_own_gradient(submission, rng, (q, k, v), mask, dout, actual, right)
    partial_for_close(*zip(*answers, strict=True), name=GRADIENTS["name"])
    for actual, right, inputs in answers:
        assert_close(actual, right, **GRADIENTS, inputs=inputs)




def is_attention(submission, rng):
    """Return True if weights without a mask are a distribution, over whatever axis, and out reads all that it should."""
    q, k, v = draw(rng, (2, 3, 5, 3, 2))
    try:
        weights = assert_array(attention(submission, q, k, v, None)[1], (2, 3, 5), name="weights")
        assert_reads(submission, q, k, v)
    except Exception:  # whatever it raises, and a check that failed
        return False
    sums = (np.sum(weights, axis=axis) for axis in range(3))
    return bool(np.all(weights >= 0)) and any(np.allclose(one, 1, atol=1e-3) for one in sums)


def half_for_own_gradient(submission, rng, at, mask, dout, gradients, right):
    """Give half of its points for each gradient of the submission's own, wrong forward pass, and all for one that is right."""

    def own_forward(**moved):
        given = {**at, **moved}
        out, *_ = attention(submission, given["q"], given["k"], given["v"], mask)
        return assert_array(out, dout.shape, name="out", axes="B Tq dv")

    at = dict(zip("qkv", at, strict=True))
    own, share = [], 0.0
    for name, mine, due in zip("qkv", gradients, right, strict=True):
        if is_close(mine, due, inputs=tuple(at.values())):
            share += 1 / 3
            continue
        how = {"upstream": dout, "rng": rng, "directions": 3, "name": f"d{name}"}
        try:
            assert_consistent(own_forward, {name: at[name]}, {name: mine}, **how)
        except CheckFailed:
            continue
        if np.any(mine):
            own.append(f"d{name}")
            share += 1 / 6
    if own:
        partial(
            share,
            f"Right for your own forward pass, which is not this attention: {', '.join(own)}.",
        )


@criterion(
    "Attention: weights of a query sum to 1 over what it may see, and what is hidden changes nothing",
    points=1,
    tests=["scaled_dot_product_attention"],
    hint="The weights of a query sum to 1 over what it may see and are 0 elsewhere, out is the "
    "weights times v, and keys and values that are hidden may change as they like.",
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
            seen, hidden = (
                np.sum(weights, axis=2, where=keep),
                np.sum(np.abs(weights), axis=2, where=~keep),
            )
            assert_close(
                seen,
                np.ones((B, Tq)),
                name="sums of the weights of what a query may see",
                axes="B Tq",
                inputs=(q, k, v),
            )
            assert_close(
                hidden,
                np.zeros((B, Tq)),
                name="sums of the weights of what it may not see",
                axes="B Tq",
                inputs=(q, k, v),
            )
            assert_close(
                weights @ v,
                out,
                name="weights @ v, against out",
                axes="B Tq dv",
                inputs=(q, k, v),
                check_dtype=False,
            )

    q, k, v = draw(rng, (2, 4, 4, 3, 2))
    causal = np.tri(4, dtype=bool)[None]
    before = assert_array(attention(submission, q, k, v, causal)[0], (2, 4, 2), name="out", axes="B Tq dv")
    other_k, other_v = k.copy(), v.copy()
    other_k[:, 2:], other_v[:, 2:] = rng.normal(size=(2, 2, 3)), rng.normal(size=(2, 2, 2))
    after = assert_array(attention(submission, q, other_k, other_v, causal)[0], (2, 4, 2), name="out", axes="B Tq dv")
    assert_close(
        after[:, :2],
        before[:, :2],
        name="out before the moment at which keys and values were changed",
        inputs=(q,),
        check_dtype=False,
    )
    assert_reads(submission, q, k, v)


def assert_reads(submission, q, k, v):
    """Check that the output depends on queries, keys and values: a constant keeps every property."""
    out = assert_array(
        attention(submission, q, k, v, None)[0],
        (*q.shape[:2], v.shape[2]),
        name="out",
        axes="B Tq dv",
    )
    for axis, what in ((1, "query"), (2, "axis of the values")):
        first = np.broadcast_to(np.take(out, [0], axis=axis), out.shape)
        check(not np.allclose(out, first), f"out is the same for every {what}.")
    other = np.array([2.0, -1.0, 0.5])  # a number that is added to all may cancel
    for changed, what in (
        ((q * other, k, v), "queries"),
        ((q, k * other, v), "keys"),
        ((q, k, v + 1), "values"),
    ):
        moved = assert_array(attention(submission, *changed, None)[0], out.shape, name="out", axes="B Tq dv")
        check(not np.allclose(moved, out), f"out does not depend on the {what}.")


@criterion(
    "Attention knows no order",
    points=1,
    tests=["scaled_dot_product_attention"],
    hint="Keys that are shuffled with their values give the same output; shuffled queries give "
    "shuffled outputs. With a mask, its axes are shuffled likewise.",
)
def test_n6_order(submission, rng):
    for shape in SHAPES[:3]:
        B, Tq, Tk = shape[:3]
        for mask in masks(rng, shape):
            q, k, v = draw(rng, shape)
            out = assert_array(
                attention(submission, q, k, v, mask)[0],
                (B, Tq, shape[4]),
                name="out",
                axes="B Tq dv",
            )
            keys, queries = rng.permutation(Tk), rng.permutation(Tq)
            shuffled = None if mask is None else mask[:, :, keys]
            again = attention(submission, q, k[:, keys], v[:, keys], shuffled)[0]
            assert_close(
                again,
                out,
                name="out after keys and values were shuffled",
                axes="B Tq dv",
                inputs=(q, k, v),
                check_dtype=False,
            )
            shuffled = None if mask is None else mask[:, queries]
            again = attention(submission, q[:, queries], k, v, shuffled)[0]
            assert_close(
                again,
                out[:, queries],
                name="out after queries were shuffled",
                axes="B Tq dv",
                inputs=(q, k, v),
                check_dtype=False,
            )
    assert_reads(submission, *draw(rng, (2, 3, 5, 3, 2)))


@criterion(
    "Attention: scores in the thousands",
    points=1,
    tests=["scaled_dot_product_attention"],
    hint="Subtract the largest score of each query before exp: exp(710) is already too large for a float64.",
)
def test_n6_stability(submission, reference, rng):
    q, k, v = draw(rng, (2, 3, 4, 5, 2))
    for mask in masks(rng, (2, 3, 4)):
        given = (1e3 * q, k, v) if mask is None else (1e3 * q, k, v, mask)
        kept = submission.scaled_dot_product_attention.under(
            errstate={"over": "raise", "divide": "raise", "invalid": "raise"}, keep=True
        )
        answer, _, _ = unpack(kept(*given), "out weights cache", of="scaled_dot_product_attention")
        actual = assert_array(answer.value(), (2, 3, 2), name="out", axes="B Tq dv")
        # A score that is wrong by a factor is wrong here as well, and paid elsewhere: it must be finite.
        right = reference.scaled_dot_product_attention(1e3 * q, k, v, mask)[0]
        due = right if is_fair(submission, reference, q, k, v, mask) else actual
        assert_close(actual, due, name="out for scores in the thousands", axes="B Tq dv", inputs=(q, k, v))
    assert_reads(submission, *draw(rng, (2, 3, 5, 3, 2)))


@criterion(
    "Attention: queries that may see nothing",
    points=1,
    tests=["scaled_dot_product_attention", "attention_backward"],
    hint="A query that may see nothing has weights 0 and an output of 0, and its gradient is 0: a "
    "score of -1e9 in all of its places makes equal weights instead, and -inf alone makes 0 / 0. "
    'If it says "changed its input", attention_backward changed dout or the cache, so that asked '
    "again it gives another answer.",
)
def test_n6_blind(submission, reference, rng):
    mask = rng.random((2, 3, 4)) < 0.7
    mask[:, :, 0] = True
    everything = mask.copy()
    mask[0, 1], mask[1, 2] = False, False
    blind = ~mask.any(axis=2)
    for dtype in (np.float64, np.float32):
        q, k, v, dout = (array.astype(dtype) for array in (*draw(rng, (2, 3, 4, 5, 2)), rng.normal(size=(2, 3, 2))))
        out, weights, cache = attention(submission, q, k, v, mask)
        expected = reference.scaled_dot_product_attention(q, k, v, mask)
        name = f"where two queries see nothing, in {np.dtype(dtype).name}"
        weights = assert_array(weights, (2, 3, 4), name=f"weights {name}", axes="B Tq Tk")
        out = assert_array(out, (2, 3, 2), name=f"out {name}", axes="B Tq dv")
        assert_close(
            weights[blind],
            np.zeros((2, 4)),
            name=f"weights of queries {name}",
            inputs=(q, k, v),
            check_dtype=False,
        )
        assert_close(
            out[blind],
            np.zeros((2, 2)),
            name=f"out of queries {name}",
            inputs=(q, k, v),
            check_dtype=False,
        )
        # Others are as right as they are where every query sees something.
        due = expected[0] if is_fair(submission, reference, q, k, v, everything) else out
        assert_close(out, due, name=f"out {name}", axes="B Tq dv", inputs=(q, k, v), check_dtype=False)
        lent = submission.lend(dout)
        gradients = assert_stable(submission.attention_backward, lent, cache, name="attention_backward")
        # What a query that sees nothing adds is 0; whether the others are right is graded elsewhere.
        dq = assert_array(
            unpack(gradients, "dq dk dv", of="attention_backward")[0],
            q.shape,
            name="dq",
            axes="B Tq d",
        )
        assert_close(
            dq[blind],
            np.zeros((2, 5)),
            name=f"dq of queries {name}",
            inputs=(q, k, v),
            check_dtype=False,
        )
        # Both arguments stay where the function runs. If the first call changed one, the second gives another answer.
        again = unpack(submission.attention_backward(lent, cache), "dq dk dv", of="attention_backward")[0]
        check(
            is_close(again, dq, check_dtype=False),
            "dq is another if the same is asked again: dout or the cache was changed.",
            "changed its input",
        )
    assert_reads(submission, *draw(rng, (2, 3, 5, 3, 2)))
