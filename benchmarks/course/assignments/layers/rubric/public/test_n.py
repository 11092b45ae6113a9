"""Layers: public criteria."""

from autograder.rubric import assert_close, criterion


@criterion("ReLU: backward pass", points=10, tests=["relu_backward"], hint="Where the input is 0, so is the gradient.")
def test_n_relu_backward(submission, reference, rng):
    x, dout = rng.normal(size=(16, 20)), rng.normal(size=(16, 20))
    x[0] = 0
    assert_close(submission.relu_backward(dout, x), reference.relu_backward(dout, x), name="dx", axes="N D", inputs=(x, dout))
