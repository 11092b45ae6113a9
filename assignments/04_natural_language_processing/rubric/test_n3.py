"""LSTM"""

import itertools

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
STEP = {"name": "dx dprev_h dprev_c dWx dWh db", "axes": "N D; N H; N H; D 4H; H 4H; 4H"}
SEQUENCE = {"name": "dx dh0 dWx dWh db", "axes": "N T D; N H; D 4H; H 4H; 4H"}
OUTPUTS = "next_h next_c cache"
LIBRARIES = ["*.GradientTape", "*.LSTM", "*.LSTMCell", "*.RNN"]


def draw(rng, N, D, H, T=None):
    """Draw x, the state before, Wx, Wh and b; with the memory before for a step."""
    x, prev_h = rng.normal(size=(N, D) if T is None else (N, T, D)), rng.normal(size=(N, H))
    weights = (
        rng.normal(size=(D, 4 * H)) / D**0.5,
        rng.normal(size=(H, 4 * H)) / H**0.5,
        rng.normal(size=4 * H) / 2,
    )
    return (
        (x, prev_h, *weights) if T is not None else (x, prev_h, rng.normal(size=(N, H)), *weights)
    )


def step(submission, inputs):
    """Return the state and the memory after the submission's step."""
    return unpack(submission.lstm_step_forward(*inputs), OUTPUTS, of="lstm_step_forward")[:2]


def read(submission, inputs):
    """Return the states of the submission's forward pass."""
    return unpack(submission.lstm_forward(*inputs), "h cache", of="lstm_forward")[0]


def own_cache(submission, inputs):
    """Return the cache of the submission's forward pass, which stays with the submission."""
    return unpack(submission.lstm_forward.keep(*inputs), "h cache", of="lstm_forward")[1]


def own_step_cache(submission, inputs):
    """Return the cache of the submission's step, which stays with the submission."""
    return unpack(submission.lstm_step_forward.keep(*inputs), OUTPUTS, of="lstm_step_forward")[2]


def name_the_order(reference, inputs, actual):
    """Fail with the order of the gates if it is another than i, f, o, g and all else is right."""
    x, prev_h, prev_c, *weights = inputs
    for order in itertools.permutations("ifog"):
        moved = [
            np.concatenate([np.split(w, 4, axis=-1)[order.index(gate)] for gate in "ifog"], axis=-1)
            for w in weights
        ]
        if order != tuple("ifog") and is_close(
            actual, reference.lstm_step_forward(x, prev_h, prev_c, *moved)[:2], inputs=inputs
        ):
            raise CheckFailed(
                f"next_h, next_c: the four blocks of columns are taken for {', '.join(order)}; they are i, f, o, g."
            )


# The steps of a submission
#
# Sequences are tested with the submission's own step where that is right. Where it is another step, sequences may be right
# for it; and where there is none, or one that reads nothing, a right one is put in its place: what is wrong with a step has
# been paid in the criteria of the step.


def find_steps(submission, reference, rng):
    """Return "right" or "other" for the steps of the submission, or put right ones in their place and return "lent"."""
    inputs, upstream = draw(rng, 3, 4, 5), (rng.normal(size=(3, 5)), rng.normal(size=(3, 5)))
    *outputs, cache = reference.lstm_step_forward(*inputs)
    found = one_step(submission, inputs, upstream)
    if found is not None and is_close(
        found, (*outputs, *reference.lstm_step_backward(*upstream, cache)), inputs=inputs
    ):
        return "right"
    if found is not None and reads_all(submission, inputs, found):
        return "other"
    lend_steps(submission, reference)
    return "lent"


def one_step(submission, inputs, upstream):
    """Return state and memory after the submission's step, and its gradients; None if there are none of these shapes."""
    if "lstm_step_forward" not in submission or "lstm_step_backward" not in submission:
        return None
    try:
        next_h, next_c, cache = submission.lstm_step_forward.keep(*inputs)
        found = next_h.value(), next_c.value(), *submission.lstm_step_backward(*upstream, cache)
        due = *upstream, *inputs
        return tuple(
            np.reshape(np.asarray(one, dtype=float), like.shape)
            for one, like in zip(found, due, strict=True)
        )
    except (
        Exception
    ):  # whatever it is, it is the submission's, and paid in the criteria of the step
        return None


def reads_all(submission, inputs, found):
    """Return True if a step depends on the element, the state and the memory before it, and no gradient is zero."""
    x, prev_h, prev_c, *weights = inputs
    starts = (x + 1, prev_h, prev_c), (x, prev_h + 1, prev_c), (x, prev_h, prev_c + 1)
    other = [one_step(submission, (*start, *weights), found[:2]) for start in starts]
    moves = all(one is not None and not is_close(one[0], found[0]) for one in other)
    return moves and all(np.any(one) for one in found) and is_apart(submission, inputs)


def is_apart(submission, inputs):
    """Return True if a step keeps sequences apart, and its units are not all the same."""
    *starts, Wx, Wh, b = inputs
    other = [one.copy() for one in starts]
    for one in other:
        one[1:] += 1
    try:
        state, moved = step(submission, inputs)[0], step(submission, (*other, Wx, Wh, b))[0]
    except Exception:  # whatever it is, it is the submission's
        return False
    state, moved = np.asarray(state, dtype=float), np.asarray(moved, dtype=float)
    return is_close(moved[0], state[0], check_dtype=False) and not is_close(
        state, np.broadcast_to(state[:, :1], state.shape), check_dtype=False
    )


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


def lend_steps(submission, reference):
    """Put right steps in the place of the submission's."""

    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        next_h, next_c, cache = reference.lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b)
        return next_h, next_c, submission.loan(cache)

    def lstm_step_backward(dnext_h, dnext_c, cache):
        return reference.lstm_step_backward(dnext_h, dnext_c, cache)

    for function in (lstm_step_forward, lstm_step_backward):
        submission.assign(function.__name__, submission.callback(function))
    note("A right step stood in the place of yours here.")




def states_of_own_steps(submission, inputs):
    """Return the states that the submission's own steps come to."""
    x, state, *weights = inputs
    memory, states = np.zeros_like(state), []
    for t in range(x.shape[1]):
        outputs = step(submission, (x[:, t], state, memory, *weights))
        state, memory = (assert_array(one, state.shape, axes="N H") for one in outputs)
        states.append(state)
    return np.stack(states, axis=1)


def gradients_of_own_steps(submission, inputs, dh):
    """Return the gradients that come of the submission's own steps, put together as they should be."""
    x, state, *weights = inputs
    memory, caches = np.zeros_like(state), []
    for t in range(dh.shape[1]):
        kept = unpack(
            submission.lstm_step_forward.keep(x[:, t], state, memory, *weights),
            OUTPUTS,
            of="lstm_step_forward",
        )
        state, memory = (assert_array(one.value(), state.shape, axes="N H") for one in kept[:2])
        caches.append(kept[2])
    dx, dstate, dmemory, sums = (
        np.zeros_like(x),
        np.zeros_like(state),
        np.zeros_like(state),
        [np.zeros_like(w) for w in weights],
    )
    for t in reversed(range(dh.shape[1])):
        answer = submission.lstm_step_backward(dh[:, t] + dstate, dmemory, caches[t])
        parts = unpack(answer, STEP["name"], of="lstm_step_backward")
        shapes = (x[:, t], state, state, *weights)
        shaped = [assert_array(part, like.shape) for part, like in zip(parts, shapes, strict=True)]
        dx[:, t], dstate, dmemory = shaped[:3]
        sums = [total + part for total, part in zip(sums, shaped[3:], strict=True)]
    return dx, dstate, *sums


@criterion(
    "LSTM, one step: forward",
    points=2,
    tests=["lstm_step_forward"],
    hint="The columns belong to i, f, o and g, H each and in this order. The new memory is f * "
    "prev_c + i * g, and the new state o * tanh of the NEW memory.",
)
def test_n3_step_values(submission, reference, rng):
    assert_avoids(
        submission, functions=["lstm_step_forward"], names=LIBRARIES, modules=["torch", "jax"]
    )
    for number, sizes in enumerate(STEPS):
        inputs = draw(rng, *sizes)
        actual, expected = step(submission, inputs), reference.lstm_step_forward(*inputs)[:2]
        if number == 0 and not is_close(actual, expected, inputs=inputs):
            name_the_order(reference, inputs, actual)
        assert_close(actual, expected, name="next_h next_c", axes="N H; N H", inputs=inputs)


@criterion(
    "LSTM, whole sequences: forward",
    points=2,
    tests=["lstm_forward"],
    hint="Two things go from step to step, h and c. The memory is empty at first, zeros of the "
    "shape of h0; it is not h0. Of all memories none is returned. Half of the points: it is right "
    "from an h0 of zeros alone.",
)
def test_n3_values(submission, reference, rng):
    steps = find_steps(submission, reference, rng)
    drawn = tuple(map(int, rng.integers(2, 7, size=4)))
    for number, (N, T, D, H) in enumerate([*SEQUENCES, drawn]):
        inputs = draw(rng, N, D, H, T)
        actual, right = read(submission, inputs), reference.lstm_forward(*inputs)[0]
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
    if is_close(read(submission, inputs), reference.lstm_forward(*inputs)[0], inputs=inputs):
        partial(0.5, "h: it is right where h0 is zeros, and wrong for another h0.")


@criterion(
    "LSTM, one step: backward, from both outputs",
    points=4,
    tests=["lstm_step_forward", "lstm_step_backward"],
    hint="next_c is read by the next step and by next_h, so its gradient is dnext_c + dnext_h * o "
    "* (1 - tanh(next_c)**2), and it is this sum that goes on to f, prev_c, i and g. Then through "
    "the nonlinearities: s (1 - s) for a sigmoid, 1 - g**2 for g. A sixth of the points for each "
    "that is right. Half of the points: either "
    "these are the gradients of your own step, which is another one (look at the order of the "
    "gates), or all are right, but dnext_h is not what it was after the call.",
)
def test_n3_step_gradients(submission, reference, rng):
    assert_avoids(
        submission, functions=["lstm_step_backward"], names=LIBRARIES, modules=["torch", "jax"]
    )
    unchanged, answers = [], []
    for number, sizes in enumerate(STEPS):
        inputs = draw(rng, *sizes)
        upstream = rng.normal(size=inputs[1].shape), rng.normal(size=inputs[1].shape)
        lent = submission.lend(upstream[0])
        actual = submission.lstm_step_backward(
            lent, upstream[1], own_step_cache(submission, inputs)
        )
        actual = tuple(unpack(actual, STEP["name"], of="lstm_step_backward"))
        right = reference.lstm_step_backward(*upstream, reference.lstm_step_forward(*inputs)[2])
        if number == 0 and count_close(actual, right, inputs=inputs) < len(right) / 2:
            half_for_own_step(submission, reference, rng, inputs, upstream, actual)
        answers.append((actual, right, inputs))
        unchanged.append(is_close(lent.value(), upstream[0]))
    partial_for_close(*zip(*answers, strict=True), name=STEP["name"])
    for actual, right, inputs in answers:
        assert_close(actual, right, **STEP, inputs=inputs)
    if not all(unchanged):
        partial(
            0.5,
            "The gradients are right, but dnext_h is not what it was: nothing but dnext_c may be changed.",
        )


def half_for_own_step(submission, reference, rng, inputs, upstream, gradients):
    """Give half of the points for gradients that are wrong only since the submission's step forward is."""
    if not is_apart(submission, inputs):
        return

    def both_outputs(*inputs):
        outputs = step(submission, inputs)
        return np.stack(
            [assert_array(one, like.shape) for one, like in zip(outputs, upstream, strict=True)]
        )

    def own_step(x, prev_h, prev_c, Wx, Wh, b):
        return both_outputs(x, prev_h, prev_c, Wx, Wh, b)

    own_state = assert_array(
        step(submission, inputs)[0], upstream[0].shape, name="next_h", axes="N H"
    )
    *before, o, g, _ = reference.lstm_step_forward(*inputs)[2]
    if is_close(
        gradients,
        reference.lstm_step_backward(*upstream, (*before, o, g, own_state / o)),
        inputs=inputs,
    ):
        partial(
            0.5, "The gradients are right for the state that you computed, but that is another one."
        )
    at = dict(zip(("x", "prev_h", "prev_c", "Wx", "Wh", "b"), inputs, strict=True))
    try:
        assert_consistent(
            own_step, at, gradients, upstream=np.stack(upstream), rng=rng, directions=3, **STEP
        )
    except CheckFailed:
        return
    partial(0.5, "These are the gradients of your own step, but that is not the step of this LSTM.")


@criterion(
    "LSTM, whole sequences: backward",
    points=3,
    tests=["lstm_forward", "lstm_backward"],
    timeout_s=3.0,  # of which the reference needs a hundredth
    hint="Two gradients go from step to step, that of h and that of c, both zero after the last "
    "step. dh[:, t] is added to the first only. Gradients of the weights add up over t. Use "
    "formulas: finite differences take too long here. A fifth of the points for each that is "
    "right. Half of the points: these are the gradients of your own lstm_forward, which is another one, or they are right from an h0 of zeros alone.",
)
def test_n3_gradients(submission, reference, rng):
    assert_avoids(
        submission, functions=["lstm_backward"], names=LIBRARIES, modules=["torch", "jax"]
    )
    steps, answers = find_steps(submission, reference, rng), []
    # The last one has 18,000 inputs: formulas take a few milliseconds, finite differences minutes.
    for number, (N, T, D, H) in enumerate([*SEQUENCES, (3, 8, 40, 50)]):
        inputs = draw(rng, N, D, H, T)
        dh = rng.normal(size=(N, T, H))
        actual = submission.lstm_backward(dh, own_cache(submission, inputs))
        actual = tuple(unpack(actual, SEQUENCE["name"], of="lstm_backward"))
        right = reference.lstm_backward(dh, reference.lstm_forward(*inputs)[1])
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
    """Give half of the points for gradients that are wrong only since lstm_forward is, which is paid there."""

    def own_forward(x, h0, Wx, Wh, b):
        return assert_array(read(submission, (x, h0, Wx, Wh, b)), dh.shape, name="h")

    x, h0, *weights = inputs
    from_zeros = x, np.zeros_like(h0), *weights
    actual = submission.lstm_backward(dh, own_cache(submission, from_zeros))
    if is_close(
        actual, reference.lstm_backward(dh, reference.lstm_forward(*from_zeros)[1]), inputs=inputs
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
    partial(0.5, "These are the gradients of your own forward pass, but that is not this LSTM.")


@criterion(
    "LSTM, one step: a memory that is neither written nor forgotten stays, and so does its gradient",
    points=1,
    tests=["lstm_step_forward", "lstm_step_backward"],
    hint="With i = 0 and f = 1 the new memory is the old one, and dprev_c is dnext_c where "
    "nothing comes through next_h: c goes on without a matrix and without a tanh.",
)
def test_n3_forget(submission, rng):
    N, D, H = 3, 4, 5
    x, prev_h, prev_c, Wx, Wh, b = draw(rng, N, D, H)
    b[:H], b[H : 2 * H] = -50, 50  # i and f are 0 and 1 to 20 digits
    _, next_c = step(submission, (x, prev_h, prev_c, Wx, Wh, b))
    assert_close(next_c, prev_c, name="next_c with i = 0 and f = 1", axes="N H", inputs=(prev_c,))
    dnext_c = rng.normal(size=(N, H))
    cache = own_step_cache(submission, (x, prev_h, prev_c, Wx, Wh, b))
    answer = submission.lstm_step_backward(np.zeros((N, H)), dnext_c, cache)
    dprev_c = unpack(answer, STEP["name"], of="lstm_step_backward")[2]
    assert_close(
        dprev_c, dnext_c, name="dprev_c with i = 0 and f = 1", axes="N H", inputs=(prev_c,)
    )


@criterion(
    "LSTM, whole sequences: what was seen 40 steps ago is still there, and dh stays as it is",
    points=1,
    tests=["lstm_forward", "lstm_backward"],
    hint='Where a memory is neither written nor forgotten, h stays what it was, and the gradient '
    'of the first element is the same for a state 39 steps later: lstm_backward hands two '
    'gradients back from step to step, that of h and that of c. If it says "changed its input": '
    'dh[:, t] += ... writes into the array of whoever calls you; add into a new one.',
)
def test_n3_memory(submission, reference, rng):
    if find_steps(submission, reference, rng) == "other":
        lend_steps(
            submission, reference
        )  # what another step remembers is another criterion's affair
    N, T, D, H = 3, 40, 4, 5
    _, _, _, Wx, _, b = draw(rng, N, D, H)
    # A sequence of which only the first element opens the gate for writing; it is followed by silence.
    x = np.zeros((N, T, D))
    x[:, 0] = rng.normal(size=(N, D))
    x[:, 0, 0] = 1
    b[:H], b[H : 2 * H], b[2 * H :] = -50, 50, 1  # i and f are 0 and 1 to 20 digits
    Wx[0, :H], Wx[1:, : 2 * H] = 100, 0
    inputs = x, np.zeros((N, H)), Wx, np.zeros((H, 4 * H)), b
    h = assert_array(read(submission, inputs), (N, T, H), name="h", axes="N T H")
    remembers = np.all(h[:, 1] != 0) and np.any(h[:, 1] != h[0, 1])  # of each sequence its own
    check(bool(remembers), "h: nothing of the first element is left after the second.")
    # 1e-5 leaves room for float32.
    assert_close(
        h[:, -1],
        h[:, 1],
        name="h after 40 elements, of which only the first said anything",
        atol=1e-5,
        check_dtype=False,
    )
    early, late = np.zeros((N, T, H)), np.zeros((N, T, H))
    early[:, 1] = late[:, -1] = rng.normal(size=(N, H))
    soon, far = (first_gradient(submission, inputs, dh) for dh in (early, late))
    check(bool(np.any(soon != 0)), "dx: no gradient reaches the first element.")
    assert_close(
        far, soon, name="dx of the first element, 39 steps back", atol=1e-5, check_dtype=False
    )

    inputs, dh = draw(rng, 2, 3, 4, 5), rng.normal(size=(2, 5, 4))
    lent = submission.lend(dh)
    submission.lstm_backward(lent, own_cache(submission, inputs))
    check(
        is_close(lent.value(), dh),
        "dh is not what it was before the backward pass.",
        "changed its input",
    )


def first_gradient(submission, inputs, dh):
    """Return the gradient of the first element."""
    answer = submission.lstm_backward(dh, own_cache(submission, inputs))
    dx = unpack(answer, SEQUENCE["name"], of="lstm_backward")[0]
    return assert_array(dx, inputs[0].shape, name="dx", axes="N T D")[:, 0]
