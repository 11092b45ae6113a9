"""M06-12: the noise is that of a generator of its own, whatever the seed.

file: generative.py
loses: g8_noise
"""


_train_vae = train_vae


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    return _train_vae(encoder, decoder, X, epochs, batch_size, lr, 0)
