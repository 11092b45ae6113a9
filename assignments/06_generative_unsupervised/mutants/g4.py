"""Mistakes: Frontier: diffusion, the way into noise."""

from autograder.rubric import mutant


@mutant("M06-6a", loses=["g4_example_in", "g4_q_sample", "g4_steps"])
def q_sample(x0, t, noise, sched):
    """alpha-bar is used without its root."""
    kept = sched["alphas_cumprod"][t][:, None]
    return kept * x0 + (1 - kept) * noise


@mutant("M06-6b", loses=["g4_example_in", "g4_q_sample", "g4_steps"])
def q_sample(x0, t, noise, sched):
    """t counts from 1."""
    kept = sched["alphas_cumprod"][t - 1][:, None]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


@mutant("M06-6c", loses=["g4_example_in", "g4_schedule"])
def make_schedule(T, beta_start=1e-4, beta_end=0.05):
    """The running product is that of the betas."""
    betas = np.linspace(beta_start, beta_end, T)
    return {"betas": betas, "alphas": 1 - betas, "alphas_cumprod": np.cumprod(betas)}


@mutant("M06-6d", loses=["g4_example_in", "g4_schedule"])
def make_schedule(T, beta_start=1e-4, beta_end=0.05):
    """The last beta is left out, as by arange."""
    betas = np.linspace(beta_start, beta_end, T, endpoint=False)
    return {"betas": betas, "alphas": 1 - betas, "alphas_cumprod": np.cumprod(1 - betas)}


@mutant("M06-6e", loses=["g4_schedule"])
def make_schedule(T, beta_start=1e-4, beta_end=0.02):
    """The default schedule is that of the paper, which needs 1000 steps."""
    betas = np.linspace(beta_start, beta_end, T)
    return {"betas": betas, "alphas": 1 - betas, "alphas_cumprod": np.cumprod(1 - betas)}


@mutant("M06-6f", loses=["g4_example_in", "g4_q_sample", "g4_steps"])
def q_sample(x0, t, noise, sched):
    """data and noise have each other's factors."""
    kept = sched["alphas_cumprod"][t][:, None]
    return np.sqrt(1 - kept) * x0 + np.sqrt(kept) * noise


@mutant("M06-6g", loses=["g4_example_in", "g4_q_sample", "g4_steps"])
def q_sample(x0, t, noise, sched):
    """alpha of the step alone is used for alpha-bar."""
    kept = sched["alphas"][t][:, None]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


@mutant("M06-6h", loses=["g4_example_back", "g4_predict", "g4_round_trip"])
def predict_start_from_noise(x_t, t, noise, sched):
    """The noise is taken away, the division forgotten."""
    return x_t - np.sqrt(1 - sched["alphas_cumprod"][t][:, None]) * noise


@mutant("M06-6i", loses=["g4_example_back", "g4_predict", "g4_round_trip"])
def predict_noise_from_start(x_t, t, x0, sched):
    """The noise is divided by its variance."""
    kept = sched["alphas_cumprod"][t][:, None]
    return (x_t - np.sqrt(kept) * x0) / (1 - kept)


@mutant("M06-6j", loses=["g4_example_back", "g4_posterior", "g4_bayes"])
def q_posterior(x0, x_t, t, sched):
    """The step before the first one is index -1, the last one."""
    kept, before = sched["alphas_cumprod"][t][:, None], sched["alphas_cumprod"][t - 1][:, None]
    beta, alpha = sched["betas"][t][:, None], sched["alphas"][t][:, None]
    mean = (np.sqrt(before) * beta * x0 + np.sqrt(alpha) * (1 - before) * x_t) / (1 - kept)
    return mean, np.sqrt(np.abs(beta * (1 - before) / (1 - kept)))


@mutant("M06-6k", loses=["g4_example_back", "g4_posterior", "g4_bayes"])
class posterior_variance_for_std:
    """The variance of the posterior is returned."""

    _q_posterior = q_posterior

    def q_posterior(x0, x_t, t, sched):
        mean, std = _q_posterior(x0, x_t, t, sched)
        return mean, std**2


@mutant("M06-6l", loses=["g4_example_back", "g4_posterior", "g4_bayes"])
class posterior_std_of_beta:
    """The standard deviation of the posterior is the root of beta."""

    _q_posterior = q_posterior

    def q_posterior(x0, x_t, t, sched):
        return _q_posterior(x0, x_t, t, sched)[0], np.sqrt(sched["betas"][t])[:, None]


@mutant("M06-6m", loses=["g4_example_back", "g4_posterior", "g4_bayes"])
class posterior_weights_swapped:
    """The weights of x0 and x_t change places."""

    _q_posterior = q_posterior

    def q_posterior(x0, x_t, t, sched):
        return _q_posterior(x_t, x0, t, sched)


@mutant("M06-7a", loses=["g4_example_in", "g4_q_sample", "g4_steps"])
def q_sample(x0, t, noise, sched):
    """The schedule is read once, for the whole batch."""
    kept = sched["alphas_cumprod"][t[0]]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


@mutant(
    "M06-7b",
    loses=["g4_example_in", "g4_q_sample", "g4_steps", "g4_vectorised", "g4_safe"],
)
def q_sample(x0, t, noise, sched):
    """alpha-bar has no second axis: with as many examples as features it goes along the wrong one."""
    kept = sched["alphas_cumprod"][t]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


@mutant("M06-7c", loses=["g4_vectorised"])
def q_sample(x0, t, noise, sched):
    """A loop over the examples."""
    rows = []
    for i in range(len(x0)):
        kept = sched["alphas_cumprod"][t[i]]
        rows.append(np.sqrt(kept) * x0[i] + np.sqrt(1 - kept) * noise[i])
    return np.array(rows)


@mutant("M06-7d", loses=["g4_safe"])
def predict_start_from_noise(x_t, t, noise, sched):
    """x_t is changed in place."""
    kept = sched["alphas_cumprod"][t][:, None]
    x_t -= np.sqrt(1 - kept) * noise
    return x_t / np.sqrt(kept)


@mutant("M06-7e", loses=["g4_example_back", "g4_posterior", "g4_bayes"])
class one_t_in_posterior:
    """The posterior reads the schedule once, for the whole batch."""

    _q_posterior = q_posterior

    def q_posterior(x0, x_t, t, sched):
        return _q_posterior(x0, x_t, np.full(len(x0), t[0]), sched)
