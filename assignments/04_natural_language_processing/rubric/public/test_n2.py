"""Vanilla RNN"""

import math

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_consistent,
    criterion,
    is_close,
    partial,
    unpack,
)

LOG2, LOG3 = math.log(2), math.log(3)  # tanh of these is 3/5 and 4/5

# One sequence, twice the number 1, and one unit: the states are 3/5 and 4/5.
WX, WH = LOG2, (LOG3 - LOG2) / 0.6
INPUTS = (
    np.array([[[1.0], [1.0]]]),
    np.zeros((1, 1)),
    np.array([[WX]]),
    np.array([[WH]]),
    np.zeros(1),
)
DH = np.array([[[1.0], [10.0]]])
GRADIENTS = {"name": "dx dh0 dWx dWh db", "axes": "N T D; N H; D H; H H; H"}


@criterion(
    "RNN, one step forward: an example to do by hand",
    points=1,
    tests=["rnn_step_forward"],
    hint="next_h = tanh(x Wx + prev_h Wh + b), with matrix products (@): rows of Wx belong to the "
    "D inputs, rows of Wh to the last state, columns of both to the next state.",
)
def test_n2_example(submission, reference, rng):
    # N = 1, D = 1, H = 2: the sums are log 2 and -log 3.
    x, prev_h = np.array([[2.0]]), np.array([[1.0, -1.0]])
    Wx, Wh, b = np.array([[0.5, -1.0]]), np.array([[LOG2, 0.0], [1.0, LOG3]]), np.array([0.0, 2.0])
    next_h, _ = unpack(
        submission.rnn_step_forward(x, prev_h, Wx, Wh, b), "next_h cache", of="rnn_step_forward"
    )
    if is_close(next_h, np.tanh([[1 + LOG2, 1 - LOG3]])):
        raise CheckFailed(
            "next_h: the state goes through the transpose of Wh; rows of Wh belong to the last state."
        )
    if is_close(next_h, np.array([[LOG2, -LOG3]])):
        raise CheckFailed("next_h: the sum is right, but it did not go through tanh.")
    assert_close(next_h, np.array([[0.6, -0.8]]), name="next_h", axes="N H")

    inputs = [rng.normal(size=shape) for shape in [(3, 4), (3, 5), (4, 5), (5, 5), (5,)]]
    next_h, _ = unpack(submission.rnn_step_forward(*inputs), "next_h cache", of="rnn_step_forward")
    assert_close(
        next_h, reference.rnn_step_forward(*inputs)[0], name="next_h", axes="N H", inputs=inputs
    )


def by_hand(slope1, slope2, from_second=1.0, to_weights=(1.0, 1.0)):
    """Return all gradients, for these slopes of the two tanh, and this much of what comes back and of what is added up."""
    da2 = 10.0 * slope2  # of the sum inside the second tanh: from dh alone
    da1 = (
        1.0 + from_second * da2 * WH
    ) * slope1  # of that inside the first: from dh, and through the second step
    first, second = to_weights[0] * da1, to_weights[1] * da2
    db = first + second
    return (
        np.array([[[da1 * WX], [da2 * WX]]]),
        np.array([[da1 * WH]]),
        np.array([[1.0 * first + 1.0 * second]]),  # x times it
        np.array([[0.0 * first + 0.6 * second]]),  # the state before times it
        np.array([db]),
    )


SLOPES = 1 - 0.6**2, 1 - 0.8**2
MISTAKES = {
    "What the second step says about the first state is missing: its gradient is dh[:, 0] plus the dprev_h of step 1.": by_hand(
        *SLOPES, from_second=0.0
    ),
    "Gradients of the weights are those of the first step alone: they add up over t.": by_hand(
        *SLOPES, to_weights=(1.0, 0.0)
    ),
    "Gradients of the weights are those of the last step alone: they add up over t.": by_hand(
        *SLOPES, to_weights=(0.0, 1.0)
    ),
    "The derivative of tanh is missing: the gradient of the sum is dnext_h times 1 - next_h**2.": by_hand(
        1.0, 1.0
    ),
    "The derivative of tanh is 1 - next_h**2: what came out went through tanh already.": by_hand(
        1 - math.tanh(0.6) ** 2, 1 - math.tanh(0.8) ** 2
    ),
}


@criterion(
    "RNN, backward: two steps to do by hand",
    points=1,
    tests=["rnn_forward", "rnn_backward"],
    hint="The state after the first step has two readers: you, with dh[:, 0], and the second "
    "step. Its gradient is the sum of both. Every weight is used at every time, so its gradient "
    "is a sum over t. If your own forward pass is another one, its gradients are right here. A "
    "fifth of the points for each gradient that is right.",
)
def test_n2_example_backward(submission, rng):
    h, cache = unpack(submission.rnn_forward.keep(*INPUTS), "h cache", of="rnn_forward")
    actual = submission.rnn_backward(DH, cache)
    actual = tuple(unpack(actual, GRADIENTS["name"], of="rnn_backward"))
    if not is_close(h.value(), np.array([[[0.6], [0.8]]])) and not is_close(actual, by_hand(*SLOPES)):
        check_own_forward(submission, rng, actual)
        return
    for sentence, wrong in MISTAKES.items():
        if is_close(actual, wrong):
            raise CheckFailed(sentence)
    right = [
        name
        for name, one, due in zip(GRADIENTS["name"].split(), actual, by_hand(*SLOPES), strict=True)
        if is_close(one, due)
    ]
    if 0 < len(right) < len(actual):
        partial(len(right) / len(actual), f"Right: {', '.join(right)}.")
    assert_close(actual, by_hand(*SLOPES), **GRADIENTS)


def check_own_forward(submission, rng, gradients):
    """Check that gradients are those of the submission's own forward pass, which is another one and is graded elsewhere."""

    def own_forward(x, h0, Wx, Wh, b):
        answer = submission.rnn_forward(x, h0, Wx, Wh, b)
        h, _ = unpack(answer, "h cache", of="rnn_forward")
        return assert_array(h, DH.shape, name="h", axes="N T H")

    own = own_steps(submission)
    if own is not None and all(np.any(one) for one in own) and is_close(gradients, own):
        assert_close(gradients, own, **GRADIENTS)
        return
    at = dict(zip(("x", "h0", "Wx", "Wh", "b"), INPUTS, strict=True))
    for name in ("x", "Wh"):
        if is_close(own_forward(**{**at, name: at[name] + 1}), own_forward(**at)):
            raise CheckFailed(
                f"The gradients cannot be told: your forward pass does not depend on {name}."
            )
    later = INPUTS[0] + np.array([[[0.0], [1.0]]])
    if not is_close(own_forward(**{**at, "x": later})[:, 0], own_forward(**at)[:, 0]):
        raise CheckFailed(
            "The gradients cannot be told: your first state depends on what is read later."
        )
    assert_consistent(own_forward, at, gradients, upstream=DH, rng=rng, **GRADIENTS)


def own_steps(submission):
    """Return what the submission's own steps come to if they are put together rightly; None if they cannot be called."""
    x, state, *weights = INPUTS
    try:
        caches = []
        for t in range(2):
            kept, cache = submission.rnn_step_forward.keep(x[:, t], state, *weights)
            state = kept.value()
            caches.append(cache)
        last = submission.rnn_step_backward(DH[:, 1], caches[1])
        first = submission.rnn_step_backward(DH[:, 0] + last[1], caches[0])
    except Exception:  # it is the submission's, and paid in the criteria of the step
        return None
    sums = (one + other for one, other in zip(first[2:], last[2:], strict=True))
    return np.stack([first[0], last[0]], axis=1), first[1], *sums
