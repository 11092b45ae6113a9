"""M04-46k No tanh.

file: nlp.py
loses: n9_values, n9_stability, n9_example
"""


def location_sensitive_attention(query, memory, cumulative, lengths, params):
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = ((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights
