"""Other right answers: Chatbots: beam search, and a Transformer in Keras."""

from autograder.rubric import accepted


@accepted("nlp_reverser_with_attention_layer")
def build_reverser(vocab, T, d=32):
    """Keras' layer of plain attention; one-hot tokens and positions from a constant; a sequential
    head; sums by `layers.add`.
    """
    import tensorflow as tf
    from tensorflow.keras import layers

    tokens = tf.keras.Input((T,), dtype="int64")
    here = layers.Embedding(T, d)(tf.keras.ops.arange(T) + 0 * tf.keras.ops.cast(tokens, "int32"))
    h = layers.add([layers.Embedding(vocab, d)(tokens), here])
    q, k, v = layers.Dense(d)(h), layers.Dense(d)(h), layers.Dense(d)(h)
    h = layers.add([h, layers.Attention(use_scale=True)([q, v, k])])
    head = tf.keras.Sequential(
        [layers.BatchNormalization(), layers.Dense(d, "relu"), layers.Dense(vocab)]
    )
    model = tf.keras.Model(tokens, head(h))
    model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@accepted("nlp_beam_of_the_last_of_equals")
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """Of equally probable texts the last comes first: "which of them comes first is up to you"; lists of
    lists, tokens as arrays of whole floats.
    """
    alive, ended = [(0.0, (bos,))], []
    for _ in range(max_len):
        pool = list(ended)
        for log_p, prefix in alive:
            pool += [
                (log_p + one, (*prefix, token)) for token, one in enumerate(step_fn(list(prefix)))
            ]
        pool = sorted(pool, reverse=True)[:beam_size]
        ended = [one for one in pool if one[1][-1] == eos and len(one[1]) > 1]
        alive = [one for one in pool if one not in ended]
        if not alive:
            break
    ranked = [
        [np.array(text[1:], dtype=float), np.array([log_p / (len(text) - 1) ** alpha])]
        for log_p, text in ended + alive
    ]
    return sorted(ranked, key=lambda one: -one[1][0])


@accepted("nlp_beam_by_recursion", file="nlp.py")
class nlp_beam_by_recursion:
    """A function that calls itself for the next token; generators inside; plain numbers."""

    def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
        def after(beam, left):
            if left == 0 or all(ends(text) for text, _ in beam):
                return beam
            pool = [one for text, log_p in beam for one in continuations(text, log_p)]
            pool.sort(key=lambda one: -one[1])
            return after(pool[:beam_size], left - 1)

        def ends(text):
            return len(text) > 0 and text[-1] == eos

        def continuations(text, log_p):
            if ends(text):
                yield text, log_p
            else:
                for token, more in enumerate(step_fn([bos] + text)):
                    yield text + [token], float(log_p + more)

        found = [(text, log_p / len(text) ** alpha) for text, log_p in after([([], 0.0)], max_len)]
        found.sort(key=lambda one: one[1], reverse=True)
        return found


@accepted("nlp_reverser_of_kerass_tutorial", file="nlp.py")
class nlp_reverser_of_kerass_tutorial:
    """Blocks as layers of one's own, as Keras' tutorial writes them, in a functional model."""

    import keras
    from keras import layers

    class TransformerBlock(layers.Layer):
        def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1):
            super().__init__()
            self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
            self.ffn = keras.Sequential(
                [layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)]
            )
            self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
            self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
            self.dropout1 = layers.Dropout(rate)
            self.dropout2 = layers.Dropout(rate)

        def call(self, inputs):
            attn_output = self.att(inputs, inputs)
            attn_output = self.dropout1(attn_output)
            out1 = self.layernorm1(inputs + attn_output)
            ffn_output = self.ffn(out1)
            ffn_output = self.dropout2(ffn_output)
            return self.layernorm2(out1 + ffn_output)

    class TokenAndPositionEmbedding(layers.Layer):
        def __init__(self, maxlen, vocab_size, embed_dim):
            super().__init__()
            self.token_emb = layers.Embedding(input_dim=vocab_size, output_dim=embed_dim)
            self.pos_emb = layers.Embedding(input_dim=maxlen, output_dim=embed_dim)

        def call(self, x):
            maxlen = keras.ops.shape(x)[-1]
            positions = keras.ops.arange(start=0, stop=maxlen, step=1)
            return self.token_emb(x) + self.pos_emb(positions)

    def build_reverser(vocab, T, d=32):
        inputs = layers.Input(shape=(T,))
        x = TokenAndPositionEmbedding(T, vocab, d)(inputs)
        x = TransformerBlock(d, 2, 32)(x)
        model = keras.Model(inputs=inputs, outputs=layers.Dense(vocab, activation="softmax")(x))
        model.compile(
            optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        return model


@accepted("nlp_reverser_in_a_row", file="nlp.py")
class nlp_reverser_in_a_row:
    """A sequential model of layers of one's own: "a functional (or sequential) model"; attention by products."""

    import keras
    from keras import layers, ops

    class Embed(layers.Layer):
        def __init__(self, vocab, T, d, **kwargs):
            super().__init__(**kwargs)
            self.tokens, self.places, self.T = layers.Embedding(vocab, d), layers.Embedding(T, d), T

        def call(self, x):
            return self.tokens(x) + self.places(ops.arange(self.T))

    class SelfAttention(layers.Layer):
        def __init__(self, d, **kwargs):
            super().__init__(**kwargs)
            self.d, self.q, self.k, self.v = d, layers.Dense(d), layers.Dense(d), layers.Dense(d)

        def call(self, h):
            scores = ops.einsum("bqd,bkd->bqk", self.q(h), self.k(h)) / self.d**0.5
            return h + ops.matmul(ops.softmax(scores), self.v(h))

    def build_reverser(vocab, T, d=32):
        model = keras.Sequential(
            [layers.Input((T,)), Embed(vocab, T, d), SelfAttention(d), layers.LayerNormalization()]
        )
        model.add(layers.Dense(2 * d, activation="gelu"))
        model.add(layers.Dense(vocab))
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model


@accepted("nlp_reverser_of_two_blocks", file="nlp.py")
class nlp_reverser_of_two_blocks:
    """Two encoders as in the book on Keras, with `layers.Add` as an attribute, a mask that is not given, and RMSprop."""

    import keras
    from keras import layers, ops

    class TransformerEncoder(layers.Layer):
        def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
            super().__init__(**kwargs)
            self.attention = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
            self.dense_proj = keras.Sequential(
                [layers.Dense(dense_dim, activation="relu"), layers.Dense(embed_dim)]
            )
            self.layernorm_1 = layers.LayerNormalization()
            self.layernorm_2 = layers.LayerNormalization()
            self.add = layers.Add()

        def call(self, inputs, mask=None):
            attention_output = self.attention(
                query=inputs, value=inputs, key=inputs, attention_mask=mask
            )
            proj_input = self.layernorm_1(self.add([inputs, attention_output]))
            return self.layernorm_2(proj_input + self.dense_proj(proj_input))

    class PositionalEmbedding(layers.Layer):
        def __init__(self, sequence_length, vocab_size, embed_dim, **kwargs):
            super().__init__(**kwargs)
            self.token_embeddings = layers.Embedding(vocab_size, embed_dim)
            self.position_embeddings = layers.Embedding(sequence_length, embed_dim)

        def call(self, inputs):
            positions = ops.arange(0, ops.shape(inputs)[-1], 1)
            return self.token_embeddings(inputs) + self.position_embeddings(positions)

    def build_reverser(vocab, T, d=32):
        inputs = keras.Input(shape=(T,), dtype="int64")
        x = PositionalEmbedding(T, vocab, d)(inputs)
        x = TransformerEncoder(d, 64, 4)(x)
        x = TransformerEncoder(d, 64, 4)(x)
        outputs = layers.Dense(vocab, activation="softmax")(layers.Dropout(0.1)(x))
        model = keras.Model(inputs, outputs)
        model.compile("rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model
