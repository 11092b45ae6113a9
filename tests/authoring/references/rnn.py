"""RNN."""

import numpy as np


def rnn_step(x, h, Wx, Wh, b):
    """One step.

    Inputs:
    - x: Input data, of shape (N, D)
    - h: Hidden state, of shape (N, H)
    - Wx: Weights, of shape (D, H)
    - Wh: Weights, of shape (H, H)
    - b: Biases of shape (H,)

    Returns next_h
    """
    # BEGIN SOLUTION
    return np.tanh(x @ Wx + h @ Wh + b)
    # END SOLUTION


def word_embedding(x, W):
    """Forward pass for word embeddings.

    Inputs:
    - x: Integer array of shape (N, T) giving indices of words. Each element
      idx of x must be in the range 0 <= idx < V.
    - W: Weight matrix of shape (V, D) giving word vectors for all words.
    """
    # BEGIN SOLUTION
    return W[x]
    # END SOLUTION


def clip_gradients(grads, max_norm):
    """Scale a list of gradients.

    Parameters
    ----------
    grads : list of arrays
    max_norm : float
    """
    # BEGIN SOLUTION
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    return [g * min(1.0, max_norm / norm) for g in grads]
    # END SOLUTION


def lstm_gates(a):
    """Split.

    a : float[N, 4*H]
    """
    # BEGIN SOLUTION
    i, f, o, g = np.split(a, 4, axis=1)
    sig = lambda z: 1 / (1 + np.exp(-z))
    return sig(i), sig(f), sig(o), np.tanh(g)
    # END SOLUTION

