"""M06-12: NumPy draws inside of a tf.function, once for all, when it is traced.

file: generative.py
loses: g8_noise
"""


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(lr)
    weights = encoder.trainable_variables + decoder.trainable_variables
    rng, history = np.random.default_rng(seed), []

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            mu, logvar = tf.split(encoder(x), 2, axis=1)
            eps = rng.standard_normal(mu.shape).astype("float32")
            logits = decoder(mu + tf.exp(logvar / 2) * eps)
            nll = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1)
            kl = 0.5 * tf.reduce_sum(mu**2 + tf.exp(logvar) - 1 - logvar, axis=1)
            loss = tf.reduce_mean(nll + kl)
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss

    for _ in range(epochs):
        total, order = 0.0, rng.permutation(len(X))
        for batch in np.split(order, range(batch_size, len(X), batch_size)):
            total += len(batch) * float(step(X[batch]))
        history.append(total / len(X))
    return history
