"""Mistakes: Frontier: diffusion, the way back."""

from autograder.rubric import mutant


@mutant("M06-8a", loses=["g5_example", "g5_mean", "g5_mixture"])
def p_sample(x_t, t, eps_model, sched, rng):
    """The coefficient is beta / (1 - alpha-bar)."""
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / (1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape) if t > 0 else mean


@mutant("M06-8b", loses=["g5_example", "g5_mean", "g5_mixture"])
def p_sample(x_t, t, eps_model, sched, rng):
    """The coefficient is beta."""
    beta, alpha = sched["betas"][t], sched["alphas"][t]
    mean = (x_t - beta * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape) if t > 0 else mean


@mutant("M06-8c", loses=["g5_example", "g5_mean", "g5_mixture"])
def p_sample(x_t, t, eps_model, sched, rng):
    """No division by the root of alpha."""
    beta, kept = sched["betas"][t], sched["alphas_cumprod"][t]
    mean = x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape) if t > 0 else mean


@mutant("M06-8d", loses=["g5_noise", "g5_mixture"])
def p_sample(x_t, t, eps_model, sched, rng):
    """The variance is used as the standard deviation."""
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + beta * rng.standard_normal(x_t.shape) if t > 0 else mean


@mutant("M06-8e", loses=["g5_noise", "g5_mixture"])
def p_sample(x_t, t, eps_model, sched, rng):
    """No noise is added."""
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    return (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)


@mutant("M06-8f", loses=["g5_mean", "g5_mixture"])
def p_sample(x_t, t, eps_model, sched, rng):
    """The division is by the root of alpha-bar: that is the guess of x0."""
    beta, kept = sched["betas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(kept)
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape) if t > 0 else mean


@mutant("M06-8g", loses=["g5_mean", "g5_mixture"])
def p_sample(x_t, t, eps_model, sched, rng):
    """The guess of x0 is clipped to [-1, 1], as for images."""
    steps = np.full(len(x_t), t)
    x0 = np.clip(predict_start_from_noise(x_t, steps, eps_model(x_t, t), sched), -1, 1)
    mean, std = q_posterior(x0, x_t, steps, sched)
    return mean + std * rng.standard_normal(x_t.shape) if t > 0 else mean


@mutant("M06-8h", loses=["g5_noise", "g5_mixture"])
def p_sample(x_t, t, eps_model, sched, rng):
    """All examples get the same noise."""
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(beta) * rng.standard_normal((1, x_t.shape[1])) if t > 0 else mean


@mutant("M06-8i", loses=["g5_mean", "g5_noise"])
def p_sample(x_t, t, eps_model, sched, rng):
    """The noise comes from a generator of its own."""
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(beta) * np.random.standard_normal(x_t.shape) if t > 0 else mean


@mutant("M06-8j", loses=["g5_loop"])
def sample(eps_model, shape, sched, rng):
    """sample begins with uniform numbers."""
    x = 2 * np.asarray(rng.standard_normal(shape) > 0) - 1.0
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x


@mutant("M06-9a", loses=["g5_example", "g5_noise"])
def p_sample(x_t, t, eps_model, sched, rng):
    """Noise is added at t = 0, too."""
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape)


@mutant("M06-9b", loses=["g5_example", "g5_noise", "g5_mixture"])
def p_sample(x_t, t, eps_model, sched, rng):
    """The noise is that of the step before, which for t = 0 is the last one."""
    beta, alpha, kept = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
    mean = (x_t - beta / np.sqrt(1 - kept) * eps_model(x_t, t)) / np.sqrt(alpha)
    return mean + np.sqrt(sched["betas"][t - 1]) * rng.standard_normal(x_t.shape)


@mutant("M06-9c", loses=["g5_loop", "g5_example_loop"])
def sample(eps_model, shape, sched, rng):
    """sample stops before step 0."""
    x = rng.standard_normal(shape)
    for t in range(len(sched["betas"]) - 1, 0, -1):
        x = p_sample(x, t, eps_model, sched, rng)
    return x


@mutant("M06-9d", loses=["g5_loop", "g5_mixture"])
def sample(eps_model, shape, sched, rng):
    """sample goes from 0 to T - 1."""
    x = rng.standard_normal(shape)
    for t in range(len(sched["betas"])):
        x = p_sample(x, t, eps_model, sched, rng)
    return x


@mutant("M06-9e", loses=["g5_loop"])
def sample(eps_model, shape, sched, rng):
    """sample begins with zeros: after many steps nobody sees it."""
    x = np.zeros(shape)
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x


@mutant("M06-9f", loses=["g5_loop"])
def sample(eps_model, shape, sched, rng):
    """sample makes a generator of its own."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(shape)
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x


@mutant("M06-9g", loses=["g5_loop", "g5_example_loop"])
def sample(eps_model, shape, sched, rng):
    """sample makes a new, unseeded generator in every call."""
    rng = np.random.default_rng()
    x = rng.standard_normal(shape)
    for t in reversed(range(len(sched["betas"]))):
        x = p_sample(x, t, eps_model, sched, rng)
    return x
