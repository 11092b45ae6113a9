"""Mistakes: Frontier: attention, for translation and summaries."""

from autograder.rubric import mutant


@mutant("M04-8a", loses=["n6_example_attention", "n6_values", "n6_gradients"], file="nlp.py")
class not_scaled:
    """No root of d, in both directions."""

    def scaled_dot_product_attention(q, k, v, mask=None):
        scores = q @ k.transpose(0, 2, 1)
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        largest = scores.max(axis=2, keepdims=True)
        powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
        total = powers.sum(axis=2, keepdims=True)
        weights = powers / np.where(total > 0, total, 1)
        out = weights @ v
        cache = (q, k, v, weights)
        return out, weights, cache

    def attention_backward(dout, cache):
        q, k, v, weights = cache
        dv = weights.transpose(0, 2, 1) @ dout
        dweights = dout @ v.transpose(0, 2, 1)
        dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
        dq = dscores @ k
        dk = dscores.transpose(0, 2, 1) @ q
        return dq, dk, dv


@mutant(
    "M04-8b",
    loses=["n6_example_attention", "n6_values", "n6_gradients", "n6_properties"],
)
def scaled_dot_product_attention(q, k, v, mask=None):
    """The softmax runs over the queries."""
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = scores.max(axis=1, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=1, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache


@mutant(
    "M04-8c",
    loses=["n6_example_attention", "n6_values", "n6_gradients", "n6_properties", "n6_blind"],
)
def scaled_dot_product_attention(q, k, v, mask=None):
    """True in the mask hides."""
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = np.where(mask, -np.inf, scores)
    largest = scores.max(axis=2, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=2, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache


@mutant(
    "M04-8d",
    loses=["n6_example_attention", "n6_values", "n6_gradients", "n6_properties"],
)
def scaled_dot_product_attention(q, k, v, mask=None):
    """Weights are masked after the softmax."""
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    largest = scores.max(axis=2, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=2, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    if mask is not None:
        weights = weights * mask
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache


@mutant("M04-9a", loses=["n6_blind"])
def scaled_dot_product_attention(q, k, v, mask=None):
    """-1e9 is added to hidden scores: a query that sees nothing reads everything."""
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores + np.where(mask, 0.0, -1e9).astype(scores.dtype)
    largest = scores.max(axis=2, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=2, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache


@mutant("M04-9b", loses=["n6_blind"])
def scaled_dot_product_attention(q, k, v, mask=None):
    """Hidden scores are -inf, and a query that sees nothing gets NaN."""
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = scores.max(axis=2, keepdims=True)
    powers = np.exp(scores - largest)
    total = powers.sum(axis=2, keepdims=True)
    weights = powers / total
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache


@mutant("M04-41a", loses=["n6_stability"])
def scaled_dot_product_attention(q, k, v, mask=None):
    """exp of large scores."""
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    largest = scores.max(axis=2, keepdims=True)
    powers = np.exp(scores)
    total = powers.sum(axis=2, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache


@mutant("M04-41b", loses=["n6_gradients"])
def attention_backward(dout, cache):
    """dq and dk are not divided by the root of d."""
    q, k, v, weights = cache
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
    dq = dscores @ k
    dk = dscores.transpose(0, 2, 1) @ q
    return dq, dk, dv


@mutant("M04-41c", loses=["n6_gradients"])
def attention_backward(dout, cache):
    """The gradient of the softmax is p (1 - p)."""
    q, k, v, weights = cache
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (1 - weights) * dweights
    dscores = dscores / q.shape[-1] ** 0.5
    dq = dscores @ k
    dk = dscores.transpose(0, 2, 1) @ q
    return dq, dk, dv


@mutant("M04-41d", loses=["n6_gradients", "n6_blind"])
def attention_backward(dout, cache):
    """The backward pass computes the weights again, without the mask."""
    q, k, v, weights = cache
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    powers = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights = powers / powers.sum(axis=2, keepdims=True)
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
    dscores = dscores / q.shape[-1] ** 0.5
    dq = dscores @ k
    dk = dscores.transpose(0, 2, 1) @ q
    return dq, dk, dv


@mutant("M04-41e", loses=["n6_values", "n6_gradients", "n6_properties", "n6_blind"])
def scaled_dot_product_attention(q, k, v, mask=None):
    """The mask of the first sentence is used for all."""
    scores = q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = np.where(mask[:1], scores, -np.inf)
    largest = scores.max(axis=2, keepdims=True)
    powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=2, keepdims=True)
    weights = powers / np.where(total > 0, total, 1)
    out = weights @ v
    cache = (q, k, v, weights)
    return out, weights, cache


@mutant("M04-41f", loses=["n6_example_attention", "n6_values", "n6_gradients"], file="nlp.py")
class root_of_the_width_of_values:
    """Scores are divided by the root of the width of the values."""

    def scaled_dot_product_attention(q, k, v, mask=None):
        scores = q @ k.transpose(0, 2, 1) / v.shape[-1] ** 0.5
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        largest = scores.max(axis=2, keepdims=True)
        powers = np.exp(scores - np.where(np.isneginf(largest), 0, largest))
        total = powers.sum(axis=2, keepdims=True)
        weights = powers / np.where(total > 0, total, 1)
        out = weights @ v
        cache = (q, k, v, weights)
        return out, weights, cache

    def attention_backward(dout, cache):
        q, k, v, weights = cache
        dv = weights.transpose(0, 2, 1) @ dout
        dweights = dout @ v.transpose(0, 2, 1)
        dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
        dscores = dscores / v.shape[-1] ** 0.5
        dq = dscores @ k
        dk = dscores.transpose(0, 2, 1) @ q
        return dq, dk, dv


@mutant("M04-41g", loses=["n6_positions", "n6_example_positions"])
def positional_encoding(T, d):
    """The exponent is i / d."""
    speed = 10000.0 ** (-np.arange(d // 2) / d)
    angle = np.outer(np.arange(T), speed)
    encoding = np.empty((T, d))
    encoding[:, 0::2] = np.sin(angle)
    encoding[:, 1::2] = np.cos(angle)
    return encoding


@mutant("M04-41h", loses=["n6_positions", "n6_example_positions"])
def positional_encoding(T, d):
    """Sines in the first half, cosines in the second."""
    speed = 10000.0 ** (-np.arange(0, d, 2) / d)
    angle = np.outer(np.arange(T), speed)
    encoding = np.empty((T, d))
    encoding[:, : d // 2] = np.sin(angle)
    encoding[:, d // 2 :] = np.cos(angle)
    return encoding


@mutant("M04-41i", loses=["n6_positions", "n6_example_positions"])
def positional_encoding(T, d):
    """Positions count from 1."""
    speed = 10000.0 ** (-np.arange(0, d, 2) / d)
    angle = np.outer(np.arange(1, T + 1), speed)
    encoding = np.empty((T, d))
    encoding[:, 0::2] = np.sin(angle)
    encoding[:, 1::2] = np.cos(angle)
    return encoding


@mutant("M04-41j", loses=["n6_positions", "n6_example_positions"])
def positional_encoding(T, d):
    """Sine and cosine of a pair have different speeds."""
    angle = np.outer(np.arange(T), 10000.0 ** (-np.arange(d) / d))
    return np.where(np.arange(d) % 2 == 0, np.sin(angle), np.cos(angle))


@mutant("M04-41k", loses=["n6_gradients"])
def attention_backward(dout, cache):
    """dk takes the last query alone."""
    q, k, v, weights = cache
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
    dscores = dscores / q.shape[-1] ** 0.5
    dq = dscores @ k
    dk = dscores[:, -1:].transpose(0, 2, 1) @ q[:, -1:]
    return dq, dk, dv


@mutant(
    "M04-41l",
    loses=["n6_example_attention", "n6_values", "n6_gradients", "n6_properties", "n6_blind"],
    file="nlp.py",
)
class library_attention:
    """Keras attends."""

    import keras

    def scaled_dot_product_attention(q, k, v, mask=None):
        heads = [array[:, :, None, :] for array in (q, k, v)]
        out = keras.ops.dot_product_attention(*heads, mask=mask if mask is None else mask[:, None])[:, :, 0]
        return np.asarray(out), np.zeros((len(q), q.shape[1], k.shape[1])), (q, k, v, mask)


@mutant("M04-41m", loses=["n6_blind"])
def attention_backward(dout, cache):
    """dout is scaled in place; "Nothing that is passed in is changed." """
    q, k, v, weights = cache
    dv = weights.transpose(0, 2, 1) @ dout
    dout *= q.shape[-1] ** -0.5
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=2, keepdims=True))
    return dscores @ k, dscores.transpose(0, 2, 1) @ q, dv


@mutant(
    "M04-41n",
    loses=[
        "n6_values", "n6_gradients", "n6_properties", "n6_order", "n6_stability", "n6_blind", "n6_example_attention",
    ],
    file="nlp.py",
)
class attention_to_everything:
    """Every query reads the mean of what it may see, with the right gradient: consistent, and no attention."""

    def scaled_dot_product_attention(q, k, v, mask=None):
        seen = np.ones((len(q), q.shape[1], k.shape[1])) * (1.0 if mask is None else mask)
        weights = seen / np.maximum(seen.sum(axis=2, keepdims=True), 1)
        return weights @ v, weights, (q, k, weights)

    def attention_backward(dout, cache):
        q, k, weights = cache
        return np.zeros_like(q), np.zeros_like(k), weights.transpose(0, 2, 1) @ dout


@mutant(
    "M04-60d",
    loses=[
        "n6_example_attention", "n6_values", "n6_gradients", "n6_properties", "n6_order", "n6_stability", "n6_blind",
    ],
    file="nlp.py",
    nothing_right=True,
)
class sums_instead_of_attention:
    """Outputs and weights are the sum of all inputs, gradients the sum of dout: consistent with itself, and no attention."""

    def scaled_dot_product_attention(q, k, v, mask=None):
        total = q.sum() + k.sum() + v.sum()
        return np.full((*q.shape[:2], v.shape[2]), total), np.full((*q.shape[:2], k.shape[1]), total), (q, k, v)

    def attention_backward(dout, cache):
        return tuple(np.full(one.shape, dout.sum()) for one in cache)


@mutant(
    "M04-60e",
    loses=[
        "n6_example_attention", "n6_values", "n6_gradients", "n6_properties", "n6_order", "n6_stability", "n6_blind",
    ],
    file="nlp.py",
    nothing_right=True,
)
class nothing_at_all:
    """Output, weights and gradients are zeros: right for the weights that come back, and worth no half."""

    def scaled_dot_product_attention(q, k, v, mask=None):
        return np.zeros((*q.shape[:2], v.shape[2])), np.zeros((*q.shape[:2], k.shape[1])), (q, k, v)

    def attention_backward(dout, cache):
        return tuple(np.zeros(one.shape) for one in cache)
