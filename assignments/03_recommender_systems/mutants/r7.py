"""Mistakes: Two towers in Keras."""

from autograder.rubric import mutant


@mutant("M03-10a", loses=["r7_example", "r7_architecture", "r7_training"])
def build_two_tower(n_users, n_items, dim):
    """users and items share one embedding."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    table = layers.Embedding(max(n_users, n_items), dim)
    return Model([user_id, item_id], layers.Dot(axes=1)([table(user_id), table(item_id)]))


@mutant("M03-10b", loses=["r7_example", "r7_architecture", "r7_training"])
def build_two_tower(n_users, n_items, dim):
    """The tables have as many rows as the largest id says, one too few."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users - 1, dim)(user_id)
    q = layers.Embedding(n_items - 1, dim)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))


@mutant("M03-10c", loses=["r7_example", "r7_architecture"])
def build_two_tower(n_users, n_items, dim):
    """The tables have a row more than there are ids, as if these began at 1."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users + 1, dim)(user_id)
    q = layers.Embedding(n_items + 1, dim)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))


@mutant("M03-25a", loses=["r7_example", "r7_architecture"])
def build_two_tower(n_users, n_items, dim):
    """A Dense layer over the concatenated vectors in the place of an inner product."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    h = layers.Dense(16, activation="relu")(layers.Concatenate()([p, q]))
    return Model([user_id, item_id], layers.Dense(1)(h))


@mutant("M03-25b", loses=["r7_architecture"])
def build_two_tower(n_users, n_items, dim):
    """The score goes through a sigmoid."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    return Model([user_id, item_id], layers.Activation("sigmoid")(layers.Dot(axes=1)([p, q])))


@mutant("M03-25c", loses=["r7_architecture"])
def build_two_tower(n_users, n_items, dim):
    """The vectors are normalised: the cosine in the place of the inner product."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1, normalize=True)([p, q]))


@mutant("M03-25d", loses=["r7_example", "r7_architecture", "r7_training"])
def build_two_tower(n_users, n_items, dim):
    """The ids themselves go into Dense layers: an id is taken for a size."""
    from keras import Input, Model, layers

    user_id, item_id = Input((1,)), Input((1,))
    p, q = layers.Dense(dim)(user_id), layers.Dense(dim)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))


@mutant("M03-25e", loses=["r7_example", "r7_architecture", "r7_training"])
def build_two_tower(n_users, n_items, dim):
    """The model takes the item first."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    return Model([item_id, user_id], layers.Dot(axes=1)([p, q]))


@mutant("M03-25f", loses=["r7_architecture"])
class model_built_once:
    """The model is built once and returned again."""

    _build, _models = build_two_tower, {}

    def build_two_tower(n_users, n_items, dim):
        if (n_users, n_items, dim) not in _models:
            _models[n_users, n_items, dim] = _build(n_users, n_items, dim)
        return _models[n_users, n_items, dim]


@mutant("M03-25g", loses=["r7_training"])
def build_two_tower(n_users, n_items, dim):
    """The vectors begin at zero, where the gradient of an inner product is zero."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim, embeddings_initializer="zeros")(user_id)
    q = layers.Embedding(n_items, dim, embeddings_initializer="zeros")(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))


@mutant("M03-25h", loses=["r7_training"])
def build_two_tower(n_users, n_items, dim):
    """The tables are not trainable."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim, trainable=False)(user_id)
    q = layers.Embedding(n_items, dim, trainable=False)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))


@mutant("M03-25i", loses=["r7_example", "r7_architecture", "r7_training"])
def build_two_tower(n_users, n_items, dim):
    """The products of the coordinates are returned, and not summed."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    return Model([user_id, item_id], layers.Multiply()([p, q]))


@mutant("M03-25j", loses=["r7_example", "r7_architecture"])
def build_two_tower(n_users, n_items, dim):
    """The vectors have ten numbers, whatever dim is."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, 10)(user_id)
    q = layers.Embedding(n_items, 10)(item_id)
    return Model([user_id, item_id], layers.Dot(axes=1)([p, q]))


@mutant("M03-25k", loses=["r7_architecture"])
def build_two_tower(n_users, n_items, dim):
    """close vectors match: minus the squared distance."""
    from keras import Input, Model, layers

    user_id, item_id = Input((), dtype="int32"), Input((), dtype="int32")
    p = layers.Embedding(n_users, dim)(user_id)
    q = layers.Embedding(n_items, dim)(item_id)
    d = layers.Subtract()([p, q])
    return Model([user_id, item_id], -layers.Dot(axes=1)([d, d]))
