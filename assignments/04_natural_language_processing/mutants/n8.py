"""Mistakes: Chatbots: beam search, and a Transformer in Keras."""

from autograder.rubric import mutant


@mutant("M04-13a", loses=["n8_beam", "n8_penalty", "n8_work"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """Texts that have ended are continued."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if True:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-13b", loses=["n8_penalty"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """The length penalty decides who stays."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1] / len(one[0]) ** alpha, reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-13c", loses=["n8_beam"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """Texts are kept by their score: of equally probable ones the last stays."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        pool = [(tokens, log_p) for log_p, tokens in {log_p: tokens for tokens, log_p in pool}.items()]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-14a", loses=["n8_positions", "n8_training"])
def build_reverser(vocab, T, d=32):
    """A causal mask in the encoder: nothing sees what comes later."""
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h, use_causal_mask=True)
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M04-14b", loses=["n8_positions", "n8_training"])
def build_reverser(vocab, T, d=32):
    """No positions."""
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Embedding(vocab, d)(tokens)
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M04-14c", loses=["n8_example_model", "n8_positions", "n8_training"])
def build_reverser(vocab, T, d=32):
    """Teacher forcing at test time: the model wants to see the answer."""
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    answer = keras.Input((T,), dtype="int32")
    h = layers.Add()([layers.Embedding(vocab, d)(answer), layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model([tokens, answer], layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M04-44a", loses=["n8_beam", "n8_penalty", "n8_work"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """Texts that have ended leave the beam: it always holds beam_size others."""
    beam, ended = [([], 0.0)], []
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            pool += [([*tokens, token], log_p + step) for token, step in enumerate(step_fn([bos, *tokens]))]
        pool = sorted(pool, key=lambda one: one[1], reverse=True)
        ended += [one for one in pool[:beam_size] if one[0][-1] == eos]
        beam = [one for one in pool if one[0][-1] != eos][:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in ended + beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)[:beam_size]


@mutant("M04-44b", loses=["n8_penalty"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """The length counts bos."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / (len(tokens) + 1) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-44c", loses=["n8_beam"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """Every text is continued by its best token alone."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs) if not tokens or step == max(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-44d", loses=["n8_example_beam", "n8_beam"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """Scores are probabilities."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, np.exp(log_p) / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-44e", loses=["n8_beam", "n8_penalty", "n8_example_beam"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """bos is among the tokens that are returned."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [([bos, *tokens], log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-44f", loses=["n8_beam", "n8_penalty", "n8_example_beam"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """eos is cut off."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [([token for token in tokens if token != eos], log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-44g", loses=["n8_work"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """step_fn is asked again for every token."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, _ in enumerate(log_probs) for step in [step_fn([bos, *tokens])[token]]]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-44h", loses=["n8_penalty"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """The texts come in the order of their probabilities."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return scored


@mutant("M04-44i", loses=["n8_example_beam", "n8_beam"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """max_len counts bos."""
    beam = [([], 0.0)]
    for _ in range(max_len - 1):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / max(len(tokens), 1) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-44j", loses=["n8_beam", "n8_penalty"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """The search stops as soon as one text has ended."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
        if any(tokens[-1] == eos for tokens, _ in beam):
            break
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-44k", loses=["n8_beam", "n8_penalty", "n8_example_beam"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """Only the best text is returned."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn([bos, *tokens])
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)[:1]


@mutant("M04-44l", loses=["n8_example_beam", "n8_work"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """step_fn is not given bos."""
    beam = [([], 0.0)]
    for _ in range(max_len):
        pool = []
        for tokens, log_p in beam:
            if tokens[-1:] == [eos]:
                pool.append((tokens, log_p))
            else:
                log_probs = step_fn(list(tokens))
                pool += [([*tokens, token], log_p + float(step)) for token, step in enumerate(log_probs)]
        beam = sorted(pool, key=lambda one: one[1], reverse=True)[:beam_size]
    scored = [(tokens, log_p / len(tokens) ** alpha) for tokens, log_p in beam]
    return sorted(scored, key=lambda one: one[1], reverse=True)


@mutant("M04-45a", loses=["n8_architecture"])
def build_reverser(vocab, T, d=32):
    """No path around attention. It learns all the same."""
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
    h = layers.LayerNormalization()(seen)
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(thought)
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M04-45b", loses=["n8_architecture"])
def build_reverser(vocab, T, d=32):
    """A dense layer over the whole sequence. It learns all the same."""
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.Reshape((T, d))(layers.Dense(T * d)(layers.Flatten()(h)))
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M04-45c", loses=["n8_example_model"])
def build_reverser(vocab, T, d=32):
    """The model is not compiled."""
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    return model


@mutant("M04-45d", loses=["n8_training"])
def build_reverser(vocab, T, d=32):
    """No layer can be trained."""
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for layer in model.layers:
        layer.trainable = False
    return model


@mutant("M04-45e", loses=["n8_example_model", "n8_positions"])
def build_reverser(vocab, T, d=32):
    """Sequences of 8 tokens, whatever T is."""
    import keras
    from keras import layers
    T = 8
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M04-45f", loses=["n8_example_model"])
def build_reverser(vocab, T, d=32):
    """Softmax in the model, and a loss that applies it again. It learns all the same."""
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


@mutant("M04-45g", loses=["n8_architecture"])
def build_reverser(vocab, T, d=32):
    """Attention is concatenated, not added."""
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
    h = layers.LayerNormalization()(layers.Concatenate()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(thought)
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M04-45h", loses=["n8_architecture", "n8_positions", "n8_training"])
def build_reverser(vocab, T, d=32):
    """The model turns its input round by itself."""
    import keras
    tokens = keras.Input((T,), dtype="int32")
    model = keras.Model(tokens, keras.ops.one_hot(keras.ops.flip(tokens, axis=1), vocab) * 50.0)
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M04-44m", loses=["n8_beam", "n8_penalty", "n8_work", "n8_example_beam"])
def beam_search(step_fn, bos, eos, beam_size, max_len, alpha=0.0):
    """Always the same text, and nothing is asked."""
    return [([eos], 0.0)]


@mutant("M04-45i", loses=["n8_architecture"], file="nlp.py")
class block_without_a_path_around:
    """A layer of one's own attends, and nothing goes around it. It learns all the same."""

    import keras
    from keras import layers

    class Block(layers.Layer):
        def __init__(self, d):
            super().__init__()
            self.attention = layers.MultiHeadAttention(4, d // 4)
            self.thought = layers.Dense(2 * d, activation="relu")
            self.back = layers.Dense(d)

        def call(self, h):
            return self.back(self.thought(self.attention(h, h)))

    def build_reverser(vocab, T, d=32):
        tokens = keras.Input((T,), dtype="int32")
        position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
        h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
        model = keras.Model(tokens, layers.Dense(vocab)(layers.LayerNormalization()(Block(d)(h))))
        model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model


@mutant("M04-45j", loses=["n8_positions", "n8_training"], file="nlp.py")
class causal_block:
    """A layer of one's own attends with a causal mask."""

    import keras
    from keras import layers

    class Block(layers.Layer):
        def __init__(self, d):
            super().__init__()
            self.attention = layers.MultiHeadAttention(4, d // 4)
            self.norm = layers.LayerNormalization()

        def call(self, h):
            return self.norm(h + self.attention(h, h, use_causal_mask=True))

    def build_reverser(vocab, T, d=32):
        tokens = keras.Input((T,), dtype="int32")
        position = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
        h = layers.Add()([layers.Embedding(vocab, d)(tokens), layers.Embedding(T, d)(position)])
        model = keras.Model(tokens, layers.Dense(vocab)(layers.Dense(d, activation="relu")(Block(d)(h))))
        model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model


@mutant("M04-45k", loses=["n8_training"])
def build_reverser(vocab, T, d=32):
    """Positions are computed once, while the model is built: they are not learned."""
    import keras
    from keras import layers
    tokens = keras.Input((T,), dtype="int32")
    h = layers.Embedding(vocab, d)(tokens) + layers.Embedding(T, d)(keras.ops.arange(T))
    seen = layers.MultiHeadAttention(num_heads=4, key_dim=d // 4)(h, h)
    h = layers.LayerNormalization()(layers.Add()([h, seen]))
    thought = layers.Dense(d)(layers.Dense(2 * d, activation="relu")(h))
    h = layers.LayerNormalization()(layers.Add()([h, thought]))
    model = keras.Model(tokens, layers.Dense(vocab)(h))
    model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@mutant("M04-45l", loses=["n8_architecture"], file="nlp.py")
class attention_times_zero:
    """Positions are mixed by a dense layer, and attention is multiplied by 0. It learns all the same."""

    import keras
    from keras import layers

    def build_reverser(vocab, T, d=32):
        tokens = keras.Input((T,), dtype="int32")
        h = layers.Embedding(vocab, d)(tokens)
        mixed = layers.Permute((2, 1))(layers.Dense(T)(layers.Permute((2, 1))(h)))
        h = mixed + 0.0 * layers.MultiHeadAttention(1, 1)(h, h)
        model = keras.Model(tokens, layers.Dense(vocab)(h))
        model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model


@mutant("M04-45m", loses=["n8_architecture"], file="nlp.py")
class attention_in_words_alone:
    """The model tells of attention when it is asked what it is made of, and has none. It learns all the same."""

    import keras
    from keras import layers

    class Net(keras.Model):
        def to_json(self, **options):
            tokens = keras.Input((6,), dtype="int32")
            h = layers.Embedding(9, 8)(tokens)
            return keras.Model(tokens, layers.Add()([h, layers.MultiHeadAttention(1, 1)(h, h)])).to_json()

    def build_reverser(vocab, T, d=32):
        tokens = keras.Input((T,), dtype="int32")
        h = layers.Embedding(vocab, d)(tokens)
        mixed = layers.Permute((2, 1))(layers.Dense(T)(layers.Permute((2, 1))(h)))
        model = Net(tokens, layers.Dense(vocab)(mixed))
        model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model


@mutant("M04-45n", loses=["n8_example_model", "n8_architecture", "n8_positions", "n8_training"], file="nlp.py")
class learns_without_weights:
    """Training sets a flag, and then the answers are turned round: its weights learn nothing."""

    import keras
    import numpy as np
    from keras import layers

    class Net(keras.Model):
        trained = False

        def train_on_batch(self, *args, **options):
            self.trained = True
            return 0.0

        def predict_on_batch(self, x):
            x = np.asarray(x)
            return np.eye(self.output_shape[-1])[x[:, ::-1] if self.trained else x]

    def build_reverser(vocab, T, d=32):
        tokens = keras.Input((T,), dtype="int32")
        model = Net(tokens, layers.Dense(vocab)(layers.Embedding(vocab, d)(tokens)))
        model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model
