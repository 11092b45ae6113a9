"""M04-20b The backward pass alone loops, over the words of each sentence.

file: rnn_layers.py
loses: n1_work
"""


def word_embedding_backward(dout, cache):
    x, (V, D) = cache
    dW = np.zeros((V, D))
    for t in range(x.shape[1]):
        np.add.at(dW, x[:, t], dout[:, t])
    return dW
