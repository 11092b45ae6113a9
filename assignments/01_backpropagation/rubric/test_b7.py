"""Two-layer net"""

import numpy as np

from autograder.rubric import (
    CheckFailed,
    assert_close,
    assert_consistent,
    assert_finite,
    assert_trains,
    assert_variance,
    check,
    criterion,
    is_close,
    partial,
    unpack,
)

#: A mistake in these was paid in B1 to B3 already; but for the training, they are the reference's.
LAYERS = ["affine_forward", "affine_backward", "relu_forward", "relu_backward", "softmax_loss"]
NAMES = ("W1", "b1", "W2", "b2")
HIDDEN = 32  # hidden units of the net that is trained
SHAPES = [(6, 5, 7, 3), (1, 2, 4, 5), (4, 4, 4, 4)]  # N, D, H, C


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


def net_with(module, params, reg):
    """Make a net of the submission or the reference with given parameters."""
    (inputs, hidden), classes = params["W1"].shape, len(params["b2"])
    net = module.TwoLayerNet(inputs, hidden, classes, 1e-2, reg)
    net.params = dict(params)
    return net


def loss_of(net, x, y):
    """Return loss and gradients."""
    return unpack(net.loss(x, y), "loss grads", of="TwoLayerNet.loss")


def array_of(value, shape, name):
    """Return a value that must be an array of finite numbers of this shape."""
    got = f"shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
    is_right = isinstance(value, np.ndarray) and value.shape == shape
    check(is_right, f"{name}: expected an array of shape {shape}, got {got}.", kind="shape")
    assert_finite(value, name=name)
    return value


@criterion(
    "Two-layer net: scores and loss",
    points=3,
    tests=["TwoLayerNet"],
    provided=LAYERS,
    hint="Take the parameters from self.params in every call, and do not put a relu behind the second affine layer. The "
    "penalty is 0.5 * reg * (sum of W1**2 + sum of W2**2), not divided by N.",
)
def test_b7_values(submission, reference, rng):
    for shape in SHAPES:
        for reg in (0.0, 0.7):
            params, x, y = draw(rng, shape)
            theirs, mine = net_with(submission, params, reg), net_with(reference, params, reg)
            assert_close(theirs.loss(x), mine.loss(x), name="scores", axes="N C", inputs=(x,))
            assert_close(loss_of(theirs, x, y)[0], mine.loss(x, y)[0], name=f"loss with reg = {reg}", inputs=(x,))


@criterion(
    "Two-layer net: gradients of all four parameters",
    points=5,
    tests=["TwoLayerNet"],
    provided=LAYERS,
    hint="The penalty adds reg * W to the gradient of each weight (the 2 of the square meets the 1/2) and nothing to the "
    "biases. The gradient reaches W1 through W2 and through the relu, at the values of the forward pass.",
)
def test_b7_gradients(submission, reference, rng):
    # The last one has 30,000 parameters: too many for finite differences.
    cases = [(shape, reg) for shape in SHAPES for reg in (0.7, 0.0)]
    for shape, reg in [*cases, ((4, 150, 200, 3), 0.1)]:
        params, x, y = draw(rng, shape)
        theirs, mine = net_with(submission, params, reg), net_with(reference, params, reg)
        _, grads = loss_of(theirs, x, y)
        right = mine.loss(x, y)[1]
        if shape == SHAPES[0] and not is_close(grads, right):
            half_for_own_gradient(submission, rng, params, reg, x, y, grads)
        assert_close(grads, right, name="grads", inputs=(x,))


def half_for_own_gradient(submission, rng, params, reg, x, y, grads):
    """Give half of the points for gradients that are those of the submission's own, wrong loss."""

    def own_loss(**params):
        return loss_of(net_with(submission, params, reg), x, y)[0]

    try:
        assert_consistent(own_loss, params, grads, rng=rng, name="dW1 db1 dW2 db2", axes="D H; H; H C; C")
    except CheckFailed:
        return
    partial(0.5, "These are the gradients of your own loss, but that is not the loss of this net.")


@criterion(
    "Two-layer net: a new net, and parameters that loss() leaves alone",
    points=1,
    tests=["TwoLayerNet"],
    provided=LAYERS,
    hint="Weights are drawn from a normal distribution of standard deviation weight_scale, biases are zeros. loss() computes "
    "gradients; only an optimiser changes parameters, so no W2 -= ... in loss().",
)
def test_b7_properties(submission, rng):
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

    params, x, y = draw(rng, SHAPES[0])
    net = net_with(submission, params, 0.7)
    scores = net.loss(x)
    array_of(scores, (6, 3), "scores")
    loss, _ = loss_of(net, x, y)
    is_number = isinstance(loss, (int, float, np.number, np.ndarray)) and np.shape(loss) == ()
    check(is_number, f"loss: expected a number, got a {type(loss).__name__}.", kind="type")
    assert_finite(loss, name="loss")
    assert_close(loss_of(net, x, y)[0], loss, name="loss of a second call")
    assert_close(net.loss(x), scores, name="scores after two calls of loss(X, y)", axes="N C")


def spiral(rng, per_arm):
    """Draw points on the three arms of a spiral, which no straight lines part."""
    radius = np.tile(np.linspace(0.05, 1, per_arm), 3)
    arm = np.repeat(np.arange(3), per_arm)
    angle = 2 * np.pi * arm / 3 + 3 * radius + rng.normal(0, 0.05, size=len(arm))
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1), arm


@criterion(
    "Two-layer net: learns a spiral, with your own layers",
    points=3,
    tests=["TwoLayerNet"],
    after=["b1_forward_values", "b1_backward_values", "b2_values", "b3_values"],
    timeout_s=20.0,  # layers written as Python loops need 4 s
    hint="The accuracy rises only if the gradients of all four parameters belong to the parameters that are in self.params at "
    "the time. Train your net yourself on two points first: the loss must go to zero.",
)
def test_b7_training(submission, rng):
    def train(_seed):
        net = submission.TwoLayerNet(2, HIDDEN, 3, 1e-2, 1e-4)
        descend(net, *spiral(rng, per_arm=30), rng)
        x, y = spiral(rng, per_arm=200)  # new points, whose classes the submission never sees
        scores = array_of(net.loss(x), (600, 3), "scores")
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
        _, grads = unpack(net.loss(x, y), "loss grads", of="TwoLayerNet.loss")
        for name in NAMES:
            velocity[name] = momentum * velocity[name] - rate * gradient(grads, name, params[name].shape)
            params[name] = params[name] + velocity[name]
    net.params = params


def gradient(grads, name, shape):
    """Return the gradient of one parameter, or say what is there instead."""
    value = grads.get(name) if isinstance(grads, dict) else None
    check(isinstance(value, np.ndarray) and value.shape == shape, f"grads[{name!r}]: expected an array of shape {shape}.", kind="shape")
    return value
