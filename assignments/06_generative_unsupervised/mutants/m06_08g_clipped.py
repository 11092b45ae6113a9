"""M06-8: the guess of x0 is clipped to [-1, 1], as for images.

file: generative.py
loses: g5_mean, g5_noise, g5_mixture
"""


def p_sample(x_t, t, eps_model, sched, rng):
    steps = np.full(len(x_t), t)
    x0 = np.clip(predict_start_from_noise(x_t, steps, eps_model(x_t, t), sched), -1, 1)
    mean, std = q_posterior(x0, x_t, steps, sched)
    return mean + std * rng.standard_normal(x_t.shape) if t > 0 else mean
