"""Batch normalisation"""

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

# N and D: more examples than features and fewer, one feature, as many. With two examples dx is nearly 0: it says little.
SHAPES = [(4, 3), (3, 5), (8, 1), (5, 5)]
GRADIENTS = {"name": "dx dgamma dbeta", "axes": "N D; D; D"}


def draw(rng, shape):
    """Draw x with features of different means and spreads (at least 0.5: float32 suffices), gamma of both signs, and beta."""
    examples, features = shape
    x = rng.normal(size=shape)
    if examples > 1:
        x /= x.std(axis=0)
    x = x * rng.uniform(0.5, 3, size=features) + rng.uniform(-4, 4, size=features)
    gamma = rng.choice([-1.0, 1.0], size=features) * rng.uniform(0.5, 2, size=features)
    return x, gamma, rng.normal(size=features)


def array_of(value, shape, name):
    """Return a value that must be an array of finite numbers of this shape."""
    got = f"shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
    is_right = isinstance(value, np.ndarray) and value.shape == shape
    check(is_right, f"{name}: expected an array of shape {shape}, got {got}.", kind="shape")
    assert_finite(value, name=name)
    return value


def forward(submission, x, gamma, beta, bn_param):
    """Return the output of the submission's forward pass."""
    return unpack(submission.batchnorm_forward(x, gamma, beta, bn_param), "out cache", of="batchnorm_forward")[0]


def forward_cache(submission, x, gamma, beta, bn_param):
    """Return the cache of the submission's forward pass, which stays where it is."""
    return unpack(submission.batchnorm_forward.keep(x, gamma, beta, bn_param), "out cache", of="batchnorm_forward")[1]


@criterion(
    "Batch normalisation: output in training",
    points=4,
    tests=["batchnorm_forward"],
    hint="eps belongs inside the square root, sqrt(var + eps), and is read from bn_param: try a large one such as 0.01.",
)
def test_b4_train_values(submission, reference, rng):
    for shape in [*SHAPES, (1, 3), tuple(map(int, rng.integers(3, 9, size=2)))]:
        for settings in ({}, {"eps": 1e-5}, {"eps": 1e-2}):
            x, gamma, beta = draw(rng, shape)
            out = forward(submission, x, gamma, beta, {"mode": "train", **settings})
            expected, _ = reference.batchnorm_forward(x, gamma, beta, {"mode": "train", **settings})
            assert_close(out, expected, name="out", axes="N D", inputs=(x,))


@criterion(
    "Batch normalisation: running statistics",
    points=2,
    tests=["batchnorm_forward"],
    hint="Both have the shape (D,), so no keepdims; x.var(axis=0) divides by N, as it should here; a small momentum forgets "
    "quickly; in test mode both stay as they are.",
)
def test_b4_running(submission, reference, rng):
    for settings in ({}, {"momentum": 0.7, "running_mean": rng.normal(size=3), "running_var": rng.uniform(1, 2, size=3)}):
        mine = {"mode": "train", **settings}
        theirs = submission.lend(mine)
        for _ in range(3):
            x, gamma, beta = draw(rng, (5, 3))
            forward(submission, x, gamma, beta, theirs)
            reference.batchnorm_forward(x, gamma, beta, mine)
        assert_running(theirs, mine, "after 3 batches")

        theirs["mode"] = "test"
        forward(submission, draw(rng, (5, 3))[0], gamma, beta, theirs)
        assert_running(theirs, mine, "after 3 batches and a test")


def assert_running(theirs, mine, when):
    """Check both running statistics of a bn_param that is kept in the candidate."""
    kept = theirs.value()
    for name in ("running_mean", "running_var"):
        # 1e-5: float32 averages may have been added to float64 zeros. No mistake is smaller than a percent.
        assert_close(kept.get(name), mine[name], name=f'bn_param["{name}"] {when}', axes="D", rtol=1e-5, atol=1e-5)


@criterion(
    "Batch normalisation: output in test mode",
    points=2,
    tests=["batchnorm_forward"],
    hint="In test mode neither x.mean nor x.var is taken, so a batch of one works too; eps is added to the running variance "
    "just as it was in training.",
)
def test_b4_test_mode(submission, reference, rng):
    for shape in [*SHAPES, (1, 3)]:
        for settings in ({}, {"eps": 1e-2}):
            x, gamma, beta = draw(rng, shape)
            running = {"running_mean": rng.normal(size=shape[1]), "running_var": rng.uniform(0.05, 2, size=shape[1])}
            bn_param = {"mode": "test", **settings, **running}
            out = forward(submission, x, gamma, beta, bn_param)
            expected, _ = reference.batchnorm_forward(x, gamma, beta, dict(bn_param))
            assert_close(out, expected, name="out", axes="N D", inputs=(x,))


@criterion(
    "Batch normalisation: backward pass",
    points=6,
    tests=["batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt"],
    hint="Add up the three paths from x (direct, mean, variance), and differentiate sqrt(var + eps), not var: with eps = 0.1 "
    "the difference shows. batchnorm_backward_alt is optional, but if it is there it must give the same.",
)
def test_b4_backward(submission, reference, rng):
    # The last one has 100,000 inputs: too many for finite differences.
    cases = [(shape, eps) for shape in [(6, 4), *SHAPES] for eps in (1e-5, 0.1)]
    for shape, eps in [*cases, ((400, 250), 1e-5)]:
        x, gamma, beta = draw(rng, shape)
        dout = rng.normal(size=shape)
        cache = forward_cache(submission, x, gamma, beta, {"mode": "train", "eps": eps})
        actual = submission.batchnorm_backward(dout, cache)
        right = reference.batchnorm_backward(
            dout, reference.batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})[1]
        )
        if shape == (6, 4) and not is_close(actual, right, inputs=(x,)):
            half_for_own_gradient(submission, rng, (x, gamma, beta), eps, dout, actual)
        assert_close(actual, right, **GRADIENTS, inputs=(x,))

        alternative = optional_backward(submission, dout, cache) if x.size < 1000 else None
        if alternative is not None and not is_close(alternative, right, inputs=(x,)):
            partial(5 / 6, "batchnorm_backward is right, but batchnorm_backward_alt gives something else.")


def half_for_own_gradient(submission, rng, at, eps, dout, gradients):
    """Give half of the points for a gradient that is that of the submission's own, wrong forward pass."""

    def own_forward(x, gamma, beta):
        return forward(submission, x, gamma, beta, {"mode": "train", "eps": eps})

    at = dict(zip(("x", "gamma", "beta"), at, strict=True))
    try:
        assert_consistent(own_forward, at, gradients, upstream=dout, rng=rng, **GRADIENTS)
    except CheckFailed:
        return
    partial(0.5, "This is the gradient of your own forward pass, but that is not batch normalisation.")


def optional_backward(submission, dout, cache):
    """Return the gradients of batchnorm_backward_alt; None if the submission has none."""
    if "batchnorm_backward_alt" not in submission:
        return None
    try:
        answer = submission.batchnorm_backward_alt(dout, cache)
    except NotImplementedError:
        return None
    missing = answer is None or (isinstance(answer, (tuple, list)) and all(part is None for part in answer))
    return None if missing else answer


@criterion(
    "Batch normalisation: what must hold for any batch",
    points=3,
    tests=["batchnorm_forward", "batchnorm_backward"],
    hint="The output has mean beta and standard deviation |gamma|, and does not change when a feature of x is shifted or "
    "stretched; so dx sums to 0 over the batch, and so does dx times the normalised x. dout stays as it is, so no dout *= gamma.",
)
def test_b4_properties(submission, rng):
    for shape in [(6, 4), (9, 2)]:
        x, gamma, beta = draw(rng, shape)
        bn_param = {"mode": "train", "eps": 1e-12}
        out = forward(submission, x, gamma, beta, bn_param)
        array_of(out, shape, "out")
        assert_close(np.mean(out, axis=0), beta, name="mean of out over the batch", axes="D")
        assert_close(np.std(out, axis=0), np.abs(gamma), name="standard deviation of out over the batch", axes="D")

        stretched = rng.uniform(0.5, 3, size=shape[1]) * x + rng.normal(size=shape[1])
        same = forward(submission, stretched, gamma, beta, bn_param)
        assert_close(same, out, name="out for a * x + b", axes="N D", inputs=(x,))

        dout = rng.normal(size=shape)
        # dout stays in the candidate: if the first call changed it, the second gives something else.
        kept, cache = submission.lend(dout), forward_cache(submission, x, gamma, beta, bn_param)
        answer, again = submission.batchnorm_backward(kept, cache), submission.batchnorm_backward(kept, cache)
        dx, _, _ = unpack(answer, "dx dgamma dbeta", of="batchnorm_backward")
        assert_close(again, answer, name="dx dgamma dbeta of a second call with the same dout and cache")
        array_of(dx, shape, "dx")
        check(bool(np.any(dx != 0, axis=0).all()), "dx: the gradient of a whole feature is zero.", kind="gradient")
        x_hat = (x - x.mean(axis=0)) / x.std(axis=0)
        small = 1e-5 * float(np.max(np.abs(dx)))  # room for float32
        zeros = np.zeros(shape[1])
        assert_close(np.sum(dx, axis=0), zeros, name="sum of dx over the batch", atol=small, check_dtype=False)
        assert_close(np.sum(dx * x_hat, axis=0), zeros, name="sum of dx * x_hat over the batch", atol=small, check_dtype=False)
