"""The seed is the global one of Keras; layers are added one by one, activations as layers of their own.

file: intro.py
loses:
"""


def build_mlp(input_dim, hidden, num_classes, seed=None):
    import tensorflow as tf
    from tensorflow.keras import layers

    if seed is not None:
        tf.keras.utils.set_random_seed(seed)
    model = tf.keras.models.Sequential(name="my_first_model")
    model.add(tf.keras.Input(shape=(input_dim,)))
    model.add(layers.Dense(hidden))
    model.add(layers.Activation("tanh"))
    model.add(layers.Dense(num_classes))
    model.add(layers.Softmax())
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
