"""Other right answers: The building blocks of WaveNet."""

from autograder.rubric import accepted


@accepted("the_formulas_of_v8", file="vision.py")
class formulas:
    """The formulas as they stand, sample by sample; lists and whole floats come back."""

    def dilated_causal_conv1d(x, w, b, dilation):
        (N, T, _), (K, C_in, C_out) = x.shape, w.shape
        out = np.zeros((N, T, C_out))
        for n, t, o in np.ndindex(N, T, C_out):
            out[n, t, o] = b[o]
            for j in range(K):
                if t - (K - 1 - j) * dilation >= 0:
                    out[n, t, o] += sum(x[n, t - (K - 1 - j) * dilation, i] * w[j, i, o] for i in range(C_in))
        return out.tolist()

    def receptive_field(kernel, dilations):
        return float(1 + sum((kernel - 1) * d for d in dilations))

    def mulaw_encode(x, mu=255):
        y = np.sign(x) * np.log(1 + mu * np.abs(x)) / np.log(1 + mu)
        return np.round((y + 1) / 2 * mu).tolist()

    def mulaw_decode(q, mu=255):
        y = 2 * np.array(q) / mu - 1
        return (np.sign(y) * ((1 + mu) ** abs(y) - 1) / mu).tolist()


@accepted("by_index_and_einsum", file="vision.py")
class by_index:
    """Gathered samples and one einsum; the field by recursion; the nearest of all codes; a table of all samples."""

    def dilated_causal_conv1d(x, w, b, dilation):
        K, T = w.shape[0], x.shape[1]
        times = np.arange(T)[:, None] - (K - 1 - np.arange(K)) * dilation
        seen = np.where((times >= 0)[None, :, :, None], x[:, np.maximum(times, 0)], 0.0)
        return np.einsum("ntki,kio->nto", seen, w, optimize=True) + b

    def receptive_field(kernel, dilations):
        if not len(dilations):
            return 1
        return (kernel - 1) * dilations[0] + receptive_field(kernel, dilations[1:])

    def mulaw_encode(x, mu=255):
        edges = mulaw_decode(np.arange(mu) + 0.5, mu)
        return np.searchsorted(edges, x).astype(np.uint8)

    def mulaw_decode(q, mu=255):
        codes = np.arange(2 * mu + 1) / 2
        y = codes / mu * 2 - 1
        table = np.where(y < 0, -1, 1) * np.expm1(np.abs(y) * np.log1p(mu)) / mu
        return table[np.asarray(2 * np.asarray(q), dtype=int)].astype(np.float32)


@accepted("shifted_in_place")
def dilated_causal_conv1d(x, w, b, dilation):
    """Each tap adds a shifted product; a tap that looks back further than the sequence is long adds nothing."""
    N, T, _ = x.shape
    out = np.tile(b, (N, T, 1)).astype(float)
    for j, tap in enumerate(w[::-1]):
        past = j * dilation
        if past < T:
            out[:, past:] += (x @ tap)[:, : T - past]
    return out


@accepted("an_array_of_one_number")
def receptive_field(kernel, dilations):
    """An axis of length 1 more: the field comes back in an array."""
    return np.array([1 + (kernel - 1) * np.sum(np.array(dilations, dtype=int))])
