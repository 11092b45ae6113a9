"""Mistakes: Word embedding."""

from autograder.rubric import mutant


@mutant("M04-1", loses=["n1_backward"])
def word_embedding_backward(dout, cache):
    """dW[x] += dout keeps one gradient of a word that repeats."""
    x, (V, D) = cache
    dW = np.zeros((V, D))
    dW[x] += dout
    return dW


@mutant("M04-20a", loses=["n1_work"], file="rnn_layers.py")
class place_by_place:
    """Both functions loop over sentences and words."""

    def word_embedding_forward(x, W):
        N, T = x.shape
        out = np.zeros((N, T, W.shape[1]))
        for n in range(N):
            for t in range(T):
                out[n, t] = W[x[n, t]]
        return out, (x, W)

    def word_embedding_backward(dout, cache):
        x, W = cache
        dW = np.zeros_like(W)
        for n in range(x.shape[0]):
            for t in range(x.shape[1]):
                dW[x[n, t]] += dout[n, t]
        return dW


@mutant("M04-20b", loses=["n1_work"])
def word_embedding_backward(dout, cache):
    """The backward pass alone loops, over the words of each sentence."""
    x, (V, D) = cache
    dW = np.zeros((V, D))
    for t in range(x.shape[1]):
        np.add.at(dW, x[:, t], dout[:, t])
    return dW


@mutant("M04-20c", loses=["n1_work"])
def word_embedding_forward(x, W):
    """A loop that no line shows: map over the words."""
    rows = list(map(W.__getitem__, x.ravel()))
    return np.array(rows).reshape(*x.shape, W.shape[1]), (x, W.shape)


@mutant("M04-20d", loses=["n1_backward"])
def word_embedding_backward(dout, cache):
    """dW ends with the largest word that occurs."""
    x, (V, D) = cache
    dW = np.zeros((x.max() + 1, D))
    np.add.at(dW, x, dout)
    return dW


@mutant("M04-20e", loses=["n1_backward"])
def word_embedding_backward(dout, cache):
    """A word that repeats gets the mean of its gradients."""
    x, (V, D) = cache
    dW = np.zeros((V, D))
    np.add.at(dW, x, dout)
    return dW / np.maximum(np.bincount(x.ravel(), minlength=V), 1)[:, None]


@mutant("M04-20f", loses=["n1_example", "n1_forward"])
def word_embedding_forward(x, W):
    """Word 1 gets the first row."""
    return W[x - 1], (x, W.shape)


@mutant("M04-20g", loses=["n1_example", "n1_forward"])
def word_embedding_forward(x, W):
    """The words of all sentences come out in one row."""
    return W[x.reshape(-1)], (x, W.shape)


@mutant("M04-20h", loses=["n1_backward", "n1_work"])
def word_embedding_backward(dout, cache):
    """An unfinished function returns zeros of the right shape: word_embedding_backward."""
    x, (V, D) = cache
    return np.zeros((V, D))


@mutant("M04-20i", loses=["n1_backward"])
def word_embedding_backward(dout, cache):
    """The gradient of the first sentence alone."""
    x, (V, D) = cache
    dW = np.zeros((V, D))
    np.add.at(dW, x[0], dout[0])
    return dW


@mutant(
    "M04-60a",
    loses=["n1_example", "n1_forward", "n1_backward", "n1_work"],
    file="rnn_layers.py",
    nothing_right=True,
)
class sums_instead_of_words:
    """Every number is the sum of all: no loop, and no word has a vector of its own."""

    def word_embedding_forward(x, W):
        return np.full((*x.shape, W.shape[1]), W.sum()), W

    def word_embedding_backward(dout, W):
        return np.full(W.shape, dout.sum())
