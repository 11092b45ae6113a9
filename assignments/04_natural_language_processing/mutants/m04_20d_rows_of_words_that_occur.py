"""M04-20d dW ends with the largest word that occurs.

file: rnn_layers.py
loses: n1_backward, n1_work
"""


def word_embedding_backward(dout, cache):
    x, (V, D) = cache
    dW = np.zeros((x.max() + 1, D))
    np.add.at(dW, x, dout)
    return dW
