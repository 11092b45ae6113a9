"""M04-20i The gradient of the first sentence alone.

file: rnn_layers.py
loses: n1_backward, n1_work
"""


def word_embedding_backward(dout, cache):
    x, (V, D) = cache
    dW = np.zeros((V, D))
    np.add.at(dW, x[0], dout[0])
    return dW
