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
    criterion,
    is_close,
    partial,
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
    weights = rng.normal(size=(D, 4 * H)) / D**0.5, rng.normal(size=(H, 4 * H)) / H**0.5, rng.normal(size=4 * H) / 2
    return (x, prev_h, *weights) if T is not None else (x, prev_h, rng.normal(size=(N, H)), *weights)


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
        moved = [np.concatenate([np.split(w, 4, axis=-1)[order.index(gate)] for gate in "ifog"], axis=-1) for w in weights]
        if order != tuple("ifog") and is_close(actual, reference.lstm_step_forward(x, prev_h, prev_c, *moved)[:2], inputs=inputs):
            raise CheckFailed(f"next_h, next_c: the four blocks of columns are taken for {', '.join(order)}; they are i, f, o, g.")


@criterion(
    "LSTM, one step: forward",
    points=2,
    tests=["lstm_step_forward"],
    hint="The columns belong to i, f, o and g, H each and in this order. The new memory is f * prev_c + i * g, and the new state "
    "o * tanh of the NEW memory.",
)
def test_n3_step_values(submission, reference, rng):
    assert_avoids(submission, functions=["lstm_step_forward"], names=LIBRARIES, modules=["torch", "jax"])
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
    provided=["lstm_step_forward"],
    hint="Two things go from step to step, h and c. The memory is empty at first, zeros of the shape of h0; it is not h0. Of all "
    "memories none is returned.",
)
def test_n3_values(submission, reference, rng):
    drawn = tuple(map(int, rng.integers(2, 7, size=4)))
    for N, T, D, H in [*SEQUENCES, drawn]:
        inputs = draw(rng, N, D, H, T)
        assert_close(read(submission, inputs), reference.lstm_forward(*inputs)[0], name="h", axes="N T H", inputs=inputs)


@criterion(
    "LSTM, one step: backward, from both outputs",
    points=4,
    tests=["lstm_step_forward", "lstm_step_backward"],
    hint="next_c is read by the next step and by next_h, so its gradient is dnext_c + dnext_h * o * (1 - tanh(next_c)**2), and it is "
    "this sum that goes on to f, prev_c, i and g. Then through the nonlinearities: s (1 - s) for a sigmoid, 1 - g**2 for g. Partly "
    "right: right for your own step forward, which is not; look at the order of the gates.",
)
def test_n3_step_gradients(submission, reference, rng):
    assert_avoids(submission, functions=["lstm_step_backward"], names=LIBRARIES, modules=["torch", "jax"])
    for number, sizes in enumerate(STEPS):
        inputs = draw(rng, *sizes)
        upstream = rng.normal(size=inputs[1].shape), rng.normal(size=inputs[1].shape)
        actual = submission.lstm_step_backward(*upstream, own_step_cache(submission, inputs))
        right = reference.lstm_step_backward(*upstream, reference.lstm_step_forward(*inputs)[2])
        if number == 0 and not is_close(actual, right, inputs=inputs):
            half_for_own_step(submission, rng, inputs, upstream, actual)
        assert_close(actual, right, **STEP, inputs=inputs)


def half_for_own_step(submission, rng, inputs, upstream, gradients):
    """Give half of the points for gradients that are those of the submission's own, wrong step."""

    def both_outputs(*inputs):
        outputs = step(submission, inputs)
        return np.stack([assert_array(one, like.shape) for one, like in zip(outputs, upstream, strict=True)])

    def own_step(x, prev_h, prev_c, Wx, Wh, b):
        return both_outputs(x, prev_h, prev_c, Wx, Wh, b)

    at = dict(zip(("x", "prev_h", "prev_c", "Wx", "Wh", "b"), inputs, strict=True))
    try:
        assert_consistent(own_step, at, gradients, upstream=np.stack(upstream), rng=rng, directions=3, **STEP)
    except CheckFailed:
        return
    partial(0.5, "These are the gradients of your own step, but that is not the step of this LSTM.")


@criterion(
    "LSTM, whole sequences: backward",
    points=3,
    tests=["lstm_forward", "lstm_backward"],
    timeout_s=3.0,  # of which the reference needs a hundredth
    hint="Two gradients go from step to step, that of h and that of c, both zero after the last step. dh[:, t] is added to the first "
    "only. Gradients of the weights add up over t. Use formulas: finite differences take too long here. Partly right: what is "
    "wrong is your step or your forward pass, not how you put it together.",
)
def test_n3_gradients(submission, reference, rng):
    assert_avoids(submission, functions=["lstm_backward"], names=LIBRARIES, modules=["torch", "jax"])
    # The last one has 18,000 inputs: formulas take a few milliseconds, finite differences minutes.
    for number, (N, T, D, H) in enumerate([*SEQUENCES, (3, 8, 40, 50)]):
        inputs = draw(rng, N, D, H, T)
        dh = rng.normal(size=(N, T, H))
        actual = submission.lstm_backward(dh, own_cache(submission, inputs))
        right = reference.lstm_backward(dh, reference.lstm_forward(*inputs)[1])
        if number == 0 and not is_close(actual, right, inputs=inputs):
            part_for_own_functions(submission, rng, inputs, dh, actual)
        assert_close(actual, right, **SEQUENCE, inputs=inputs)


def part_for_own_functions(submission, rng, inputs, dh, gradients):
    """Give a part for gradients that are wrong only since another function of the submission is, which is paid there."""

    def own_forward(x, h0, Wx, Wh, b):
        return assert_array(read(submission, (x, h0, Wx, Wh, b)), dh.shape, name="h")

    at = dict(zip(("x", "h0", "Wx", "Wh", "b"), inputs, strict=True))
    try:
        assert_consistent(own_forward, at, gradients, upstream=dh, rng=rng, directions=3, **SEQUENCE)
    except CheckFailed:
        pass
    else:
        partial(0.5, "These are the gradients of your own forward pass, but that is not this LSTM.")
    if is_close(gradients, through_own_steps(submission, inputs, dh), inputs=inputs):
        partial(2 / 3, "Your steps are put together rightly; what is wrong is in lstm_step_forward or lstm_step_backward.")


def through_own_steps(submission, inputs, dh):
    """Return the gradients that come of the submission's own steps, put together as they should be; None if there are none."""
    if "lstm_step_forward" not in submission or "lstm_step_backward" not in submission:
        return None
    try:
        return put_together(submission, inputs, dh)
    except (CheckFailed, ArithmeticError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError):
        return None


def put_together(submission, inputs, dh):
    """Do what `through_own_steps` does, or fail."""
    x, state, *weights = inputs
    memory, caches = np.zeros_like(state), []
    for t in range(dh.shape[1]):
        kept = unpack(submission.lstm_step_forward.keep(x[:, t], state, memory, *weights), OUTPUTS, of="lstm_step_forward")
        state, memory = (assert_array(one.value(), state.shape, axes="N H") for one in kept[:2])
        caches.append(kept[2])
    dx, dstate, dmemory, sums = np.zeros_like(x), np.zeros_like(state), np.zeros_like(state), [np.zeros_like(w) for w in weights]
    for t in reversed(range(dh.shape[1])):
        answer = submission.lstm_step_backward(dh[:, t] + dstate, dmemory, caches[t])
        parts = unpack(answer, STEP["name"], of="lstm_step_backward")
        shapes = (x[:, t], state, state, *weights)
        shaped = [assert_array(part, like.shape) for part, like in zip(parts, shapes, strict=True)]
        dx[:, t], dstate, dmemory = shaped[:3]
        sums = [total + part for total, part in zip(sums, shaped[3:], strict=True)]
    check(any(np.any(total) for total in sums), "lstm_step_backward: every gradient is zero.")
    return dx, dstate, *sums


@criterion(
    "LSTM: a memory that is neither written nor forgotten stays, and so does its gradient",
    points=2,
    tests=["lstm_step_forward", "lstm_step_backward", "lstm_forward", "lstm_backward"],
    hint="With i = 0 and f = 1 the new memory is the old one, and dprev_c is dnext_c: c goes from step to step without a matrix and "
    "without a tanh. So what was seen 40 steps ago is there as on the first day. If it is there but its gradient is not, look at "
    "dprev_c, and at the way from next_h back to next_c.",
)
def test_n3_forget(submission, rng):
    N, T, D, H = 3, 40, 4, 5
    x, prev_h, prev_c, Wx, Wh, b = draw(rng, N, D, H)
    b[:H], b[H : 2 * H] = -50, 50  # i and f are 0 and 1 to 20 digits
    _, next_c = step(submission, (x, prev_h, prev_c, Wx, Wh, b))
    assert_close(next_c, prev_c, name="next_c with i = 0 and f = 1", axes="N H", inputs=(prev_c,))
    dnext_c = rng.normal(size=(N, H))
    cache = own_step_cache(submission, (x, prev_h, prev_c, Wx, Wh, b))
    answer = submission.lstm_step_backward(np.zeros((N, H)), dnext_c, cache)
    dprev_c = unpack(answer, STEP["name"], of="lstm_step_backward")[2]
    assert_close(dprev_c, dnext_c, name="dprev_c with i = 0 and f = 1", axes="N H", inputs=(prev_c,))

    # A sequence of which only the first element opens the gate for writing; it is followed by silence.
    x = np.zeros((N, T, D))
    x[:, 0] = rng.normal(size=(N, D))
    x[:, 0, 0] = 1
    Wx[0, :H], Wx[1:, : 2 * H] = 100, 0
    b[2 * H :] = 1
    inputs = x, np.zeros((N, H)), Wx, np.zeros((H, 4 * H)), b
    h = assert_array(read(submission, inputs), (N, T, H), name="h", axes="N T H")
    check(bool(np.all(h[:, 1] != 0)), "h: nothing of the first element is left after the second.")
    # 1e-5 leaves room for float32.
    assert_close(h[:, -1], h[:, 1], name="h after 40 elements, of which only the first said anything", atol=1e-5, check_dtype=False)
    early, late = np.zeros((N, T, H)), np.zeros((N, T, H))
    early[:, 1] = late[:, -1] = rng.normal(size=(N, H))
    soon, far = (first_gradient(submission, inputs, dh) for dh in (early, late))
    check(bool(np.any(soon != 0)), "dx: no gradient reaches the first element.")
    assert_close(far, soon, name="dx of the first element, 39 steps back", atol=1e-5, check_dtype=False)


def first_gradient(submission, inputs, dh):
    """Return the gradient of the first element."""
    answer = submission.lstm_backward(dh, own_cache(submission, inputs))
    dx = unpack(answer, SEQUENCE["name"], of="lstm_backward")[0]
    return assert_array(dx, inputs[0].shape, name="dx", axes="N T D")[:, 0]
