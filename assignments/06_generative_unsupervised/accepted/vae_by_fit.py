"""Accepted: a model of Keras' own, with train_step and fit; the history is that of fit.

file: generative.py
loses:
"""


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    import keras
    from keras import ops

    keras.utils.set_random_seed(seed)

    class Vae(keras.Model):
        def __init__(self):
            super().__init__()
            self.encoder, self.decoder = encoder, decoder
            self.draws = keras.random.SeedGenerator(seed)

        def call(self, x):
            mu, logvar = ops.split(self.encoder(x), 2, axis=1)
            z = mu + ops.exp(logvar / 2) * keras.random.normal(ops.shape(mu), seed=self.draws)
            self.add_loss(ops.mean(ops.sum(0.5 * (mu**2 + ops.exp(logvar) - 1 - logvar), axis=1)))
            return self.decoder(z)

    def likelihood(x, logits):
        return ops.sum(ops.softplus(logits) - x * logits, axis=1)

    model = Vae()
    model.compile(optimizer=keras.optimizers.Adam(lr), loss=likelihood)
    fitted = model.fit(X, X, epochs=epochs, batch_size=batch_size, verbose=0)
    return [float(one) for one in fitted.history["loss"]]
