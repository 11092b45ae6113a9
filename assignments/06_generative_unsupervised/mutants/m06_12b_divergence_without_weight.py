"""M06-12: the divergence has the weight 0.

file: generative.py
loses: g8_example, g8_noise, g8_training, g8_prior
"""


def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(lr)
    weights = encoder.trainable_variables + decoder.trainable_variables

    @tf.function(reduce_retracing=True)
    def step(x, eps):
        with tf.GradientTape() as tape:
            mu, logvar = tf.split(encoder(x), 2, axis=1)
            logits = decoder(mu + tf.exp(logvar / 2) * eps)
            loss = tf.reduce_mean(tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1))
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss

    rng, history = np.random.default_rng(seed), []
    for _ in range(epochs):
        total, order = 0.0, rng.permutation(len(X))
        for batch in np.split(order, range(batch_size, len(X), batch_size)):
            eps = rng.standard_normal((len(batch), decoder.input_shape[1]), dtype=np.float32)
            total += len(batch) * float(step(X[batch], eps))
        history.append(total / len(X))
    return history
