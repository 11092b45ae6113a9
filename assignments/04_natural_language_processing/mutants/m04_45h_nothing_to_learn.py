"""M04-45h The model turns its input round by itself.

file: nlp.py
loses: n8_architecture, n8_training
"""


def build_reverser(vocab, T, d=32):
    import keras
    tokens = keras.Input((T,), dtype="int32")
    model = keras.Model(tokens, keras.ops.one_hot(keras.ops.flip(tokens, axis=1), vocab) * 50.0)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
