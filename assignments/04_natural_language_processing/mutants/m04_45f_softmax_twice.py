"""M04-45f Softmax in the model, and a loss that applies it again. It learns all the same.

file: nlp.py
loses: n8_architecture
"""


def build_reverser(vocab, T, d=32):
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model(tokens, layers.Dense(vocab, activation="softmax")(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
