"""Losses of adversarial networks"""

import numpy as np
import pytest

from autograder.rubric import assert_array, assert_close, assert_gradient, assert_stable, check, criterion, unpack

SHAPES = (((6,), (6,)), ((1,), (5,)), ((7, 1), (3, 1)))
GRADS = "d_real d_fake_for_D d_fake_for_G"


def draw(rng, shapes):
    """Draw logits for real and fake examples, not as many of one as of the other."""
    return tuple(2 * rng.normal(size=shape) for shape in shapes)


def assert_loss(submission, reference, rng, name):
    """Compare a loss with the reference's, for all shapes."""
    for shapes in SHAPES:
        real, fake = draw(rng, shapes)
        given = (fake,) if "generator" in name else (real, fake)
        assert_close(submission[name](*given), getattr(reference, name)(*given), name=name, inputs=given)


@pytest.mark.parametrize("name", ["discriminator_loss", "generator_loss"])
@criterion(
    "discriminator_loss and generator_loss: values",
    points=2,
    tests=["discriminator_loss", "generator_loss"],
    hint="The discriminator's loss is the sum, not the mean, of two means; real examples have the label 1. The generator's is "
    "-mean(log sigmoid(fake)).",
)
def test_g3_gan(submission, reference, rng, name):
    assert_loss(submission, reference, rng, name)


@pytest.mark.parametrize("name", ["ls_discriminator_loss", "ls_generator_loss"])
@criterion(
    "ls_discriminator_loss and ls_generator_loss: values",
    points=2,
    tests=["ls_discriminator_loss", "ls_generator_loss"],
    hint="Half of each mean square; the target is 1 for what should be called real, 0 for what should be called fake. The scores are "
    "no logits: no sigmoid.",
)
def test_g3_ls(submission, reference, rng, name):
    assert_loss(submission, reference, rng, name)


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
        d_real, for_D, for_G = unpack(submission.gan_grads(real, fake), GRADS, of="gan_grads")
        at, names = {"logits_real": real, "logits_fake": fake}, "d_real d_fake_for_D"
        assert_gradient(reference.discriminator_loss, at, (d_real, for_D), rng=rng, name=names)
        assert_gradient(reference.generator_loss, fake, for_G, rng=rng, name="d_fake_for_G")


@pytest.mark.parametrize("name", ["generator_loss", "gan_grads"])
@criterion(
    "generator: a gradient where it is needed",
    points=1,
    tests=["generator_loss", "gan_grads"],
    hint="At the beginning every fake is found out, with a logit of -20, say: log(1 - sigmoid(-20)) has a slope of 2e-9 there, "
    "-log sigmoid(-20) one of -1.",
)
def test_g3_gradient(submission, name):
    fake = np.array([-20.0])
    if name == "gan_grads":
        _, _, for_G = unpack(submission.gan_grads(np.array([3.0]), fake), GRADS, of="gan_grads")
        slope = float(assert_array(for_G, (1,), name="d_fake_for_G")[0])
        check(abs(slope) > 0.1, f"d_fake_for_G at a logit of -20: expected about -1, got {slope:.3g}.")
        return
    above, below = (float(assert_array(submission.generator_loss(fake + step), (), name="generator_loss")) for step in (0.5, -0.5))
    check(below - above > 0.1, f"generator_loss falls by {below - above:.3g} from a logit of -20.5 to one of -19.5, expected about 1.")


@pytest.mark.parametrize("name", ["discriminator_loss", "generator_loss", "gan_grads"])
@criterion(
    "GAN losses: extreme logits",
    points=2,
    tests=["discriminator_loss", "generator_loss", "gan_grads"],
    hint="log(sigmoid(-1000)) is the logarithm of 0, and exp(1000) is infinite: np.logaddexp(0, l) is log(1 + exp(l)) for all l.",
)
def test_g3_stable(submission, name):
    if name == "gan_grads":
        far, near = (
            unpack(assert_stable(submission.gan_grads, np.array([l, -l]), np.array([l, -l]), name="gan_grads"), GRADS, of="gan_grads")
            for l in (1e3, 40.0)
        )
        assert_close(far, near, name=GRADS, atol=1e-3)  # own against own: a sigmoid is 0 or 1 in both places
        for part, called in zip(far, GRADS.split(), strict=True):
            check(bool(np.any(assert_array(part, (2,), name=called))), f"{called} is 0 for logits of 1000 and -1000.")
        return

    def both_ways(l):
        """Return the loss of logits l and -l: what is called wrongly in one way or the other grows with l."""
        pairs = ((np.array([sign * l]),) * 1 if name == "generator_loss" else (np.array([sign * l]), np.array([-sign * l])) for sign in (1, -1))
        found = (assert_stable(submission[name], *pair, name=name) for pair in pairs)
        return sum(float(assert_array(loss, (), name=name)) for loss in found)

    small, middle, large = (both_ways(l) for l in (100.0, 400.0, 1e3))
    check(middle - small > 1, f"{name} does not grow with logits that are wrong.")
    assert_close((large - middle) / (middle - small), 2.0, name=f"{name}: what it grows by from 400 to 1000, over that from 100 to 400", atol=1e-3)
