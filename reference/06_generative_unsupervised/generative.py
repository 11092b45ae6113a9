r"""Models that make data: from principal components to diffusion.

A generative model learns what data look like, without labels. The exercises build the pieces of five families: linear
auto-encoders (G1), variational ones (G2, and in Keras G8), adversarial networks (G3), diffusion (G4, G5); and two ways
to learn without pairs of input and answer: contrast (G6) and cycles (G7).

Notation
--------
N, n
    examples in a batch, in a data set.
d, D
    features of an example or of a code; pixels.
k
    principal components.
T
    steps of a diffusion; t is one of 0, ..., T - 1.

``float[N, d]`` is an array of float64 with that shape. A logit l stands for the probability :math:`\sigma(l)`, with
:math:`\sigma(l) = 1 / (1 + e^{-l})`. Nothing that is passed in is changed, but for the models that `train_vae` trains.

References
----------
.. [1] C. M. Bishop, "Pattern recognition and machine learning", 2006, section 12.1.
.. [2] D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", 2014, arXiv:1312.6114.
.. [3] I. Goodfellow et al., "Generative adversarial nets", 2014, arXiv:1406.2661, section 3.
.. [4] X. Mao et al., "Least squares generative adversarial networks", 2017, arXiv:1611.04076, equation 9.
.. [5] J. Ho, A. Jain and P. Abbeel, "Denoising diffusion probabilistic models", 2020, arXiv:2006.11239.
.. [6] T. Chen et al., "A simple framework for contrastive learning of visual representations", 2020, arXiv:2002.05709.
.. [7] J.-Y. Zhu et al., "Unpaired image-to-image translation using cycle-consistent adversarial networks", 2017,
   arXiv:1703.10593, equation 2.
.. [8] I. Gulrajani et al., "Improved training of Wasserstein GANs", 2017, arXiv:1704.00028, equation 3.
"""

import numpy as np


def sigmoid(logits):
    """Turn logits into probabilities; this one is given, and stable on both sides.

    Parameters
    ----------
    logits : float[...]

    Returns
    -------
    p : float[...]
    """
    decay = np.exp(-np.abs(logits))  # in (0, 1]
    return np.where(logits >= 0, 1 / (1 + decay), decay / (1 + decay))


# ----------------------------------------------------------------------------------------------------------------------
# G1  PCA, the linear auto-encoder
# ----------------------------------------------------------------------------------------------------------------------


def pca(X, k):
    r"""Find the k orthogonal directions in which data vary most [1]_.

    .. math:: \bar X = X - mean = U S V^T, \qquad components = (v_1, \dots, v_k)^T, \qquad variance_j = s_j^2 / (n - 1)

    Parameters
    ----------
    X : float[n, d]
        Data, one example per row; n is at least 2.
    k : int
        At most min(n, d).

    Returns
    -------
    components : float[k, d]
        Orthonormal rows, largest variance first. Their signs are free.
    explained_variance : float[k]
        Variance of the data along each of them, with n - 1 below: the largest eigenvalues of the covariance.
    mean : float[d]

    Notes
    -----
    The singular values of X itself are those of the covariance without the square that forming it would cost in
    precision.

    Examples
    --------
    >>> components, variance, mean = pca(np.array([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]), 1)
    >>> [np.abs(one).astype(float).round(4).tolist() for one in (components, variance, mean)]
    [[[1.0, 0.0]], [4.0], [2.0, 1.0]]
    """
    # BEGIN SOLUTION
    mean = X.mean(axis=0)  # (d)
    _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)  # (min(n, d)) and (min(n, d), d)
    return Vt[:k], s[:k] ** 2 / (len(X) - 1), mean
    # END SOLUTION


def reconstruct(X, components, mean):
    r"""Encode data in k numbers each, and decode them: the best linear auto-encoder there is.

    .. math:: \hat X = mean + (X - mean) \, C^T C

    Parameters
    ----------
    X : float[n, d]
        Data, those of `pca` or others.
    components : float[k, d]
        C, with orthonormal rows.
    mean : float[d]

    Returns
    -------
    X_hat : float[n, d]
    """
    # BEGIN SOLUTION
    codes = (X - mean) @ components.T  # (n, k)
    return mean + codes @ components  # (n, d)
    # END SOLUTION


# ----------------------------------------------------------------------------------------------------------------------
# G2  pieces of the variational auto-encoder
# ----------------------------------------------------------------------------------------------------------------------


def reparameterize(mu, logvar, eps):
    r"""Turn standard normal noise into a draw of a Gaussian, so that gradients reach its parameters [2]_.

    .. math:: z = \mu + \sigma \epsilon, \qquad \sigma = e^{logvar / 2}

    Parameters
    ----------
    mu, logvar : float[N, d]
        Mean, and logarithm of the *variance*.
    eps : float[N, d]
        Standard normal numbers.

    Returns
    -------
    z : float[N, d]

    Examples
    --------
    >>> np.asarray(reparameterize(np.array([[1.0]]), np.log([[9.0]]), np.array([[2.0]])), float).round(4) + 0
    array([[7.]])
    """
    # BEGIN SOLUTION
    return mu + np.exp(logvar / 2) * eps
    # END SOLUTION


def gaussian_kl(mu, logvar):
    r"""Measure how far diagonal Gaussians are from the standard normal distribution ([2]_, appendix B).

    .. math:: KL = \frac12 \sum_j \left( \mu_j^2 + e^{logvar_j} - 1 - logvar_j \right)

    Parameters
    ----------
    mu, logvar : float[N, d]

    Returns
    -------
    kl : float[N]
        Summed over the d dimensions of each example [nats].

    Examples
    --------
    >>> np.asarray(gaussian_kl(np.array([[2.0]]), np.array([[0.0]])), float).round(4) + 0
    array([2.])
    """
    # BEGIN SOLUTION
    return 0.5 * np.sum(mu**2 + np.exp(logvar) - 1 - logvar, axis=1)
    # END SOLUTION


def bernoulli_nll(x, logits):
    r"""Measure how unlikely images are if every pixel is a coin of its own.

    .. math:: nll = -\sum_j x_j \log \sigma(l_j) + (1 - x_j) \log(1 - \sigma(l_j)) = \sum_j \log(1 + e^{l_j}) - x_j l_j

    Parameters
    ----------
    x : float[N, D]
        Pixels, from 0 to 1.
    logits : float[N, D]

    Returns
    -------
    nll : float[N]
        Summed over the D pixels of each example [nats].

    Notes
    -----
    With logits of 1000, :math:`\sigma` is 1 in float64 and the logarithm of 1 - 1 is infinite; the second form, with
    ``logaddexp`` for its logarithm, is exact everywhere.
    """
    # BEGIN SOLUTION
    return np.sum(np.logaddexp(0, logits) - x * logits, axis=1)
    # END SOLUTION


def elbo(x, mu, logvar, logits, beta=1.0):
    r"""Bound the log-likelihood of images from below, and differentiate the bound ([2]_, equation 10).

    .. math:: ELBO = -nll(x, l) - \beta \, KL(\mu, logvar)

    Parameters
    ----------
    x : float[N, D]
        Pixels, from 0 to 1.
    mu, logvar : float[N, d]
        Of the encoder.
    logits : float[N, D]
        Of the decoder.
    beta : float
        Weight of the divergence; 1 for the bound itself.

    Returns
    -------
    bound : float[N]
        One for each example [nats].
    grads : dict
        ``mu``, ``logvar``, ``logits``: gradients of the *mean* of the bound over the batch, each of the shape of its
        variable. The three are independent variables here: that logits depend on mu is the business of the decoder.
    """
    # BEGIN SOLUTION
    bound = -bernoulli_nll(x, logits) - beta * gaussian_kl(mu, logvar)  # (N)
    grads = {
        "mu": -beta * mu / len(x),
        "logvar": -beta * 0.5 * (np.exp(logvar) - 1) / len(x),
        "logits": (x - sigmoid(logits)) / len(x),
    }
    return bound, grads
    # END SOLUTION


# ----------------------------------------------------------------------------------------------------------------------
# G3  losses of adversarial networks
# ----------------------------------------------------------------------------------------------------------------------


def discriminator_loss(logits_real, logits_fake):
    r"""Score a discriminator that calls real what is real, and fake what is fake [3]_.

    .. math:: L_D = -\frac1{N_r} \sum \log \sigma(l_{real}) - \frac1{N_f} \sum \log(1 - \sigma(l_{fake}))

    Parameters
    ----------
    logits_real, logits_fake : float[N_r, ...], float[N_f, ...]
        Logits of "this is real", one for each example.

    Returns
    -------
    loss : float
        The *sum* of the two means [nats].

    Examples
    --------
    >>> round(float(discriminator_loss(np.zeros(3), np.zeros(5))), 4)  # 2 log 2
    1.3863
    """
    # BEGIN SOLUTION
    return float(np.mean(np.logaddexp(0, -logits_real)) + np.mean(np.logaddexp(0, logits_fake)))
    # END SOLUTION


def generator_loss(logits_fake):
    r"""Score a generator whose fakes are to be called real: the non-saturating form [3]_.

    .. math:: L_G = -\frac1{N_f} \sum \log \sigma(l_{fake})

    Parameters
    ----------
    logits_fake : float[N_f, ...]

    Returns
    -------
    loss : float
        [nats].

    Notes
    -----
    The form of the two-player game, :math:`\frac1{N_f} \sum \log(1 - \sigma(l))`, has the same fixed point and no
    gradient where it is needed: :math:`2 \cdot 10^{-9}` at a logit of -20, where this form has -1.
    """
    # BEGIN SOLUTION
    return float(np.mean(np.logaddexp(0, -logits_fake)))
    # END SOLUTION


def ls_discriminator_loss(scores_real, scores_fake):
    r"""Score a discriminator by squares [4]_.

    .. math:: L_D = \frac12 \, mean \left( (s_{real} - 1)^2 \right) + \frac12 \, mean \left( s_{fake}^2 \right)

    Parameters
    ----------
    scores_real, scores_fake : float[N_r, ...], float[N_f, ...]
        Scores, no logits: 1 says real, 0 says fake.

    Returns
    -------
    loss : float
    """
    # BEGIN SOLUTION
    return float(0.5 * np.mean((scores_real - 1) ** 2) + 0.5 * np.mean(scores_fake**2))
    # END SOLUTION


def ls_generator_loss(scores_fake):
    r"""Score a generator by squares [4]_.

    .. math:: L_G = \frac12 \, mean \left( (s_{fake} - 1)^2 \right)

    Parameters
    ----------
    scores_fake : float[N_f, ...]

    Returns
    -------
    loss : float
    """
    # BEGIN SOLUTION
    return float(0.5 * np.mean((scores_fake - 1) ** 2))
    # END SOLUTION


def gan_grads(logits_real, logits_fake):
    r"""Differentiate `discriminator_loss` and `generator_loss` with respect to the logits.

    .. math:: \frac{d}{dl} \log(1 + e^{l}) = \sigma(l), \qquad \frac{d}{dl} \log(1 + e^{-l}) = -\sigma(-l)

    Parameters
    ----------
    logits_real, logits_fake : float[N_r, ...], float[N_f, ...]

    Returns
    -------
    d_real : float[N_r, ...]
        Of the discriminator's loss, with respect to logits_real.
    d_fake_for_D : float[N_f, ...]
        Of the discriminator's loss, with respect to logits_fake.
    d_fake_for_G : float[N_f, ...]
        Of the generator's loss, with respect to logits_fake.
    """
    # BEGIN SOLUTION
    d_real = -sigmoid(-logits_real) / logits_real.size
    d_fake_for_D = sigmoid(logits_fake) / logits_fake.size
    d_fake_for_G = -sigmoid(-logits_fake) / logits_fake.size
    return d_real, d_fake_for_D, d_fake_for_G
    # END SOLUTION


# ----------------------------------------------------------------------------------------------------------------------
# G4  frontier: diffusion, the way into noise
# ----------------------------------------------------------------------------------------------------------------------


def make_schedule(T, beta_start=1e-4, beta_end=0.05):
    r"""Say how much noise every step adds ([5]_, section 4).

    .. math:: \beta_0, \dots, \beta_{T-1} \text{ on a straight line}, \qquad \alpha_t = 1 - \beta_t, \qquad
              \bar\alpha_t = \prod_{s=0}^t \alpha_s

    Parameters
    ----------
    T : int
        Number of steps.
    beta_start, beta_end : float
        First and last variance.

    Returns
    -------
    sched : dict
        ``betas``, ``alphas``, ``alphas_cumprod``: float[T] each.

    Examples
    --------
    >>> np.asarray(make_schedule(3, 0.5, 0.5)["alphas_cumprod"], float).round(4) + 0
    array([0.5  , 0.25 , 0.125])
    """
    # BEGIN SOLUTION
    betas = np.linspace(beta_start, beta_end, T)
    alphas = 1 - betas
    return {"betas": betas, "alphas": alphas, "alphas_cumprod": np.cumprod(alphas)}
    # END SOLUTION


def q_sample(x0, t, noise, sched):
    r"""Jump from data to step t of the diffusion, without the steps between ([5]_, equation 4).

    .. math:: x_t = \sqrt{\bar\alpha_t} \, x_0 + \sqrt{1 - \bar\alpha_t} \, \epsilon

    Parameters
    ----------
    x0 : float[N, d]
        Data.
    t : int[N]
        A step for every example, from 0 (one portion of noise) to T - 1.
    noise : float[N, d]
        Standard normal numbers.
    sched : dict
        Of `make_schedule`.

    Returns
    -------
    x_t : float[N, d]
    """
    # BEGIN SOLUTION
    kept = sched["alphas_cumprod"][t][:, None]  # (N, 1)
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise
    # END SOLUTION


def predict_start_from_noise(x_t, t, noise, sched):
    r"""Find the data from which a noise has led to x_t: `q_sample` solved for x0.

    .. math:: x_0 = \frac{x_t - \sqrt{1 - \bar\alpha_t} \, \epsilon}{\sqrt{\bar\alpha_t}}

    Parameters
    ----------
    x_t : float[N, d]
    t : int[N]
    noise : float[N, d]
    sched : dict

    Returns
    -------
    x0 : float[N, d]
    """
    # BEGIN SOLUTION
    kept = sched["alphas_cumprod"][t][:, None]  # (N, 1)
    return (x_t - np.sqrt(1 - kept) * noise) / np.sqrt(kept)
    # END SOLUTION


def predict_noise_from_start(x_t, t, x0, sched):
    r"""Find the noise that has led from x0 to x_t: `q_sample` solved for the noise.

    .. math:: \epsilon = \frac{x_t - \sqrt{\bar\alpha_t} \, x_0}{\sqrt{1 - \bar\alpha_t}}

    Parameters
    ----------
    x_t : float[N, d]
    t : int[N]
    x0 : float[N, d]
    sched : dict

    Returns
    -------
    noise : float[N, d]
    """
    # BEGIN SOLUTION
    kept = sched["alphas_cumprod"][t][:, None]  # (N, 1)
    return (x_t - np.sqrt(kept) * x0) / np.sqrt(1 - kept)
    # END SOLUTION


def q_posterior(x0, x_t, t, sched):
    r"""Find the distribution of one step back, where the data are known ([5]_, equations 6 and 7).

    .. math::
        mean = \frac{\sqrt{\bar\alpha_{t-1}} \, \beta_t}{1 - \bar\alpha_t} x_0
             + \frac{\sqrt{\alpha_t} \, (1 - \bar\alpha_{t-1})}{1 - \bar\alpha_t} x_t, \qquad
        std^2 = \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t} \beta_t, \qquad \bar\alpha_{-1} = 1

    Parameters
    ----------
    x0, x_t : float[N, d]
    t : int[N]
    sched : dict

    Returns
    -------
    mean : float[N, d]
    std : float[N, 1]
        0 for t = 0: before the first portion of noise there is only x0.
    """
    # BEGIN SOLUTION
    kept = sched["alphas_cumprod"][t][:, None]  # (N, 1)
    beta, alpha = sched["betas"][t][:, None], sched["alphas"][t][:, None]
    kept_before = np.where(t > 0, sched["alphas_cumprod"][t - 1], 1.0)[:, None]  # index -1 is the last one: mask it
    mean = (np.sqrt(kept_before) * beta * x0 + np.sqrt(alpha) * (1 - kept_before) * x_t) / (1 - kept)  # (N, d)
    std = np.sqrt(beta * (1 - kept_before) / (1 - kept))
    return mean, std
    # END SOLUTION


# ----------------------------------------------------------------------------------------------------------------------
# G5  frontier: diffusion, the way back
# ----------------------------------------------------------------------------------------------------------------------


def p_sample(x_t, t, eps_model, sched, rng):
    r"""Go one step back, with a model that knows what in x_t is noise ([5]_, algorithm 2).

    .. math:: x_{t-1} = \frac1{\sqrt{\alpha_t}} \left( x_t - \frac{\beta_t}{\sqrt{1 - \bar\alpha_t}}
              \, \hat\epsilon(x_t, t) \right) + \sigma_t z, \qquad \sigma_t^2 = \beta_t

    Parameters
    ----------
    x_t : float[N, d]
    t : int
        The same for all examples; an array that has it N times will do as well.
    eps_model : callable
        ``eps_model(x, t)`` returns its guess of the noise in x, float[N, d].
    sched : dict
        Of `make_schedule`.
    rng : numpy.random.Generator
        For z, standard normal numbers; not used for t = 0, where z is 0.

    Returns
    -------
    x_before : float[N, d]
        A draw of :math:`x_{t-1}`; for t = 0 the finished example.

    Notes
    -----
    The variance of `q_posterior` is as good a choice of :math:`\sigma_t^2`; the two are the limits for data that are
    all noise and data that are a single point.
    """
    # BEGIN SOLUTION
    t = int(np.ravel(t)[0])
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)  # (N, d)
    if t == 0:
        return mean
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape)
    # END SOLUTION


def sample(eps_model, shape, sched, rng):
    """Make examples of pure noise: all steps back, from T - 1 to 0.

    Parameters
    ----------
    eps_model : callable
        As for `p_sample`.
    shape : tuple
        (N, d).
    sched : dict
        Of `make_schedule`.
    rng : numpy.random.Generator
        The only source of randomness; the first draws are those of the noise to begin with.

    Returns
    -------
    x : float[N, d]
    """
    # BEGIN SOLUTION
    x = rng.standard_normal(shape)  # (N, d)
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x
    # END SOLUTION


# ----------------------------------------------------------------------------------------------------------------------
# G6  contrastive learning
# ----------------------------------------------------------------------------------------------------------------------


def nt_xent(z1, z2, tau=0.5):
    r"""Pull two views of an example together, and push all others away ([6]_, equation 1).

    With the 2N rows :math:`u_i` of both views, each divided by its norm, and :math:`p(i)` the other view of i,

    .. math:: s_{ij} = u_i \cdot u_j / \tau, \qquad
              loss = -\frac1{2N} \sum_i \log \frac{e^{s_{i p(i)}}}{\sum_{j \ne i} e^{s_{ij}}}

    Parameters
    ----------
    z1, z2 : float[N, d]
        The two views, row by row of the same examples; no row is zero.
    tau : float
        Temperature.

    Returns
    -------
    loss : float
        Mean over the 2N anchors [nats].
    dz1, dz2 : float[N, d]
        Its gradients.

    Notes
    -----
    The loss depends on directions only, so every row of the gradient is orthogonal to its row of z. Similarities are
    at most :math:`1 / \tau`: subtract the largest one before you exponentiate.
    """
    # BEGIN SOLUTION
    z = np.concatenate([z1, z2])  # (2N, d)
    anchors, n = np.arange(len(z)), len(z1)
    partners = (anchors + n) % len(z)  # (2N)
    norms = np.linalg.norm(z, axis=1, keepdims=True)  # (2N, 1)
    u = z / norms
    s = u @ u.T / tau  # (2N, 2N)
    np.fill_diagonal(s, -np.inf)  # nobody is a view of itself
    s -= s.max(axis=1, keepdims=True)
    p = np.exp(s)
    total = p.sum(axis=1, keepdims=True)  # (2N, 1)
    loss = float(np.mean(np.log(total[:, 0]) - s[anchors, partners]))

    ds = p / total  # softmax minus one-hot, as in every classifier
    ds[anchors, partners] -= 1
    ds /= len(z)
    du = (ds + ds.T) @ u / tau  # (2N, d): u stands on both sides of the similarity
    dz = (du - u * np.sum(u * du, axis=1, keepdims=True)) / norms  # what changes the length does not count
    return loss, dz[:n], dz[n:]
    # END SOLUTION


# ----------------------------------------------------------------------------------------------------------------------
# G7  frontier: image translation without pairs
# ----------------------------------------------------------------------------------------------------------------------


def cycle_loss(x, y, G, F, lam=10.0):
    r"""Ask of two translators that a way there and back leads home [7]_.

    .. math:: loss = \lambda \left( mean \, |F(G(x)) - x| + mean \, |G(F(y)) - y| \right)

    Parameters
    ----------
    x : float[N, d]
        Examples of the one kind, horses.
    y : float[M, e]
        Examples of the other kind, zebras; not the same ones.
    G, F : callable
        ``G(x)`` translates horses into zebras, float[N, e]; ``F(y)`` zebras into horses, float[M, d].
    lam : float
        Weight.

    Returns
    -------
    loss : float
        Means over all examples and features.
    """
    # BEGIN SOLUTION
    return float(lam * (np.mean(np.abs(F(G(x)) - x)) + np.mean(np.abs(G(F(y)) - y))))
    # END SOLUTION


def gradient_penalty(critic_grad_fn, xr, xf, eps):
    r"""Keep the slope of a critic at 1, between real and fake examples [8]_.

    .. math:: \hat x = \epsilon \, x_r + (1 - \epsilon) \, x_f, \qquad
              penalty = \frac1N \sum_i \left( \lVert \nabla critic(\hat x_i) \rVert_2 - 1 \right)^2

    Parameters
    ----------
    critic_grad_fn : callable
        ``critic_grad_fn(x)`` returns the gradient of the critic at each row of x, float[N, d].
    xr, xf : float[N, d]
        Real and fake examples.
    eps : float[N]
        Uniform from 0 to 1, one for each pair: where between the two.

    Returns
    -------
    penalty : float
        Mean over the N examples, of the squared distance of each norm from 1.
    """
    # BEGIN SOLUTION
    x_hat = eps[:, None] * xr + (1 - eps[:, None]) * xf  # (N, d)
    norms = np.linalg.norm(critic_grad_fn(x_hat), axis=1)  # (N)
    return float(np.mean((norms - 1) ** 2))
    # END SOLUTION


# ----------------------------------------------------------------------------------------------------------------------
# G8  a small variational auto-encoder in Keras
# ----------------------------------------------------------------------------------------------------------------------


def build_vae(input_dim=64, latent_dim=4):
    """Build the two halves of a variational auto-encoder.

    Parameters
    ----------
    input_dim : int
        D, pixels.
    latent_dim : int
        d, numbers of a code.

    Returns
    -------
    encoder : keras.Model
        From images (N, D) to (N, 2d): mu, and after it logvar. It draws nothing.
    decoder : keras.Model
        From codes (N, d) to logits (N, D) of the pixels.
    """
    # BEGIN SOLUTION
    import keras  # noqa: PLC0415 - only G8 waits for the framework

    layers = keras.layers
    encoder = keras.Sequential([keras.Input((input_dim,)), layers.Dense(64, "relu"), layers.Dense(2 * latent_dim)])
    decoder = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(64, "relu"), layers.Dense(input_dim)])
    return encoder, decoder
    # END SOLUTION


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):  # noqa: PLR0917 - the course fixes the signature
    """Train both halves of a variational auto-encoder with Adam.

    Parameters
    ----------
    encoder, decoder : keras.Model
        As of `build_vae`; changed in place.
    X : float32[n, D]
        Images, pixels from 0 to 1.
    epochs : int
        How often every image is seen.
    batch_size : int
        Images per step; the last batch of an epoch may be smaller.
    lr : float
        Learning rate.
    seed : int
        Decides the order of the images and the noise.

    Returns
    -------
    history : list of float
        One for each epoch: mean of the negative ELBO, beta = 1, over the images as they came by [nats per image].

    Notes
    -----
    The code is drawn anew in every step, ``z = mu + exp(logvar / 2) * eps``, and the gradient goes through it. Whoever
    decodes mu instead trains an ordinary auto-encoder, from whose codes between the images nothing can be made.
    """
    # BEGIN SOLUTION
    import keras  # noqa: PLC0415 - only G8 waits for the framework
    import tensorflow as tf  # noqa: PLC0415

    optimizer = keras.optimizers.Adam(lr)
    weights = encoder.trainable_variables + decoder.trainable_variables

    @tf.function(reduce_retracing=True)
    def step(x, eps):  # float32[B, D], float32[B, d]
        with tf.GradientTape() as tape:
            mu, logvar = tf.split(encoder(x), 2, axis=1)  # (B, d) each
            logits = decoder(mu + tf.exp(logvar / 2) * eps)  # (B, D)
            nll = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1)  # (B)
            kl = 0.5 * tf.reduce_sum(mu**2 + tf.exp(logvar) - 1 - logvar, axis=1)
            loss = tf.reduce_mean(nll + kl)
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    rng, history = np.random.default_rng(seed), []
    latent_dim = decoder.input_shape[1]
    for _ in range(epochs):
        total, order = 0.0, rng.permutation(len(X))
        for batch in np.split(order, range(batch_size, len(X), batch_size)):
            eps = rng.standard_normal((len(batch), latent_dim), dtype=np.float32)
            total += len(batch) * float(step(X[batch], eps))
        history.append(total / len(X))
    return history
    # END SOLUTION
