"""Other right answers: One training step by hand."""

from autograder.rubric import accepted


@accepted("a12_step_by_assignment")
def train_step(model, x, y, lr):
    """The loss is the one that the model was compiled with; weights are assigned anew, the loss is
    a tensor.
    """
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = model.compute_loss(y=y, y_pred=model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    for w, g in zip(model.trainable_variables, gradients):
        w.assign(w - lr * g)
    return loss


@accepted("a13_step_by_sgd")
def train_step(model, x, y, lr):
    """The step is taken by Keras' own plain SGD; the true class is picked by a one-hot mask."""
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        p = model(tf.convert_to_tensor(x))
        mask = tf.one_hot(y, p.shape[-1])
        loss = -tf.reduce_mean(tf.math.log(tf.reduce_sum(p * mask, axis=1)))
    gradients = tape.gradient(loss, model.trainable_variables)
    keras.optimizers.SGD(learning_rate=lr).apply_gradients(zip(gradients, model.trainable_variables))
    return loss.numpy()


@accepted("a37_step_in_a_graph")
def train_step(model, x, y, lr):
    """A compiled function, the formula of the handout by gather, `training=False`."""
    import tensorflow as tf

    @tf.function
    def step(features, labels, rate):
        with tf.GradientTape() as tape:
            p = model(features, training=False)
            picked = tf.gather(p, labels, axis=1, batch_dims=1)
            loss = -tf.reduce_mean(tf.math.log(picked))
        for w, g in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
            w.assign(w - rate * g)
        return loss

    return float(step(tf.constant(x), tf.constant(y), tf.constant(lr, tf.float32)))


@accepted("a38_step_by_set_weights")
def train_step(model, x, y, lr):
    """Gradients as NumPy arrays, new values set variable by variable; the loss has an axis."""
    import keras
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
        for w in model.trainable_weights:
            tape.watch(w.value)
        p = model(keras.ops.convert_to_tensor(x))
        y_one_hot = keras.ops.one_hot(y, p.shape[1])
        loss = keras.ops.mean(keras.losses.categorical_crossentropy(y_one_hot, p))
    for w in model.trainable_weights:
        gradient = tape.gradient(loss, w.value).numpy()
        w.assign(w.numpy() - np.float64(lr) * gradient)
    del tape
    return np.array([loss])


@accepted("a39_step_by_loss_object")
def train_step(model, x, y, lr):
    """The loss is an object of Keras; `training=True`, which changes nothing in Dense layers."""
    import keras
    import tensorflow as tf

    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=False)
    with tf.GradientTape() as tape:
        loss_value = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss_value, model.trainable_weights)
    for i, g in enumerate(grads):
        model.trainable_weights[i].assign_add(-lr * g)
    return loss_value.numpy().item()
