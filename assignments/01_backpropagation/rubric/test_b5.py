"""Layer normalisation"""

import numpy as np
import pytest

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_consistent,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

# N and D: a batch of one, more examples than features and fewer, as many. With two features dx is nearly 0: it says little.
SHAPES = [(1, 5), (6, 4), (3, 8), (4, 4)]
NAMES = ("dx", "dgamma", "dbeta")
AXES = ("N D", "D", "D")
SHARES = (4 / 6, 1 / 6, 1 / 6)  # of the points for the backward pass


def draw(rng, shape):
    """Draw x with rows of different means and spreads (at least 0.5: float32 suffices), gamma of both signs, and beta."""
    examples, features = shape
    x = rng.normal(size=shape)
    x /= x.std(axis=1, keepdims=True)
    x = x * rng.uniform(0.5, 3, size=(examples, 1)) + rng.uniform(-4, 4, size=(examples, 1))
    gamma = rng.choice([-1.0, 1.0], size=features) * rng.uniform(0.5, 2, size=features)
    return x, gamma, rng.normal(size=features)


def forward(submission, x, gamma, beta, ln_param):
    """Return the output of the submission's forward pass."""
    return unpack(submission.layernorm_forward(x, gamma, beta, ln_param), "out cache", of="layernorm_forward")[0]


def backward(submission, dout, x, gamma, beta, eps):
    """Return the three gradients, and the output of the forward pass whose cache they were made with."""
    answer = submission.layernorm_forward.keep(x, gamma, beta, {"eps": eps})
    out, cache = unpack(answer, "out cache", of="layernorm_forward")
    gradients = unpack(submission.layernorm_backward(dout, cache), "dx dgamma dbeta", of="layernorm_backward")
    return gradients, out.value()


def right_for_own_statistics(actual, right, out, x, gamma, beta, dout):
    """Return the right gradients, and where the submission's are others those for the statistics that its own output shows.

    Another variance has been paid in the criteria of the forward pass; the right formula gives other gradients with it.
    """
    try:
        x_hat = (assert_array(out, x.shape) - beta) / gamma
    except CheckFailed:
        return right
    centred = x - x.mean(axis=1, keepdims=True)
    scale = np.sum(x_hat * centred, axis=1, keepdims=True) / np.sum(centred**2, axis=1, keepdims=True)
    if not np.all(scale > 0) or not is_close(x_hat, scale * centred, inputs=(x,)):
        return right
    dx_hat = dout * gamma
    along_ones, along_x_hat = (np.mean(one, axis=1, keepdims=True) for one in (dx_hat, dx_hat * x_hat))
    own = scale * (dx_hat - along_ones - x_hat * along_x_hat), np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    pairs = zip(actual, right, own, strict=True)
    return tuple(due if is_close(mine, due, inputs=(x,)) else other for mine, due, other in pairs)


@criterion(
    "Layer normalisation: forward pass",
    points=2,
    tests=["layernorm_forward"],
    hint="Mean and variance belong to a row, axis 1, so that a batch of one has them too; the "
    "variance is divided by D, not by D - 1. eps belongs inside the square root, and is "
    "1e-5 where ln_param has none: try rows that hardly vary, or an eps of 0.1.",
)
def test_b5_forward_values(submission, reference, rng):
    for shape in [*SHAPES, tuple(map(int, rng.integers(3, 9, size=2)))]:
        for ln_param, spread in (({}, 1.0), ({}, 2e-3), ({"eps": 1e-5}, 1.0), ({"eps": 0.1}, 1.0)):
            x, gamma, beta = draw(rng, shape)
            x = spread * x  # with 2e-3 the variances are as small as the eps that nobody passed
            out = forward(submission, x, gamma, beta, ln_param)
            assert_close(out, reference.layernorm_forward(x, gamma, beta, ln_param)[0], name="out", axes="N D", inputs=(x,))


@criterion(
    "Layer normalisation: backward pass",
    points=6,
    tests=["layernorm_forward", "layernorm_backward"],
    hint="dx counts four points, dgamma and dbeta one each; half of that if it is the gradient of "
    "your own forward pass, which is another one. Test with N and D that differ: means over "
    "axis 1 (divided by D) belong into dx, sums over axis 0 into dgamma and dbeta, and gamma "
    "multiplies dout before any of the means is taken. The scale by which your own forward "
    "pass divides counts as right here.",
)
def test_b5_backward(submission, reference, rng):
    # The large one has 100,000 inputs: too many for finite differences. Most mistakes about eps show with 0.1 only.
    shapes = [(6, 4), *SHAPES]
    for shape, eps in [*((shape, 1e-5) for shape in [*shapes, (250, 400)]), *((shape, 0.1) for shape in shapes)]:
        x, gamma, beta = draw(rng, shape)
        dout = rng.normal(size=shape)
        actual, out = backward(submission, dout, x, gamma, beta, eps)
        right = reference.layernorm_backward(dout, reference.layernorm_forward(x, gamma, beta, {"eps": eps})[1])
        if not is_close(actual, right, inputs=(x,)):
            right = right_for_own_statistics(actual, right, out, x, gamma, beta, dout)
        if shape == (6, 4) and not is_close(actual, right, inputs=(x,)):
            share_of(submission, rng, (x, gamma, beta), eps, dout, actual, right)
        for i in range(3):
            assert_close(actual[i], right[i], name=NAMES[i], axes=AXES[i], inputs=(x,))


def share_of(submission, rng, at, eps, dout, gradients, right):
    """End with the points for right gradients, or half of all for those of the submission's own, wrong forward pass."""
    if eps > 1e-5:
        partial(2 / 3, f"The gradients are right with eps = 1e-5, and wrong with eps = {eps:g}.")
    is_right = [is_close(mine, theirs, inputs=at) for mine, theirs in zip(gradients, right, strict=True)]
    names = [name for name, is_one in zip(NAMES, is_right, strict=True) if is_one]
    own = [name for name in own_gradients(submission, rng, at, eps, dout, gradients) if name not in names]
    share = sum(part * (name in names) + part / 2 * (name in own) for name, part in zip(NAMES, SHARES, strict=True))
    says = [f"Right with eps = {eps:g}: {', '.join(names)}."] if names else []
    says += [f"Right for your own forward pass, which is another one: {', '.join(own)}."] if own else []
    if share:
        partial(share, " ".join(says))


def own_gradients(submission, rng, at, eps, dout, gradients):
    """Return the names of those that are gradients of the submission's own forward pass, if that looks at the data."""
    at = dict(zip(("x", "gamma", "beta"), at, strict=True))

    def own_forward(**moved):
        given = {**at, **moved}
        return forward(submission, given["x"], given["gamma"], given["beta"], {"eps": eps})

    other, _, _ = draw(rng, dout.shape)
    try:
        others, _ = backward(submission, dout, other, at["gamma"], at["beta"], eps)
    except CheckFailed:
        return []
    if any(is_close(others[i], gradients[i]) for i in (0, 1)):
        return []
    found = []
    for name, key, mine in zip(NAMES[:2], at, gradients, strict=False):
        try:
            assert_consistent(own_forward, {key: at[key]}, {key: mine}, upstream=dout, rng=rng, name=name)
        except CheckFailed:
            continue
        found.append(name)
    return found


@pytest.mark.parametrize("function", ["layernorm_forward", "layernorm_backward"])
@criterion(
    "Layer normalisation: no example sees another, and nothing is changed",
    points=2,
    tests=["layernorm_forward", "layernorm_backward"],
    hint="Half each. Forward: change one example, or the order of the examples, and the outputs "
    "of all others stay exactly what they were; x stays as it is, so no x -= mean. "
    "Backward: dout and the cache stay as they are, so no dout *= gamma.",
)
def test_b5_properties(submission, rng, function):
    x, gamma, beta = draw(rng, (6, 4))
    if function == "layernorm_backward":
        # dout stays in the candidate: if the first call changed it, the second gives something else.
        kept = submission.lend(rng.normal(size=x.shape))
        _, cache = unpack(submission.layernorm_forward.keep(x, gamma, beta, {}), "out cache", of="layernorm_forward")
        answer, again = submission.layernorm_backward(kept, cache), submission.layernorm_backward(kept, cache)
        not_all_zero(unpack(answer, "dx dgamma dbeta", of="layernorm_backward")[0], x.shape, "dx")
        assert_close(again, answer, name="dx dgamma dbeta of a second call with the same dout and cache")
        return

    out = not_all_zero(forward(submission, x, gamma, beta, {}), x.shape, "out")
    order = np.array([3, 0, 5, 1, 4, 2])
    shuffled = forward(submission, x[order], gamma, beta, {})
    assert_close(shuffled, out[order], name="out for the rows in another order", axes="N D", inputs=(x,))

    other = x.copy()
    other[0] = draw(rng, (1, 4))[0]
    changed = not_all_zero(forward(submission, other, gamma, beta, {}), x.shape, "out")
    assert_close(changed[1:], out[1:], name="out of the rows that did not change", inputs=(x,))
    check(not is_close(changed[0], out[0]), "out: another example gives the same output.")

    alone = forward(submission, x[:1], gamma, beta, {})
    assert_close(alone, out[:1], name="out of the first row alone", axes="N D", inputs=(x,))

    # With eps = 1, rows that were normalised already come out otherwise.
    kept = submission.lend(x)
    forward(submission, kept, gamma, beta, {"eps": 1.0})
    second = forward(submission, kept, gamma, beta, {"eps": 1.0})
    fresh = forward(submission, x, gamma, beta, {"eps": 1.0})
    assert_close(second, fresh, name="out of a second call with the same x", axes="N D")


def not_all_zero(value, shape, name):
    """Return a value that must be an array of this shape, not all of it zero."""
    array = assert_array(value, shape, name=name, axes="N D")
    check(bool(np.any(array != 0)), f"{name}: every value is zero.")
    return array
