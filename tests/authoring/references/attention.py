"""Attention."""

import numpy as np


def causal_mask(T):
    """True where position i may look at position j.

    Parameters
    ----------
    T : int
    """
    # BEGIN SOLUTION
    return np.tril(np.ones((T, T), dtype=bool))
    # END SOLUTION


def attention(q, k, v, mask):
    """Scaled dot-product attention.

    Parameters
    ----------
    q, k : float[B, T, D]
    v : float[B, T, M]
    mask : bool[T, T]
        True where attention is allowed; each row has at least one True.
    """
    # BEGIN SOLUTION
    s = np.einsum("btd,bsd->bts", q, k) / np.sqrt(q.shape[-1])
    s = np.where(mask, s, -np.inf)
    s = s - s.max(-1, keepdims=True)
    w = np.exp(s)
    w /= w.sum(-1, keepdims=True)
    return w @ v
    # END SOLUTION


def positional_encoding(length: int, dim: int) -> np.ndarray:
    """Sine and cosine; dim must be even."""
    # BEGIN SOLUTION
    assert dim % 2 == 0
    pos = np.arange(length)[:, None]
    i = np.arange(dim // 2)[None]
    a = pos / 10000 ** (2 * i / dim)
    out = np.zeros((length, dim))
    out[:, 0::2], out[:, 1::2] = np.sin(a), np.cos(a)
    return out
    # END SOLUTION


def split_heads(x, num_heads):
    """(N, T, D) to (N, H, T, D // H).

    x : array, shape (N, T, D)
    num_heads : int, divides D
    """
    # BEGIN SOLUTION
    n, t, d = x.shape
    assert d % num_heads == 0
    return x.reshape(n, t, num_heads, d // num_heads).transpose(0, 2, 1, 3)
    # END SOLUTION

