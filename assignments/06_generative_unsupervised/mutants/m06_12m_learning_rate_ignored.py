"""M06-12: the learning rate is that of Adam's defaults.

file: generative.py
loses: g8_example, g8_noise, g8_training
"""


_train_vae = train_vae


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    return _train_vae(encoder, decoder, X, epochs, batch_size, 0.001, seed)
