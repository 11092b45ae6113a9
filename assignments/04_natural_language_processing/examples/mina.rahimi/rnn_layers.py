r"""The layers of a recurrent network, each as a forward and a backward pass, in NumPy.

A forward function returns its output and a *cache*, whatever its backward function will want to know again; a backward
function takes the gradient of the loss with respect to that output, and returns a gradient for every input. No function
changes the arrays it is given.

A recurrent network reads a sequence one element at a time, and carries a state h from each to the next. It uses the same
weights at every time, so unrolled in time it is a deep network of which all layers share their weights [1]_::

                 h_1        h_2        h_3                        dh_1       dh_2       dh_3
                  ▲          ▲          ▲                          │          │          │
    h_0 ──► ┌──────┐ ──► ┌──────┐ ──► ┌──────┐     dh_0 ◄── ┌──────┐ ◄── ┌──────┐ ◄── ┌──────┐
            │ step │     │ step │     │ step │              │ step │     │ step │     │ step │
            └──────┘     └──────┘     └──────┘              └──────┘     └──────┘     └──────┘
               ▲            ▲            ▲                     │            │            │
              x_1          x_2          x_3                   dx_1         dx_2         dx_3

                    forward in time                                backward in time

Notation
--------
N
    sequences in the batch, always the first axis; one of them is n.
T
    elements of a sequence (words of a sentence), always the second axis; one of them is t.
V
    words of the vocabulary; one of them is v.
D
    features of one element.
H
    units of the state.

``float[N, T, D]`` is an array of float64 (float32 works as well) with these axes; ``int[N, T]`` one of integers,
``bool[N, T]`` one of truth values. A row of weights belongs to an input, a column to an output: ``x @ W``.

References
----------
.. [1] J. L. Elman, "Finding structure in time", Cognitive Science 14, 1990; P. J. Werbos, "Backpropagation through time:
   what it does and how to do it", Proceedings of the IEEE 78, 1990. The names of the functions follow the course CS231n:
   https://cs231n.github.io/rnn/
.. [2] Y. Bengio, R. Ducharme, P. Vincent and C. Jauvin, "A neural probabilistic language model", Journal of Machine
   Learning Research 3, 2003, section 2: the matrix C.
.. [3] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997.
.. [4] F. A. Gers, J. Schmidhuber and F. Cummins, "Learning to forget: continual prediction with LSTM", Neural Computation
   12, 2000, section 3: the forget gate.
"""

import numpy as np

# ----------------------------------------------------------------------------------------------------------------------
# N1  word embedding
# ----------------------------------------------------------------------------------------------------------------------


def word_embedding_forward(x, W):
    r"""Replace every word by its vector, one row of a table that is learnt [2]_.

    .. math:: out_{nt} = W_{x_{nt}}

    Parameters
    ----------
    x : int[N, T]
        Words, by their number in the vocabulary: 0 <= x < V. A word may occur any number of times.
    W : float[V, D]
        One vector per word of the vocabulary.

    Returns
    -------
    out : float[N, T, D]
    cache : object
        Anything that `word_embedding_backward` wants.

    Notes
    -----
    This is the product of a one-hot matrix with W, without the multiplications by zero.

    Examples
    --------
    >>> W = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]])
    >>> out, cache = word_embedding_forward(np.array([[2, 1, 2]]), W)
    >>> np.asarray(out, float).round(4) + 0
    array([[[3., 4.],
            [1., 2.],
            [3., 4.]]])
    """
    # TODO: write word_embedding_forward.
    raise NotImplementedError("word_embedding_forward: not written yet")
    return out, cache


def word_embedding_backward(dout, cache):
    """Carry a gradient back through `word_embedding_forward`. Words have no gradient: they are not numbers.

    Parameters
    ----------
    dout : float[N, T, D]
        dL/dout.
    cache : object
        What `word_embedding_forward` returned.

    Returns
    -------
    dW : float[V, D]
        Row v is the sum of dout over all places where word v stands; zero for a word that does not occur.

    Notes
    -----
    ``dW[x] += dout`` reads all rows, adds, and writes all rows: of a word that occurs twice, one gradient is lost.

    Examples
    --------
    >>> out, cache = word_embedding_forward(np.array([[2, 1, 2]]), np.ones((3, 1)))
    >>> np.asarray(word_embedding_backward(np.array([[[1.0], [10.0], [100.0]]]), cache), float).round(4) + 0
    array([[  0.],
           [ 10.],
           [101.]])
    """
    # TODO: write word_embedding_backward.
    raise NotImplementedError("word_embedding_backward: not written yet")
    return dW


# ----------------------------------------------------------------------------------------------------------------------
# N2  vanilla RNN
# ----------------------------------------------------------------------------------------------------------------------


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    r"""Read one element of each sequence: the next state, from the last one and the element.

    .. math:: h_t = \tanh(x_t W_x + h_{t-1} W_h + b)

    Parameters
    ----------
    x : float[N, D]
        One element of each sequence.
    prev_h : float[N, H]
        The state so far.
    Wx : float[D, H]
        Weights of the input.
    Wh : float[H, H]
        Weights of the state; rows belong to the last one, columns to the next.
    b : float[H]
        Biases.

    Returns
    -------
    next_h : float[N, H]
    cache : object
        Anything that `rnn_step_backward` wants.

    Examples
    --------
    >>> next_h, cache = rnn_step_forward(np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1)), -2 * np.ones(1))
    >>> np.asarray(next_h, float).round(4) + 0
    array([[0.]])
    """
    # TODO: write rnn_step_forward.
    raise NotImplementedError("rnn_step_forward: not written yet")
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """Carry a gradient back through `rnn_step_forward`.

    Parameters
    ----------
    dnext_h : float[N, H]
        dL/dnext_h.
    cache : object
        What `rnn_step_forward` returned.

    Returns
    -------
    dx : float[N, D]
    dprev_h : float[N, H]
    dWx : float[D, H]
    dWh : float[H, H]
    db : float[H]
    """
    # TODO: write rnn_step_backward.
    raise NotImplementedError("rnn_step_backward: not written yet")
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """Read whole sequences, with the same weights at every time.

    Parameters
    ----------
    x : float[N, T, D]
        T >= 1 elements of each sequence.
    h0 : float[N, H]
        The state before the first element.
    Wx : float[D, H]
    Wh : float[H, H]
    b : float[H]

    Returns
    -------
    h : float[N, T, H]
        The state after each element; h0 is not among them.
    cache : object
        Anything that `rnn_backward` wants.

    Examples
    --------
    >>> x = np.array([[[0.0], [9.0], [0.0]]])  # N = 1, T = 3, D = 1: a flash in the middle
    >>> h, cache = rnn_forward(x, np.zeros((1, 1)), np.ones((1, 1)), 3 * np.ones((1, 1)), np.zeros(1))
    >>> h[0, :, 0].astype(float).round(2) + 0  # it is remembered
    array([0., 1., 1.])
    """
    # TODO: write rnn_forward.
    raise NotImplementedError("rnn_forward: not written yet")
    return h, cache


def rnn_backward(dh, cache):
    """Carry a gradient back through `rnn_forward`: backpropagation through time [1]_.

    A state has two readers, whoever was given h and the next step. So its gradient is a sum of two. Weights have T
    readers, so theirs is a sum of T.

    Parameters
    ----------
    dh : float[N, T, H]
        dL/dh, of every state, *without* what it did through later states. It stays as it is.
    cache : object
        What `rnn_forward` returned.

    Returns
    -------
    dx : float[N, T, D]
    dh0 : float[N, H]
    dWx : float[D, H]
    dWh : float[H, H]
    db : float[H]
    """
    # TODO: write rnn_backward.
    raise NotImplementedError("rnn_backward: not written yet")
    return dx, dstate, dWx, dWh, db


# ----------------------------------------------------------------------------------------------------------------------
# N3  LSTM
# ----------------------------------------------------------------------------------------------------------------------


def sigmoid(z):
    r"""Squeeze numbers into (0, 1): :math:`\sigma(z) = 1 / (1 + e^{-z})`. It is given.

    Parameters
    ----------
    z : float[...]
        Of any shape.

    Returns
    -------
    s : float[...]
        Of the same shape.

    Notes
    -----
    The exponential is that of a number below zero, so that it never overflows. Its derivative is s (1 - s).

    Examples
    --------
    >>> np.asarray(sigmoid(np.array([-1000.0, 0.0, 1000.0])), float).round(4) + 0
    array([0. , 0.5, 1. ])
    """
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    r"""Read one element of each sequence with a memory c, which gates protect: long short-term memory [3]_, [4]_.

    .. math::
        (a^i, a^f, a^o, a^g) &= x_t W_x + h_{t-1} W_h + b \\
        i = \sigma(a^i), \quad f &= \sigma(a^f), \quad o = \sigma(a^o), \quad g = \tanh(a^g) \\
        c_t &= f \odot c_{t-1} + i \odot g \\
        h_t &= o \odot \tanh(c_t)

    Parameters
    ----------
    x : float[N, D]
        One element of each sequence.
    prev_h : float[N, H]
        The state so far.
    prev_c : float[N, H]
        The memory so far.
    Wx : float[D, 4H]
        Weights of the input. Columns 0 to H - 1 belong to the input gate i, the next H to the forget gate f, the next to
        the output gate o, and the last H to what may be written, g.
    Wh : float[H, 4H]
        Weights of the state, likewise.
    b : float[4H]
        Biases, likewise.

    Returns
    -------
    next_h : float[N, H]
    next_c : float[N, H]
    cache : object
        Anything that `lstm_step_backward` wants.

    Notes
    -----
    The order i, f, o, g is that of CS231n. Keras (where g is called c) and PyTorch have i, f, g, o.

    Examples
    --------
    >>> b = np.array([-50.0, 50.0, 50.0, 0.0])  # write nothing, forget nothing, show everything: H = 1
    >>> one = np.ones((1, 1))
    >>> next_h, next_c, cache = lstm_step_forward(one, one, 7 * one, np.zeros((1, 4)), np.zeros((1, 4)), b)
    >>> float(next_c[0, 0]), round(float(next_h[0, 0]), 4)
    (7.0, 1.0)
    """
    # TODO: write lstm_step_forward.
    raise NotImplementedError("lstm_step_forward: not written yet")
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    """Carry gradients back through `lstm_step_forward`, from both of its outputs.

    Parameters
    ----------
    dnext_h : float[N, H]
        dL/dnext_h.
    dnext_c : float[N, H]
        dL/dnext_c, *without* what next_c does through next_h: this path belongs to the step.
    cache : object
        What `lstm_step_forward` returned.

    Returns
    -------
    dx : float[N, D]
    dprev_h : float[N, H]
    dprev_c : float[N, H]
    dWx : float[D, 4H]
    dWh : float[H, 4H]
    db : float[4H]
    """
    # TODO: write lstm_step_backward.
    raise NotImplementedError("lstm_step_backward: not written yet")
    return dx, dprev_h, dprev_c, dWx, dWh, db


def lstm_forward(x, h0, Wx, Wh, b):
    """Read whole sequences with an LSTM, whose memory is empty at first: c0 = 0.

    Parameters
    ----------
    x : float[N, T, D]
        T >= 1 elements of each sequence.
    h0 : float[N, H]
        The state before the first element.
    Wx : float[D, 4H]
    Wh : float[H, 4H]
    b : float[4H]

    Returns
    -------
    h : float[N, T, H]
        The state after each element. The memory is not shown.
    cache : object
        Anything that `lstm_backward` wants.

    Examples
    --------
    >>> h, cache = lstm_forward(np.ones((2, 3, 4)), np.zeros((2, 5)), np.zeros((4, 20)), np.zeros((5, 20)), np.zeros(20))
    >>> h.shape, bool(np.any(h))  # nothing to write: g = tanh(0)
    ((2, 3, 5), False)
    """
    # TODO: write lstm_forward.
    raise NotImplementedError("lstm_forward: not written yet")
    return h, cache


def lstm_backward(dh, cache):
    """Carry a gradient back through `lstm_forward`.

    Parameters
    ----------
    dh : float[N, T, H]
        dL/dh, of every state, without what it did through later states. It stays as it is.
    cache : object
        What `lstm_forward` returned.

    Returns
    -------
    dx : float[N, T, D]
    dh0 : float[N, H]
    dWx : float[D, 4H]
    dWh : float[H, 4H]
    db : float[4H]
    """
    # TODO: write lstm_backward.
    raise NotImplementedError("lstm_backward: not written yet")
    return dx, dstate, dWx, dWh, db


# ----------------------------------------------------------------------------------------------------------------------
# N4  masked sequence loss
# ----------------------------------------------------------------------------------------------------------------------


def temporal_softmax_loss(x, y, mask):
    r"""Measure how wrong scores for every word of a sentence are; sentences of different lengths are padded and masked.

    .. math::
        p_{ntv} = \frac{e^{x_{ntv}}}{\sum_{v'} e^{x_{ntv'}}}, \qquad
        L = -\frac{1}{N} \sum_n \sum_t m_{nt} \log p_{n t y_{nt}}

    Parameters
    ----------
    x : float[N, T, V]
        Scores (logits) of every word of the vocabulary at every time; any finite numbers, also 10,000.
    y : int[N, T]
        The word that is right, 0 <= y < V; also where the mask is False, but there it means nothing.
    mask : bool[N, T]
        m: True where there is a word to predict, False at padding. It may be False everywhere in a sentence.

    Returns
    -------
    loss : float
        Sum over t where the mask is True, mean over n [nats].
    dx : float[N, T, V]
        dL/dx; zero where the mask is False.

    Notes
    -----
    The sum is divided by N as in CS231n: neither by N · T, nor by the number of words that count, which most papers do
    since the exponential of that is the perplexity.

    With the largest score of each place subtracted, log p is what is left of the score, less the log of the sum. It is no
    logarithm of a probability: 2,000 points behind, that is 0 in floating point.

    Examples
    --------
    >>> x, y = np.zeros((1, 3, 2)), np.array([[0, 1, 1]])
    >>> loss, dx = temporal_softmax_loss(x, y, np.array([[True, True, False]]))  # twice log 2, and a padding
    >>> round(float(loss), 4)
    1.3863
    >>> np.asarray(dx, float).round(4) + 0
    array([[[-0.5,  0.5],
            [ 0.5, -0.5],
            [ 0. ,  0. ]]])
    """
    # TODO: write temporal_softmax_loss.
    raise NotImplementedError("temporal_softmax_loss: not written yet")
    return loss, dx
