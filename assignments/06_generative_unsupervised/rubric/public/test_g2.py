"""Pieces of the variational auto-encoder"""

from collections.abc import Mapping

import numpy as np
import pytest

from autograder.rubric import assert_close, check, criterion, unpack


@criterion(
    "reparameterize: two numbers to do by hand",
    points=1,
    tests=["reparameterize"],
    hint="A variance of 9 is a standard deviation of 3; its logarithm is log 9, half of which is log 3.",
)
def test_g2_example_draw(submission):
    z = submission.reparameterize(np.array([[1.0, -1.0]]), np.log([[9.0, 0.25]]), np.array([[2.0, 2.0]]))
    assert_close(z, np.array([[7.0, 0.0]]), name="z", axes="N d")


MU, LOGVAR = np.array([[1.0, 0.0], [0.0, 0.0]]), np.log([[1.0, 4.0], [1.0, 1.0]])
X, LOGITS = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]), np.log([[3.0, 3.0, 1.0], [1.0, 1.0, 1.0]])
KL = np.array([0.5 + 1.5 - np.log(2.0), 0.0])
NLL = np.array([np.log(4 / 3) + np.log(4.0) + np.log(2.0), 3 * np.log(2.0)])


@pytest.mark.parametrize("name", ["gaussian_kl", "bernoulli_nll"])
@criterion(
    "gaussian_kl and bernoulli_nll: an example to do by hand",
    points=1,
    tests=["gaussian_kl", "bernoulli_nll"],
    hint="(mu^2 + sigma^2 - 1 - log sigma^2) / 2 for each dimension; and a logit of log 3 is a probability of 3/4. Dimensions and pixels "
    "are summed: one number for each example.",
)
def test_g2_example(submission, name):
    if name == "gaussian_kl":
        assert_close(submission.gaussian_kl(MU, LOGVAR), KL, name="kl", axes="N")
    else:
        assert_close(submission.bernoulli_nll(X, LOGITS), NLL, name="nll", axes="N")


@pytest.mark.parametrize("part", ["bound", "mu", "logvar", "logits"])
@criterion(
    "elbo: an example to do by hand",
    points=1,
    tests=["elbo"],
    provided=["gaussian_kl", "bernoulli_nll"],
    hint="The bound and each of the three gradients count a quarter. -nll - KL for each of the two examples; the gradients are those of "
    "the mean over both, so all of them are halved.",
)
def test_g2_example_elbo(submission, part):
    bound, grads = unpack(submission.elbo(X, MU, LOGVAR, LOGITS), "bound grads", of="elbo")
    if part == "bound":
        assert_close(bound, -NLL - KL, name="bound", axes="N")
        return
    due = {
        "mu": np.array([[-0.5, 0.0], [0.0, 0.0]]),
        "logvar": np.array([[0.0, -0.75], [0.0, 0.0]]),
        "logits": np.array([[0.125, -0.375, 0.25], [-0.25, -0.25, -0.25]]),
    }
    check(isinstance(grads, Mapping) and part in grads, f"grads: expected a dict with the key {part!r}.", "type")
    assert_close(grads[part], due[part], name=f"grads[{part!r}]")
