"""Loss and gradient"""

from autograder.rubric import assert_close, assert_gradient, assert_unchanged, criterion, unpack


def draw(rng, n=6, d=3):
    return rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d), float(rng.normal())


@criterion(
    "Loss: values",
    points=3,
    tests=["loss_and_gradient"],
    provided=["predict"],
    hint="The loss is a mean over the examples: with twice the same examples it stays as it is.",
)
def test_r2_loss(submission, reference, rng):
    for n, d in ((6, 3), (1, 2), (3, 3)):
        x, y, w, b = draw(rng, n, d)
        loss, _, _ = unpack(submission.loss_and_gradient(x, y, w, b), "loss dw db", of="loss_and_gradient")
        assert_close(loss, reference.loss_and_gradient(x, y, w, b)[0], name="loss")


@criterion(
    "Gradient: agrees with differences of the loss",
    points=4,
    tests=["loss_and_gradient"],
    provided=["predict"],
    hint="d/dw of (x w + b - y)^2 is 2 (x w + b - y) x: mind the 2, and the mean over the examples.",
)
def test_r2_gradient(submission, reference, rng):
    for n, d in ((6, 3), (1, 2), (4, 1)):
        x, y, w, b = draw(rng, n, d)
        _, dw, db = unpack(submission.loss_and_gradient(x, y, w, b), "loss dw db", of="loss_and_gradient")

        def loss_at(w, b, x=x, y=y):
            return reference.loss_and_gradient(x, y, w, b)[0]

        assert_gradient(loss_at, {"w": w, "b": b}, (dw, db), rng=rng, name="dw db", axes="D; ")


@criterion(
    "Loss and gradient: the inputs stay as they are",
    points=1,
    tests=["loss_and_gradient"],
    provided=["predict"],
    testimony=True,
    hint="error -= y changes the caller's array where error is it; error = error - y makes a new one.",
)
def test_r2_safe(submission, rng):
    assert_unchanged(submission.loss_and_gradient, *draw(rng), names="x y w b")
