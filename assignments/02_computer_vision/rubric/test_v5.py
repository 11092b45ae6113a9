"""Spatial batch and group normalisation"""

import numpy as np

from autograder.rubric import CheckFailed, assert_close, assert_consistent, criterion, is_close, note, partial, unpack

BATCHES = [(4, 3, 2, 3), (2, 1, 3, 4), (1, 4, 3, 3), (3, 5, 1, 2)]  # N, C, H, W
GROUPS = [((2, 6, 3, 4), 2), ((2, 6, 3, 4), 3), ((3, 4, 3, 2), 1), ((2, 3, 4, 3), 3), ((1, 4, 2, 5), 2)]
FORM = (1, -1, 1, 1)
GRADIENTS = {"name": "dx dgamma dbeta", "axes": "N C H W; C; C"}


def draw(rng, shape):
    """Draw images with channels of different means and spreads (float32 suffices), gamma of both signs, and beta."""
    C = shape[1]
    spread, mean = rng.uniform(0.5, 3, size=(1, C, 1, 1)), rng.uniform(-4, 4, size=(1, C, 1, 1))
    x = rng.normal(size=shape)
    x = x / x.std(axis=(0, 2, 3), keepdims=True) * spread + mean
    return x, rng.choice([-1.0, 1.0], size=C) * rng.uniform(0.5, 2, size=C), rng.normal(size=C)


def batchnorm(submission, x, gamma, beta, bn_param):
    """Return the output of the submission's spatial batch normalisation."""
    answer = submission.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    return unpack(answer, "out cache", of="spatial_batchnorm_forward")[0]


@criterion(
    "Spatial batch normalisation: output in training",
    points=2,
    tests=["spatial_batchnorm_forward"],
    hint="Every channel is a feature, every pixel of every image an example: mean and variance over the axes 0, 2 and 3. A reshape "
    "to (N * H * W, C) needs a transpose first.",
)
def test_v5_batch_train(submission, reference, rng):
    for shape in BATCHES:
        for settings in ({}, {"eps": 1e-2}):
            x, gamma, beta = draw(rng, shape)
            out = batchnorm(submission, x, gamma, beta, {"mode": "train", **settings})
            expected, _ = reference.spatial_batchnorm_forward(x, gamma, beta, {"mode": "train", **settings})
            assert_close(out, expected, name="out", axes="N C H W", inputs=(x,))


@criterion(
    "Spatial batch normalisation: running statistics and test mode",
    points=2,
    tests=["spatial_batchnorm_forward"],
    hint="One running mean and variance per channel, of shape (C,), updated once per batch: a loop that calls batch normalisation "
    "channel by channel with the same bn_param overwrites them.",
)
def test_v5_batch_running(submission, reference, rng):
    for settings in ({}, {"momentum": 0.7, "eps": 1e-2, "running_mean": rng.normal(size=3), "running_var": rng.uniform(1, 2, size=3)}):
        mine = {"mode": "train", **settings}
        theirs = submission.lend(mine)
        for _ in range(3):
            x, gamma, beta = draw(rng, (3, 3, 2, 4))
            batchnorm(submission, x, gamma, beta, theirs)
            reference.spatial_batchnorm_forward(x, gamma, beta, mine)
        assert_running(theirs, mine, "after 3 batches")

        theirs["mode"] = mine["mode"] = "test"
        for shape in ((3, 3, 2, 4), (1, 3, 1, 1)):
            x = draw(rng, (3, 3, 2, 4))[0][: shape[0], :, : shape[2], : shape[3]]
            expected, _ = reference.spatial_batchnorm_forward(x, gamma, beta, dict(mine))
            # 1e-5: float32 averages may have been added to float64 zeros. No mistake is smaller than a percent.
            scale, shift = submission.lend(gamma), submission.lend(beta)
            out = batchnorm(submission, x, scale, shift, theirs)
            assert_close(out, expected, name="out in test mode", axes="N C H W", rtol=1e-4, atol=1e-4)
            assert_close((scale.value(), shift.value()), (gamma, beta), name="gamma beta after a test", axes="C; C")
        assert_running(theirs, mine, "after 3 batches and a test")


def assert_running(theirs, mine, when):
    """Check both running statistics of a bn_param that is kept in the candidate."""
    kept = theirs.value()
    for name in ("running_mean", "running_var"):
        assert_close(kept.get(name), mine[name], name=f'bn_param["{name}"] {when}', axes="C", rtol=1e-5, atol=1e-5)


def flat(gradients, of):
    """Return dx, and dgamma and dbeta as (C,), whichever of the two usual shapes they have."""
    dx, *others = unpack(gradients, "dx dgamma dbeta", of=of)
    is_cs231n = [isinstance(one, np.ndarray) and one.shape == (1, one.size, 1, 1) for one in others]
    return dx, *(one.reshape(-1) if is_it else one for one, is_it in zip(others, is_cs231n, strict=True))


@criterion(
    "Spatial batch normalisation: backward pass",
    points=2,
    tests=["spatial_batchnorm_forward", "spatial_batchnorm_backward"],
    hint="The backward pass of batch normalisation, with N * H * W examples and C features; dgamma and dbeta have the shape (C,).",
)
def test_v5_batch_backward(submission, reference, rng):
    for shape, eps in [((3, 3, 2, 3), 1e-5), *((shape, 0.1) for shape in BATCHES), ((8, 20, 10, 10), 1e-5)]:
        x, gamma, beta = draw(rng, shape)
        dout = rng.normal(size=shape)
        answer = submission.spatial_batchnorm_forward.keep(x, gamma, beta, {"mode": "train", "eps": eps})
        _, cache = unpack(answer, "out cache", of="spatial_batchnorm_forward")
        actual = submission.spatial_batchnorm_backward(dout, cache)
        cache = reference.spatial_batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})[1]
        right = reference.spatial_batchnorm_backward(dout, cache)
        if shape == (3, 3, 2, 3) and not is_close(actual, right, inputs=(x,)):

            def own_forward(x, gamma, beta, eps=eps):
                return batchnorm(submission, x, gamma, beta, {"mode": "train", "eps": eps})

            half_for_own_gradient(own_forward, rng, (x, gamma, beta), dout, actual)
        assert_close(actual, right, **GRADIENTS, inputs=(x,))


def half_for_own_gradient(own_forward, rng, at, dout, gradients):
    """Give half of the points for a gradient that is that of the submission's own, wrong forward pass."""
    at = dict(zip(("x", "gamma", "beta"), at, strict=True))
    try:
        assert_consistent(own_forward, at, gradients, upstream=dout, rng=rng, directions=3, name="dx dgamma dbeta")
    except CheckFailed:
        return
    partial(0.5, "This is the gradient of your own forward pass, but that is not this normalisation.")


def groupnorm(submission, x, gamma, beta, G, settings, form):
    """Return the output of the submission's group normalisation, for gamma and beta of a form."""
    answer = submission.spatial_groupnorm_forward(x, gamma.reshape(form), beta.reshape(form), G, settings)
    return unpack(answer, "out cache", of="spatial_groupnorm_forward")[0]


def form_of(submission, reference, rng):
    """Return the shape in which the submission takes gamma and beta, C being -1: (1, C, 1, 1) as in CS231n, or else (C,)."""
    shape, G = GROUPS[0]
    x, gamma, beta = draw(rng, shape)
    expected, _ = reference.spatial_groupnorm_forward(x, gamma, beta, G, {})
    for form in (FORM, (-1,)):
        try:
            answer = submission.spatial_groupnorm_forward(x, gamma.reshape(form), beta.reshape(form), G, {})
        except Exception:  # noqa: BLE001  # whatever it raises: the checks will show it
            continue
        if isinstance(answer, (tuple, list)) and len(answer) == 2 and is_close(answer[0], expected, inputs=(x,)):
            if form != FORM:
                note("gamma and beta were taken in the shape (C,)")
            return form
    return FORM


@criterion(
    "Group normalisation: forward pass",
    points=3,
    tests=["spatial_groupnorm_forward"],
    hint="Mean and variance belong to one image and one group: with 6 channels and G = 2 the channels 0, 1, 2 of an image, all "
    "their pixels together. x.reshape(N, G, C // G, H, W) puts neighbours together.",
)
def test_v5_group_values(submission, reference, rng):
    form = form_of(submission, reference, rng)
    for shape, G in GROUPS:
        for settings in ({}, {"eps": 1e-2}):
            x, gamma, beta = draw(rng, shape)
            out = groupnorm(submission, x, gamma, beta, G, settings, form)
            expected, _ = reference.spatial_groupnorm_forward(x, gamma, beta, G, settings)
            assert_close(out, expected, name=f"out for G = {G}", axes="N C H W", inputs=(x,))


@criterion(
    "Group normalisation: backward pass",
    points=3,
    tests=["spatial_groupnorm_forward", "spatial_groupnorm_backward"],
    hint="dx: that of layer normalisation with the pixels of a group in the place of a row, C / G * H * W of them. dgamma and "
    "dbeta belong to channels, and are sums over images and pixels.",
)
def test_v5_group_backward(submission, reference, rng):
    form = form_of(submission, reference, rng)
    for number, ((shape, G), eps) in enumerate([(GROUPS[0], 1e-5), *((one, 0.1) for one in GROUPS), (((8, 20, 10, 10), 4), 1e-5)]):
        x, gamma, beta = draw(rng, shape)
        dout, settings = rng.normal(size=shape), {"eps": eps}
        answer = submission.spatial_groupnorm_forward.keep(x, gamma.reshape(form), beta.reshape(form), G, settings)
        _, cache = unpack(answer, "out cache", of="spatial_groupnorm_forward")
        actual = flat(submission.spatial_groupnorm_backward(dout, cache), "spatial_groupnorm_backward")
        cache = reference.spatial_groupnorm_forward(x, gamma, beta, G, settings)[1]
        right = reference.spatial_groupnorm_backward(dout, cache)
        if number == 0 and not is_close(actual, right, inputs=(x,)):

            def own_forward(x, gamma, beta, G=G, settings=settings):
                return groupnorm(submission, x, gamma, beta, G, settings, form)

            half_for_own_gradient(own_forward, rng, (x, gamma, beta), dout, actual)
        assert_close(actual, right, **GRADIENTS, inputs=(x,))
