"""Spatial batch and group normalisation"""

import numpy as np

from autograder.rubric import CheckFailed, assert_array, assert_close, assert_consistent, check, criterion, is_close, note, partial, unpack

BATCHES = [(4, 3, 3, 3), (2, 1, 4, 4), (1, 4, 3, 3), (3, 5, 2, 2)]  # N, C, H, W
BATCHES_NOT_SQUARE = [(4, 3, 2, 3), (3, 5, 1, 2)]
GROUPS = [((2, 6, 3, 3), 2), ((2, 6, 4, 4), 3), ((3, 4, 2, 2), 1), ((2, 3, 4, 4), 3), ((1, 4, 3, 3), 2)]
GROUPS_NOT_SQUARE = [((2, 6, 3, 4), 2), ((1, 4, 2, 5), 2)]
FORM = (1, -1, 1, 1)
SHARES = (0.5, 0.25, 0.25)  # of dx, dgamma and dbeta


def draw(rng, shape):
    """Draw images with channels of different means and spreads (float32 suffices), gamma of both signs, and beta."""
    C = shape[1]
    spread, mean = rng.uniform(0.5, 3, size=(1, C, 1, 1)), rng.uniform(-4, 4, size=(1, C, 1, 1))
    x = rng.normal(size=shape)
    x = x / x.std(axis=(0, 2, 3), keepdims=True) * spread + mean
    return x, rng.choice([-1.0, 1.0], size=C) * rng.uniform(0.5, 2, size=C), rng.normal(size=C)


def in_words(found):
    """Return what is right and what is not, by the names of the parts; those of which the same is true stand together."""
    together = {}
    for name, words in found.items():
        together.setdefault(words, []).append(name)
    return " ".join(f"{', '.join(names).capitalize()}: {words}." for words, names in together.items())


def judge(parts):
    """Run the parts of a criterion, each of a weight; give what the right ones are worth.

    A part raises if it is wrong, and returns its share and what is right of it if that is not all.
    """
    earned, wrong, found = 0.0, [], {}
    for name, (weight, part) in parts.items():
        try:
            share, found[name] = part() or (1.0, "right")
            earned += weight * share
            if share < 1.0:
                wrong.append(CheckFailed(f"{name}: {found[name]}."))
        except Exception as failure:  # noqa: BLE001  # a failed check, or what the submission raised
            found[name] = "wrong"
            wrong.append(failure)
    for failure in wrong:
        try:
            raise failure
        except Exception:
            if earned:
                partial(earned, in_words(found))
            raise


def batchnorm(submission, x, gamma, beta, bn_param):
    """Return the output of the submission's spatial batch normalisation."""
    answer = submission.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    return unpack(answer, "out cache", of="spatial_batchnorm_forward")[0]


def faint(x):
    """Return images whose variances are about as large as the eps that is taken where none is given."""
    return 3e-3 * (x - x.mean(axis=(0, 2, 3), keepdims=True))


def assert_batchnorm(submission, reference, rng, shapes, settings, change=np.copy):
    for shape in shapes:
        x, gamma, beta = draw(rng, shape)
        x = change(x)
        out = batchnorm(submission, x, gamma, beta, {"mode": "train", **settings})
        expected, _ = reference.spatial_batchnorm_forward(x, gamma, beta, {"mode": "train", **settings})
        assert_close(out, expected, name="out", axes="N C H W", inputs=(x,))


@criterion(
    "Spatial batch normalisation: output in training",
    points=2,
    tests=["spatial_batchnorm_forward"],
    hint="Every channel is a feature, every pixel of every image an example: mean and variance over the axes 0, 2 and 3, "
    "divided by N * H * W and not by one less. A reshape to (N * H * W, C) needs a transpose first. A quarter each for eps, which belongs under the root and is 1e-5 where none is given, "
    "and for images that are not square.",
)
def test_v5_batch_train(submission, reference, rng):
    def eps():
        assert_batchnorm(submission, reference, rng, BATCHES, {"eps": 1e-2})
        assert_batchnorm(submission, reference, rng, BATCHES[:1], {}, faint)

    judge(
        {
            "square images": (0.5, lambda: assert_batchnorm(submission, reference, rng, BATCHES, {})),
            "eps": (0.25, eps),
            "images that are not square": (0.25, lambda: assert_batchnorm(submission, reference, rng, BATCHES_NOT_SQUARE, {})),
        }
    )


@criterion(
    "Spatial batch normalisation: running statistics and test mode",
    points=2,
    tests=["spatial_batchnorm_forward"],
    hint="Half for training: one running mean and variance per channel, updated once per batch, with momentum 0.9 where none is given; a loop that calls batch "
    "normalisation channel by channel with the same bn_param overwrites them. Half for a test, which normalises with "
    "running_mean and running_var, eps under the root, and changes nothing.",
)
def test_v5_batch_running(submission, reference, rng):
    judge(
        {
            "the running statistics": (0.5, lambda: assert_running(submission, reference, rng)),
            "test mode": (0.5, lambda: assert_test_mode(submission, reference, rng)),
        }
    )


def assert_running(submission, reference, rng):
    """Check both running statistics after three batches of training."""
    for settings in ({}, {"momentum": 0.7, "eps": 1e-2, "running_mean": rng.normal(size=3), "running_var": rng.uniform(1, 2, size=3)}):
        mine = {"mode": "train", **settings}
        theirs = submission.lend(mine)
        for _ in range(3):
            x, gamma, beta = draw(rng, (3, 3, 3, 3))
            batchnorm(submission, x, gamma, beta, theirs)
            reference.spatial_batchnorm_forward(x, gamma, beta, mine)
        assert_statistics(theirs, mine, "after 3 batches")


def assert_test_mode(submission, reference, rng):
    """Check the output for given running statistics, and that a test leaves them, gamma and beta as they are."""
    for settings, shape in (({}, (3, 3, 3, 3)), ({"eps": 1e-2}, (3, 3, 3, 3)), ({}, (1, 3, 1, 1))):
        variances = np.array([1e-4, *rng.uniform(0.1, 2, size=2)])  # eps counts beside the first
        mine = {"mode": "test", "running_mean": rng.normal(size=3), "running_var": variances, **settings}
        x, gamma, beta = draw(rng, (3, 3, 3, 3))
        x = x[: shape[0], :, : shape[2], : shape[3]]
        theirs, scale, shift = submission.lend(mine), submission.lend(gamma), submission.lend(beta)
        out = batchnorm(submission, x, scale, shift, theirs)
        expected, _ = reference.spatial_batchnorm_forward(x, gamma, beta, dict(mine))
        # 1e-4: float32 averages may have been added to float64 zeros. No mistake is smaller than a percent.
        assert_close(out, expected, name="out in test mode", axes="N C H W", rtol=1e-4, atol=1e-4)
        assert_close((scale.value(), shift.value()), (gamma, beta), name="gamma beta after a test", axes="C; C")
        assert_statistics(theirs, mine, "after a test")


def assert_statistics(theirs, mine, when):
    """Check both running statistics of a bn_param that is kept in the candidate."""
    kept = theirs.value()
    for name in ("running_mean", "running_var"):
        assert_close(kept.get(name), mine[name], name=f'bn_param["{name}"] {when}', axes="C", rtol=1e-5, atol=1e-5)


def right_parts(names, are_right):
    """Return in words which gradients are right."""
    right, wrong = ([name for name, is_it in zip(names, are_right, strict=True) if is_it is kind] for kind in (True, False))
    verbs = [f"{' and '.join(some)} {'are' if len(some) > 1 else 'is'} {kind}" for some, kind in ((right, "right"), (wrong, "wrong")) if some]
    return ", ".join(verbs)


def worth(actual, right, own_forward, rng, at, dout):
    """Return what gradients are worth and why: their right ones, or half if they are those of the own forward pass."""
    parts = actual if isinstance(actual, (tuple, list)) and len(actual) == 3 else (None, None, None)
    are_right = [is_close(part, due, inputs=at[:1]) for part, due in zip(parts, right, strict=True)]
    share = sum(share for share, is_it in zip(SHARES, are_right, strict=True) if is_it)
    if share < 0.5 and are_its_own(own_forward, rng, at, dout, actual):
        return 0.5, "the gradients of your own forward pass, which is not the one that is due"
    return share, "right" if all(are_right) else right_parts(("dx", "dgamma", "dbeta"), are_right)


def are_its_own(own_forward, rng, at, dout, gradients):
    """Return True if gradients are those of the submission's own forward pass, which is wrong but does normalise."""
    x, gamma, beta = at
    try:
        if not is_close(own_forward(x + 1, gamma, beta), own_forward(x, gamma, beta)):  # a mean is taken off, whichever
            return False
        at = {"x": x, "gamma": gamma, "beta": beta}
        assert_consistent(own_forward, at, gradients, upstream=dout, rng=rng, directions=3, name="dx dgamma dbeta")
    except Exception:  # noqa: BLE001  # whatever it raises, and a check that failed
        return False
    return True


def smallest(found):
    """Return the smallest share of several cases, and what is right of it; where that is 0, fail with what is wrong."""
    (share, words), actual, right = min(found, key=lambda one: one[0][0])
    if not share:
        assert_close(actual, right, name="dx dgamma dbeta", axes="N C H W; C; C")
    return share, words


@criterion(
    "Spatial batch normalisation: backward pass",
    points=2,
    tests=["spatial_batchnorm_forward", "spatial_batchnorm_backward"],
    hint="The backward pass of batch normalisation, with N * H * W examples and C features: mean and variance depend on x, too. A "
    "right dx is worth half, dgamma and dbeta a quarter each; an eps of 0.1 and images that are not square are a quarter of all each.",
)
def test_v5_batch_backward(submission, reference, rng):
    def found(shape, eps):
        x, gamma, beta = draw(rng, shape)
        dout, settings = rng.normal(size=shape), {"mode": "train", "eps": eps}
        answer = submission.spatial_batchnorm_forward.keep(x, gamma, beta, settings)
        _, cache = unpack(answer, "out cache", of="spatial_batchnorm_forward")
        actual = submission.spatial_batchnorm_backward(dout, cache)
        cache = reference.spatial_batchnorm_forward(x, gamma, beta, dict(settings))[1]
        right = reference.spatial_batchnorm_backward(dout, cache)

        def own_forward(x, gamma, beta):
            return assert_array(batchnorm(submission, x, gamma, beta, settings), shape, name="out", axes="N C H W")

        return worth(actual, right, own_forward, rng, (x, gamma, beta), dout), actual, right

    squares = [*BATCHES, (8, 20, 10, 10)]
    judge(
        {
            "square images": (0.5, lambda: smallest(found(shape, 1e-5) for shape in squares)),
            "another eps": (0.25, lambda: smallest(found(shape, 0.1) for shape in BATCHES)),
            "images that are not square": (0.25, lambda: smallest(found(shape, 1e-5) for shape in BATCHES_NOT_SQUARE)),
        }
    )
    check(True, "both were right")


def groupnorm(submission, x, gamma, beta, G, settings, form):
    """Return the output of the submission's group normalisation, for gamma and beta of a form."""
    answer = submission.spatial_groupnorm_forward(x, gamma.reshape(form), beta.reshape(form), G, settings)
    return unpack(answer, "out cache", of="spatial_groupnorm_forward")[0]


def form_of(submission, reference, rng):
    """Return the shape in which the submission takes gamma and beta, C being -1: (1, C, 1, 1) as in CS231n, or else (C,)."""
    shape, G = GROUPS[0]
    x, gamma, beta = draw(rng, shape)
    expected, _ = reference.spatial_groupnorm_forward(x, gamma, beta, G, {})
    answered = []
    for form in (FORM, (-1,)):
        try:
            answer = submission.spatial_groupnorm_forward(x, gamma.reshape(form), beta.reshape(form), G, {})
        except Exception:  # noqa: BLE001  # whatever it raises: the checks will show it
            continue
        answered.append(form)
        if isinstance(answer, (tuple, list)) and len(answer) == 2 and is_close(answer[0], expected, inputs=(x,)):
            if form != FORM:
                note("gamma and beta were taken in the shape (C,)")
            return form
    return answered[0] if answered else FORM


def assert_groupnorm(submission, reference, rng, cases, settings, form, change=np.copy):
    for shape, G in cases:
        x, gamma, beta = draw(rng, shape)
        x = change(x)
        out = groupnorm(submission, x, gamma, beta, G, settings, form)
        expected, _ = reference.spatial_groupnorm_forward(x, gamma, beta, G, settings)
        assert_close(out, expected, name=f"out for G = {G}", axes="N C H W", inputs=(x,))


@criterion(
    "Group normalisation: forward pass",
    points=3,
    tests=["spatial_groupnorm_forward"],
    hint="Mean and variance belong to one image and one group: with 6 channels and G = 2 the channels 0, 1, 2 of an image, all "
    "their pixels together. x.reshape(N, G, C // G, H, W) puts neighbours together. A sixth each for eps, which belongs under the "
    "root and is 1e-5 where none is given, and for images that are not square.",
)
def test_v5_group_values(submission, reference, rng):
    form = form_of(submission, reference, rng)

    def eps():
        assert_groupnorm(submission, reference, rng, GROUPS, {"eps": 1e-2}, form)
        assert_groupnorm(submission, reference, rng, GROUPS[:1], {}, form, faint)

    judge(
        {
            "square images": (2 / 3, lambda: assert_groupnorm(submission, reference, rng, GROUPS, {}, form)),
            "eps": (1 / 6, eps),
            "images that are not square": (1 / 6, lambda: assert_groupnorm(submission, reference, rng, GROUPS_NOT_SQUARE, {}, form)),
        }
    )


@criterion(
    "Group normalisation: backward pass",
    points=3,
    tests=["spatial_groupnorm_forward", "spatial_groupnorm_backward"],
    hint="dx: that of layer normalisation with the pixels of a group in the place of a row, C / G * H * W of them. dgamma and "
    "dbeta belong to channels, and are sums over images and pixels. A right dx is worth half, dgamma and dbeta a quarter each; an eps "
    "of 0.1 and images that are not square are a quarter of all each.",
)
def test_v5_group_backward(submission, reference, rng):
    form = form_of(submission, reference, rng)

    def found(shape, G, eps):
        x, gamma, beta = draw(rng, shape)
        dout, settings = rng.normal(size=shape), {"eps": eps}
        answer = submission.spatial_groupnorm_forward.keep(x, gamma.reshape(form), beta.reshape(form), G, settings)
        _, cache = unpack(answer, "out cache", of="spatial_groupnorm_forward")
        actual = submission.spatial_groupnorm_backward(dout, cache)
        cache = reference.spatial_groupnorm_forward(x, gamma, beta, G, settings)[1]
        right = reference.spatial_groupnorm_backward(dout, cache)

        def own_forward(x, gamma, beta):
            return assert_array(groupnorm(submission, x, gamma, beta, G, settings, form), shape, name="out", axes="N C H W")

        return worth(actual, right, own_forward, rng, (x, gamma, beta), dout), actual, right

    squares = [*GROUPS, ((8, 20, 10, 10), 4)]
    judge(
        {
            "square images": (0.5, lambda: smallest(found(*one, 1e-5) for one in squares)),
            "another eps": (0.25, lambda: smallest(found(*one, 0.1) for one in GROUPS)),
            "images that are not square": (0.25, lambda: smallest(found(*one, 1e-5) for one in GROUPS_NOT_SQUARE)),
        }
    )
    check(True, "both were right")
