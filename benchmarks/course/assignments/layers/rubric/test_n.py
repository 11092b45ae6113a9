"""Layers in NumPy."""

from autograder.rubric import assert_close, criterion, unpack


@criterion("Affine layer: forward pass", points=10, tests=["affine_forward"], hint="Samples times weights, plus the bias.")
def test_n_affine_forward(submission, reference, rng):
    x, w, b = rng.normal(size=(16, 20)), rng.normal(size=(20, 8)), rng.normal(size=8)
    out, _ = unpack(submission.affine_forward.keep(x, w, b), "out cache", of="affine_forward")
    assert_close(out.value(), reference.affine_forward(x, w, b)[0], name="out", axes="N C", inputs=(x, w, b))


@criterion(
    "Affine layer: backward pass",
    points=10,
    tests=["affine_forward", "affine_backward"],
    hint="The gradient of each factor is the upstream gradient times the other factor.",
)
def test_n_affine_backward(submission, reference, rng):
    x, w, b = rng.normal(size=(16, 20)), rng.normal(size=(20, 8)), rng.normal(size=8)
    dout = rng.normal(size=(16, 8))
    _, cache = unpack(submission.affine_forward.keep(x, w, b), "out cache", of="affine_forward")
    expected = reference.affine_backward(dout, reference.affine_forward(x, w, b)[1])
    actual = submission.affine_backward(dout, cache)
    assert_close(actual, expected, name="dx dw db", axes="N D; D C; C", inputs=(x, w, b, dout))


@criterion("Softmax: large scores", points=10, tests=["softmax"], hint="Subtract the largest score of each row first.")
def test_n_softmax(submission, reference, rng):
    z = 1000 * rng.normal(size=(16, 8))
    assert_close(submission.softmax(z), reference.softmax(z), name="p", axes="N C", inputs=(z,))


@criterion("Cross-entropy", points=10, tests=["softmax_loss"], hint="Both the loss and its gradient are means over N.")
def test_n_softmax_loss(submission, reference, rng):
    z, y = rng.normal(size=(16, 8)), rng.integers(0, 8, 16)
    assert_close(submission.softmax_loss(z, y), reference.softmax_loss(z, y), name="loss dz", axes="; N C", inputs=(z,))
