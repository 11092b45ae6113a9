"""Affine layer."""

from autograder.rubric import assert_close, assert_unchanged, criterion, unpack


@criterion(
    "Affine layer: values",
    points=5,
    tests=["affine_forward"],
    hint="Multiply the samples by the weights from the right, then add the bias to every row.",
)
def test_a_values(submission, reference, rng):
    for samples, features, outputs in ((3, 4, 2), (1, 5, 3), (2, 3, 3)):
        x, w, b = rng.normal(size=(samples, features)), rng.normal(size=(features, outputs)), rng.normal(size=outputs)
        out, _ = unpack(submission.affine_forward.keep(x, w, b), "out cache", of="affine_forward")
        assert_close(out.value(), reference.affine_forward(x, w, b)[0], name="out", axes="N M", inputs=(x, w, b))


@criterion(
    "Affine layer: inputs stay as they are",
    points=2,
    tests=["affine_forward"],
    testimony=True,
    hint="Work on a copy where you change an array that you were given.",
)
def test_a_safe(submission, rng):
    x, w, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=2)
    assert_unchanged(submission.affine_forward, x, w, b, names="x w b")
