"""Accepted: results in float32 where float64 was fed are accepted, at the precision of float32.

file: generative.py
loses:
"""


def _single(function):
    def cast(value):
        if isinstance(value, tuple):
            return tuple(map(cast, value))
        if isinstance(value, dict):
            return {key: cast(one) for key, one in value.items()}
        return np.float32(value) if isinstance(value, float) else value.astype(np.float32)

    def inner(*args, **kwargs):
        return cast(function(*args, **kwargs))
    return inner


pca, reconstruct, reparameterize, gaussian_kl, bernoulli_nll, elbo = map(
    _single, (pca, reconstruct, reparameterize, gaussian_kl, bernoulli_nll, elbo))
discriminator_loss, generator_loss, ls_discriminator_loss, ls_generator_loss, gan_grads = map(
    _single, (discriminator_loss, generator_loss, ls_discriminator_loss, ls_generator_loss, gan_grads))
make_schedule, q_sample, predict_start_from_noise, predict_noise_from_start, q_posterior, p_sample, sample = map(
    _single, (make_schedule, q_sample, predict_start_from_noise, predict_noise_from_start, q_posterior, p_sample, sample))
nt_xent, cycle_loss, gradient_penalty = map(_single, (nt_xent, cycle_loss, gradient_penalty))
