"""Accepted: functions that print, answer with lists and arrays without axes, and keep helpers and constants beside them.

file: rnn_layers.py
loses:
"""


DEBUG = True
_loss, _step_backward, _forward, _lstm_backward = temporal_softmax_loss, rnn_step_backward, rnn_forward, lstm_backward


def debug(*what):
    if DEBUG:
        print("DEBUG", *what)


def rnn_step_backward(dnext_h, cache):
    debug("step", dnext_h.shape)
    return list(_step_backward(dnext_h, cache))


def rnn_forward(x, h0, Wx, Wh, b):
    debug("x is", x.shape)
    return list(_forward(x, h0, Wx, Wh, b))


def lstm_backward(dh, cache):
    debug(dh)
    return list(_lstm_backward(dh, cache))


def temporal_softmax_loss(x, y, mask, verbose=True, **other):
    loss, dx = _loss(x, y, mask)
    if verbose:
        print(f"loss {loss:.3f}, {mask.sum()} words")
    return np.array(loss), np.asfortranarray(dx)


if DEBUG:
    W = np.arange(6.0).reshape(3, 2)
    print(word_embedding_forward(np.array([[0, 2]]), W)[0])
