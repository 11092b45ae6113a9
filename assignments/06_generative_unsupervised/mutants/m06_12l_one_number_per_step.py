"""M06-12: the history has a number for every step.

file: generative.py
loses: g8_example, g8_noise
"""


_train_vae = train_vae


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    history = _train_vae(encoder, decoder, X, epochs, batch_size, lr, seed)
    return [number for number in history for _ in range(0, len(X), batch_size)]
