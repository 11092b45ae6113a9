"""M04-1 dW[x] += dout keeps one gradient of a word that repeats.

file: rnn_layers.py
loses: n1_backward
"""


def word_embedding_backward(dout, cache):
    x, (V, D) = cache
    dW = np.zeros((V, D))
    dW[x] += dout
    return dW
