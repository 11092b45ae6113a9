"""Losses of adversarial networks"""

import numpy as np

from autograder.rubric import assert_array, assert_close, assert_gradient, assert_stable, check, criterion, unpack

SHAPES = (((6,), (6,)), ((1,), (5,)), ((7, 1), (3, 1)))


def draw(rng, shapes):
    """Draw logits for real and fake examples, not as many of one as of the other."""
    return tuple(2 * rng.normal(size=shape) for shape in shapes)


@criterion(
    "discriminator_loss and generator_loss: values",
    points=2,
    tests=["discriminator_loss", "generator_loss"],
    hint="The discriminator's loss is the sum, not the mean, of two means; real examples have the label 1. The generator's is "
    "-mean(log sigmoid(fake)).",
)
def test_g3_gan(submission, reference, rng):
    for shapes in SHAPES:
        real, fake = draw(rng, shapes)
        loss = submission.discriminator_loss(real, fake)
        assert_close(loss, reference.discriminator_loss(real, fake), name="discriminator_loss", inputs=(real,))
        assert_close(submission.generator_loss(fake), reference.generator_loss(fake), name="generator_loss", inputs=(fake,))


@criterion(
    "ls_discriminator_loss and ls_generator_loss: values",
    points=2,
    tests=["ls_discriminator_loss", "ls_generator_loss"],
    hint="Half of each mean square; the target is 1 for what should be called real, 0 for what should be called fake. The scores are "
    "no logits: no sigmoid.",
)
def test_g3_ls(submission, reference, rng):
    for shapes in SHAPES:
        real, fake = draw(rng, shapes)
        loss = submission.ls_discriminator_loss(real, fake)
        assert_close(loss, reference.ls_discriminator_loss(real, fake), name="ls_discriminator_loss", inputs=(real,))
        assert_close(submission.ls_generator_loss(fake), reference.ls_generator_loss(fake), name="ls_generator_loss", inputs=(fake,))


@criterion(
    "gan_grads: against differences",
    points=3,
    tests=["gan_grads"],
    hint="sigmoid(l) for log(1 + e^l) and -sigmoid(-l) for log(1 + e^-l), each divided by the number of ITS examples: there may be more "
    "fake ones than real ones.",
)
def test_g3_grads(submission, reference, rng):
    for shapes in SHAPES:
        real, fake = draw(rng, shapes)
        d_real, for_D, for_G = unpack(submission.gan_grads(real, fake), "d_real d_fake_for_D d_fake_for_G", of="gan_grads")
        at, names = {"logits_real": real, "logits_fake": fake}, "d_real d_fake_for_D"
        assert_gradient(reference.discriminator_loss, at, (d_real, for_D), rng=rng, name=names)
        assert_gradient(reference.generator_loss, fake, for_G, rng=rng, name="d_fake_for_G")


@criterion(
    "generator: a gradient where it is needed",
    points=1,
    tests=["gan_grads", "generator_loss"],
    hint="At the beginning every fake is found out, with a logit of -20, say: log(1 - sigmoid(-20)) has a slope of 2e-9 there, "
    "-log sigmoid(-20) one of -1.",
)
def test_g3_gradient(submission):
    fake = np.array([-20.0])
    _, _, for_G = unpack(submission.gan_grads(np.array([3.0]), fake), "d_real d_fake_for_D d_fake_for_G", of="gan_grads")
    slope = float(assert_array(for_G, (1,), name="d_fake_for_G")[0])
    check(-1.01 <= slope <= -0.99, f"d_fake_for_G at a logit of -20: expected about -1, got {slope:.3g}.")
    above, below = (submission.generator_loss(fake + step) for step in (0.5, -0.5))
    assert_close(above, 19.5, name="generator_loss at -19.5", atol=1e-3)
    assert_close(below, 20.5, name="generator_loss at -20.5", atol=1e-3)


@criterion(
    "GAN losses: extreme logits",
    points=2,
    tests=["discriminator_loss", "generator_loss", "gan_grads"],
    hint="log(sigmoid(-1000)) is the logarithm of 0, and exp(1000) is infinite: np.logaddexp(0, l) is log(1 + exp(l)) for all l.",
)
def test_g3_stable(submission):
    real, fake = np.array([1e3, 1e3, -1e3]), np.array([1e3, -1e3])
    loss = assert_stable(submission.discriminator_loss, real, fake, name="discriminator_loss")
    assert_close(loss, 1000 / 3 + 500.0, name="discriminator_loss")
    assert_close(assert_stable(submission.generator_loss, fake, name="generator_loss"), 500.0, name="generator_loss")
    grads = assert_stable(submission.gan_grads, real, fake, name="gan_grads")
    due = (np.array([0.0, 0.0, -1.0]) / 3, np.array([0.5, 0.0]), np.array([0.0, -0.5]))
    assert_close(grads, due, name="d_real d_fake_for_D d_fake_for_G")
