"""First-order rules"""

import numpy as np

from autograder.rubric import (
    assert_array,
    assert_close,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

SHAPES = ((5,), (3, 4), (2, 1, 3))


def draw(rng, shape, steps):
    """Draw a parameter and gradients of both signs, far larger than the usual epsilon."""
    signs = rng.choice([-1.0, 1.0], size=(steps, *shape))
    return rng.normal(size=shape), list(signs * rng.uniform(5, 20, size=(steps, *shape)))


def going(shape):
    """Return the state of adam after five steps of zeros.

    No correction divides by 0 then, whenever t is incremented.
    """
    return {"t": 5, "m": np.zeros(shape), "v": np.zeros(shape)}


def step(submission, of, w, dw, config, name="next_w", finite=True):
    """Return w after one step of a rule of the submission, as an array, and its config."""
    next_w, config = unpack(submission[of](w, dw, config), "next_w config", of=of)
    return assert_array(next_w, w.shape, name=name, finite=finite), config


def follow(submission, of, w, gradients, config, finite=True):
    """Return w after every step of a rule of the submission, and its last config."""
    path = []
    for i, dw in enumerate(gradients):
        w, config = step(submission, of, w, dw, config, name=f"w after step {i + 1}", finite=finite)
        path.append(w)
    return path, config


def expected_path(rule, w, gradients, config):
    """Return the same of a rule of the reference."""
    path = []
    for dw in gradients:
        w, config = rule(w, dw, config)
        path.append(w)
    return path, config


def assert_rule(submission, reference, rng, of, told, silent, is_changed=False):
    """Compare five steps; a quarter of the points is for configs that leave settings to the defaults.

    Another quarter is lost where the rule is known to change its gradient.
    """
    assert_path(submission, reference, rng, of, told)
    try:
        assert_path(submission, reference, rng, of, silent)
    except Exception as failed:  # a failed check, or what the submission raised
        also = " And dw is not what it was: it belongs to the caller." if is_changed else ""
        partial(
            0.5 if is_changed else 0.75,
            f"The steps are right with all settings in the config, but not with the defaults: {failed}{also}",
        )
    if is_changed:
        partial(0.75, "The steps are right, but dw is not what it was: it belongs to the caller.")


def assert_path(submission, reference, rng, of, configs):
    """Compare five steps from every config."""
    for shape in SHAPES:
        for config in configs:
            w, gradients = draw(rng, shape, 5)
            actual, _ = follow(submission, of, w, gradients, config)
            expected, _ = expected_path(getattr(reference, of), w, gradients, config)
            assert_close(actual, expected, name=[f"w after step {i + 1}" for i in range(5)])


def changes_gradient(submission, rng, of, config):
    """Return True if a rule changes the gradient that it is given."""
    w, (dw,) = draw(rng, (3, 2), 1)
    kept = submission.lend(dw)
    unpack(submission[of](w, kept, config), "next_w config", of=of)
    return not is_close(kept.value(), dw)


@criterion(
    "sgd: five steps",
    points=1,
    tests=["sgd"],
    hint="w - learning_rate * dw; the learning rate comes from the config. Where the config does "
    "not say, or is None, it is 1e-2: a quarter.",
)
def test_o1_sgd(submission, reference, rng):
    told = ({"learning_rate": 0.3}, {"learning_rate": 0.02})
    assert_rule(submission, reference, rng, "sgd", told, (None, {}))


@criterion(
    "sgd: the gradient stays as it is",
    points=1,
    tests=["sgd"],
    hint="dw belongs to the caller, who may want to print its norm: no dw *= learning_rate. Only w "
    "may be changed in place, and a step does change it.",
)
def test_o1_safe(submission, rng):
    w, (dw,) = draw(rng, (3, 2), 1)
    kept = submission.lend(dw)
    moved, _ = step(submission, "sgd", w, kept, {})
    check(is_close(kept.value(), dw), "sgd changed its input dw.", kind="changed its input")
    check(bool(np.all(moved != w)), "sgd: next_w is w as it was.")


@criterion(
    "sgd_momentum: five steps",
    points=2,
    tests=["sgd_momentum"],
    hint="v = momentum * v - learning_rate * dw and w + v. Look at the sign of dw, at whether the "
    "new velocity is written back, and whether it is added once: w + momentum * v - learning_rate "
    "* dw with the NEW v is Nesterov's method. A quarter each: dw stays as it is; where the config "
    "does not say, or is None, learning_rate is 1e-2 and momentum 0.9.",
)
def test_o1_momentum(submission, reference, rng):
    told = (
        {"learning_rate": 0.2, "momentum": 0.5},
        {"learning_rate": 0.05, "momentum": 0.95},
    )
    is_changed = changes_gradient(submission, rng, "sgd_momentum", told[0])
    silent = (None, {"learning_rate": 0.2}, {"momentum": 0.5})
    assert_rule(submission, reference, rng, "sgd_momentum", told, silent, is_changed)


@criterion(
    "rmsprop: five steps",
    points=3,
    tests=["rmsprop"],
    hint="The cache is a running mean of dw**2, with the weights decay_rate (old) and 1 - "
    "decay_rate (new); dw is divided by the root of the cache, not by the cache. A quarter each: dw "
    "stays as it is; where the config does not say, or is None, learning_rate is 1e-2 and "
    "decay_rate 0.99.",
)
def test_o1_rmsprop(submission, reference, rng):
    told = (
        {"learning_rate": 0.1, "decay_rate": 0.6, "epsilon": 1e-8},
        {"learning_rate": 0.01, "decay_rate": 0.9, "epsilon": 1e-8},
    )
    is_changed = changes_gradient(submission, rng, "rmsprop", told[0])
    # A wrong default of epsilon is o1_epsilon_rmsprop's.
    silent = (None, {"learning_rate": 0.1}, {"decay_rate": 0.6})
    assert_rule(submission, reference, rng, "rmsprop", told, silent, is_changed)


@criterion(
    "adam: five steps",
    points=4,
    tests=["adam"],
    hint="t is incremented before it is used and stored in the config; the step is made with the "
    "corrected means, but m and v are stored without the correction; both are weighted means: beta "
    "times the old plus (1 - beta) times the new. A quarter each: dw stays as it is; where the "
    "config does not say, or is None, learning_rate is 1e-3, beta1 0.9 and beta2 0.999.",
)
def test_o1_adam(submission, reference, rng):
    told = (
        {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.8, "epsilon": 1e-8},
        {"learning_rate": 0.03, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-8},
        {"learning_rate": 10.0, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    )
    is_changed = changes_gradient(submission, rng, "adam", told[0])
    # Of the defaults, the betas are seen with a learning rate that makes w small beside its steps.
    # A wrong default of epsilon is o1_epsilon's.
    silent = (None, {"learning_rate": 10.0}, {"beta1": 0.5, "beta2": 0.8})
    assert_rule(submission, reference, rng, "adam", told, silent, is_changed)


def assert_state(submission, reference, rng, of, state, start):
    """Compare a rule with itself in turns and across restarts.

    Only a rule whose steps are right is compared with the reference: a wrong step is paid
    elsewhere.
    """
    (w, first), (v, second) = draw(rng, (2, 3), 4), draw(rng, (2, 3), 4)
    alone_w, last = follow(submission, of, w, first, start)
    alone_v, _ = follow(submission, of, v, second, start)
    turns_w, turns_v, now_w, now_v, config_w, config_v = [], [], w, v, start, start
    for dw, dv in zip(first, second, strict=True):
        now_w, config_w = step(submission, of, now_w, dw, config_w)
        now_v, config_v = step(submission, of, now_v, dv, config_v)
        turns_w.append(now_w)
        turns_v.append(now_v)
    assert_close(turns_w, alone_w, name=f"{of}: the first of two parameters that take turns")
    assert_close(turns_v, alone_v, name=f"{of}: the second of two parameters that take turns")

    def without_config():
        try:
            return submission[of](w, first[0])
        except Exception:  # noqa: BLE001  # paid for among the defaults
            return np.zeros(w.shape), {}

    bare = [unpack(without_config(), "next_w config", of=of)[0] for _ in range(2)]
    bare = [assert_array(next_w, w.shape, name="next_w", finite=False) for next_w in bare]
    again = bool(np.array_equal(*bare, equal_nan=True))
    check(again, f"{of}: without a config the same step gives something else the second time.")

    assert_close(last, {}, name="config")
    check(
        all(key in last for key in state),
        f"{of}: the config has no {' or no '.join(state)}.",
        kind="type",
    )
    named = {
        key: assert_array(last[key], () if key == "t" else w.shape, name=f"config[{key!r}]")
        for key in state
    }
    continued, _ = follow(submission, of, alone_w[-1], second, last)
    restarted, _ = follow(submission, of, alone_w[-1], second, {**start, **named})
    assert_close(
        restarted,
        continued,
        name=f"{of}: w of a training that goes on with {' '.join(state)} of its config",
    )

    carried, _ = step(submission, of, w, second[0], last)
    fresh, _ = step(submission, of, w, second[0], start)
    check(
        not is_close(carried, fresh), f"{of}: a step depends on nothing that the config remembers."
    )

    path, last = follow(submission, of, w, first, {"learning_rate": 0.1}, finite=False)
    expected, due = expected_path(getattr(reference, of), w, first, {"learning_rate": 0.1})
    if not is_close(path, expected):
        last = due
    assert_close(last, {key: due[key] for key in state}, name="config", check_dtype=False)


STATE_HINT = (
    "Two parameters that take turns, each with its own config, must not disturb each other: "
    "nothing may be remembered in global variables, default arguments or attributes. What is "
    "remembered stands in the config "
)


@criterion(
    "sgd_momentum: all state is in the config",
    points=1,
    tests=["sgd_momentum"],
    hint=STATE_HINT + "as `velocity`, with the sign of the formula, and the next step uses it.",
)
def test_o1_state_momentum(submission, reference, rng):
    assert_state(submission, reference, rng, "sgd_momentum", ("velocity",), {"learning_rate": 0.1})


@criterion(
    "rmsprop: all state is in the config",
    points=1,
    tests=["rmsprop"],
    hint=STATE_HINT + "as `cache`, and the next step uses it.",
)
def test_o1_state_rmsprop(submission, reference, rng):
    assert_state(submission, reference, rng, "rmsprop", ("cache",), {"learning_rate": 0.1})


@criterion(
    "adam: all state is in the config",
    points=2,
    tests=["adam"],
    hint=STATE_HINT + "as `m`, `v` and `t`, and the next step uses all of it: m and v without the "
    "correction, and t as the number of steps that were made.",
)
def test_o1_state(submission, reference, rng):
    assert_state(
        submission, reference, rng, "adam", ("m", "v", "t"), {"learning_rate": 0.1, **going((2, 3))}
    )


@criterion(
    "sgd_momentum: without momentum nothing is remembered",
    points=1,
    tests=["sgd_momentum"],
    hint="With momentum 0 every step is one constant times its own gradient, whatever came before. "
    "Is the 0 of the config used, or taken for a missing entry?",
)
def test_o1_momentum_zero(submission, rng):
    w, gradients = draw(rng, (6,), 4)
    path, _ = follow(
        submission, "sgd_momentum", w, gradients, {"learning_rate": 0.3, "momentum": 0.0}
    )
    steps = np.diff([w, *path], axis=0)
    check(bool(np.all(steps[0] != 0)), "sgd_momentum with momentum 0: w stays as it is.")
    due = [steps[0] / gradients[0] * dw for dw in gradients]
    assert_close(list(steps), due, name="steps with momentum 0", inputs=(*path,))


@criterion(
    "adam: the size of the gradient does not matter",
    points=2,
    tests=["adam"],
    hint="If all gradients are a thousand times larger, m is, too, and so is the root of v: adam "
    "goes the same way. Look at whether v holds squares, whether it is its root that m is divided "
    "by, and whether m and v are made of nothing but gradients.",
)
def test_o1_properties(submission, rng):
    for betas in ({}, {"beta1": 0.3, "beta2": 0.6}):
        # Both sizes are rows of one parameter, so that it does not matter how steps are counted.
        _, gradients = draw(rng, (6,), 3)
        w = np.tile(rng.normal(size=6), (2, 1))
        rows = [np.stack([dw, 1000 * dw]) for dw in gradients]
        path, _ = follow(
            submission, "adam", w, rows, {"learning_rate": 0.2, **going((2, 6)), **betas}
        )
        moved = bool(np.all(np.abs(path[0] - w) > 1e-3))
        check(moved, "adam: with a learning rate of 0.2 a step moves w by less than 0.001.")
        small, large = zip(*path, strict=True)
        assert_close(list(large), list(small), name="w with gradients 1000 times larger")


EPSILON_HINT = (
    "Epsilon is added to the root and not below it, comes from the config, and is 1e-8 where the "
    "config does not say. This was tried where the root is 1, so that no other mistake of the rule "
    "shows: the step is learning_rate * "
)


def assert_epsilon(submission, of, gradient, config):
    """Compare a first step where the root is 1, and tiny ones with and without an epsilon."""
    w = np.zeros(gradient.shape)
    moved, _ = step(submission, of, w, gradient, {"learning_rate": 0.5, "epsilon": 0.7, **config})
    assert_close(moved, -0.5 * gradient / 1.7, name="next_w with an epsilon of 0.7")

    tiny = {"learning_rate": 1.0, **config, "decay_rate": 0.0}  # nothing is remembered
    usual, _ = step(submission, of, w, 1e-8 * gradient, tiny)
    told, _ = step(submission, of, w, 1e-8 * gradient, {"epsilon": 1e-8, **tiny})
    assert_close(usual, told, name="next_w without an epsilon in the config", rtol=1e-4)


@criterion(
    "rmsprop: epsilon",
    points=1,
    tests=["rmsprop"],
    hint=EPSILON_HINT + "dw / (1 + epsilon) there, and not dw / sqrt(1 + epsilon).",
)
def test_o1_epsilon_rmsprop(submission, rng):
    # Half of the square of the root of 2 is 1, whichever half of the cache is the old one.
    gradient = rng.choice([-1.0, 1.0], size=5) * np.sqrt(2.0)
    assert_epsilon(submission, "rmsprop", gradient, {"decay_rate": 0.5})


@criterion(
    "adam: epsilon",
    points=1,
    tests=["adam"],
    hint=EPSILON_HINT + "m / (1 + epsilon) there, and not m / sqrt(1 + epsilon).",
)
def test_o1_epsilon(submission, rng):
    # With both betas 0 adam remembers nothing, and no correction matters from the second step on.
    gradient = rng.choice([-1.0, 1.0], size=5)
    assert_epsilon(submission, "adam", gradient, {"beta1": 0.0, "beta2": 0.0, **going((5,))})
