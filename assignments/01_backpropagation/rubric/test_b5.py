"""Layer normalisation"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_close,
    assert_consistent,
    assert_finite,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

# N and D: a batch of one, more examples than features and fewer, as many. With two features dx is nearly 0: it says little.
SHAPES = [(1, 5), (6, 4), (3, 8), (4, 4)]
GRADIENTS = {"name": "dx dgamma dbeta", "axes": "N D; D; D"}


def draw(rng, shape):
    """Draw x with rows of different means and spreads (at least 0.5: float32 suffices), gamma of both signs, and beta."""
    examples, features = shape
    x = rng.normal(size=shape)
    x /= x.std(axis=1, keepdims=True)
    x = x * rng.uniform(0.5, 3, size=(examples, 1)) + rng.uniform(-4, 4, size=(examples, 1))
    gamma = rng.choice([-1.0, 1.0], size=features) * rng.uniform(0.5, 2, size=features)
    return x, gamma, rng.normal(size=features)


def array_of(value, shape, name):
    """Return a value that must be an array of finite numbers of this shape."""
    got = f"shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
    is_right = isinstance(value, np.ndarray) and value.shape == shape
    check(is_right, f"{name}: expected an array of shape {shape}, got {got}.", kind="shape")
    assert_finite(value, name=name)
    return value


def forward(submission, x, gamma, beta, ln_param):
    """Return the output of the submission's forward pass."""
    return unpack(submission.layernorm_forward(x, gamma, beta, ln_param), "out cache", of="layernorm_forward")[0]


@criterion(
    "Layer normalisation: forward pass",
    points=2,
    tests=["layernorm_forward"],
    hint="A batch of one has no statistics over the batch: if it comes out as beta alone, the mean was taken over axis 0.",
)
def test_b5_forward_values(submission, reference, rng):
    for shape in [*SHAPES, tuple(map(int, rng.integers(3, 9, size=2)))]:
        for ln_param in ({}, {"eps": 1e-5}, {"eps": 0.1}):
            x, gamma, beta = draw(rng, shape)
            out = forward(submission, x, gamma, beta, ln_param)
            assert_close(out, reference.layernorm_forward(x, gamma, beta, ln_param)[0], name="out", axes="N D", inputs=(x,))


@criterion(
    "Layer normalisation: backward pass",
    points=6,
    tests=["layernorm_forward", "layernorm_backward"],
    hint="Test it with N and D that differ: means over axis 1 (divided by D) belong into dx, sums over axis 0 into dgamma and "
    "dbeta, and gamma multiplies dout before any of the means is taken.",
)
def test_b5_backward(submission, reference, rng):
    # The last one has 100,000 inputs: too many for finite differences.
    cases = [(shape, eps) for shape in [(6, 4), *SHAPES] for eps in (1e-5, 0.1)]
    for shape, eps in [*cases, ((250, 400), 1e-5)]:
        x, gamma, beta = draw(rng, shape)
        dout = rng.normal(size=shape)
        answer = submission.layernorm_forward.keep(x, gamma, beta, {"eps": eps})
        _, cache = unpack(answer, "out cache", of="layernorm_forward")
        actual = submission.layernorm_backward(dout, cache)
        right = reference.layernorm_backward(dout, reference.layernorm_forward(x, gamma, beta, {"eps": eps})[1])
        if shape == (6, 4) and not is_close(actual, right, inputs=(x,)):
            half_for_own_gradient(submission, rng, (x, gamma, beta), eps, dout, actual)
        assert_close(actual, right, **GRADIENTS, inputs=(x,))


def half_for_own_gradient(submission, rng, at, eps, dout, gradients):
    """Give half of the points for a gradient that is that of the submission's own, wrong forward pass."""

    def own_forward(x, gamma, beta):
        return forward(submission, x, gamma, beta, {"eps": eps})

    at = dict(zip(("x", "gamma", "beta"), at, strict=True))
    try:
        assert_consistent(own_forward, at, gradients, upstream=dout, rng=rng, **GRADIENTS)
    except CheckFailed:
        return
    partial(0.5, "This is the gradient of your own forward pass, but that is not layer normalisation.")


@criterion(
    "Layer normalisation: no example sees another",
    points=2,
    tests=["layernorm_forward"],
    hint="Change one example, or the order of the examples: the outputs of all others must stay exactly what they were.",
)
def test_b5_properties(submission, rng):
    x, gamma, beta = draw(rng, (6, 4))
    out = forward(submission, x, gamma, beta, {})
    array_of(out, x.shape, "out")

    order = np.array([3, 0, 5, 1, 4, 2])
    shuffled = forward(submission, x[order], gamma, beta, {})
    assert_close(shuffled, out[order], name="out for the rows in another order", axes="N D", inputs=(x,))

    other = x.copy()
    other[0] = draw(rng, (1, 4))[0]
    changed = array_of(forward(submission, other, gamma, beta, {}), x.shape, "out")
    assert_close(changed[1:], out[1:], name="out of the rows that did not change", inputs=(x,))
    check(not is_close(changed[0], out[0]), "out: another example gives the same output.")

    alone = forward(submission, x[:1], gamma, beta, {})
    assert_close(alone, out[:1], name="out of the first row alone", axes="N D", inputs=(x,))
