"""Accepted: a whole file that computes in float32 is accepted, at the precision of float32.

file: rnn_layers.py
loses:
"""


def _single(value):
    if isinstance(value, (np.ndarray, float)) and np.asarray(value).dtype.kind == "f":
        return np.asarray(value, dtype=np.float32)
    return tuple(_single(part) for part in value) if isinstance(value, tuple) else value


def _in_single(function):
    return lambda *args: _single(function(*map(_single, args)))


rnn_step_forward, rnn_step_backward = _in_single(rnn_step_forward), _in_single(rnn_step_backward)
rnn_forward, rnn_backward = _in_single(rnn_forward), _in_single(rnn_backward)
lstm_step_forward, lstm_step_backward = _in_single(lstm_step_forward), _in_single(lstm_step_backward)
lstm_forward, lstm_backward = _in_single(lstm_forward), _in_single(lstm_backward)
temporal_softmax_loss = _in_single(temporal_softmax_loss)


def word_embedding_forward(x, W):
    return W[x].astype(np.float32), (x, W.shape)


def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape, dtype=np.float32)
    np.add.at(dW, x, dout.astype(np.float32))
    return dW
