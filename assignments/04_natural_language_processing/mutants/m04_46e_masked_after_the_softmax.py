"""M04-46e Weights of padding are set to 0 after the softmax.

file: nlp.py
loses: n9_values, n9_properties, n9_stability, n9_example
"""


def location_sensitive_attention(query, memory, cumulative, lengths, params):
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    weights = weights * (np.arange(T) < np.asarray(lengths)[:, None])
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights
