"""M04-20e A word that repeats gets the mean of its gradients.

file: rnn_layers.py
loses: n1_backward
"""


def word_embedding_backward(dout, cache):
    x, (V, D) = cache
    dW = np.zeros((V, D))
    np.add.at(dW, x, dout)
    return dW / np.maximum(np.bincount(x.ravel(), minlength=V), 1)[:, None]
