"""Vanilla RNN"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_avoids,
    assert_close,
    assert_consistent,
    check,
    count_close,
    criterion,
    is_close,
    note,
    partial,
    partial_for_close,
    unpack,
)

# N, D, H of a step. One sequence, one feature, one unit, and sizes that cannot be told from each other.
STEPS = [(3, 4, 5), (1, 2, 3), (4, 1, 2), (2, 3, 1), (3, 3, 3)]
# N, T, D, H of sequences; the first is the usual one.
SEQUENCES = [(2, 7, 3, 4), (3, 1, 4, 5), (1, 7, 2, 3), (4, 2, 1, 2), (3, 3, 3, 3), (2, 5, 3, 1)]
STEP = {"name": "dx dprev_h dWx dWh db", "axes": "N D; N H; D H; H H; H"}
SEQUENCE = {"name": "dx dh0 dWx dWh db", "axes": "N T D; N H; D H; H H; H"}
LIBRARIES = ["*.GradientTape", "*.SimpleRNN", "*.SimpleRNNCell", "*.RNN"]


def draw(rng, N, D, H, T=None):
    """Draw x, the state before, Wx, Wh and b, of sizes at which tanh bends but does not saturate."""
    x = rng.normal(size=(N, D) if T is None else (N, T, D))
    return (
        x,
        rng.normal(size=(N, H)),
        rng.normal(size=(D, H)) / D**0.5,
        rng.normal(size=(H, H)) / H**0.5,
        rng.normal(size=H) / 2,
    )


def step(submission, inputs):
    """Return the state after the submission's step."""
    return unpack(submission.rnn_step_forward(*inputs), "next_h cache", of="rnn_step_forward")[0]


def read(submission, inputs):
    """Return the states of the submission's forward pass."""
    return unpack(submission.rnn_forward(*inputs), "h cache", of="rnn_forward")[0]


def own_cache(submission, inputs):
    """Return the cache of the submission's forward pass, which stays with the submission."""
    return unpack(submission.rnn_forward.keep(*inputs), "h cache", of="rnn_forward")[1]


# The steps of a submission
#
# Sequences are tested with the submission's own step where that is right. Where it is another step, sequences may be right
# for it; and where there is none, or one that reads nothing, a right one is put in its place: what is wrong with a step has
# been paid in the criteria of the step.


def find_steps(submission, reference, rng):
    """Return "right" or "other" for the steps of the submission, or put right ones in their place and return "lent"."""
    inputs, dnext_h = draw(rng, 3, 4, 5), rng.normal(size=(3, 5))
    state, cache = reference.rnn_step_forward(*inputs)
    found = one_step(submission, inputs, dnext_h)
    if found is not None and is_close(
        found, (state, *reference.rnn_step_backward(dnext_h, cache)), inputs=inputs
    ):
        return "right"
    if found is not None and reads_all(submission, inputs, found):
        return "other"
    lend_steps(submission, reference)
    return "lent"


def one_step(submission, inputs, dnext_h):
    """Return the state after the submission's step, and its gradients; None if there are none of these shapes."""
    if "rnn_step_forward" not in submission or "rnn_step_backward" not in submission:
        return None
    try:
        kept, cache = submission.rnn_step_forward.keep(*inputs)
        found = kept.value(), *submission.rnn_step_backward(dnext_h, cache)
        due = dnext_h, *inputs
        return tuple(
            np.reshape(np.asarray(one, dtype=float), like.shape)
            for one, like in zip(found, due, strict=True)
        )
    except (
        Exception
    ):  # whatever it is, it is the submission's, and paid in the criteria of the step
        return None


def reads_all(submission, inputs, found):
    """Return True if a step depends on the element and on the state before it, and no gradient is zero."""
    x, prev_h, *weights = inputs
    other = [
        one_step(submission, (*start, *weights), found[0])
        for start in ((x + 1, prev_h), (x, prev_h + 1))
    ]
    moves = all(one is not None and not is_close(one[0], found[0]) for one in other)
    return moves and all(np.any(one) for one in found) and is_apart(submission, inputs)


def is_apart(submission, inputs):
    """Return True if a step keeps sequences apart, and its units are not all the same."""
    x, prev_h, *weights = inputs
    other = x.copy(), prev_h.copy()
    for one in other:
        one[1:] += 1
    try:
        state, moved = step(submission, inputs), step(submission, (*other, *weights))
    except Exception:  # whatever it is, it is the submission's
        return False
    state, moved = np.asarray(state, dtype=float), np.asarray(moved, dtype=float)
    return is_close(moved[0], state[0], check_dtype=False) and not is_close(
        state, np.broadcast_to(state[:, :1], state.shape), check_dtype=False
    )


def lend_steps(submission, reference):
    """Put right steps in the place of the submission's."""

    def rnn_step_forward(x, prev_h, Wx, Wh, b):
        next_h, cache = reference.rnn_step_forward(x, prev_h, Wx, Wh, b)
        return next_h, submission.loan(cache)

    def rnn_step_backward(dnext_h, cache):
        return reference.rnn_step_backward(dnext_h, cache)

    for function in (rnn_step_forward, rnn_step_backward):
        submission.assign(function.__name__, submission.callback(function))
    note("A right step stood in the place of yours here.")




def states_of_own_steps(submission, inputs):
    """Return the states that the submission's own steps come to."""
    x, state, *weights = inputs
    states = []
    for t in range(x.shape[1]):
        state = assert_array(
            step(submission, (x[:, t], state, *weights)), state.shape, name="next_h", axes="N H"
        )
        states.append(state)
    return np.stack(states, axis=1)


def gradients_of_own_steps(submission, inputs, dh):
    """Return the gradients that come of the submission's own steps, put together as they should be."""
    x, state, *weights = inputs
    caches = []
    for t in range(dh.shape[1]):
        kept, cache = unpack(
            submission.rnn_step_forward.keep(x[:, t], state, *weights),
            "next_h cache",
            of="rnn_step_forward",
        )
        state = assert_array(kept.value(), state.shape, name="next_h", axes="N H")
        caches.append(cache)
    dx, dstate, sums = (
        np.zeros_like(x),
        np.zeros_like(state),
        [np.zeros_like(one) for one in weights],
    )
    for t in reversed(range(dh.shape[1])):
        parts = unpack(
            submission.rnn_step_backward(dh[:, t] + dstate, caches[t]),
            STEP["name"],
            of="rnn_step_backward",
        )
        shaped = [
            assert_array(part, like.shape)
            for part, like in zip(parts, (x[:, t], state, *weights), strict=True)
        ]
        dx[:, t], dstate = shaped[:2]
        sums = [total + part for total, part in zip(sums, shaped[2:], strict=True)]
    return dx, dstate, *sums


@criterion(
    "RNN, one step: forward",
    points=1,
    tests=["rnn_step_forward"],
    hint="Three terms inside one tanh: the input times Wx, the last state times Wh, and the bias, "
    "which every sequence of the batch gets.",
)
def test_n2_step_values(submission, reference, rng):
    assert_avoids(
        submission, functions=["rnn_step_forward"], names=LIBRARIES, modules=["torch", "jax"]
    )
    for sizes in STEPS:
        inputs = draw(rng, *sizes)
        expected, _ = reference.rnn_step_forward(*inputs)
        assert_close(step(submission, inputs), expected, name="next_h", axes="N H", inputs=inputs)


@criterion(
    "RNN, whole sequences: forward",
    points=2,
    tests=["rnn_forward"],
    hint="h[:, t] is the state after element t, and what step t + 1 begins with; step 0 begins "
    "with h0, which is not in h. The weights are the same at every time. Try T = 1, too. Half of "
    "the points: it is right from an h0 of zeros alone.",
)
def test_n2_values(submission, reference, rng):
    steps = find_steps(submission, reference, rng)
    drawn = tuple(map(int, rng.integers(2, 7, size=4)))
    for number, (N, T, D, H) in enumerate([*SEQUENCES, drawn]):
        inputs = draw(rng, N, D, H, T)
        actual, right = read(submission, inputs), reference.rnn_forward(*inputs)[0]
        if not is_close(actual, right, inputs=inputs):
            if steps == "other":
                right = states_of_own_steps(submission, inputs)
            if number == 0 and not is_close(actual, right, inputs=inputs):
                half_from_zeros(submission, reference, inputs)
        assert_close(actual, right, name="h", axes="N T H", inputs=inputs)


def half_from_zeros(submission, reference, inputs):
    """Give half of the points for states that are right if the first begins with zeros."""
    x, h0, *weights = inputs
    inputs = x, np.zeros_like(h0), *weights
    if is_close(read(submission, inputs), reference.rnn_forward(*inputs)[0], inputs=inputs):
        partial(0.5, "h: it is right where h0 is zeros, and wrong for another h0.")


@criterion(
    "RNN, one step: backward",
    points=2,
    tests=["rnn_step_forward", "rnn_step_backward"],
    hint="Go back through tanh first: da = dnext_h * (1 - next_h**2), with the state that came "
    "out. Everything else is an affine layer's backward pass with da; db is a sum over the batch, "
    "of shape (H,). A fifth of the points for each that is right. Half of the points: either these "
    "are the gradients of your own step, which is another one, or all are right, but dnext_h is "
    "not what it was after the call.",
)
def test_n2_step_gradients(submission, reference, rng):
    assert_avoids(
        submission, functions=["rnn_step_backward"], names=LIBRARIES, modules=["torch", "jax"]
    )
    unchanged, answers = [], []
    for number, sizes in enumerate(STEPS):
        inputs = draw(rng, *sizes)
        dnext_h = rng.normal(size=inputs[1].shape)
        _, cache = unpack(
            submission.rnn_step_forward.keep(*inputs), "next_h cache", of="rnn_step_forward"
        )
        lent = submission.lend(dnext_h)
        actual = submission.rnn_step_backward(lent, cache)
        actual = tuple(unpack(actual, STEP["name"], of="rnn_step_backward"))
        right = reference.rnn_step_backward(dnext_h, reference.rnn_step_forward(*inputs)[1])
        if number == 0 and count_close(actual, right, inputs=inputs) < len(right) / 2:
            half_for_own_step(submission, reference, rng, inputs, dnext_h, actual)
        answers.append((actual, right, inputs))
        unchanged.append(is_close(lent.value(), dnext_h))
    partial_for_close(*zip(*answers, strict=True), name=STEP["name"])
    for actual, right, inputs in answers:
        assert_close(actual, right, **STEP, inputs=inputs)
    if not all(unchanged):
        partial(
            0.5,
            "The gradients are right, but dnext_h is not what it was: nothing that is passed in may be changed.",
        )


def half_for_own_step(submission, reference, rng, inputs, dnext_h, gradients):
    """Give half of the points for gradients that are wrong only since the submission's step forward is."""
    if not is_apart(submission, inputs):
        return
    x, prev_h, Wx, Wh, _ = inputs
    own_state = assert_array(step(submission, inputs), dnext_h.shape, name="next_h", axes="N H")
    if is_close(
        gradients,
        reference.rnn_step_backward(dnext_h, (x, prev_h, Wx, Wh, own_state)),
        inputs=inputs,
    ):
        partial(
            0.5, "The gradients are right for the state that you computed, but that is another one."
        )

    def own_step(x, prev_h, Wx, Wh, b):
        return assert_array(step(submission, (x, prev_h, Wx, Wh, b)), dnext_h.shape, name="next_h")

    at = dict(zip(("x", "prev_h", "Wx", "Wh", "b"), inputs, strict=True))
    try:
        assert_consistent(own_step, at, gradients, upstream=dnext_h, rng=rng, directions=3, **STEP)
    except CheckFailed:
        return
    partial(0.5, "These are the gradients of your own step, but that is not the step of an RNN.")


@criterion(
    "RNN, whole sequences: backward",
    points=4,
    tests=["rnn_forward", "rnn_backward"],
    timeout_s=3.0,  # of which the reference needs a hundredth
    hint="From the last time to the first: the gradient of state t is dh[:, t] plus the dprev_h "
    "of step t + 1, which is zero after the last step. Gradients of the weights add up over t. "
    "Use formulas: finite differences take too long here. A fifth of the points for each that is "
    "right. Half of the points: these are the gradients of your own rnn_forward, which is another "
    "one, or they are right from an h0 of zeros alone.",
)
def test_n2_gradients(submission, reference, rng):
    assert_avoids(submission, functions=["rnn_backward"], names=LIBRARIES, modules=["torch", "jax"])
    steps, answers = find_steps(submission, reference, rng), []
    # The last one has 54,000 inputs: formulas take a few milliseconds, finite differences most of a minute.
    for number, (N, T, D, H) in enumerate([*SEQUENCES, (3, 10, 60, 200)]):
        inputs = draw(rng, N, D, H, T)
        dh = rng.normal(size=(N, T, H))
        actual = submission.rnn_backward(dh, own_cache(submission, inputs))
        actual = tuple(unpack(actual, SEQUENCE["name"], of="rnn_backward"))
        right = reference.rnn_backward(dh, reference.rnn_forward(*inputs)[1])
        if not is_close(actual, right, inputs=inputs):
            if steps == "other":
                right = gradients_of_own_steps(submission, inputs, dh)
            if number == 0 and count_close(actual, right, inputs=inputs) < len(right) / 2:
                half_for_own_forward(submission, reference, rng, inputs, dh, actual)
        answers.append((actual, right, inputs))
    partial_for_close(*zip(*answers, strict=True), name=SEQUENCE["name"])
    for actual, right, inputs in answers:
        assert_close(actual, right, **SEQUENCE, inputs=inputs)


def half_for_own_forward(submission, reference, rng, inputs, dh, gradients):
    """Give half of the points for gradients that are wrong only since rnn_forward is, which is paid there."""

    def own_forward(x, h0, Wx, Wh, b):
        return assert_array(read(submission, (x, h0, Wx, Wh, b)), dh.shape, name="h")

    x, h0, *weights = inputs
    from_zeros = x, np.zeros_like(h0), *weights
    actual = submission.rnn_backward(dh, own_cache(submission, from_zeros))
    if is_close(
        actual, reference.rnn_backward(dh, reference.rnn_forward(*from_zeros)[1]), inputs=inputs
    ):
        partial(0.5, "The gradients are right where h0 is zeros, and wrong for another h0.")
    if not reads_in_order(submission, inputs):
        return
    at = dict(zip(("x", "h0", "Wx", "Wh", "b"), inputs, strict=True))
    try:
        assert_consistent(
            own_forward, at, gradients, upstream=dh, rng=rng, directions=3, **SEQUENCE
        )
    except CheckFailed:
        return
    partial(0.5, "These are the gradients of your own forward pass, but that is not this RNN.")


def reads_in_order(submission, inputs):
    """Return True if the own forward pass keeps sequences apart, and no two times or units are the same."""
    x, h0, *weights = inputs
    other = x.copy(), h0.copy()
    for one in other:
        one[1:] += 1
    shape = (*x.shape[:2], h0.shape[1])
    h = assert_array(read(submission, inputs), shape, name="h")
    moved = assert_array(read(submission, (*other, *weights)), shape, name="h")
    same = (np.broadcast_to(one, shape) for one in (h[:, :1], h[:, :, :1]))
    return is_close(moved[0], h[0], check_dtype=False) and not any(
        is_close(h, one, check_dtype=False) for one in same
    )


# Of sequences in which a property must hold: N, T, D, H, and a time k inside.
INSIDE = [(2, 7, 3, 4, 3), (1, 2, 2, 3, 1), (3, 5, 1, 2, 4)]


@criterion(
    "RNN: the future changes nothing, and a sequence in two pieces is the same sequence",
    points=1,
    tests=["rnn_forward"],
    hint="What comes later changes nothing of what was read before; and a sequence read in two "
    "pieces, the second from the state after the first, gives the same states as one that is read "
    "in one.",
)
def test_n2_properties(submission, reference, rng):
    find_steps(submission, reference, rng)
    for N, T, D, H, k in INSIDE:
        x, *others = draw(rng, N, D, H, T)
        h = assert_array(read(submission, (x, *others)), (N, T, H), name="h", axes="N T H")

        changed = x.copy()
        changed[:, k:] = rng.normal(size=(N, T - k, D))
        other = assert_array(
            read(submission, (changed, *others)), (N, T, H), name="h", axes="N T H"
        )
        # 1e-5 leaves room for float32.
        assert_close(
            other[:, :k],
            h[:, :k],
            name="h before the first change of x",
            atol=1e-5,
            check_dtype=False,
        )
        check(
            bool(np.all(np.any(other[:, k:] != h[:, k:], axis=(0, 2)))),
            "h: it does not depend on x.",
        )

        rest = read(submission, (x[:, k:], h[:, k - 1], *others[1:]))
        assert_close(
            rest,
            h[:, k:],
            name="h of the rest, read from the state before it",
            atol=1e-5,
            check_dtype=False,
        )


@criterion(
    "RNN: a gradient goes to what was read before, and dh stays as it is",
    points=1,
    tests=["rnn_forward", "rnn_backward"],
    hint='The gradient of one state reaches every earlier input and no later one. If it says '
    '"changed its input": dh[:, t] += ... writes into the array of whoever calls you; add into a '
    'new one.',
)
def test_n2_reach(submission, reference, rng):
    find_steps(submission, reference, rng)
    for N, T, D, H, k in INSIDE:
        inputs = draw(rng, N, D, H, T)
        dh = np.zeros((N, T, H))
        dh[:, k - 1] = rng.normal(size=(N, H))
        lent = submission.lend(dh)
        answer = submission.rnn_backward(lent, own_cache(submission, inputs))
        dx = assert_array(
            unpack(answer, SEQUENCE["name"], of="rnn_backward")[0],
            (N, T, D),
            name="dx",
            axes="N T D",
        )
        assert_close(
            dx[:, k:],
            np.zeros((N, T - k, D)),
            name="dx after the only state that matters",
            atol=1e-5,
            check_dtype=False,
        )
        check(
            bool(np.all(np.any(dx[:, :k] != 0, axis=(0, 2)))),
            "dx: the gradient does not reach every earlier time.",
        )
        check(
            is_close(lent.value(), dh),
            "dh is not what it was before the backward pass.",
            "changed its input",
        )
