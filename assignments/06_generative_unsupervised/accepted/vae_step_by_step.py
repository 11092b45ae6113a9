"""Accepted: the functional API, wider tanh layers, steps without tf.function, noise of TensorFlow, the global seed.

file: generative.py
loses:
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
