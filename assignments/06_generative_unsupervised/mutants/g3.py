"""Mistakes: Losses of adversarial networks."""

from autograder.rubric import mutant


@mutant("M06-5a", loses=["g3_example", "g3_gan", "g3_gradient"])
def generator_loss(logits_fake):
    """The generator's loss is the saturating one."""
    return float(-np.mean(np.logaddexp(0, logits_fake)))


@mutant("M06-5b", loses=["g3_example", "g3_grads", "g3_gradient"])
class saturating_gradient:
    """The generator's gradient is that of the saturating loss."""

    _gan_grads = gan_grads

    def gan_grads(logits_real, logits_fake):
        d_real, for_D, _ = _gan_grads(logits_real, logits_fake)
        return d_real, for_D, -for_D


@mutant("M06-5c", loses=["g3_example", "g3_gan"])
def discriminator_loss(logits_real, logits_fake):
    """The discriminator's labels are swapped."""
    return float(np.mean(np.logaddexp(0, logits_real)) + np.mean(np.logaddexp(0, -logits_fake)))


@mutant("M06-5d", loses=["g3_example", "g3_gan"])
def discriminator_loss(logits_real, logits_fake):
    """The discriminator's loss is the mean of the two means."""
    return float(np.mean(np.logaddexp(0, -logits_real)) + np.mean(np.logaddexp(0, logits_fake))) / 2


@mutant("M06-5e", loses=["g3_example", "g3_gan"])
def discriminator_loss(logits_real, logits_fake):
    """One mean over real and fake examples together."""
    return 2 * float(np.mean(np.logaddexp(0, np.concatenate([-logits_real, logits_fake]))))


@mutant("M06-5f", loses=["g3_example_ls", "g3_ls"])
def ls_discriminator_loss(scores_real, scores_fake):
    """The discriminator's squares are not halved."""
    return float(np.mean((scores_real - 1) ** 2) + np.mean(scores_fake**2))


@mutant("M06-5g", loses=["g3_example_ls", "g3_ls"])
def ls_generator_loss(scores_fake):
    """The least-squares generator wants its fakes to score 0."""
    return float(0.5 * np.mean(scores_fake**2))


@mutant("M06-5h", loses=["g3_example_ls", "g3_ls"])
def ls_discriminator_loss(scores_real, scores_fake):
    """least squares with the labels swapped."""
    return float(0.5 * np.mean(scores_real**2) + 0.5 * np.mean((scores_fake - 1) ** 2))


@mutant("M06-5i", loses=["g3_example_ls", "g3_ls"])
def ls_generator_loss(scores_fake):
    """scores are put through a sigmoid."""
    return float(0.5 * np.mean((sigmoid(scores_fake) - 1) ** 2))


@mutant("M06-5j", loses=["g3_example", "g3_gan"])
def generator_loss(logits_fake):
    """The generator's loss is a sum."""
    return float(np.sum(np.logaddexp(0, -logits_fake)))


@mutant("M06-5k", loses=["g3_stable"])
def generator_loss(logits_fake):
    """The logarithm of a sigmoid that is 0."""
    return float(-np.mean(np.log(sigmoid(logits_fake))))


@mutant("M06-5l", loses=["g3_example", "g3_grads"])
class gradients_of_the_sum:
    """The gradients are not divided by the number of examples."""

    _gan_grads = gan_grads

    def gan_grads(logits_real, logits_fake):
        d_real, for_D, for_G = _gan_grads(logits_real, logits_fake)
        return d_real * logits_real.size, for_D * logits_fake.size, for_G * logits_fake.size


@mutant("M06-5m", loses=["g3_grads"])
class gradients_divided_by_real:
    """All gradients are divided by the number of real examples."""

    _gan_grads = gan_grads

    def gan_grads(logits_real, logits_fake):
        d_real, for_D, for_G = _gan_grads(logits_real, logits_fake)
        ratio = logits_fake.size / logits_real.size
        return d_real, for_D * ratio, for_G * ratio


@mutant("M06-5n", loses=["g3_stable"])
def gan_grads(logits_real, logits_fake):
    """The sigmoid of the gradients overflows for large negative logits."""
    def squash(z):
        return 1 / (1 + np.exp(-z))
    return (squash(logits_real) - 1) / logits_real.size, squash(logits_fake) / logits_fake.size, (squash(logits_fake) - 1) / logits_fake.size


@mutant("M06-13d", nothing_right=True, loses=["g3_example", "g3_gan", "g3_gradient", "g3_stable"])
class losses_of_nothing:
    """Both losses are constant."""

    def discriminator_loss(logits_real, logits_fake):
        return 1.0

    def generator_loss(logits_fake):
        return 1.0


@mutant("M06-13e", nothing_right=True, loses=["g3_example", "g3_grads", "g3_gradient", "g3_stable"])
def gan_grads(logits_real, logits_fake):
    """All gradients are zero."""
    return 0 * logits_real, 0 * logits_fake, 0 * logits_fake


@mutant("M06-5o", loses=["g3_example", "g3_gan"])
class sigmoid_before_the_loss:
    """The logits of the discriminator go through a sigmoid before its loss."""

    _discriminator_loss = discriminator_loss

    def discriminator_loss(logits_real, logits_fake):
        return _discriminator_loss(sigmoid(logits_real), sigmoid(logits_fake))
