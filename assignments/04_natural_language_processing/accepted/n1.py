"""Other right answers: Word embedding."""

from autograder.rubric import accepted


@accepted("rnn_embedding_by_sorting", file="rnn_layers.py")
class rnn_embedding_by_sorting:
    """Sums of sorted rows by their running total; and the words as they were given, as a list."""

    def word_embedding_forward(x, W):
        return np.take(W, x, axis=0), [np.asarray(x).ravel(), len(W)]

    def word_embedding_backward(dout, cache):
        words, V = cache
        order = np.argsort(words, kind="stable")
        total = np.vstack(
            [np.zeros(dout.shape[2]), np.cumsum(dout.reshape(-1, dout.shape[2])[order], axis=0)]
        )
        ends = np.searchsorted(words[order], np.arange(V), side="right")
        starts = np.searchsorted(words[order], np.arange(V), side="left")
        return total[ends] - total[starts]


@accepted("rnn_embedding_by_counting", file="rnn_layers.py")
class rnn_embedding_by_counting:
    """One product with a matrix of ones and zeros; the answer is a list of lists."""

    def word_embedding_backward(dout, cache):
        x, (V, D) = cache
        is_word = np.arange(V)[:, None] == x.reshape(1, -1)
        return (is_word @ dout.reshape(-1, D)).tolist()


@accepted("rnn_caches_that_go_back", file="rnn_layers.py")
class rnn_caches_that_go_back:
    """Every cache is a function called `back`; that of the RNN maps, which only the embedding may not.

    "A cache is whatever you like: a tuple, a dict, an object of a class."
    """

    def word_embedding_forward(x, W):
        def back(dout):
            dW = np.zeros(W.shape)
            np.add.at(dW, x, dout)
            return dW

        return W[x], back

    def word_embedding_backward(dout, cache):
        return cache(dout)

    def rnn_forward(x, h0, Wx, Wh, b):
        states, caches = [h0], []
        for t in range(x.shape[1]):
            state, cache = rnn_step_forward(x[:, t], states[-1], Wx, Wh, b)
            states.append(state)
            caches.append(cache)

        def back(dh):
            dx, carried, totals = [], np.zeros_like(h0), None
            for t in reversed(range(len(caches))):
                dx_t, carried, *weights = rnn_step_backward(dh[:, t] + carried, caches[t])
                dx.append(dx_t)
                totals = weights if totals is None else list(map(np.add, totals, weights))
            return (np.stack(dx[::-1], axis=1), carried, *totals)

        return np.stack(states[1:], axis=1), back

    def rnn_backward(dh, cache):
        return cache(dh)
