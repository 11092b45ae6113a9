"""Mistakes: Frontier: speech synthesis, the attention of Tacotron 2."""

from autograder.rubric import mutant


@mutant("M04-46a", loses=["n9_example", "n9_values"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """The filter is flipped: a convolution in the sense of mathematics."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F[::-1]
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46b", loses=["n9_example", "n9_values"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """The weights of this step are returned in the place of the sum."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, weights


@mutant("M04-46c", loses=["n9_example", "n9_values", "n9_properties"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """The location is ignored."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46d", loses=["n9_values", "n9_properties", "n9_stability", "n9_example"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """Padding takes part."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46e", loses=["n9_values", "n9_properties", "n9_stability", "n9_example"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """Weights of padding are set to 0 after the softmax."""
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


@mutant("M04-46f", loses=["n9_stability"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """Padding is masked after exp: the largest energy may be one of padding."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    powers = powers * (np.arange(T) < np.asarray(lengths)[:, None])
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46g", loses=["n9_stability"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """exp of large energies."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies)
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46h", loses=["n9_example", "n9_values"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """All zeros go to the left: the filter sees nothing to the right."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (2 * half, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46i", loses=["n9_values", "n9_properties"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """The filter wraps around the ends of the text."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)), mode="wrap")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46j", loses=["n9_values"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """No bias."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46k", loses=["n9_example", "n9_values"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """No tanh."""
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


@mutant("M04-46l", loses=["n9_values", "n9_properties"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """The length of the first utterance is used for all."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < lengths[0], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46m", loses=["n9_values", "n9_properties", "n9_stability"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """The energies look at the mean of the memory: the characters are not told apart."""
    W, V, U, b, v, F = (params[name] for name in ("W", "V", "U", "b", "v", "F"))
    T, half = memory.shape[1], len(F) // 2
    padded = np.pad(cumulative, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(F), axis=1)
    location = windows @ F
    energies = np.tanh((query @ W)[:, None, :] + memory.mean(axis=1, keepdims=True) @ V + location @ U + b) @ v
    energies = np.where(np.arange(T) < np.asarray(lengths)[:, None], energies, -np.inf)
    powers = np.exp(energies - energies.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    context = np.einsum("bt,bth->bh", weights, memory)
    return context, weights, cumulative + weights


@mutant("M04-46n", loses=["n9_example", "n9_values", "n9_properties", "n9_stability"])
def location_sensitive_attention(query, memory, cumulative, lengths, params):
    """Every character of the utterance gets the same weight: consistent, and no attention."""
    seen = np.arange(memory.shape[1]) < np.asarray(lengths)[:, None]
    weights = seen / seen.sum(axis=1, keepdims=True)
    return np.einsum("bt,bth->bh", weights, memory), weights, cumulative + weights
