"""Mistakes: A small variational auto-encoder in Keras."""

from autograder.rubric import mutant


@mutant("M06-12a", loses=["g8_noise", "g8_training"])
class no_sampling:
    """mu is decoded: an ordinary auto-encoder."""

    def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
        return _train(encoder, decoder, X, epochs, batch_size, lr, seed, noise=0.0)

    def _train(encoder, decoder, X, epochs, batch_size, lr, seed, noise=1.0, weight=1.0, mean=False):
        import keras
        import tensorflow as tf

        optimizer = keras.optimizers.Adam(lr)
        weights = encoder.trainable_variables + decoder.trainable_variables

        @tf.function(reduce_retracing=True)
        def step(x, eps):
            with tf.GradientTape() as tape:
                mu, logvar = tf.split(encoder(x), 2, axis=1)
                logits = decoder(mu + noise * tf.exp(logvar / 2) * eps)
                nll = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1)
                kl = 0.5 * tf.reduce_sum(mu**2 + tf.exp(logvar) - 1 - logvar, axis=1)
                loss = tf.reduce_mean(nll + weight * kl)
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


@mutant("M06-12b", loses=["g8_noise", "g8_training", "g8_prior"])
def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    """The divergence has the weight 0."""
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


@mutant("M06-12c", loses=["g8_architecture"])
class sampling_at_test:
    """The encoder itself draws, whenever it is asked."""

    _build_vae = build_vae

    def build_vae(input_dim=64, latent_dim=4):
        import keras

        class Shaky(keras.layers.Layer):
            def call(self, z):
                return z + 0.05 * keras.random.normal(keras.ops.shape(z))

        encoder, decoder = _build_vae(input_dim, latent_dim)
        return keras.Sequential([encoder, Shaky()]), decoder


@mutant("M06-12d", loses=["g8_architecture", "g8_training", "g8_prior"])
def build_vae(input_dim=64, latent_dim=4):
    """The decoder ends in a sigmoid, of which the loss takes another one."""
    import keras

    layers = keras.layers
    encoder = keras.Sequential([keras.Input((input_dim,)), layers.Dense(64, "relu"), layers.Dense(2 * latent_dim)])
    decoder = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(64, "relu"), layers.Dense(input_dim, "sigmoid")])
    return encoder, decoder


@mutant("M06-12e", loses=["g8_example", "g8_architecture", "g8_training", "g8_prior"])
def build_vae(input_dim=64, latent_dim=4):
    """The encoder answers latent_dim numbers."""
    import keras

    layers = keras.layers
    encoder = keras.Sequential([keras.Input((input_dim,)), layers.Dense(64, "relu"), layers.Dense(latent_dim)])
    decoder = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(64, "relu"), layers.Dense(input_dim)])
    return encoder, decoder


@mutant("M06-12f", loses=["g8_example", "g8_architecture"])
class sizes_ignored:
    """The sizes are those of the defaults, whatever is asked for."""

    _build_vae = build_vae

    def build_vae(input_dim=64, latent_dim=4):
        return _build_vae(64, 4)


@mutant("M06-12g", loses=["g8_noise"])
def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    """NumPy draws inside of a tf.function, once for all, when it is traced."""
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


@mutant("M06-12h", loses=["g8_noise", "g8_training", "g8_example_training"])
def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    """The likelihood is averaged over the pixels, the divergence summed: nothing is worth encoding."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(lr)
    weights = encoder.trainable_variables + decoder.trainable_variables

    @tf.function(reduce_retracing=True)
    def step(x, eps):
        with tf.GradientTape() as tape:
            mu, logvar = tf.split(encoder(x), 2, axis=1)
            logits = decoder(mu + tf.exp(logvar / 2) * eps)
            nll = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1)
            kl = 0.5 * tf.reduce_sum(mu**2 + tf.exp(logvar) - 1 - logvar, axis=1)
            loss = tf.reduce_mean(nll + kl)
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


@mutant("M06-12i", loses=["g8_noise", "g8_training"])
def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    """The standard deviation of the noise is exp(logvar)."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(lr)
    weights = encoder.trainable_variables + decoder.trainable_variables

    @tf.function(reduce_retracing=True)
    def step(x, eps):
        with tf.GradientTape() as tape:
            mu, logvar = tf.split(encoder(x), 2, axis=1)
            logits = decoder(mu + tf.exp(logvar) * eps)
            nll = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1)
            kl = 0.5 * tf.reduce_sum(mu**2 + tf.exp(logvar) - 1 - logvar, axis=1)
            loss = tf.reduce_mean(nll + kl)
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


@mutant("M06-12j", loses=["g8_noise"])
class seed_ignored:
    """The noise is that of a generator of its own, whatever the seed."""

    _train_vae = train_vae

    def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
        return _train_vae(encoder, decoder, X, epochs, batch_size, lr, 0)


@mutant("M06-12k", loses=["g8_noise"])
def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
    """The history has the likelihood alone, without the divergence."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(lr)
    weights = encoder.trainable_variables + decoder.trainable_variables

    @tf.function(reduce_retracing=True)
    def step(x, eps):
        with tf.GradientTape() as tape:
            mu, logvar = tf.split(encoder(x), 2, axis=1)
            logits = decoder(mu + tf.exp(logvar / 2) * eps)
            nll = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1)
            kl = 0.5 * tf.reduce_sum(mu**2 + tf.exp(logvar) - 1 - logvar, axis=1)
            loss = tf.reduce_mean(nll + kl)
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return tf.reduce_mean(nll)

    rng, history = np.random.default_rng(seed), []
    for _ in range(epochs):
        total, order = 0.0, rng.permutation(len(X))
        for batch in np.split(order, range(batch_size, len(X), batch_size)):
            eps = rng.standard_normal((len(batch), decoder.input_shape[1]), dtype=np.float32)
            total += len(batch) * float(step(X[batch], eps))
        history.append(total / len(X))
    return history


@mutant("M06-12l", loses=["g8_noise", "g8_example_training"])
class one_number_per_step:
    """The history has a number for every step."""

    _train_vae = train_vae

    def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
        history = _train_vae(encoder, decoder, X, epochs, batch_size, lr, seed)
        return [number for number in history for _ in range(0, len(X), batch_size)]


@mutant("M06-12m", loses=["g8_noise", "g8_training", "g8_prior", "g8_example_training"])
class learning_rate_ignored:
    """The learning rate is a small one, whatever is asked for."""

    _train_vae = train_vae

    def train_vae(encoder, decoder, X, epochs, batch_size, lr, seed):
        return _train_vae(encoder, decoder, X, epochs, batch_size, 1e-4, seed)
