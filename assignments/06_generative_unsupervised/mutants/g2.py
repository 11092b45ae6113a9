"""Mistakes: Pieces of the variational auto-encoder."""

from autograder.rubric import mutant


@mutant("M06-2a", loses=["g2_example_draw", "g2_reparameterize"])
def reparameterize(mu, logvar, eps):
    """The standard deviation is exp(logvar): the factor 1/2 is lost."""
    return mu + np.exp(logvar) * eps


@mutant("M06-2b", loses=["g2_example", "g2_kl", "g2_properties"])
def gaussian_kl(mu, logvar):
    """The sign of the divergence is wrong."""
    return 0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar), axis=1)


@mutant("M06-2c", loses=["g2_example", "g2_kl", "g2_properties"])
def gaussian_kl(mu, logvar):
    """The divergence is the mean over the dimensions."""
    return 0.5 * np.mean(mu**2 + np.exp(logvar) - 1 - logvar, axis=1)


@mutant("M06-2d", loses=["g2_example", "g2_nll", "g2_nll_properties"])
def bernoulli_nll(x, logits):
    """The likelihood is the mean over the pixels."""
    return np.mean(np.logaddexp(0, logits) - x * logits, axis=1)


@mutant("M06-2e", loses=["g2_example", "g2_kl"])
def gaussian_kl(mu, logvar):
    """The factor 1/2 of the divergence is missing."""
    return np.sum(mu**2 + np.exp(logvar) - 1 - logvar, axis=1)


@mutant("M06-2f", loses=["g2_example", "g2_kl"])
def gaussian_kl(mu, logvar):
    """logvar is taken for the logarithm of the standard deviation."""
    return 0.5 * np.sum(mu**2 + np.exp(2 * logvar) - 1 - 2 * logvar, axis=1)


@mutant("M06-2g", loses=["g2_example", "g2_kl", "g2_properties"])
def gaussian_kl(mu, logvar):
    """The divergence is one number, the mean over the batch."""
    return np.mean(0.5 * np.sum(mu**2 + np.exp(logvar) - 1 - logvar, axis=1))


@mutant("M06-2h", loses=["g2_example", "g2_nll", "g2_nll_properties"])
def bernoulli_nll(x, logits):
    """Only the bright pixels count."""
    return np.sum(x * np.logaddexp(0, -logits), axis=1)


@mutant("M06-2i", loses=["g2_example", "g2_nll", "g2_nll_properties"])
def bernoulli_nll(x, p):
    """logits are taken for probabilities, and clipped."""
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)


@mutant("M06-2j", loses=["g2_example_draw", "g2_reparameterize"])
def reparameterize(mu, logvar, eps):
    """mu and noise change places."""
    return eps + np.exp(logvar / 2) * mu


@mutant("M06-3a", loses=["g2_elbo", "g2_grads", "g2_example_elbo"])
def elbo(x, mu, logvar, logits, beta=1.0):
    """elbo averages the divergence over the dimensions and sums the likelihood over the pixels."""
    N, d = mu.shape
    kl = 0.5 * np.mean(mu**2 + np.exp(logvar) - 1 - logvar, axis=1)
    bound = -bernoulli_nll(x, logits) - beta * kl
    grads = {"mu": -beta * mu / N / d, "logvar": -beta * 0.5 * (np.exp(logvar) - 1) / N / d, "logits": (x - sigmoid(logits)) / N}
    return bound, grads


@mutant("M06-3b", loses=["g2_elbo"])
class beta_forgotten:
    """elbo forgets beta in the value."""

    _elbo = elbo

    def elbo(x, mu, logvar, logits, beta=1.0):
        return -bernoulli_nll(x, logits) - gaussian_kl(mu, logvar), _elbo(x, mu, logvar, logits, beta)[1]


@mutant("M06-3c", loses=["g2_grads"])
class beta_forgotten_in_gradients:
    """elbo forgets beta in the gradients."""

    _elbo = elbo

    def elbo(x, mu, logvar, logits, beta=1.0):
        return _elbo(x, mu, logvar, logits, beta)[0], _elbo(x, mu, logvar, logits)[1]


@mutant("M06-3d", loses=["g2_elbo", "g2_grads", "g2_example_elbo"])
class loss_for_bound:
    """elbo returns the loss, the negative of the bound, with its gradients."""

    _elbo = elbo

    def elbo(x, mu, logvar, logits, beta=1.0):
        bound, grads = _elbo(x, mu, logvar, logits, beta)
        return -bound, {key: -grad for key, grad in grads.items()}


@mutant("M06-3e", loses=["g2_grads", "g2_example_elbo"])
class gradients_of_the_sum:
    """The gradients are those of the sum over the batch."""

    _elbo = elbo

    def elbo(x, mu, logvar, logits, beta=1.0):
        bound, grads = _elbo(x, mu, logvar, logits, beta)
        return bound, {key: grad * len(x) for key, grad in grads.items()}


@mutant("M06-3f", loses=["g2_grads", "g2_example_elbo"])
class gradient_without_half:
    """The gradient of logvar lacks its factor 1/2."""

    _elbo = elbo

    def elbo(x, mu, logvar, logits, beta=1.0):
        bound, grads = _elbo(x, mu, logvar, logits, beta)
        return bound, grads | {"logvar": 2 * grads["logvar"]}


@mutant("M06-3g", loses=["g2_elbo", "g2_grads", "g2_example_elbo"])
def elbo(x, mu, logvar, logits, beta=1.0):
    """The divergence is added to the bound."""
    N = len(x)
    bound = -bernoulli_nll(x, logits) + beta * gaussian_kl(mu, logvar)
    return bound, {"mu": beta * mu / N, "logvar": beta * 0.5 * (np.exp(logvar) - 1) / N, "logits": (x - sigmoid(logits)) / N}


@mutant("M06-3h", loses=["g2_elbo", "g2_example_elbo"])
class bound_of_the_batch:
    """The bound is one number, its mean over the batch."""

    _elbo = elbo

    def elbo(x, mu, logvar, logits, beta=1.0):
        bound, grads = _elbo(x, mu, logvar, logits, beta)
        return np.mean(bound), grads


@mutant("M06-4a", loses=["g2_stable"])
def bernoulli_nll(x, logits):
    """cross-entropy of probabilities: log(0) for large logits."""
    p = sigmoid(logits)
    return -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)


@mutant("M06-4b", loses=["g2_stable"])
def bernoulli_nll(x, logits):
    """probabilities are clipped, so that a wrong pixel costs 28 nats at most."""
    p = np.clip(sigmoid(logits), 1e-12, 1 - 1e-12)
    return -np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=1)


@mutant("M06-4c", loses=["g2_stable"])
def bernoulli_nll(x, logits):
    """log(1 + exp(l)) as it stands overflows."""
    return np.sum(np.log(1 + np.exp(logits)) - x * logits, axis=1)


@mutant("M06-4d", loses=["g2_stable"])
def gaussian_kl(mu, logvar):
    """The variance is computed, and its logarithm taken."""
    variance = np.exp(logvar)
    return 0.5 * np.sum(mu**2 + variance - 1 - np.log(variance), axis=1)


@mutant("M06-13a", nothing_right=True, loses=["g2_example", "g2_kl", "g2_properties", "g2_stable"])
def gaussian_kl(mu, logvar):
    """The divergence is zero, which is never negative and adds up."""
    return np.zeros(len(mu))


@mutant("M06-13b", nothing_right=True, loses=["g2_example", "g2_nll", "g2_nll_properties", "g2_stable"])
def bernoulli_nll(x, logits):
    """Nothing costs anything."""
    return np.zeros(len(x))


@mutant("M06-13c", nothing_right=True, loses=["g2_example_elbo", "g2_elbo", "g2_grads", "g2_stable_elbo"])
def elbo(x, mu, logvar, logits, beta=1.0):
    """The bound and its gradients are zero."""
    return np.zeros(len(x)), {"mu": 0 * mu, "logvar": 0 * logvar, "logits": 0 * logits}


@mutant("M06-3i", loses=["g2_elbo", "g2_grads"])
class beta_never_used:
    """elbo has no beta, neither in the bound nor in its gradients."""

    _elbo = elbo

    def elbo(x, mu, logvar, logits, beta=1.0):
        return _elbo(x, mu, logvar, logits)
