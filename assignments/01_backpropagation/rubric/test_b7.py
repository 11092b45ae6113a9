"""Two-layer net"""

import numpy as np
import pytest

from autograder.rubric import (
    assert_array,
    assert_close,
    assert_consistent,
    assert_trains,
    assert_variance,
    check,
    criterion,
    has_other_direction,
    is_close,
    partial,
    unpack,
)

#: A mistake in these was paid for in B1 to B3; only the last criterion has the submission's own.
LAYERS = ["affine_forward", "affine_backward", "relu_forward", "relu_backward", "softmax_loss"]
NAMES = ("W1", "b1", "W2", "b2")
HIDDEN = 32  # hidden units of the net that is trained
SHAPES = [(6, 5, 7, 3), (1, 2, 4, 5), (4, 4, 4, 4)]  # N, D, H, C
LARGE = (4, 150, 200, 3)  # 30,000 parameters: too many for finite differences


def draw(rng, shape):
    """Draw parameters large enough for every unit to matter, and a batch."""
    N, D, H, C = shape
    params = {
        "W1": rng.normal(size=(D, H)),
        "b1": rng.normal(size=H),
        "W2": rng.normal(size=(H, C)),
        "b2": rng.normal(size=C),
    }
    return params, rng.normal(size=(N, D)), rng.integers(0, C, size=N)


class Unmade:
    """A net of a submission whose ``__init__`` raised: its methods, with the class in the place of an object.

    A new net is graded by a case of its own, so that ``loss`` is not lost with it.
    """

    def __init__(self, submission, reg):
        object.__setattr__(self, "_self", submission.lend(submission.TwoLayerNet))
        object.__setattr__(self, "_loss", submission.TwoLayerNet.loss)
        self.reg = reg

    def __setattr__(self, name, value):
        setattr(self._self, name, value)

    def loss(self, *args):
        """Call the method as the reference would on an object."""
        return self._loss(self._self, *args)


def new_net(module, reg, *args):
    """Make a net of the submission or the reference, with arguments of the constructor."""
    # An object that the reference never hands out cannot be called: so this is made in any case.
    unmade = Unmade(module, reg) if hasattr(module, "lend") else None
    try:
        return module.TwoLayerNet(*args, reg)
    except Exception:  # that it raises is paid for by the criterion of a new net
        return unmade


def net_with(module, params, reg):
    """Make a net of the submission or the reference with given parameters."""
    (inputs, hidden), classes = params["W1"].shape, len(params["b2"])
    net = new_net(module, reg, inputs, hidden, classes, 1e-2)
    net.params = dict(params)
    return net


def loss_of(net, x, y):
    """Return loss and gradients."""
    return unpack(net.loss(x, y), "loss grads", of="TwoLayerNet.loss")


@pytest.mark.parametrize("part", ["scores", "loss"])
@criterion(
    "Two-layer net: scores and loss",
    points=3,
    tests=["TwoLayerNet"],
    provided=LAYERS,
    hint="Scores and loss count half each. The parameters are those in self.params at the time "
    "of the call, and no relu stands behind the second affine layer. The penalty is 0.5 * "
    "reg * (sum of W1**2 + sum of W2**2), not divided by N.",
)
def test_b7_values(submission, reference, rng, part):
    for shape in SHAPES:
        for reg in (0.0, 0.7):
            params, x, y = draw(rng, shape)
            theirs, mine = net_with(submission, params, reg), net_with(reference, params, reg)
            if part == "scores":
                assert_close(theirs.loss(x), mine.loss(x), name="scores", axes="N C", inputs=(x,))
                continue
            loss, right = loss_of(theirs, x, y)[0], mine.loss(x, y)[0]
            if reg and shape == SHAPES[0] and not is_close(loss, right, inputs=(x,)):
                partial(0.5, "The loss is right without a penalty, and wrong with reg = 0.7.")
            assert_close(loss, right, name=f"loss with reg = {reg}", inputs=(x,))


@pytest.mark.parametrize("part", NAMES)
@criterion(
    "Two-layer net: gradients of all four parameters",
    points=5,
    tests=["TwoLayerNet"],
    provided=LAYERS,
    hint="A quarter for each parameter. The gradient reaches W1 and b1 through W2 and through "
    "the relu, at the values of the forward pass. The penalty adds reg * W to the gradient "
    "of each weight (the 2 of the square meets the 1/2) and nothing to the biases.",
)
def test_b7_gradients(submission, reference, rng, part):
    cases = [(shape, reg) for reg in (0.0, 0.7) for shape in SHAPES]
    for shape, reg in [*cases, (LARGE, 0.1)]:
        params, x, y = draw(rng, shape)
        theirs, mine = net_with(submission, params, reg), net_with(reference, params, reg)
        actual, right = gradient_of(theirs, x, y, part), mine.loss(x, y)[1][part]
        if shape == SHAPES[0] and not is_close(actual, right, inputs=(x,)):
            half_for_own_gradient(submission, rng, params, reg, part)
            if reg:
                partial(0.5, f"grads[{part!r}] is right without a penalty, and wrong with reg = {reg}.")
        assert_close(actual, right, name=f"grads[{part!r}]", inputs=(x,))


def gradient_of(net, x, y, part):
    """Return the gradient of one parameter, or say what is there instead."""
    grads = loss_of(net, x, y)[1]
    is_there = isinstance(grads, dict) and part in grads
    check(is_there, f"grads: expected a dict with the key {part!r}.", kind="type")
    return grads[part]


def half_for_own_gradient(submission, rng, params, reg, part):
    """Give half of the points for a gradient of the submission's own, wrong loss, if that looks at the batch."""
    N, D, _, C = SHAPES[0]
    x, y = rng.normal(size=(N, D)), rng.integers(0, C, size=N)

    def own_loss(value):
        return loss_of(net_with(submission, {**params, part: value}, reg), x, y)[0]

    def own_gradient(x, y, part):
        grad = gradient_of(net_with(submission, params, 0.0), x, y, part)
        return assert_array(grad, params[part].shape, name=f"grads[{part!r}]")

    try:
        grad = gradient_of(net_with(submission, params, reg), x, y, part)
        assert_consistent(own_loss, params[part], grad, rng=rng, name=f"grads[{part!r}]")
        batches = [(rng.normal(size=x.shape), y) for _ in range(4)], [(x, np.full(N, i)) for i in range(C)]
        for name in NAMES:
            first = own_gradient(x, y, name)
            turned = [any(has_other_direction(first, own_gradient(*batch, name)) for batch in kind) for kind in batches]
            check(all(turned), f"grads[{name!r}]: its direction is the same for other X or y.", kind="gradient")
    except Exception:  # the gradient is wrong in any case
        return
    partial(0.5, f"grads[{part!r}] is the gradient of your own loss, but that is not the loss of this net.")



@pytest.mark.parametrize("case", ["a new net", "loss()"])
@criterion(
    "Two-layer net: a new net, and parameters that loss() leaves alone",
    points=1,
    tests=["TwoLayerNet"],
    provided=LAYERS,
    hint="Half each. In a new net the weights are drawn from a normal distribution of standard "
    "deviation weight_scale, and biases are zeros of the shapes (H,) and (C,). loss() "
    "computes gradients; only an optimiser changes parameters, so no W2 -= ... there.",
)
def test_b7_properties(submission, rng, case):
    if case == "a new net":
        check_new_net(submission)
        return
    params, x, y = draw(rng, SHAPES[0])
    net = net_with(submission, params, 0.7)
    scores = assert_array(net.loss(x), (6, 3), name="scores", axes="N C")
    loss = assert_array(loss_of(net, x, y)[0], (), name="loss")
    assert_close(loss_of(net, x, y)[0], loss, name="loss of a second call")
    assert_close(net.loss(x), scores, name="scores after two calls of loss(X, y)", axes="N C")
    others = net_with(submission, draw(rng, SHAPES[0])[0], 0.7).loss(x)
    check(not is_close(others, scores), "scores: they are the same with other parameters.")


def check_new_net(submission):
    """Check the parameters of a net that was just made."""
    shapes = {"W1": (40, 50), "b1": (50,), "W2": (50, 30), "b2": (30,)}
    params = submission.TwoLayerNet(40, 50, 30, 0.05, 0.1).params
    for name, shape in shapes.items():
        got = np.shape(params.get(name)) if isinstance(params, dict) else None
        check(got == shape, f"params[{name!r}]: expected shape {shape}, got {got}.", kind="shape")
    for name in ("W1", "W2"):
        assert_variance(params[name], 0.05**2, name=name, says="the standard deviation is weight_scale")
    for name in ("b1", "b2"):
        assert_close(params[name], np.zeros(shapes[name]), name=name, check_dtype=False)
    usual = submission.TwoLayerNet(40, 50, 30)
    assert_variance(usual.params["W1"], 1e-3**2, name="W1", says="the standard deviation is 1e-3 where none is given")
    assert_close(usual.reg, 0.0, name="reg where none is given", check_dtype=False)


def spiral(rng, per_arm):
    """Draw points on the three arms of a spiral, which no straight lines part, in random order."""
    radius = np.tile(np.linspace(0.05, 1, per_arm), 3)
    arm = np.repeat(np.arange(3), per_arm)
    angle = 2 * np.pi * arm / 3 + 3 * radius + rng.normal(0, 0.05, size=len(arm))
    order = rng.permutation(len(arm))  # else the place in the batch tells the class
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)[order], arm[order]


@criterion(
    "Two-layer net: learns a spiral",
    points=2,
    tests=["TwoLayerNet"],
    provided=LAYERS,
    timeout_s=20.0,
    hint="The accuracy rises only if the gradients of all four parameters belong to the "
    "parameters that are in self.params at the time. Train your net yourself on two points "
    "first: the loss must go to zero.",
)
def test_b7_training(submission, rng):
    check_learns(submission, rng)


@criterion(
    "Two-layer net: learns a spiral with your own layers",
    points=1,
    tests=["TwoLayerNet"],
    after=["b1_forward_values", "b1_backward_values", "b2_values", "b2_backward_values", "b3_values", "b7_training"],
    timeout_s=20.0,  # layers written as Python loops need 4 s
    hint="With the course's layers your net learns this. Look for what it reads from your "
    "caches, or imports from layers.py, and what your layers keep from one call to the "
    "next.",
)
def test_b7_own_layers(submission, rng):
    check_learns(submission, rng)


def check_learns(submission, rng):
    """Train nets of the submission on points of a spiral, and check their accuracy on new ones."""

    def train(_seed):
        net = new_net(submission, 1e-4, 2, HIDDEN, 3, 1e-2)
        descend(net, *spiral(rng, per_arm=30), rng)
        x, y = spiral(rng, per_arm=200)  # new points, whose classes the submission never sees
        scores = assert_array(net.loss(x), (600, 3), name="scores")
        return float(np.mean(np.argmax(scores, axis=1) == y))

    # The reference reaches 0.993 to 1.00 with each of 200 seeds, a net whose W2 stays as it is 0.77 to 0.91.
    assert_trains(train, bar=0.95, seeds=(0, 1), name="accuracy on new points")


def descend(net, x, y, rng, steps=150, rate=0.2, momentum=0.9):
    """Train a net of the submission by gradient descent with momentum."""
    params = {
        "W1": 2 * rng.normal(size=(2, HIDDEN)),
        "b1": 0.7 * rng.normal(size=HIDDEN),
        "W2": 0.2 * rng.normal(size=(HIDDEN, 3)),
        "b2": np.zeros(3),
    }
    velocity = {name: np.zeros_like(value) for name, value in params.items()}
    for _ in range(steps):
        net.params = params
        grads = loss_of(net, x, y)[1]
        is_dict = isinstance(grads, dict) and all(name in grads for name in NAMES)
        check(is_dict, f"grads: expected a dict with the keys {', '.join(NAMES)}.", kind="type")
        for name in NAMES:
            grad = assert_array(grads[name], params[name].shape, name=f"grads[{name!r}]")
            velocity[name] = momentum * velocity[name] - rate * grad
            params[name] = params[name] + velocity[name]
    net.params = params
