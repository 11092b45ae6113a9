"""Losses of adversarial networks"""

import numpy as np
import pytest

from autograder.rubric import (
    assert_array,
    assert_close,
    assert_consistent,
    assert_gradient,
    assert_stable,
    check,
    criterion,
    is_close,
    note,
    partial,
    unpack,
)

SHAPES = (((6,), (6,)), ((1,), (5,)), ((7, 1), (3, 1)))
GRADS = ("d_real", "d_fake_for_D", "d_fake_for_G")


def draw(rng, shapes):
    """Draw logits for real and fake examples, not as many of one as of the other."""
    return tuple(2 * rng.normal(size=shape) for shape in shapes)


def three(answer):
    """Return the three gradients; an array of three rows stands for them, where there are as many real examples as fake ones."""
    if isinstance(answer, np.ndarray) and answer.ndim > 1 and len(answer) == len(GRADS):
        note(f"{', '.join(GRADS)}: an array accepted for 3 values")
        answer = tuple(answer)
    return unpack(answer, GRADS, of="gan_grads")


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


@pytest.mark.parametrize("part", GRADS)
@criterion(
    "gan_grads: against differences",
    points=3,
    tests=["gan_grads"],
    hint="A third for each of the three. sigmoid(l) for log(1 + e^l) and -sigmoid(-l) for log(1 + e^-l), each divided by the number of ITS "
    "examples: there may be more fake ones than real ones. Half of a third: it is right but for that division, or the gradient of your own "
    "loss, which is another one.",
)
def test_g3_grads(submission, reference, rng, part):
    place = GRADS.index(part)
    drawn = [draw(rng, shapes) for shapes in SHAPES]
    actual, due = ([three(module.gan_grads(*pair))[place] for pair in drawn] for module in (submission, reference))
    if not is_close(actual, due):
        if is_close(actual[0], due[0]):
            partial(0.5, f"{part} is right where there are as many real examples as fake ones.")
        if is_close(actual, [grad * grad.size for grad in due]):
            partial(0.5, f"{part} is right, but not divided by the number of examples.")
        half_for_own_gradient(submission, rng, drawn[0], part)
    for pair, grad in zip(drawn, actual, strict=True):
        loss, at = loss_of(reference, pair, part)
        assert_gradient(loss, at, grad, rng=rng, name=part)


def loss_of(module, pair, part):
    """Return the loss that a gradient belongs to, as a function of one array, and where."""
    real, fake = pair
    if part == "d_real":
        return lambda value: module.discriminator_loss(value, fake), real
    if part == "d_fake_for_D":
        return lambda value: module.discriminator_loss(real, value), fake
    return lambda value: module.generator_loss(value), fake


def half_for_own_gradient(submission, rng, pair, part):
    """Give half of the points for a gradient of the submission's own, wrong loss, if that looks at the logits."""
    place = GRADS.index(part)
    try:
        (loss, at), grad = loss_of(submission, pair, part), three(submission.gan_grads(*pair))[place]
        assert_consistent(loss, at, grad, rng=rng, directions=3, name=part)
        other = three(submission.gan_grads(*draw(rng, SHAPES[0])))[place]
        one, other = (assert_array(value, at.shape, name=part) for value in (grad, other))
        norms = float(np.linalg.norm(one) * np.linalg.norm(other))
        check(abs(float(np.sum(one * other))) < 0.9999 * norms, f"{part}: its direction is always the same.", "gradient")
    except Exception:  # the gradient is wrong in any case
        return
    partial(0.5, f"{part} is the gradient of your own loss, but that is another one.")


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
        _, _, for_G = three(submission.gan_grads(np.array([3.0]), fake))
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
    hint="log(sigmoid(-1000)) is the logarithm of 0, and exp(1000) is infinite: np.logaddexp(0, l) is log(1 + exp(l)) for all l. A "
    "loss that is wrong for moderate logits already need only stay finite here, and not be the same for all.",
)
def test_g3_stable(submission, reference, rng, name):
    if name == "gan_grads":
        far, near = (
            three(assert_stable(submission.gan_grads, np.array([l, -l]), np.array([l, -l]), name="gan_grads"))
            for l in (1e3, 40.0)
        )
        assert_close(far, near, name=" ".join(GRADS), atol=1e-3)  # own against own: a sigmoid is 0 or 1 in both places
        for part, called in zip(far, GRADS, strict=True):
            check(bool(np.any(assert_array(part, (2,), name=called))), f"{called} is 0 for logits of 1000 and -1000.")
        return

    def both_ways(l):
        """Return the losses of logits l and -l: what is called wrongly in one way or the other grows with l."""
        pairs = ((np.array([sign * l]),) * 1 if name == "generator_loss" else (np.array([sign * l]), np.array([-sign * l])) for sign in (1, -1))
        found = (assert_stable(submission[name], *pair, name=name) for pair in pairs)
        return [float(assert_array(loss, (), name=name)) for loss in found]

    real, fake = draw(rng, SHAPES[0])
    moderate = (fake,) if name == "generator_loss" else (real, fake)
    is_right = is_close(submission[name](*moderate), getattr(reference, name)(*moderate))
    small, middle, large = (both_ways(l) for l in (100.0, 400.0, 1e3))
    check(not is_close(*small), f"{name} is the same for logits of 100 and of -100.")
    steps = [sum(after) - sum(before) for before, after in ((small, middle), (middle, large))]
    if not is_right:  # g3_gan says so
        steps = [300.0, 600.0]
    grown = steps[1] / steps[0] if steps[0] > 1 else 0.0
    assert_close(grown, 2.0, name=f"{name}: what it grows by from 400 to 1000, over that from 100 to 400", atol=1e-3)
