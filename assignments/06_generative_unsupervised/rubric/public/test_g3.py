"""Losses of adversarial networks"""

import numpy as np
import pytest

from autograder.rubric import assert_close, criterion


@pytest.mark.parametrize("name", ["discriminator_loss", "generator_loss", "gan_grads"])
@criterion(
    "GAN losses: a discriminator that does not know, and one that half knows",
    points=1,
    tests=["discriminator_loss", "generator_loss", "gan_grads"],
    hint="Logits of 0 are probabilities of 1/2: log 2 for the real ones and log 2 for the fake ones, added. A logit of log 3 is 3/4.",
)
def test_g3_example(submission, name):
    zero, half = np.zeros(4), np.log([3.0, 1.0])
    if name == "discriminator_loss":
        assert_close(submission.discriminator_loss(zero, zero[:2]), 2 * np.log(2.0), name="discriminator_loss of logits 0")
        due = (np.log(4 / 3) + np.log(2.0)) / 2 + np.log(2.0)  # real 3/4 and 1/2, fake 1/2
        assert_close(submission.discriminator_loss(half, zero), due, name="discriminator_loss")
    elif name == "generator_loss":
        assert_close(submission.generator_loss(zero), np.log(2.0), name="generator_loss of logits 0")
        assert_close(submission.generator_loss(half), (np.log(4 / 3) + np.log(2.0)) / 2, name="generator_loss")
    else:
        due = (np.array([-0.125, -0.25]), np.array([0.375, 0.25]), np.array([-0.125, -0.25]))
        assert_close(submission.gan_grads(half, half), due, name="d_real d_fake_for_D d_fake_for_G")


@pytest.mark.parametrize("name", ["ls_discriminator_loss", "ls_generator_loss"])
@criterion(
    "Least-squares losses: an example to do by hand",
    points=1,
    tests=["ls_discriminator_loss", "ls_generator_loss"],
    hint="(1/2) of the mean of (real - 1)^2 plus (1/2) of the mean of fake^2; the generator wants its fakes to score 1.",
)
def test_g3_example_ls(submission, name):
    real, fake = np.array([1.0, 4.0]), np.array([0.0, 2.0, 4.0])
    if name == "ls_discriminator_loss":
        assert_close(submission.ls_discriminator_loss(real, fake), 2.25 + 10 / 3, name="ls_discriminator_loss")  # 9/4 and 20/6
    else:
        assert_close(submission.ls_generator_loss(fake), 11 / 6, name="ls_generator_loss")  # (1 + 1 + 9) / 6
