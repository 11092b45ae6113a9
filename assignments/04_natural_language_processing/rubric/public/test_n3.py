"""LSTM"""

import itertools
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

# One sequence, one feature, one unit; the state before is 0, so that Wh does not matter for the values. The sums of the four
# gates are chosen so that i = 1/4, f = 1/2, o = 3/4 and g = 3/5, and the memory before so that tanh(c) is 3/5.
SUMS = np.array([-math.log(3), 0.0, math.log(3), math.log(2)])
X, PREV_H, PREV_C = np.array([[2.0]]), np.zeros((1, 1)), np.array([[2 * math.log(2) - 0.3]])
WX, WH = np.array([[1.0, -2.0, 0.5, -1.0]]), np.array([[1.0, 2.0, -1.0, 3.0]])
B = SUMS - 2.0 * WX[0]
INPUTS = {"x": X, "prev_h": PREV_H, "prev_c": PREV_C, "Wx": WX, "Wh": WH, "b": B}
GRADIENTS = {"name": "dx dprev_h dprev_c dWx dWh db", "axes": "N D; N H; N H; D 4H; H 4H; 4H"}


def squeeze(z):
    """Return the sigmoid of a number."""
    return 1 / (1 + math.exp(-z))


def in_order(order):
    """Return the state and the memory that come of the columns being taken for these gates."""
    sums = dict(zip(order, SUMS, strict=True))
    c = squeeze(sums["f"]) * float(PREV_C[0, 0]) + squeeze(sums["i"]) * math.tanh(sums["g"])
    return np.array([[squeeze(sums["o"]) * math.tanh(c)]]), np.array([[c]])


@criterion(
    "LSTM, one step forward: an example to do by hand",
    points=1,
    tests=["lstm_step_forward"],
    hint="The columns belong to i, f, o and g, in this order; a tutorial for Keras or PyTorch "
    "will have another. Sigmoid for the three gates, tanh for g, and tanh once more on the way "
    "from c to h.",
)
def test_n3_example(submission, reference, rng):
    answer = submission.lstm_step_forward(X, PREV_H, PREV_C, WX, WH, B)
    next_h, next_c, _ = unpack(answer, "next_h next_c cache", of="lstm_step_forward")
    for order in itertools.permutations("ifog"):
        if order != tuple("ifog") and is_close((next_h, next_c), in_order(order)):
            raise CheckFailed(
                f"The four blocks of columns are taken for {', '.join(order)}; they are i, f, o, g."
            )
    expected = np.array([[0.75 * 0.6]]), np.array([[0.5 * (2 * math.log(2) - 0.3) + 0.25 * 0.6]])
    assert_close((next_h, next_c), expected, name="next_h next_c", axes="N H; N H")

    shapes = [(3, 2), (3, 4), (3, 4), (2, 16), (4, 16), (16,)]
    inputs = [rng.normal(size=shape) for shape in shapes]
    next_h, next_c, _ = unpack(
        submission.lstm_step_forward(*inputs), "next_h next_c cache", of="lstm_step_forward"
    )
    expected = reference.lstm_step_forward(*inputs)[:2]
    assert_close((next_h, next_c), expected, name="next_h next_c", axes="N H; N H", inputs=inputs)


def by_hand(dc, shown=0.6):
    """Return all gradients, from that of the new memory; that of the new state is 1, and o shows this much."""
    di, df, do, dg = dc * 0.6, dc * float(PREV_C[0, 0]), 1.0 * shown, dc * 0.25
    da = np.array(
        [di * 0.25 * 0.75, df * 0.5 * 0.5, do * 0.75 * 0.25, dg * (1 - 0.6**2)]
    )  # through sigmoid and tanh
    dx, dprev_h = np.array([[np.sum(da * WX[0])]]), np.array([[np.sum(da * WH[0])]])
    return dx, dprev_h, np.array([[dc * 0.5]]), np.array([2.0 * da]), np.array([0.0 * da]), da


@criterion(
    "LSTM, one step backward: an example to do by hand",
    points=1,
    tests=["lstm_step_forward", "lstm_step_backward"],
    hint="The new memory has two readers: the next step, with dnext_c, and next_h = o "
    "tanh(next_c). The gradients of the two add up, and the sum goes on to f, prev_c, i and g. If "
    "your own step forward is another one, its gradients are right here. A part of the points for "
    "each gradient that is right.",
)
def test_n3_example_backward(submission, rng):
    kept = submission.lstm_step_forward.keep(*INPUTS.values())
    next_h, next_c, cache = unpack(kept, "next_h next_c cache", of="lstm_step_forward")
    actual = submission.lstm_step_backward(np.array([[1.0]]), np.array([[2.0]]), cache)
    actual = tuple(unpack(actual, GRADIENTS["name"], of="lstm_step_backward"))
    expected = by_hand(2.0 + 1.0 * 0.75 * (1 - 0.6**2))  # from the next step, and through next_h
    is_right = is_close((next_h.value(), next_c.value()), in_order("ifog"))
    if not is_right and not is_close(actual, expected):
        check_own_step(submission, rng, next_h.value(), actual)
        return
    if is_close(actual, by_hand(2.0)):
        raise CheckFailed(
            "The gradient of the memory is dnext_c alone; next_h = o tanh(next_c) has something to say as well."
        )
    pairs = list(zip(GRADIENTS["name"].split(), actual, expected, strict=True))
    right = [name for name, one, due in pairs if np.any(due) and is_close(one, due)]
    wrong = [name for name, one, due in pairs if not is_close(one, due)]
    if right and wrong:  # that dWh is 0 here says nothing
        partial(len(right) / (len(right) + len(wrong)), f"Right: {', '.join(right)}.")
    assert_close(actual, expected, **GRADIENTS)


def check_own_step(submission, rng, next_h, gradients):
    """Check that gradients are those of the submission's own step, which is another one and is graded elsewhere."""
    shown = float(assert_array(next_h, (1, 1), name="next_h", axes="N H")[0, 0]) / 0.75
    for_own_state = by_hand(2.0 + 0.75 * (1 - shown**2), shown)
    if is_close(gradients, for_own_state):  # the right formula, from the state that was computed
        assert_close(gradients, for_own_state, **GRADIENTS)
        return

    def own_step(**inputs):
        answer = submission.lstm_step_forward(*inputs.values())
        outputs = unpack(answer, "next_h next_c cache", of="lstm_step_forward")[:2]
        return np.stack([assert_array(one, (1, 1), axes="N H") for one in outputs])

    for name in ("x", "prev_c"):
        if is_close(own_step(**{**INPUTS, name: INPUTS[name] + 1}), own_step(**INPUTS)):
            raise CheckFailed(
                f"The gradients cannot be told: your step forward does not depend on {name}."
            )
    pairs = [np.concatenate([INPUTS[name], INPUTS[name] + 1]) for name in ("x", "prev_h", "prev_c")]
    answer = submission.lstm_step_forward(*pairs, *list(INPUTS.values())[3:])
    state = unpack(answer, "next_h next_c cache", of="lstm_step_forward")[0]
    first = assert_array(state, (2, 1), name="next_h of two sequences", axes="N H")[:1]
    if not is_close(first, next_h):
        raise CheckFailed(
            "The gradients cannot be told: in your step forward one sequence depends on another."
        )
    upstream = np.array([[[1.0]], [[2.0]]])
    assert_consistent(own_step, INPUTS, gradients, upstream=upstream, rng=rng, **GRADIENTS)
