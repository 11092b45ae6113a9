"""First-order rules"""

import numpy as np

from autograder.rubric import assert_array, assert_close, assert_unchanged, check, criterion, is_close, unpack

SHAPES = ((5,), (3, 4), (2, 1, 3))


def draw(rng, shape, steps):
    """Draw a parameter and gradients of both signs, far larger than the usual epsilon: where it stands is o1_epsilon's."""
    signs = rng.choice([-1.0, 1.0], size=(steps, *shape))
    return rng.normal(size=shape), list(signs * rng.uniform(5, 20, size=(steps, *shape)))


def follow(rule, w, gradients, config, of):
    """Return w after every step of a rule of the submission, and its last config."""
    path = []
    for dw in gradients:
        w, config = unpack(rule(w, dw, config), "next_w config", of=of)
        path.append(w)
    return path, config


def expected_path(rule, w, gradients, config):
    """Return the same of a rule of the reference."""
    path = []
    for dw in gradients:
        w, config = rule(w, dw, config)
        path.append(w)
    return path, config


def assert_path(submission, reference, rng, of, configs, state):
    """Compare five steps, from every config, and what is remembered afterwards."""
    for shape in SHAPES:
        for config in configs:
            w, gradients = draw(rng, shape, 5)
            actual, last = follow(submission[of], w, gradients, config, of)
            expected, due = expected_path(getattr(reference, of), w, gradients, config)
            assert_close(actual, expected, name=[f"w after step {i + 1}" for i in range(5)])
            assert_close(last, {key: due[key] for key in state}, name="config", check_dtype=False)


@criterion(
    "sgd: five steps",
    points=1,
    tests=["sgd"],
    hint="w - learning_rate * dw; the learning rate comes from the config, and is 1e-2 where the config does not say.",
)
def test_o1_sgd(submission, reference, rng):
    assert_path(submission, reference, rng, "sgd", (None, {}, {"learning_rate": 0.3}), ())


@criterion(
    "sgd_momentum: five steps",
    points=2,
    tests=["sgd_momentum"],
    hint="v = momentum * v - learning_rate * dw and w + v. Look at the sign of dw, at whether the new velocity is written back, and "
    "whether you added it once: w + momentum * v - learning_rate * dw with the NEW v is Nesterov's method.",
)
def test_o1_momentum(submission, reference, rng):
    configs = (None, {"learning_rate": 0.2, "momentum": 0.5}, {"learning_rate": 0.05, "momentum": 0.95})
    assert_path(submission, reference, rng, "sgd_momentum", configs, ("velocity",))
    config = {"learning_rate": 0.1, "velocity": rng.normal(size=(3, 4))}  # in the middle of a training
    w, gradients = draw(rng, (3, 4), 2)
    actual, _ = follow(submission.sgd_momentum, w, gradients, config, "sgd_momentum")
    assert_close(actual, expected_path(reference.sgd_momentum, w, gradients, config)[0], name="w from a given velocity")


@criterion(
    "rmsprop: five steps",
    points=3,
    tests=["rmsprop"],
    hint="The cache is a running mean of dw**2, with the weights decay_rate (old) and 1 - decay_rate (new); divide dw by the root "
    "of the cache, not by the cache.",
)
def test_o1_rmsprop(submission, reference, rng):
    configs = (None, {"learning_rate": 0.1, "decay_rate": 0.6}, {"learning_rate": 0.01, "decay_rate": 0.9})
    assert_path(submission, reference, rng, "rmsprop", configs, ("cache",))


@criterion(
    "adam: five steps",
    points=4,
    tests=["adam"],
    hint="t is incremented before it is used and stored in the config; the step is made with the corrected means, but m and v "
    "are stored without the correction; both are weighted means: beta times the old plus (1 - beta) times the new.",
)
def test_o1_adam(submission, reference, rng):
    configs = (None, {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.8}, {"learning_rate": 0.03, "beta1": 0.8, "beta2": 0.95})
    assert_path(submission, reference, rng, "adam", configs, ("m", "v", "t"))
    w, gradients = draw(rng, (3, 4), 2)
    config = {"learning_rate": 0.1, "m": rng.normal(size=(3, 4)), "v": rng.uniform(0.5, 1, size=(3, 4)), "t": 5}
    actual, last = follow(submission.adam, w, gradients, config, "adam")
    assert_close(actual, expected_path(reference.adam, w, gradients, config)[0], name="w from given m, v and t")
    assert_close(last, {"t": 7}, name="config", check_dtype=False)


@criterion(
    "Rules: all state is in the config",
    points=4,
    tests=["sgd_momentum", "rmsprop", "adam"],
    hint="Two parameters that take turns, each with its own config, must not disturb each other: nothing may be remembered in "
    "global variables, default arguments or attributes, and everything that is remembered must be in the config.",
)
def test_o1_state(submission, reference, rng):
    for of in ("sgd_momentum", "rmsprop", "adam"):
        settings = {"learning_rate": 0.1}
        (w, first), (v, second) = draw(rng, (2, 3), 4), draw(rng, (2, 3), 4)
        path_w, path_v, config_w, config_v = [], [], dict(settings), dict(settings)
        for dw, dv in zip(first, second, strict=True):
            w_next, config_w = unpack(submission[of](path_w[-1] if path_w else w, dw, config_w), "next_w config", of=of)
            v_next, config_v = unpack(submission[of](path_v[-1] if path_v else v, dv, config_v), "next_w config", of=of)
            path_w.append(w_next)
            path_v.append(v_next)
        rule = getattr(reference, of)
        assert_close(path_w, expected_path(rule, w, first, settings)[0], name=f"{of}: the first of two parameters")
        assert_close(path_v, expected_path(rule, v, second, settings)[0], name=f"{of}: the second of two parameters")


@criterion(
    "Rules: what must hold",
    points=3,
    tests=["sgd_momentum", "adam"],
    hint="With momentum 0 a velocity remembers nothing; the first step of adam has the length of the learning rate in every "
    "coordinate, whatever the betas; and if all gradients are a thousand times larger, adam goes the same way.",
)
def test_o1_properties(submission, rng):
    w, gradients = draw(rng, (6,), 4)
    config = {"learning_rate": 0.3, "momentum": 0.0}
    path, _ = follow(submission.sgd_momentum, w, gradients, config, "sgd_momentum")
    assert_close(path, list(w - 0.3 * np.cumsum(gradients, axis=0)), name="sgd_momentum with momentum 0")

    for betas in ({}, {"beta1": 0.3, "beta2": 0.6}):
        config = {"learning_rate": 0.2, **betas}
        path, _ = follow(submission.adam, w, gradients[:1], config, "adam")
        assert_close(path[0], w - 0.2 * np.sign(gradients[0]), name="the first step of adam")
        path, _ = follow(submission.adam, w, gradients, config, "adam")
        scaled, _ = follow(submission.adam, w, [1000 * g for g in gradients], config, "adam")
        assert_close(scaled, path, name="adam with gradients 1000 times larger", atol=1e-5)


@criterion(
    "rmsprop and adam: epsilon",
    points=2,
    tests=["rmsprop", "adam"],
    hint="Epsilon is added to the root: sqrt(cache) + epsilon, not sqrt(cache + epsilon). With gradients of 1e-6 and an epsilon "
    "of 1e-3 the second is about thirty times larger.",
)
def test_o1_epsilon(submission, reference, rng):
    w, gradients = draw(rng, (5,), 3)
    w, gradients = 0 * w, [1e-6 * g for g in gradients]
    config = {"learning_rate": 100.0, "epsilon": 1e-3}
    path, _ = follow(submission.rmsprop, w, gradients, config, "rmsprop")
    assert_close(path, expected_path(reference.rmsprop, w, gradients, config)[0], name="w with a large epsilon")

    path, _ = follow(submission.adam, w, gradients, config, "adam")
    expected = expected_path(reference.adam, w, gradients, config)[0]
    folded = folded_adam(gradients, **config)
    assert_close(path, folded if is_close(path, folded) else expected, name="w with a large epsilon")

    gradients, config = [0.01 * g for g in gradients], {"learning_rate": 1.0}  # about as small as the usual epsilon
    path, _ = follow(submission.rmsprop, w, gradients, config, "rmsprop")
    assert_close(path, expected_path(reference.rmsprop, w, gradients, config)[0], name="w with the usual epsilon")
    path, _ = follow(submission.adam, w, gradients, config, "adam")
    folded = folded_adam(gradients, **config, epsilon=1e-8)
    expected = expected_path(reference.adam, w, gradients, config)[0]
    assert_close(path, folded if is_close(path, folded) else expected, name="w with the usual epsilon")


def folded_adam(gradients, learning_rate, epsilon, beta1=0.9, beta2=0.999):
    """Return the path of adam from 0 with both corrections in the step size, as at the end of section 2 of the paper."""
    w, m, v, path = 0.0, 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        step = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
        w = w - step * m / (np.sqrt(v) + epsilon)
        path.append(w)
    return path


@criterion(
    "Rules: the gradient stays as it is",
    points=1,
    tests=["sgd", "sgd_momentum", "rmsprop", "adam"],
    testimony=True,
    hint="dw belongs to the caller, who may want to print its norm: no dw *= learning_rate. Only w may be changed in place.",
)
def test_o1_safe(submission, rng):
    w, (dw,) = draw(rng, (3, 2), 1)
    for of in ("sgd", "sgd_momentum", "rmsprop", "adam"):
        answer = assert_unchanged(submission[of], w, dw, {}, names="w dw config", may_change=(0, 2), returns=True)
        next_w, _ = unpack(answer, "next_w config", of=of)
        moved = assert_array(next_w, w.shape, name="next_w", finite=False)
        check(bool(np.all(moved != w)), f"{of}: w stays as it is, too.")
