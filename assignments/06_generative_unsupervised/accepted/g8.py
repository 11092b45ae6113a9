"""Other right answers: A small variational auto-encoder in Keras."""

from autograder.rubric import accepted


@accepted("vae_by_fit")
def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    """A model of Keras' own, with train_step and fit; the history is that of fit."""
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


@accepted("vae_step_by_step")
class vae_step_by_step:
    """The functional API, wider tanh layers, steps without tf.function, noise of TensorFlow, the
    global seed.
    """

    def build_vae(input_dim=64, latent_dim=4):
        import keras

        x = keras.Input(shape=(input_dim,), name="image")
        h = keras.layers.Dense(96, activation="tanh")(x)
        mu, logvar = keras.layers.Dense(latent_dim, name="mu")(h), keras.layers.Dense(latent_dim, name="logvar")(h)
        encoder = keras.Model(x, keras.layers.Concatenate()([mu, logvar]))
        z = keras.Input(shape=(latent_dim,))
        decoder = keras.Model(z, keras.layers.Dense(input_dim)(keras.layers.Dense(96, activation="tanh")(z)))
        return encoder, decoder

    def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(seed)
        optimizer = keras.optimizers.Adam(learning_rate=lr)
        params = encoder.trainable_weights + decoder.trainable_weights
        data = tf.data.Dataset.from_tensor_slices(X).shuffle(len(X), seed=seed).batch(batch_size)
        history = []
        for epoch in range(epochs):
            losses = []
            for x in data:
                with tf.GradientTape() as tape:
                    h = encoder(x, training=True)
                    d = h.shape[1] // 2
                    mu, logvar = h[:, :d], h[:, d:]
                    z = mu + tf.exp(0.5 * logvar) * tf.random.normal(tf.shape(mu))
                    l = decoder(z, training=True)
                    nll = tf.reduce_sum(tf.nn.softplus(l) - x * l, -1)
                    kl = -0.5 * tf.reduce_sum(1 + logvar - tf.square(mu) - tf.exp(logvar), -1)
                    loss = tf.reduce_mean(nll + kl)
                optimizer.apply(tape.gradient(loss, params), params)
                losses.append(loss.numpy())
            history.append(np.mean(losses))
            print("epoch", epoch, "loss", history[-1])
        return history
