"""M06-12: the learning rate is a small one, whatever is asked for.

file: generative.py
loses: g8_example, g8_noise, g8_training, g8_prior
"""


_train_vae = train_vae


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    return _train_vae(encoder, decoder, X, epochs, batch_size, 1e-4, seed)
