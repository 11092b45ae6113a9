"""Masked sequence loss"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_consistent,
    assert_stable,
    check,
    criterion,
    has_other_direction,
    is_close,
    partial,
    unpack,
)

# N, T, V, and how many words of each sentence count: sentences of all lengths, none padded, one word, an empty sentence.
SENTENCES = [
    ((3, 5, 4), [5, 2, 1]),
    ((2, 4, 3), [4, 4]),
    ((1, 1, 2), [1]),
    ((1, 6, 5), [3]),
    ((4, 2, 6), [2, 0, 1, 2]),
    ((3, 3, 3), [1, 2, 3]),
]


def draw(rng, sizes, lengths):
    """Draw scores and words, and make the mask of these lengths."""
    N, T, V = sizes
    return (
        2 * rng.normal(size=sizes),
        rng.integers(0, V, size=(N, T)),
        np.arange(T) < np.array(lengths)[:, None],
    )


def holes(rng, sizes):
    """Draw a mask that has holes, with something of either kind in it."""
    mask = rng.random(sizes[:2]) < 0.6
    mask[0, 0], mask[-1, -1] = True, False
    return mask


def loss_of(submission, x, y, mask):
    """Return the submission's loss."""
    return parts(submission.temporal_softmax_loss(x, y, mask), x)[0]


def parts(answer, x):
    """Return loss and dx of an answer if they are a finite number and a finite array like x."""
    loss, dx = unpack(answer, "loss dx", of="temporal_softmax_loss")
    return assert_array(loss, (), name="loss"), assert_array(dx, x.shape, name="dx", axes="N T V")


@criterion(
    "Masked loss: values",
    points=2,
    tests=["temporal_softmax_loss"],
    hint="Sum over the words that count, divided by N, the number of sentences, also if one of "
    "them is empty. The loss of a batch of one sentence is the sum of its words. Half of the "
    "points: it is right where nothing is padded, or for one sentence alone.",
)
def test_n4_values(submission, reference, rng):
    for number, (sizes, lengths) in enumerate(SENTENCES):
        x, y, mask = draw(rng, sizes, lengths)
        mask = holes(rng, sizes) if number == 0 else mask
        loss, _ = unpack(
            submission.temporal_softmax_loss(x, y, mask), "loss dx", of="temporal_softmax_loss"
        )
        right = reference.temporal_softmax_loss(x, y, mask)[0]
        if number == 0 and not is_close(loss, right, inputs=(x,)):
            half_for_plain_batches(submission, reference, rng)
        assert_close(loss, right, name="loss", inputs=(x,))


def half_for_plain_batches(submission, reference, rng):
    """Give half of the points for a loss that is right if nothing is padded, or if there is one sentence."""
    plain = [((2, 4, 3), [4, 4]), ((3, 2, 5), [2, 2, 2])], [((1, 4, 3), [4]), ((1, 6, 5), [2])]
    for batches, words in zip(
        plain, ("nothing is padded", "there is one sentence alone"), strict=True
    ):
        drawn = [draw(rng, sizes, lengths) for sizes, lengths in batches]
        if all(
            is_close(
                loss_of(submission, *one), reference.temporal_softmax_loss(*one)[0], inputs=one[:1]
            )
            for one in drawn
        ):
            partial(0.5, f"loss: it is right where {words}.")


@criterion(
    "Masked loss: gradient",
    points=2,
    tests=["temporal_softmax_loss"],
    hint="Probabilities, less 1 at the right word, divided by N as the loss was; and zero "
    "wherever the mask is False, since nobody asked there. Half of the points: it is the gradient "
    "of your own loss, which is another one.",
)
def test_n4_gradient(submission, reference, rng):
    for number, (sizes, lengths) in enumerate(SENTENCES):
        x, y, mask = draw(rng, sizes, lengths)
        _, dx = unpack(
            submission.temporal_softmax_loss(x, y, mask), "loss dx", of="temporal_softmax_loss"
        )
        right = reference.temporal_softmax_loss(x, y, mask)[1]
        if number == 0 and not is_close(dx, right, inputs=(x,)):
            half_for_own_loss(submission, rng, x, y, mask, dx)
        assert_close(dx, right, name="dx", axes="N T V", inputs=(x,))


def half_for_own_loss(submission, rng, x, y, mask, dx):
    """Give half of the points for the gradient of the submission's own, wrong loss, if that looks at scores and words."""
    try:
        others = (2 * rng.normal(size=x.shape), y), (x, (y + 1) % x.shape[2])
        turned = [
            has_other_direction(dx, parts(submission.temporal_softmax_loss(*one, mask), x)[1])
            for one in others
        ]
        check(all(turned), "dx: its direction is the same for other scores or words.", "gradient")
        own_loss = lambda x: float(loss_of(submission, x, y, mask))
        assert_consistent(own_loss, x, dx, rng=rng, directions=3, name="dx", axes="N T V")
    except CheckFailed:
        return
    partial(
        0.5,
        "This is the gradient of your own loss, but that is not the sum over the words divided by N.",
    )



@criterion(
    "Masked loss: what stands under the mask changes nothing",
    points=2,
    tests=["temporal_softmax_loss"],
    hint="Where the mask is False, the word and the scores are padding: whatever they are, the "
    "loss and the gradient of the other places stay as they are. Multiply by the mask, or pick by "
    "it, before anything is added up.",
)
def test_n4_mask(submission, rng):
    for sizes in [(3, 4, 5), (1, 5, 2), (2, 3, 7)]:
        x, y, _ = draw(rng, sizes, [0] * sizes[0])
        mask = holes(rng, sizes)
        loss, dx = parts(submission.temporal_softmax_loss(x, y, mask), x)
        check(bool(loss > 0), f"loss: expected more than 0, got {float(loss):.3g}.")
        check(bool(np.any(dx[mask] != 0)), "dx: every value is zero.")

        # 1e-4 and 1e-5 leave room for float32.
        other_y = np.where(mask, y, (y + rng.integers(1, sizes[2], size=y.shape)) % sizes[2])
        other_x = np.where(mask[:, :, None], x, 20 * rng.normal(size=sizes))
        for words, scores, what in ((other_y, x, "words"), (y, other_x, "scores")):
            other_loss, other_dx = parts(submission.temporal_softmax_loss(scores, words, mask), x)
            assert_close(
                other_loss,
                loss,
                name=f"the loss with other {what} under the mask",
                atol=1e-4,
                check_dtype=False,
            )
            name = f"dx where the mask is True, with other {what} under it"
            assert_close(other_dx[mask], dx[mask], name=name, atol=1e-5, check_dtype=False)

        seen = y.copy()
        seen[0, 0] = (seen[0, 0] + 1) % sizes[2]
        check(
            bool(loss_of(submission, x, seen, mask) != loss),
            "loss: it does not depend on a word that counts.",
        )


@criterion(
    "Masked loss: large scores, and scores that stay as they are",
    points=1,
    tests=["temporal_softmax_loss"],
    hint='exp(710) is already too large for a float64. Subtract the largest score of each place '
    'first, over the axis of the vocabulary, and write log p as shifted - log(sum(exp(shifted))): '
    'the logarithm of a probability that underflowed is -inf. If it says "changed its input", x '
    '-= ... wrote into the array of the caller. What is wrong for small scores has only to stay finite.',
)
def test_n4_stable(submission, reference, rng):
    quarters = (
        rng.integers(-8, 9, size=(2, 3, 4)) / 4
    )  # exact in float32, also when 10,000 is added
    y, mask = rng.integers(0, 4, size=(2, 3)), np.array([[True, True, False], [True, False, True]])
    quarters[0, :2] = (
        [0.0, 1.0, 2.0, 1.0],
        [-2.0, -2.0, -1.75, -2.0],
    )  # the second lies far below the first
    quarters[1, 1] = quarters[0, 0]
    y[0, 0] = y[1, 1] = 0  # the right word is far behind: its probability is 0 in floating point
    lent = submission.lend(quarters)
    loss, dx = parts(submission.temporal_softmax_loss(lent, y, mask), quarters)
    check(
        is_close(lent.value(), quarters),
        "x is not what it was before the call.",
        "changed its input",
    )
    # What is wrong already is paid elsewhere: then large scores must have finite numbers, and no more.
    due = reference.temporal_softmax_loss(quarters, y, mask)
    fair = [is_close(one, right, inputs=(quarters,)) for one, right in zip((loss, dx), due, strict=True)]
    for shift in (1e4, -1e4):
        shifted = assert_stable(
            submission.temporal_softmax_loss,
            quarters + shift,
            y,
            mask,
            name="temporal_softmax_loss",
        )
        names = [f"the {what} with {shift:g} added to all scores" for what in ("loss", "dx")]
        shifted = parts(shifted, quarters)
        known = tuple(
            one if is_fair else other
            for one, other, is_fair in zip((loss, dx), shifted, fair, strict=True)
        )
        assert_close(
            shifted, known, name=names, atol=5e-3, check_dtype=False
        )  # float32 tells 10,000 from 10,000.001
    # Far away the loss is how far the right words lie behind: twice as far, twice the loss.
    far, twice = (
        assert_stable(
            submission.temporal_softmax_loss,
            scale * quarters,
            y,
            mask,
            name="temporal_softmax_loss",
        )
        for scale in (1e3, 2e3)
    )
    far, twice = parts(far, quarters)[0], parts(twice, quarters)[0]
    assert_close(
        twice,
        2 * far if fair[0] else twice,
        name="the loss of scores twice as large",
        rtol=1e-2,
        check_dtype=False,
    )
    some = mask.copy()
    some[:, 0] = False  # so that words differ where they count, and where they do not
    apart = rng.normal(size=quarters.shape)  # sums of quarters may be the same for other words
    one, other = (loss_of(submission, apart, words, some) for words in (y, (y + 1) % 4))
    check(bool(other != one), "loss: it does not depend on the words.")
    cost = abs(float(far))
    check(
        cost > 100 or (not fair[0] and bool(far != loss)),
        f"loss: got {cost:.3g} where the score of a right word is 2,000 behind; each point behind costs 1 / N.",
    )
