"""M06-12: the history has the likelihood alone, without the divergence.

file: generative.py
loses: g8_noise, g8_example
"""


_train_vae = train_vae


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    history = []
    for epoch in range(epochs):
        mean = _train_vae(encoder, decoder, X, 1, batch_size, lr, seed + 1000 * epoch)[0]
        out = encoder.predict_on_batch(X)
        mu, logvar = np.split(np.asarray(out, dtype=float), 2, axis=1)
        history.append(mean - float(np.mean(gaussian_kl(mu, logvar))))
    return history
