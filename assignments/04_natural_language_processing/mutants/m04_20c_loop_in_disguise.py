"""M04-20c A loop that no line shows: map over the words.

file: rnn_layers.py
loses: n1_work
"""


def word_embedding_forward(x, W):
    rows = list(map(W.__getitem__, x.ravel()))
    return np.array(rows).reshape(*x.shape, W.shape[1]), (x, W.shape)
