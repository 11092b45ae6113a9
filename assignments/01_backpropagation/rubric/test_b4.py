"""Batch normalisation"""

import numpy as np
import pytest

from autograder.rubric import (
    CheckFailed,
    assert_array,
    assert_close,
    assert_consistent,
    assert_form,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)


# N and D: more examples than features and fewer, one feature, as many. With two examples dx is nearly 0: it says little.
SHAPES = [(4, 3), (3, 5), (8, 1), (5, 5)]
NAMES = ("dx", "dgamma", "dbeta")
AXES = ("N D", "D", "D")
STATISTICS = ("running_mean", "running_var")
SHARES = (4 / 6, 1 / 6, 1 / 6)  # of the points for the backward pass
ALTERNATIVE_IS_WRONG = "batchnorm_backward is right, but batchnorm_backward_alt {}."


def draw(rng, shape):
    """Draw x with features of different means and spreads (at least 0.5: float32 suffices), gamma of both signs, and beta."""
    examples, features = shape
    x = rng.normal(size=shape)
    if examples > 1:
        x /= x.std(axis=0)
    x = x * rng.uniform(0.5, 3, size=features) + rng.uniform(-4, 4, size=features)
    gamma = rng.choice([-1.0, 1.0], size=features) * rng.uniform(0.5, 2, size=features)
    return x, gamma, rng.normal(size=features)


def forward(submission, x, gamma, beta, bn_param):
    """Return the output of the submission's forward pass."""
    return unpack(submission.batchnorm_forward(x, gamma, beta, bn_param), "out cache", of="batchnorm_forward")[0]


def forward_cache(submission, x, gamma, beta, bn_param):
    """Return the output of the submission's forward pass, and the cache, which stays where it is."""
    out, cache = unpack(submission.batchnorm_forward.keep(x, gamma, beta, bn_param), "out cache", of="batchnorm_forward")
    return out.value(), cache


# The statistics of a submission
#
# The backward pass reads the cache of the submission's own forward pass. If that takes another variance, the right formula gives
# other gradients, and the variance has been paid in the criteria of the forward pass. So the gradients may also be right for the
# scale that the own output shows.


def own_statistics(out, x, gamma, beta):
    """Return x_hat and std that the submission's output shows; None if that is not x less its mean, divided by something."""
    try:
        x_hat = (assert_array(out, x.shape) - beta) / gamma
    except CheckFailed:
        return None
    centred = x - x.mean(axis=0)
    scale = np.sum(x_hat * centred, axis=0) / np.sum(centred**2, axis=0)
    if not np.all(scale > 0) or not is_close(x_hat, scale * centred, inputs=(x,)):
        return None
    return x_hat, 1 / scale


def own_variance(out, x, gamma, beta, eps):
    """Return the variance that the submission's output shows; that of the batch if it shows none."""
    own = own_statistics(out, x, gamma, beta)
    return x.var(axis=0) if own is None else own[1] ** 2 - eps


def normalised_gradients(dout, gamma, x_hat, std):
    """Return dx, dgamma and dbeta for these statistics."""
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


def right_for_own_statistics(actual, right, out, x, gamma, beta, dout):
    """Return the right gradients, and where the submission's are others those for its own statistics."""
    own = own_statistics(out, x, gamma, beta)
    if own is None:
        return right
    pairs = zip(actual, right, normalised_gradients(dout, gamma, *own), strict=True)
    return tuple(due if is_close(mine, due, inputs=(x,)) else other for mine, due, other in pairs)


@criterion(
    "Batch normalisation: output in training",
    points=4,
    tests=["batchnorm_forward"],
    hint="Mean and variance are those of the batch, one of each per feature. The variance is "
    "divided by N, as x.var(axis=0) does; ddof=1 divides by N - 1. eps belongs inside the "
    "square root, sqrt(var + eps), and is read from bn_param; without it there it is 1e-5. "
    "gamma multiplies what was normalised, beta is added.",
)
def test_b4_train_values(submission, reference, rng):
    for shape in [*SHAPES, (1, 3), tuple(map(int, rng.integers(3, 9, size=2)))]:
        for settings, spread in (({}, 1.0), ({}, 2e-3), ({"eps": 1e-5}, 1.0), ({"eps": 0.1}, 1.0)):
            x, gamma, beta = draw(rng, shape)
            x = spread * x  # with 2e-3 the variances are as small as the eps that nobody passed
            out = forward(submission, x, gamma, beta, {"mode": "train", **settings})
            expected, _ = reference.batchnorm_forward(x, gamma, beta, {"mode": "train", **settings})
            assert_close(out, expected, name="out", axes="N D", inputs=(x,))


@pytest.mark.parametrize("case", ["three batches", "a test", "shapes"])
@criterion(
    "Batch normalisation: running statistics, and their shape (D,)",
    points=2,
    tests=["batchnorm_forward"],
    hint="A third each: the averages after three batches, without eps in the variance; both as "
    "they were after a call in test mode; both of the shape (D,), so no keepdims. "
    "x.var(axis=0) divides by N, as it should here, and a small momentum forgets quickly. The "
    "variance with which your own forward pass normalises counts as right here.",
)
def test_b4_running(submission, reference, rng, case):
    own = {"momentum": 0.7, "running_mean": rng.normal(size=3), "running_var": rng.uniform(1, 2, size=3)}
    if case == "a test":
        theirs = submission.lend({"mode": "test", **own})
        forward(submission, *draw(rng, (5, 3)), theirs)
        assert_running(theirs, own, "after a test")
        return
    for settings in ({"eps": 0.3}, own):
        mine = {"mode": "train", **settings}
        theirs = submission.lend(mine)
        momentum, eps = mine.get("momentum", 0.9), mine.get("eps", 1e-5)
        variance = mine.get("running_var", np.zeros(3))
        for _ in range(3):
            x, gamma, beta = draw(rng, (5, 3))
            out = forward(submission, x, gamma, beta, theirs)
            variance = momentum * variance + (1 - momentum) * own_variance(out, x, gamma, beta, eps)
            reference.batchnorm_forward(x, gamma, beta, mine)
        if case == "three batches":
            # Another variance than that of the batch has been paid where the output is graded.
            is_right = is_close(statistics(theirs, "after 3 batches")[1], mine["running_var"])
            assert_running(theirs, mine if is_right else {**mine, "running_var": variance}, "after 3 batches")
        else:
            kept = statistics(theirs, "after 3 batches")
            due = tuple(np.zeros(3, getattr(one, "dtype", float)) for one in kept)
            names = [f'bn_param["{name}"]' for name in STATISTICS]
            assert_form(kept, due, name=names, axes="D; D")  # of any precision


def statistics(bn_param, when):
    """Return the running statistics of a bn_param that is kept in the candidate."""
    kept = bn_param.value()
    missing = next((name for name in STATISTICS if kept.get(name) is None), None)
    check(missing is None, f'bn_param["{missing}"]: it is not there {when}.', kind="type")
    return tuple(kept[name] for name in STATISTICS)


def assert_running(theirs, expected, when):
    """Check both running statistics of a bn_param that is kept in the candidate."""
    names = [f'bn_param["{name}"] {when}' for name in STATISTICS]
    due = tuple(expected[name] for name in STATISTICS)
    assert_close(statistics(theirs, when), due, name=names, axes="D; D")


@criterion(
    "Batch normalisation: output in test mode",
    points=2,
    tests=["batchnorm_forward"],
    hint="In test mode neither x.mean nor x.var is taken, so a batch of one works too; eps is "
    "added to the running variance just as it was in training.",
)
def test_b4_test_mode(submission, reference, rng):
    for shape in [*SHAPES, (1, 3)]:
        for settings, spread in (({}, 1.0), ({}, 1e-5), ({"eps": 1e-2}, 1.0)):
            x, gamma, beta = draw(rng, shape)
            variance = spread * rng.uniform(0.05, 2, size=shape[1])
            bn_param = {"mode": "test", **settings, "running_mean": rng.normal(size=shape[1]), "running_var": variance}
            out = forward(submission, x, gamma, beta, bn_param)
            expected, _ = reference.batchnorm_forward(x, gamma, beta, dict(bn_param))
            assert_close(out, expected, name="out", axes="N D", inputs=(x,))


@criterion(
    "Batch normalisation: backward pass",
    points=6,
    tests=["batchnorm_forward", "batchnorm_backward"],  # and the optional one, which is not missed
    hint="dx counts four points, dgamma and dbeta one each; half of that if it is the gradient of "
    "your own forward pass, which is another one. dx adds up three paths from x to the "
    "loss: direct, through the mean and through the variance, which is inside sqrt(var + "
    "eps); dgamma and dbeta are sums over the batch. The scale by which your own forward "
    "pass divides counts as right here. batchnorm_backward_alt is optional; if it is there "
    "it must give the same.",
)
def test_b4_backward(submission, reference, rng):
    # The large one has 100,000 inputs: too many for finite differences. Most mistakes about eps show with 0.1 only.
    shapes = [(6, 4), *SHAPES]
    for shape, eps in [*((shape, 1e-5) for shape in [*shapes, (400, 250)]), *((shape, 0.1) for shape in shapes)]:
        x, gamma, beta = draw(rng, shape)
        dout = rng.normal(size=shape)
        out, cache = forward_cache(submission, x, gamma, beta, {"mode": "train", "eps": eps})
        actual = unpack(submission.batchnorm_backward(dout, cache), "dx dgamma dbeta", of="batchnorm_backward")
        right = reference.batchnorm_backward(
            dout, reference.batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})[1]
        )
        if not is_close(actual, right, inputs=(x,)):
            right = right_for_own_statistics(actual, right, out, x, gamma, beta, dout)
        if shape == (6, 4) and not is_close(actual, right, inputs=(x,)):
            share_of(submission, rng, (x, gamma, beta), eps, dout, actual, right)
        for i in range(3):
            assert_close(actual[i], right[i], name=NAMES[i], axes=AXES[i], inputs=(x,))

        alternative = optional_backward(submission, dout, cache) if x.size < 1000 else None
        if alternative is not None and not is_close(alternative, right, inputs=(x,)):
            partial(5 / 6, ALTERNATIVE_IS_WRONG.format("gives something else"))


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
        return forward(submission, given["x"], given["gamma"], given["beta"], {"mode": "train", "eps": eps})

    other, _, _ = draw(rng, dout.shape)
    try:
        _, cache = forward_cache(submission, other, at["gamma"], at["beta"], {"mode": "train", "eps": eps})
        others = unpack(submission.batchnorm_backward(dout, cache), "dx dgamma dbeta", of="batchnorm_backward")
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


def optional_backward(submission, dout, cache):
    """Return the gradients of batchnorm_backward_alt; None if the submission has none."""
    if "batchnorm_backward_alt" not in submission:
        return None
    try:
        answer = submission.batchnorm_backward_alt(dout, cache)
    except NotImplementedError:
        return None
    except Exception as error:  # it is optional, so it costs no more than a wrong answer
        partial(5 / 6, ALTERNATIVE_IS_WRONG.format(f"raises {type(error).__name__}: {error}"))
    missing = answer is None or (isinstance(answer, (tuple, list)) and all(part is None for part in answer))
    return None if missing else answer


@pytest.mark.parametrize("function", ["batchnorm_forward", "batchnorm_backward"])
@criterion(
    "Batch normalisation: what must hold for any batch",
    points=3,
    tests=["batchnorm_forward", "batchnorm_backward"],
    hint="Half each. Forward: out has mean beta, and does not change if a feature of x is shifted "
    "or stretched. Backward: dx sums to 0 over the batch, and so does dx times the "
    "normalised x (if your own forward pass divides by another scale: what the right "
    "formula gives for that). Arguments stay as they are: no x -= mean, no dout *= gamma.",
)
def test_b4_properties(submission, rng, function):
    for shape in [(6, 4), (9, 2)]:
        x, gamma, beta = draw(rng, shape)
        if function == "batchnorm_forward":
            check_output(submission, rng, x, gamma, beta)
            # x stays in the candidate: if the first call changed it, the second gives something else. With eps = 1, batches
            # that were normalised already do so, too.
            kept, bn_param = submission.lend(x), {"mode": "train", "eps": 1.0}
            forward(submission, kept, gamma, beta, bn_param)
            second = forward(submission, kept, gamma, beta, bn_param)
            fresh = not_all_zero(forward(submission, x, gamma, beta, bn_param), shape, "out")
            assert_close(second, fresh, name="out of a second call with the same x", axes="N D")
        else:
            dout = rng.normal(size=shape)
            kept = submission.lend(dout)
            out, cache = forward_cache(submission, x, gamma, beta, {"mode": "train", "eps": 1e-12})
            answer, again = submission.batchnorm_backward(kept, cache), submission.batchnorm_backward(kept, cache)
            own = own_statistics(out, x, gamma, beta)
            expected = None if own is None else normalised_gradients(dout, gamma, *own)[0]
            check_sums(unpack(answer, "dx dgamma dbeta", of="batchnorm_backward")[0], x, expected)
            assert_close(again, answer, name="dx dgamma dbeta of a second call with the same dout and cache")


def not_all_zero(value, shape, name):
    """Return a value that must be an array of this shape, not all of it zero."""
    array = assert_array(value, shape, name=name, axes="N D")
    check(bool(np.any(array != 0)), f"{name}: every value is zero.")
    return array


def check_output(submission, rng, x, gamma, beta):
    """Check the mean of the output, and that it does not change with mean and spread of x."""
    bn_param = {"mode": "train", "eps": 1e-12}
    out = assert_array(forward(submission, x, gamma, beta, bn_param), x.shape, name="out", axes="N D")
    assert_close(np.mean(out, axis=0), beta, name="mean of out over the batch", axes="D")
    # How large the spread is, is graded with the values.
    check(bool(np.all(np.std(out, axis=0) > 1e-3)), "out: a feature has the same value in the whole batch.")

    stretched = rng.uniform(0.5, 3, size=x.shape[1]) * x + rng.normal(size=x.shape[1])
    same = forward(submission, stretched, gamma, beta, bn_param)
    assert_close(same, out, name="out for a * x + b", axes="N D", inputs=(x,))


def check_sums(dx, x, own):
    """Check that dx has nothing along the two directions that normalisation removes, or what dx for its own statistics has."""
    dx = assert_array(dx, x.shape, name="dx", axes="N D")
    check(bool(np.any(dx != 0, axis=0).all()), "dx: the gradient of a whole feature is zero.", kind="gradient")
    x_hat = (x - x.mean(axis=0)) / x.std(axis=0)
    small = 1e-5 * float(np.max(np.abs(dx)))  # room for float32
    zeros = np.zeros(x.shape[1])
    assert_close(np.sum(dx, axis=0), zeros, name="sum of dx over the batch", atol=small, check_dtype=False)
    along, how = np.sum(dx * x_hat, axis=0), {"atol": small, "check_dtype": False}
    is_right = own is None or is_close(along, zeros, **how)
    due = zeros if is_right else np.sum(own * x_hat, axis=0)
    assert_close(along, due, name="sum of dx * x_hat over the batch", **how)
