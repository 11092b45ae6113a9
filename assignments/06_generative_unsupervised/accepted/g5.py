"""Other right answers: Frontier: diffusion, the way back."""

from autograder.rubric import accepted


@accepted("noise_row_by_row")
class noise_row_by_row:
    """The noise of every example is drawn by itself."""

    def p_sample(x_t, t, eps_model, sched, rng):
        beta, alpha, kept = (sched[name][t] for name in ("betas", "alphas", "alphas_cumprod"))
        eps = eps_model(x_t, t)
        out = np.empty(x_t.shape)
        for i in range(len(x_t)):
            out[i] = (x_t[i] - beta * eps[i] / np.sqrt(1 - kept)) / np.sqrt(alpha)
            if t != 0:
                out[i] += np.sqrt(beta) * rng.standard_normal(x_t.shape[1])
        return out

    def sample(eps_model, shape, sched, rng):
        x = rng.standard_normal(size=shape)
        for t in range(len(sched["betas"]))[::-1]:
            x = p_sample(x, t, eps_model, sched, rng)
        return x


@accepted("posterior_variance")
def p_sample(x_t, t, eps_model, sched, rng):
    """p_sample by way of x0 and the posterior, with its variance."""
    steps = np.full(len(x_t), t)
    x0 = predict_start_from_noise(x_t, steps, eps_model(x_t, t), sched)
    mean, std = q_posterior(x0, x_t, steps, sched)
    return mean + std * rng.standard_normal(x_t.shape)  # std is 0 at t = 0


@accepted("sampling_in_one_loop")
class sampling_in_one_loop:
    """sample has its own loop, asks with an array of steps, and draws with normal(size=...)."""

    def p_sample(x_t, t, eps_model, sched, rng):
        a, bar = sched["alphas"][t], sched["alphas_cumprod"][t]
        eps = eps_model(x_t, np.full((x_t.shape[0],), t))
        mean = (x_t - (1 - a) / np.sqrt(1 - bar) * eps) / np.sqrt(a)
        if t > 0:
            mean = mean + rng.normal(0.0, np.sqrt(1 - a), x_t.shape)
        return mean

    def sample(eps_model, shape, sched, rng):
        x = rng.normal(size=shape)
        T = len(sched["alphas"])
        for i in range(T):
            t = T - 1 - i
            a, bar = sched["alphas"][t], sched["alphas_cumprod"][t]
            z = rng.normal(loc=0, scale=1, size=shape) if t else np.zeros(shape)
            x = (x - (1 - a) / np.sqrt(1 - bar) * eps_model(x, t * np.ones(shape[0], dtype=int))) / np.sqrt(a) + np.sqrt(1 - a) * z
        return x


@accepted("array_of_steps")
class array_of_steps:
    """"You may ask the model with an array that has it N times", and p_sample, too."""

    def p_sample(x_t, t, eps_model, sched, rng):
        t = np.broadcast_to(t, (len(x_t),))
        beta, alpha, bar = (sched[key][t][:, None] for key in ("betas", "alphas", "alphas_cumprod"))
        mean = (x_t - beta / np.sqrt(1 - bar) * eps_model(x_t, t)) / np.sqrt(alpha)
        return mean + np.sqrt(beta) * rng.standard_normal(x_t.shape) if t[0] > 0 else mean

    def sample(eps_model, shape, sched, rng):
        x = rng.standard_normal(shape)
        for t in range(len(sched["betas"]) - 1, -1, -1):
            x = p_sample(x, np.full(shape[0], t), eps_model, sched, rng)
        return x


@accepted("noise_around_the_mean")
class noise_around_the_mean:
    """The step is one call of rng.normal, with an array of means and a scale."""

    def p_sample(x_t, t, eps_model, sched, rng):
        beta, alpha, bar = sched["betas"][t], sched["alphas"][t], sched["alphas_cumprod"][t]
        mean = 1 / np.sqrt(alpha) * (x_t - beta / np.sqrt(1 - bar) * eps_model(x_t, t))
        return rng.normal(loc=mean, scale=np.sqrt(beta)) if t > 0 else mean

    def sample(eps_model, shape, sched, rng):
        x = rng.normal(0.0, 1.0, size=shape)
        for t in reversed(range(len(sched["alphas"]))):
            x = p_sample(x, t, eps_model, sched, rng)
        return x
